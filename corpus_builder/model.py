"""The types that packages exchange, all frozen; this module needs only the standard library.

A Capture (one saved response) becomes an Edition (one article in one language, made of Blocks); the editions of one
article are a Story. For the aligner a story is a Document of Segments. Its result is an Alignment of Beads, which are
stored as PlacedBeads (align/__init__.py lists all forms of a bead). Anything left out is a Drop. docs/glossary.md
defines these words.

Languages are BCP 47 primary subtags ("uk", "ru", "en"). Offsets count code points; `end` is exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

RIGHT = 0.9
"""The published probability from which on a row counts as right, wherever rows are counted or shown as right or weak.
Chosen: of such rows nine in ten should be right; docs/quality.md has what was measured."""
LIKELY = 0.5
"""The published probability from which on something of a row is more likely so than not: that it is right (rows below
are shown in red), that it is complete."""


class BlockKind(StrEnum):
    """The kind of a block on its page."""

    TITLE = "title"
    LEAD = "lead"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    BLOCKQUOTE = "blockquote"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Edit:
    """A place where normalisation changed the text: `text[start:end]` was `original` on the page."""

    start: int
    end: int
    original: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: `text[start:end]` links to `url`."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece of an edition.

    `text` is normalised, without the label. `label` is the role of the label ("source", "quote", "details", …),
    `label_text` the label as written ("Quote from Peskov"), `speaker` the name in it ("Peskov"). `language` is that of
    the text, if it was identified. `edits` restore the text of the page (text/normalise.py).
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

    `blocks` begin with the headline (kind TITLE) if there is one; `captions` are separate. `language` is that of the
    URL's edition, `detected_language` that of the text. `alternates` are the editions that the page names, by
    hreflang or in JSON-LD, as (language, URL). `layout` is the layout of the site's rules that matched, or "generic",
    or "table". `capture` is where the page is stored, as in Capture.origin.
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
        """The headline, or "" if the edition has none."""
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

    `url` is the requested URL, `body` the bytes without any Content-Encoding, `headers` have lower-case names, `origin`
    is where it is stored ("crawl/warc/a.warc.gz:1234" or the path of a file). `target` is the URL that was really
    requested, where it is known: it differs from `url` on a mirror.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched: datetime | None
    origin: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Something left out: at which stage, what, and why. `reason` is a stable identifier to count by."""

    stage: str
    item: str
    reason: str
    detail: str = ""
    language: str | None = None
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit of alignment: a sentence or a whole block; `block` is the number of its block."""

    text: str
    block: int
    kind: BlockKind = BlockKind.PARAGRAPH
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One story as the aligner sees it: for each language its segments, in order.

    `known` are beads that a person corrected, as numbers of segments by language, each segment in one of them at most:
    the aligner keeps them exactly. A language that one of them lacks has no counterpart.
    """

    name: str
    segments: Mapping[str, tuple[Segment, ...]]
    known: tuple[Mapping[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Bead:
    """Segments of two or more editions that translate each other; a one-sided bead has no counterpart.

    `segments` has every language of the document as a key, with ascending indices, and () for an empty side. `score`
    is a log-likelihood ratio (around 0: no evidence), `probability` is calibrated, 0 to 1. `pairs` has the probability
    of each pair of languages with segments in the bead, keyed ("uk", "ru") in the order of the document.
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
    """The beads of a document: of its segments (`beads`), and derived from them, of its blocks (`blocks`).

    Every segment is in exactly one of `beads`, every block in exactly one of `blocks`. `probability` (0 to 1) says how
    likely the editions are translations of one another at all: of its least likely language pair, and `related` has
    those of all pairs. `known_words` (0 to 1) says how much of the translations of their words the aligner knew, of the
    pair of which it knew least.
    """

    document: str
    beads: tuple[Bead, ...]
    blocks: tuple[Bead, ...]
    probability: float = 1.0
    related: Mapping[tuple[str, str], float] = field(default_factory=dict)
    known_words: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an edition: `blocks[block].text[start:end]` of the edition in `language`."""

    language: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlacedBead:
    """A bead as it is stored and published: with the places of its segments instead of their indices.

    `level` is "sentence" or "block", `position` numbers the beads of one level of a story, from 0. `pairs` is keyed
    "en-uk", the two languages in alphabetical order. `origin` is "aligner", or "human" for one that a person corrected
    or confirmed. `document_pairs`
    has, keyed like `pairs`, the probability of each two editions of the story that they are translations of one
    another, and `document_probability` the least of these.
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
    origin: str = "aligner"
    document_pairs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuoteSide:
    """A quotation in one edition, ready to publish.

    `text` is its words without insertions by editors; `insertions` is the number of these. `speaker` is the fullest
    name in the edition of the person who said it, `mention` the speaker as written at that place. `form` is direct,
    labelled, partial, indirect or mentioned (docs/quotes.md). `spans` are the places of the words.
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
    """One quotation with its sides in one or more editions; an edition may have it in several pieces (merged).

    `probability` (0 to 1) says how likely its sides are the same words, None of one side, `fidelity` how closely the
    editions render one another's words. docs/quotes.md lists the scores and flags.
    """

    article_id: str
    position: int
    sides: tuple[QuoteSide, ...]
    probability: float | None
    fidelity: Mapping[str, float]
    flags: tuple[str, ...]
