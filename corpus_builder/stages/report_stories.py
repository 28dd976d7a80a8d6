"""The stories that the report shows: the newest, side by side, with the scores that are published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus_builder.quality.reasons import reason_against
from corpus_builder.report.data import ShownStory
from corpus_builder.report.story import shown_story
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.stories import aligned_stories

STORIES = 5_000
"""Stories that are shown, the newest. Chosen: 140 MB of pages in half a minute; `look` shows all of any number."""


@dataclass(frozen=True)
class Choice:
    """The stories that are shown: by shard the article ids, in the order of the pages; `older` stories are not."""

    shards: Mapping[str, Sequence[str]]
    older: int

    @property
    def total(self) -> int:
        """How many are shown."""
        return sum(map(len, self.shards.values()))


def choose(workspace: Workspace, stories: Mapping[str, Sequence[str]]) -> Choice:
    """The newest stories, given for each shard, the oldest first, its stories in two languages or more."""
    aligned = {name: ids for name, ids in stories.items() if (workspace.aligned / f"{name}.parquet").is_file()}
    room, chosen = STORIES, {}
    for name, ids in reversed(aligned.items()):
        chosen[name] = ids[max(0, len(ids) - room) :]
        room -= len(chosen[name])
    shown = {name: ids for name, ids in reversed(chosen.items()) if ids}
    return Choice(shown, sum(map(len, aligned.values())) - sum(map(len, shown.values())))


def shown_stories(
    workspace: Workspace, choice: Choice, languages: Sequence[str], dropped: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[ShownStory]:
    """The stories in the order of the pages; `dropped` has reasons and details by article id."""
    for shard, ids in choice.shards.items():
        scored = (workspace.scores / f"{shard}.parquet").is_file()
        wanted = set(ids)
        for aligned in islice(aligned_stories(workspace, shard, scores=scored, only=wanted), len(wanted)):
            drops = dropped.get(aligned.article_id, ())
            yield shown_story(aligned.story, aligned.beads, languages, aligned.scores, reason_against, drops)
