"""Rows of the config `quotes`: who said what, in the editions that have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import permutations
from typing import TYPE_CHECKING, ClassVar

from corpus_builder.dataset.origins import Origins
from corpus_builder.dataset.rows import Quality, Row, make_row
from corpus_builder.model import PlacedQuote, QuoteSide, Story

if TYPE_CHECKING:
    import pyarrow as pa

QUOTES = "quotes"
PARAGRAPHS = Mapping[tuple[str, int], str]
"""The id of the paragraph row that a block lies in, by language and number of the block."""
NOBODY = Origins(())
"""The origins in a story without corrections."""


@dataclass(frozen=True, slots=True)
class QuoteRow(Row):
    """A quotation: `translation` has its words. An edition that broke it in pieces has the facts of the first piece."""

    BY_LANGUAGE: ClassVar[tuple[str, ...]] = (*Row.BY_LANGUAGE, "speaker", "mention", "cue", "form")

    speaker: Mapping[str, str | None]
    mention: Mapping[str, str | None]
    cue: Mapping[str, str | None]
    form: Mapping[str, str | None]
    paragraph_id: str | None


class QuoteColumns:
    """The scores of quotations; docs/quotes.md says what they mean."""

    def columns(self, languages: Sequence[str]) -> Mapping[str, str]:
        """The probability, whether forms and speakers agree, and how much of each side the others have."""
        covered = [f"covered_{x}_{y}" for x, y in permutations(sorted(languages), 2)]
        return dict.fromkeys(["probability", "forms_agree", "speakers_agree", *covered], "float64")

    def narrowed(self, values: Quality, pair: Sequence[str]) -> Quality:
        """The scores that a pair's rows have."""
        return {name: values.get(name) for name in self.columns(pair)}

    def sources(self, pair: Sequence[str]) -> Collection[str]:
        """The same columns."""
        return self.columns(pair)

    def narrowed_columns(self, values: Mapping[str, pa.Array], pair: Sequence[str]) -> Mapping[str, pa.Array]:
        """The same of many rows."""
        return {name: values[name] for name in self.columns(pair)}


QUOTE_COLUMNS = QuoteColumns()


def quote_rows(
    story: Story,
    quotes: Iterable[PlacedQuote],
    paragraphs: PARAGRAPHS,
    languages: Sequence[str],
    origins: Origins = NOBODY,
) -> Iterator[QuoteRow]:
    """The rows of a story's quotations; one that a single edition has is a row too. The origin of a row is that of the
    sentences that its words stand in."""
    for quote in quotes:
        sides: dict[str, list[QuoteSide]] = {}
        for side in quote.sides:
            sides.setdefault(side.language, []).append(side)
        first = {language: pieces[0] for language, pieces in sides.items()}
        texts = {language: "\n".join(piece.text for piece in pieces) for language, pieces in sides.items()}
        scores = {"probability": quote.probability, **quote.fidelity}
        opening = quote.sides[0].spans[0]
        block = story.editions[opening.language].blocks[opening.block]
        row = make_row(
            story,
            languages,
            quote.position,
            str(block.kind),
            block.label,
            texts,
            {name: scores.get(name) for name in QUOTE_COLUMNS.columns(languages)},
            quote.flags,
            # The same words may be quoted twice in a story; where they stand tells the two apart.
            f"{QUOTES} {opening.block}:{opening.start}",
        )
        row = replace(row, origin=origins.of(span for side in quote.sides for span in side.spans))
        yield QuoteRow(
            **{column.name: getattr(row, column.name) for column in fields(row)},
            speaker=_by_language(languages, {x: side.speaker for x, side in first.items()}),
            mention=_by_language(languages, {x: side.mention for x, side in first.items()}),
            cue=_by_language(languages, {x: side.cue for x, side in first.items()}),
            form=_by_language(languages, {x: side.form for x, side in first.items()}),
            paragraph_id=paragraphs.get((opening.language, opening.block)),
        )


def _by_language(languages: Sequence[str], values: Mapping[str, str | None]) -> dict[str, str | None]:
    return {language: values.get(language) for language in languages}
