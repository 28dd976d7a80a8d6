"""Places of words in a block: whether two overlap, and what is left of one without another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from corpus_builder.model import Span

ByBlock = Mapping[tuple[str, int], list[Span]]
"""Places by language and block."""


def overlap(one: Span, other: Span) -> bool:
    """Whether two places share a code point."""
    same_block = (one.language, one.block) == (other.language, other.block)
    return same_block and one.start < other.end and other.start < one.end


def by_block(spans: Iterable[Span]) -> ByBlock:
    """The places of each block."""
    found: dict[tuple[str, int], list[Span]] = {}
    for span in spans:
        found.setdefault((span.language, span.block), []).append(span)
    return found


def without(span: Span, other: Span, text: str) -> Iterator[Span]:
    """What is left of a place of a block without another: its words before and after. `text` is that of the block."""
    if not overlap(span, other):
        yield span
        return
    for start, end in ((span.start, other.start), (other.end, span.end)):
        words = text[start:end] if start < end else ""
        if words.strip():
            start += len(words) - len(words.lstrip())
            yield Span(span.language, span.block, start, start + len(words.strip()))
