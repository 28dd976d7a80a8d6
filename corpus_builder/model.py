"""The words of the project as frozen types; the standard library only.

Data passes in this order: a Capture (one saved response) becomes an Edition (one article in one language, made of
Blocks); the editions of one article make a Story. For the aligner a story is a Document of Segments; it answers with
an Alignment, which holds Beads, stored as PlacedBeads. Whatever is left out on the way is a Drop.

Languages are BCP 47 primary subtags ("uk", "ru", "en"). Offsets count code points and end before `end`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is on its page."""

    TITLE = "title"
    LEAD = "lead"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    BLOCKQUOTE = "blockquote"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Edit:
    """One place where normalising changed the text: `text[start:end]` stood as `original` on the page."""

    start: int
    end: int
    original: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: `text[start:end]` pointed to `url`."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece of an edition.

    `text` is normalised and has no label in it. `label` is the role that the label names ("source", "quote",
    "details", …), `label_text` the label as written ("Quote from Peskov"), `speaker` the name in it ("Peskov").
    `edits` lead back to the text as the page had it (text/normalise.py).
    """

    kind: BlockKind
    text: str
    label: str | None = None
    label_text: str | None = None
    speaker: str | None = None
    language: str | None = None
    links: tuple[Link, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One article in one language.

    `blocks` begin with the headline (kind TITLE) where there is one; `captions` lie apart from them. `language` is
    that of the URL's edition, `detected_language` that of the text. `alternates` are the page's own hreflang links
    as (language, URL). `layout` names the layout of the site's rules that matched, or "generic", or "table".
    `capture` tells where the page is kept.
    """

    site: str
    article_id: str
    language: str
    url: str
    blocks: tuple[Block, ...]
    captions: tuple[Block, ...] = ()
    detected_language: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    layout: str = ""
    capture: str = ""

    @property
    def title(self) -> str:
        """The headline, or "" where the edition has none."""
        return next((block.text for block in self.blocks if block.kind is BlockKind.TITLE), "")


@dataclass(frozen=True, slots=True)
class Story:
    """The editions that share an article id, by language."""

    site: str
    article_id: str
    editions: Mapping[str, Edition]


@dataclass(frozen=True, slots=True)
class Capture:
    """One saved response of a site: what the crawler stored, a WARC record, or a saved page.

    `url` is the address that it was asked under, `body` the bytes with any Content-Encoding undone, `headers` have
    lower-case names, `origin` tells where it lies ("crawl/warc/a.warc.gz:1234" or a file's path).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched: datetime | None
    origin: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that was left out: at which stage, what, and why. `reason` is a stable word to count by."""

    stage: str
    item: str
    reason: str
    detail: str = ""
    language: str | None = None
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """What is being aligned: a sentence (or a whole block), with the block that it lies in."""

    text: str
    block: int
    kind: BlockKind = BlockKind.PARAGRAPH
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One story as the aligner sees it: per language its segments, in order."""

    name: str
    segments: Mapping[str, tuple[Segment, ...]]


@dataclass(frozen=True, slots=True)
class Bead:
    """Segments of two or more editions that translate each other; a one-sided bead has no counterpart.

    `segments` has every language of the document as a key, with indices in rising order and () for an empty side.
    `score` is a log-likelihood ratio (0: no better than chance), `probability` calibrated, 0 to 1. `pairs` gives the
    probability of each two languages that both have segments here, keyed ("uk", "ru") in the document's order.
    """

    segments: Mapping[str, tuple[int, ...]]
    score: float
    probability: float
    flags: tuple[str, ...] = ()
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have segments in this bead."""
        return tuple(language for language, indices in self.segments.items() if indices)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A document's beads over its segments, and the beads over its blocks that follow from them.

    Every segment (block) lies in exactly one bead of `beads` (`blocks`). `probability` says how likely it is that the
    editions are translations of one another at all.
    """

    document: str
    beads: tuple[Bead, ...]
    blocks: tuple[Bead, ...]
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an edition: `blocks[block].text[start:end]` of the edition in `language`."""

    language: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlacedBead:
    """A bead as it is stored and published: with the places of its segments instead of their numbers.

    `level` is "sentence" or "block", `position` counts the beads of one level of a story. `pairs` is keyed "en-uk",
    the two languages in alphabetical order.
    """

    article_id: str
    level: str
    position: int
    spans: tuple[Span, ...]
    score: float
    probability: float
    pairs: Mapping[str, float]
    flags: tuple[str, ...]
    document_probability: float


@dataclass(frozen=True, slots=True)
class QuoteSide:
    """A quotation in one edition, ready to publish.

    `text` holds its words without editors' insertions; `insertions` counts these. `speaker` is the fullest name that
    the edition has for who said it, `mention` the speaker as written there. `form` is direct, labelled, partial,
    indirect or mentioned (docs/quotes.md). `spans` lead back to the edition's blocks.
    """

    language: str
    text: str
    form: str
    speaker: str | None
    mention: str | None
    cue: str | None
    insertions: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """One quotation with its sides in one edition or more; an edition may give it in several pieces (merged).

    `probability` says how likely its sides are the same words, `fidelity` how faithfully editions give one another's
    (docs/quotes.md names the scores and the flags).
    """

    article_id: str
    position: int
    sides: tuple[QuoteSide, ...]
    probability: float
    fidelity: Mapping[str, float]
    flags: tuple[str, ...]
