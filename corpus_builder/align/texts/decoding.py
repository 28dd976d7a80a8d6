"""Documents to the beads that are written, with a trained aligner: a batch of files at a time, here or in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple, Protocol, TypeVar

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.texts import formats, lines, pooling
from corpus_builder.align.texts.explain import Explainer
from corpus_builder.align.texts.folder import Text, TextFiles
from corpus_builder.model import Alignment, Bead, Document

BATCH = 64
"""Documents that are read, aligned and written together. Chosen: enough work for a worker, and little memory."""
NEW_WORDS = 200_000
"""Words that decoding may add to a vocabulary before it forgets them. Chosen for memory: they take about 50 MB."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class Mapper(Protocol):
    """Applies a function to each task, here (`map`) or in other processes; the results in the order of the tasks."""

    def __call__(self, function: Callable[[Task], Result], tasks: Iterable[Task], /) -> Iterator[Result]:
        """The result of each task."""
        ...


class Decoded(NamedTuple):
    """One document's rows; `lost` if most of its two-sided beads are more likely wrong than right."""

    text: Text
    rows: formats.Rows
    lost: bool


@dataclass(slots=True)
class Decoder:
    """Aligns documents, each by itself, so that neither their order nor their number matters.

    `level` is one of lines.LEVELS but `auto`; `models` are those of the segmentations at the level `clause`. `prepared`
    and `alignments` have by name what is known already of some documents; workers do without.
    """

    aligner: Aligner
    level: str
    together: bool
    explained: bool
    models: pooling.Models = field(default_factory=dict)
    prepared: Mapping[str, lines.Prepared] = field(default_factory=dict)
    alignments: Mapping[str, Alignment] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """For a worker: without what is known of documents, which it may never see."""
        return Decoder, (self.aligner, self.level, self.together, self.explained, self.models)

    def prepare(self, texts: Iterable[TextFiles]) -> list[lines.Prepared]:
        """The documents at the aligner's level."""
        return [self.prepared.get(each.name) or lines.prepare([each.read()], self.level)[0] for each in texts]

    def __call__(self, batch: Sequence[TextFiles]) -> list[Decoded]:
        """The beads of a batch of documents."""
        return [self._decoded(prepared) for prepared in self.prepare(batch)]

    def _decoded(self, prepared: lines.Prepared) -> Decoded:
        beads = self._by_segmentations(prepared) if self.level == "clause" else self._beads(prepared)
        explainer = Explainer(self.aligner, prepared.document) if self.explained else None
        rows = [(bead, _words(explainer, prepared, bead)) for bead in beads]
        self.aligner.forget(NEW_WORDS)
        return Decoded(prepared.text, rows, _is_lost(beads))

    def _beads(self, prepared: lines.Prepared) -> list[Bead]:
        known = self.alignments.get(prepared.text.name)
        return lines.rows(prepared, known or alignment_of(self.aligner, prepared), together=self.together)

    def _by_segmentations(self, prepared: lines.Prepared) -> list[Bead]:
        """The beads of whole lines, from multiple segmentations."""
        whole_lines, segmentations = lines.segmentations(prepared)
        alignments = pooling.align_lines(self.aligner, self.models, segmentations)
        beads: list[Bead] = []
        for chosen in _language_groups(whole_lines.document, self.together):
            beads += lines.beads_of_lines(whole_lines, pooling.joined(segmentations, alignments, chosen), chosen)
        return beads


def alignment_of(aligner: Aligner, prepared: lines.Prepared) -> Alignment:
    """The beads of a document's segments at the levels `segment` and `sentence`.

    A sentence without a counterpart costs nothing within a paragraph; as a line of its own it is a one-sided bead.
    """
    skip_cost = 0.0 if prepared.level == "sentence" and lines.are_paragraphs([prepared]) else pooling.ALONE
    return aligner.align(prepared.document, skip_cost=skip_cost, blocks=False)


def batches(texts: Sequence[TextFiles]) -> Iterator[Sequence[TextFiles]]:
    """The documents in order, BATCH at a time."""
    for begin in range(0, len(texts), BATCH):
        yield texts[begin : begin + BATCH]


def _is_lost(beads: Sequence[Bead]) -> bool:
    linked = [bead.probability < 0.5 for bead in beads if len(bead.languages) > 1]
    return bool(beads) and 2 * sum(linked) >= len(linked)


def _language_groups(document: Document, together: bool) -> list[Sequence[str]]:
    """The languages that get beads of their own: all together, or each pair."""
    languages = list(document.segments)
    return [languages] if together or len(languages) < 3 else list(combinations(languages, 2))


def _words(explainer: Explainer | None, text: lines.Prepared, bead: Bead) -> formats.WordPairs | None:
    if explainer is None:
        return None
    segments = {
        language: tuple(i for i, line in enumerate(text.line_of[language]) if line in numbers)
        for language, numbers in bead.segments.items()
    }
    return explainer.explain(segments)
