"""From a story and its beads to the rows that are published.

A row has texts of two or more editions. Beads without a counterpart and rows that `accept` rejects go to dropped/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from corpus_builder.dataset.origins import BY_ALIGNER, BY_PEOPLE, Origins
from corpus_builder.model import Edition, PlacedBead, Span, Story

if TYPE_CHECKING:
    import pyarrow as pa

Quality = Mapping[str, float | str | None]
"""The scores of a row by column."""
Scores = Mapping[tuple[str, int], tuple[Quality, tuple[str, ...]]]


class QualityColumns(Hashable, Protocol):
    """Which scores rows have; the module quality/columns.py is one such."""

    def columns(self, languages: Sequence[str]) -> Mapping[str, str]:
        """The scores of rows in these languages, with their Arrow types."""

    def narrowed(self, values: Quality, pair: Sequence[str]) -> Quality:
        """What of a row's scores belongs to two of its languages."""

    def sources(self, pair: Sequence[str]) -> Collection[str]:
        """The columns that these come from."""

    def narrowed_columns(self, values: Mapping[str, pa.Array], pair: Sequence[str]) -> Mapping[str, pa.Array]:
        """The same of many rows: [rows] the values of each column that belong to two languages."""


class AlignerColumns:
    """The aligner's figures of a row: for rows that were not scored."""

    def columns(self, languages: Sequence[str]) -> Mapping[str, str]:
        """The probability, and of three languages or more the score and each pair's probability."""
        pairs = pair_names(languages) if len(languages) > 2 else []
        names = ["probability", *(["score"] if pairs else []), *(f"probability_{p.replace('-', '_')}" for p in pairs)]
        return dict.fromkeys(names, "float64")

    def narrowed(self, values: Quality, pair: Sequence[str]) -> Quality:
        """The pair's own probability."""
        own = values.get("_".join(("probability", *sorted(pair))))
        return {"probability": values["probability"] if own is None else own}

    def sources(self, pair: Sequence[str]) -> Collection[str]:
        """Those of the pair and of the row."""
        return {"probability", "_".join(("probability", *sorted(pair)))}

    def narrowed_columns(self, values: Mapping[str, pa.Array], pair: Sequence[str]) -> Mapping[str, pa.Array]:
        """The pair's own probability."""
        import pyarrow.compute as pc

        own = values.get("_".join(("probability", *sorted(pair))))
        whole = values["probability"]
        return {"probability": whole if own is None else pc.coalesce(own, whole)}

    def of(self, bead: PlacedBead, languages: Sequence[str]) -> Quality:
        """The values of one bead."""
        pairs = {f"probability_{pair.replace('-', '_')}": bead.pairs.get(pair) for pair in pair_names(languages)}
        return {"probability": bead.probability, "score": bead.score, **pairs}


ALIGNER = AlignerColumns()

AUDITED = {1: "right", 2: "partly", 3: "wrong"}
"""Verdicts of people who audited rows; wrong rows are not published."""

ID = 16
"""Characters of the id of a row: 64 bits of a hash, in hexadecimal."""

DOCUMENTS = "documents"
MONOLINGUAL = "monolingual"
"""Configs of one language, as `monolingual.uk`: the text of every edition, of stories in one language too."""

# Configs of aligned rows; each also has one a pair, as `sentences.en-uk`.
LEVELS = {"paragraphs": "block", "sentences": "sentence"}


@dataclass(frozen=True, slots=True)
class Row:
    """One published row; the columns are those of docs/dataset.md."""

    BY_LANGUAGE: ClassVar[tuple[str, ...]] = ("url", "translation")
    """Columns that have a value per language."""

    id: str
    article_id: str
    date: str | None
    section: str | None
    url: Mapping[str, str | None]
    position: int
    kind: str
    label: str | None
    translation: Mapping[str, str | None]
    quality: Quality
    flags: tuple[str, ...]
    verdicts: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    """What people who audited the dataset said of each pair ("en-uk"), a key of `AUDITED`; others are left out."""
    origin: str = field(default=BY_ALIGNER, kw_only=True)
    """Who aligned it (origins.py): "aligner", "human", or "mixed"."""

    @property
    def audited(self) -> str | None:
        """The worst verdict on the row's pairs in words; None where somebody has yet to judge one of them."""
        pairs = pair_names([language for language, text in self.translation.items() if text])
        if not pairs or any(pair not in self.verdicts for pair in pairs):
            return None
        return AUDITED[max(self.verdicts[pair] for pair in pairs)]


@dataclass(frozen=True, slots=True)
class TextRow:
    """One edition as a row of `monolingual.<language>`: its whole text, a block a line."""

    id: str
    article_id: str
    date: str | None
    section: str | None
    url: str
    language: str
    title: str
    text: str
    flags: tuple[str, ...] = ()


def pair_names(languages: Sequence[str]) -> list[str]:
    """The pairs of some languages, as they are named: "en-uk", alphabetically."""
    return ["-".join(pair) for pair in combinations(sorted(languages), 2)]


def story_date(story: Story) -> str | None:
    """The day of a story's first publication in any edition, as "2025-12-01"."""
    days = [edition.published.date().isoformat() for edition in story.editions.values() if edition.published]
    return min(days, default=None)


