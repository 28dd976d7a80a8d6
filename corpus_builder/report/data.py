"""The content of the report: frozen types that hold figures and what one page shows, never the corpus.

Mappings keep the order in which they are to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from corpus_builder.model import RIGHT
from corpus_builder.report.people import Person


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage of the funnel: what it kept (name and count, in order), and what it dropped, by reason.

    `note` explains reasons that are not drops.
    """

    name: str
    steps: tuple[tuple[str, int], ...]
    dropped: Mapping[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The stories of one month or day: editions by language, and stories by how many editions they have."""

    editions: Mapping[str, int]
    stories: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by bin; bin number `i` covers `i * width` up to, but without, `(i + 1) * width`."""

    width: float
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class BeadFigures:
    """The beads of one level, over the whole corpus.

    `shapes` counts beads by how many segments each edition gives, written in the order of the languages ("1–1–0").
    `coverage` is, by language, (characters in beads of two or more editions, characters in all beads).
    `score` is over the beads of two or more editions, and so is `probability`, which is that of the published rows.
    """

    count: int
    one_sided: int
    shapes: Mapping[str, int]
    flags: Mapping[str, int]
    coverage: Mapping[str, tuple[int, int]]
    probability: Histogram
    score: Histogram


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """The text of one segment as it is shown; `label` is the label as written, where the piece opens its block."""

    text: str
    kind: str
    label: str | None = None
    opens_block: bool = False


@dataclass(frozen=True, slots=True)
class ShownBead:
    """A row of the side-by-side view; `sides` has a language only where it has segments.

    `probability` and `pairs` are as published; None where there is nothing to be probable of. `reason` is what speaks
    most against the row, with the pair that it concerns.
    """

    position: int
    sides: Mapping[str, tuple[ShownSegment, ...]]
    probability: float | None
    complete: float | None
    reason: str
    pairs: Mapping[str, float]
    flags: tuple[str, ...]
    origin: str = "aligner"
    """"human" where a person corrected or confirmed it."""

    @property
    def opens_block(self) -> bool:
        """Whether a block of any edition begins here."""
        return any(pieces[0].opens_block for pieces in self.sides.values())

    def odd(self, editions: int) -> bool:
        """Whether the bead may be a problem: a flag, an empty side, or a low probability."""
        low = self.probability is not None and self.probability < RIGHT
        return bool(self.flags) or len(self.sides) < editions or low


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """The head of a column."""

    language: str
    title: str
    url: str
    published: str | None
    layout: str


@dataclass(frozen=True, slots=True)
class ShownStory:
    """One story side by side, with its beads by level ("block", "sentence").

    `probability` is the aligner's that the editions translate each other. `cut` is how many more beads a level has than
    are shown. `dropped` has the reason and the detail of everything of this story that was dropped, but for segments
    without a counterpart, which are shown as gaps.
    """

    article_id: str
    date: str | None
    section: str | None
    editions: tuple[ShownEdition, ...]
    probability: float
    beads: Mapping[str, tuple[ShownBead, ...]]
    cut: Mapping[str, int]
    dropped: tuple[tuple[str, str], ...] = ()

    @property
    def odd(self) -> int:
        """Sentences that may be a problem."""
        return sum(bead.odd(len(self.editions)) for bead in self.beads.get("sentence", ()))


@dataclass(frozen=True, slots=True)
class ShownQuoteSide:
    """A quotation in one edition; `mention` is the speaker as written there."""

    text: str
    form: str | None
    mention: str | None
    cue: str | None
    url: str


@dataclass(frozen=True, slots=True)
class ShownQuotation:
    """A row of the side-by-side view of quotations; `sides` is keyed by language."""

    date: str | None
    sides: Mapping[str, ShownQuoteSide]
    probability: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuoteFigures:
    """The quotations of a dataset: `forms` counts them by form and language, `sides` by the languages covered
    ("uk–en"), `flags` by flag. Speakers are those of all but the `older` ones: `unnamed` is the number without a
    speaker's name in any edition; `most` are the most quoted of all `speakers`.
    """

    count: int
    older: int
    unnamed: int
    speakers: int
    forms: Mapping[str, Mapping[str, int]]
    sides: Mapping[str, int]
    flags: Mapping[str, int]
    most: tuple[Person, ...] = ()
    samples: tuple[ShownQuotation, ...] = ()


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """Of the sentence rows of a pair that have both sides: all, those that are right, those that are complete too."""

    rows: int
    right: int
    complete: int


@dataclass(frozen=True, slots=True)
class Covered:
    """Characters of a language: in sentence rows, in stories of two languages or more, and in all editions."""

    rows: int
    stories: int
    all: int


@dataclass(frozen=True, slots=True)
class WorstRow:
    """A published sentence row of low probability; `sides` has its texts by language, `place` its story's address."""

    article_id: str
    place: str
    probability: float
    reason: str
    flags: tuple[str, ...]
    sides: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader decides by: rows by pair ("en-uk"), text by language, and the worst of the published rows."""

    pairs: Mapping[str, PairVerdict]
    covered: Mapping[str, Covered]
    worst: tuple[WorstRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryPage:
    """One page of stories: its file, how many it has, and the first and last of their dates."""

    file: str
    stories: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DropGroup:
    """What one stage dropped for one reason: (item, language, detail) of those that are shown, of `count`."""

    stage: str
    reason: str
    count: int
    shown: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportData:
    """The first page. What a workspace does not have is empty here and not shown.

    `rows` counts published rows by config and split, `layouts` editions by the layout that read them, `beads` is by
    level, `ratios` has a histogram a pair ("en-uk") of log2(characters of the second / characters of the first) over
    the sentence beads that have both. `days` is empty where the dates reach too far for a chart by day. `pages` are
    those of the stories; `older` stories are on none.
    """

    title: str
    site: str
    homepage: str
    languages: tuple[str, ...]
    verdict: Verdict | None = None
    stages: tuple[FunnelStage, ...] = ()
    months: Mapping[str, Period] = field(default_factory=dict)
    days: Mapping[str, Period] = field(default_factory=dict)
    layouts: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    beads: Mapping[str, BeadFigures] = field(default_factory=dict)
    ratios: Mapping[str, Histogram] = field(default_factory=dict)
    quotes: QuoteFigures | None = None
    pages: tuple[StoryPage, ...] = ()
    older: int = 0


def dated(periods: Iterable[str]) -> list[str]:
    """The names that are months ("2025-12") or days ("2025-12-31"), in their order; "undated" is none."""
    return sorted(name for name in periods if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-\d\d)?", name))
