"""The content of the report: frozen types that hold figures and a small sample, never the corpus.

Mappings keep the order in which they are to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
class Month:
    """The stories of one month ("2025-12"): editions by language, and stories by how many editions they have."""

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
    `probability` and `score` are over the beads of two or more editions.
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
class SampleBead:
    """A row of the side-by-side view; `sides` has a language only where it has segments."""

    position: int
    sides: Mapping[str, tuple[ShownSegment, ...]]
    probability: float
    score: float
    pairs: Mapping[str, float]
    flags: tuple[str, ...]

    @property
    def opens_block(self) -> bool:
        """Whether a block of any edition begins here."""
        return any(pieces[0].opens_block for pieces in self.sides.values())

    def odd(self, editions: int) -> bool:
        """Whether the bead may be a problem: a flag, an empty side, or a probability below one half."""
        return bool(self.flags) or len(self.sides) < editions or self.probability < 0.5


@dataclass(frozen=True, slots=True)
class SampleEdition:
    """The head of a column."""

    language: str
    title: str
    url: str
    published: str | None
    layout: str


@dataclass(frozen=True, slots=True)
class SampleStory:
    """One story of the browsable sample, with its beads by level ("block", "sentence").

    `cut` is how many more beads a level has than are shown.
    """

    article_id: str
    date: str | None
    section: str | None
    editions: tuple[SampleEdition, ...]
    probability: float
    beads: Mapping[str, tuple[SampleBead, ...]]
    cut: Mapping[str, int]


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
    ("uk–en"), `flags` by flag. `unnamed` is the number without a speaker's name in any edition; `most` are the most
    quoted of all `speakers`.
    """

    count: int
    unnamed: int
    speakers: int
    forms: Mapping[str, Mapping[str, int]]
    sides: Mapping[str, int]
    flags: Mapping[str, int]
    most: tuple[Person, ...] = ()
    samples: tuple[ShownQuotation, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportData:
    """The whole page. What a workspace does not have is empty here and not shown.

    `rows` counts published rows by config and split, `layouts` editions by the layout that read them, `beads` is by
    level, `ratios` has a histogram a pair ("en-uk") of log2(characters of the second / characters of the first) over
    the sentence beads that have both.
    """

    title: str
    site: str
    homepage: str
    languages: tuple[str, ...]
    stages: tuple[FunnelStage, ...] = ()
    months: Mapping[str, Month] = field(default_factory=dict)
    layouts: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    beads: Mapping[str, BeadFigures] = field(default_factory=dict)
    ratios: Mapping[str, Histogram] = field(default_factory=dict)
    quotes: QuoteFigures | None = None
    stories: tuple[SampleStory, ...] = ()


def dated(months: Iterable[str]) -> list[str]:
    """The names that are months ("2025-12"), in their order; "undated" is none."""
    return sorted(month for month in months if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month))
