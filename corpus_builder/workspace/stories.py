"""Aligned stories with all that belongs to them, read in one pass over a shard's files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from corpus_builder.errors import RunError
from corpus_builder.model import PlacedBead, PlacedQuote, Story
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.scores import read_scores
from corpus_builder.workspace.tables import read_beads, read_quotes, read_stories

if TYPE_CHECKING:
    from corpus_builder.dataset.rows import Scores

Item = TypeVar("Item")


@dataclass(frozen=True)
class AlignedStory:
    """A story of two or more editions with its beads, quotations, and the scores of its rows by level and position."""

    story: Story
    beads: list[PlacedBead]
    quotes: list[PlacedQuote] = field(default_factory=list)
    scores: Scores = field(default_factory=dict)

    @property
    def article_id(self) -> str:
        """The article id of the story."""
        return self.story.article_id


def aligned_stories(
    workspace: Workspace,
    shard: str,
    *,
    quotes: bool = False,
    scores: bool = False,
    only: Collection[str] | None = None,
) -> Iterator[AlignedStory]:
    """The aligned stories of a shard, or `only` those with some article ids, in the order of articles/.

    Quotations and scores are read where they are asked for. Raises RunError where the files do not belong together.
    """
    name = f"{shard}.parquet"
    beads = _ByArticle(workspace.aligned / name, read_beads(workspace.aligned / name, only))
    said: _ByArticle[list[PlacedQuote]] | None = None
    scored: _ByArticle[Scores] | None = None
    if quotes and (path := workspace.quotes / name).is_file():
        said = _ByArticle(path, read_quotes(path, only))
    if scores:
        scored = _ByArticle(workspace.scores / name, read_scores(workspace.scores / name, only))
    for story in read_stories(workspace.articles / name, only):
        if len(story.editions) > 1:
            story_beads = beads.take(story.article_id)
            if story_beads is None:
                raise _mismatch(workspace.aligned / name)
            yield AlignedStory(
                story,
                story_beads,
                (said and said.take(story.article_id)) or [],
                (scored and scored.take(story.article_id)) or {},
            )
    for each in (beads, said, scored):
        if each:
            each.check_end()


class _ByArticle(Generic[Item]):
    """A file's items by article id, taken in the order of the file."""

    def __init__(self, path: Path, items: Iterator[tuple[str, Item]]) -> None:
        self._path = path
        self._items = items
        self._next = next(items, None)

    def take(self, article_id: str) -> Item | None:
        """What belongs to an article; None where the file has nothing of it."""
        if self._next is None or self._next[0] != article_id:
            return None
        item = self._next[1]
        self._next = next(self._items, None)
        return item

    def check_end(self) -> None:
        """Raise RunError where items are left that belong to no story."""
        if self._next is not None:
            raise _mismatch(self._path)


def _mismatch(path: Path) -> RunError:
    return RunError(
        f"{path} does not belong to the articles of the workspace", next_step="run `corpus-builder build` there again"
    )
