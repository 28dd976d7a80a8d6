"""The rows that a story's beads make: what is surveyed, compared and scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus_builder.dataset.rows import bead_texts
from corpus_builder.model import PlacedBead, Story
from corpus_builder.quality.batch import RowTexts


def candidates(story: Story, beads: Sequence[PlacedBead]) -> Iterator[RowTexts]:
    """A row for each bead of two or more editions."""
    for bead in beads:
        segments = Counter(span.language for span in bead.spans)
        if len(segments) > 1:
            yield RowTexts(
                story.article_id,
                bead.level,
                bead.position,
                bead_texts(story, bead),
                bead.pairs,
                bead.probability,
                bead.score,
                segments,
                bead.origin == "human",
            )