class DocumentColumns(AlignerColumns):
    """The figures of a document: for rows of whole stories."""

    def columns(self, languages: Sequence[str]) -> Mapping[str, str]:
        """The probability, and of three languages or more that of each pair."""
        return {name: kind for name, kind in super().columns(languages).items() if name != "score"}

    def values(self, related: Mapping[str, float]) -> Quality:
        """Those of a story, by the probability of each two of its editions; the least is that of the whole."""
        pairs = {f"probability_{pair.replace('-', '_')}": value for pair, value in related.items()}
        return {"probability": min(related.values(), default=None), **pairs}


DOCUMENT_COLUMNS = DocumentColumns()


def document_row(
    story: Story, languages: Sequence[str], related: Mapping[str, float] | None = None, origin: str = BY_ALIGNER
) -> Row:
    """A story as one row: its editions' whole texts, a block a line. `origin` is that of its sentences.

    `related` has the probability of each pair ("en-uk") that its editions are translations of one another.
    """
    texts = {language: edition_text(edition) for language, edition in story.editions.items()}
    quality = DOCUMENT_COLUMNS.values(related or {})
    row = make_row(story, languages, 0, "document", None, texts, quality, (), DOCUMENTS)
    return replace(row, origin=origin)


def text_rows(story: Story) -> Iterator[TextRow]:
    """The row of every edition that has a text; its id is a hash of article, language and text."""
    for language, edition in sorted(story.editions.items()):
        if text := edition_text(edition):
            yield TextRow(
                id=_hash(MONOLINGUAL, story.site, story.article_id, language, text),
                article_id=story.article_id,
                date=story_date(story),
                section=edition.section,
                url=edition.url,
                language=language,
                title=edition.title,
                text=text,
            )


def edition_text(edition: Edition) -> str:
    """The whole text of an edition, a block a line."""
    return "\n".join(block.text for block in edition.blocks)


def bead_rows(
    story: Story, beads: Sequence[PlacedBead], config: str, languages: Sequence[str], scores: Scores | None = None
) -> Iterator[Row]:
    """The rows of one trilingual config ("paragraphs" or "sentences") of a story. One-sided beads make none.

    `scores` has the quality and the flags of every bead of two or more editions, by level and position; None leaves it
    with what the aligner says.
    """
    origins = Origins(beads)
    copies: dict[str, int] = {}
    for bead in beads:
        if bead.level != LEVELS[config] or len({span.language for span in bead.spans}) < 2:
            continue
        texts = bead_texts(story, bead)
        values, flags = scores[bead.level, bead.position] if scores else (ALIGNER.of(bead, languages), ())
        first = story.editions[bead.spans[0].language].blocks[bead.spans[0].block]
        label = next((block.label for block in _blocks(story, bead.spans) if block.label), None)
        row = make_row(
            story, languages, bead.position, str(first.kind), label, texts, values, (*bead.flags, *flags), config
        )
        row = replace(row, origin=BY_PEOPLE if bead.origin == BY_PEOPLE else origins.of(bead.spans))
        # The same words may occur twice in a story; the second row gets another id.
        copies[row.id] = copy = copies.get(row.id, -1) + 1
        yield replace(row, id=_hash(row.id, str(copy))) if copy else row


def bead_texts(story: Story, bead: PlacedBead) -> dict[str, str]:
    """The text of each side of a bead; several segments of one edition are joined by a newline."""
    return {
        language: "\n".join(
            span_text(story.editions[language], span) for span in bead.spans if span.language == language
        )
        for language in dict.fromkeys(span.language for span in bead.spans)
    }


def pair_row(row: Row, pair: str, quality: QualityColumns = ALIGNER) -> Row | None:
    """The two sides of a row, with the pair's own quality; None where one side is missing. The id stays."""
    languages = pair.split("-")
    if not all(row.translation.get(language) for language in languages):
        return None
    sides: dict[str, Any] = {
        name: {language: getattr(row, name)[language] for language in languages} for name in row.BY_LANGUAGE
    }
    return replace(row, quality=quality.narrowed(row.quality, languages), **sides)


def span_text(edition: Edition, span: Span) -> str:
    """The words at a place."""
    return edition.blocks[span.block].text[span.start : span.end]


def _blocks(story: Story, spans: Iterable[Span]) -> Iterator[Any]:
    return (story.editions[span.language].blocks[span.block] for span in spans)


def make_row(
    story: Story,
    languages: Sequence[str],
    position: int,
    kind: str,
    label: str | None,
    texts: Mapping[str, str],
    quality: Quality,
    flags: tuple[str, ...],
    config: str,
) -> Row:
    """A row of these texts by language; its id is a hash of them, of the article and of `config`."""
    translation = {language: texts.get(language) or None for language in languages}
    editions = story.editions
    return Row(
        id=_hash(config, story.site, story.article_id, *(f"{k}:{v}" for k, v in sorted(texts.items()))),
        article_id=story.article_id,
        date=story_date(story),
        section=next((edition.section for edition in editions.values() if edition.section), None),
        url={language: editions[language].url if language in editions else None for language in languages},
        position=position,
        kind=kind,
        label=label,
        translation=translation,
        quality=quality,
        flags=flags,
    )


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:ID]
