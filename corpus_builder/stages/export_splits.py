"""The split of each story, kept in splits.json: a later build moves no story."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from corpus_builder.dataset.rows import pair_names
from corpus_builder.dataset.splits import SPLITS, Assignment, assign
from corpus_builder.parquet import read_rows
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.splits import read_splits, write_splits

logger = logging.getLogger(__name__)


def split_stories(
    run: Run, clusters: Iterable[Collection[str]] = (), companions: Iterable[Collection[str]] = ()
) -> Assignment:
    """Assign the stories of this build and write splits.json; a story that is in it already keeps its split.

    `clusters` are groups of article ids that are near-duplicates of one another, `companions` of stories that share a
    sentence. Warns of each pair of languages of
    which a held-out split has fewer stories than the config asks for.
    """
    earlier = read_splits(run.workspace.splits)
    config = run.config.dataset
    dates, pairs = _stories(run)
    assignment = assign(
        dates,
        clusters,
        companions,
        validation=config.validation,
        test=config.test,
        earlier=earlier,
        pairs=pairs,
        least=config.stories_per_pair,
    )
    if assignment.splits != earlier:
        write_splits(run.workspace.splits, assignment.splits)
    _warn(assignment, {"test": config.test, "validation": config.validation}, config.stories_per_pair)
    return assignment


def _warn(assignment: Assignment, shares: dict[str, float], least: int) -> None:
    for pair, counts in assignment.pairs.items():
        few = [f"{counts[split]} in {split}" for split in SPLITS if shares.get(split) and counts[split] < least]
        if few:
            logger.warning(
                "%s: only %s of %d stories, fewer than %d (stories_per_pair); scores on so few are uncertain",
                pair, " and ".join(few), sum(counts.values()), least,
            )  # fmt: skip


def _stories(run: Run) -> tuple[dict[str, str | None], dict[str, list[str]]]:
    """Of every story that yields rows (two or more editions) the day of first publication and the pairs."""
    dates: dict[str, str | None] = {}
    pairs: dict[str, list[str]] = {}
    for path in run.workspace.shards().values():
        days: dict[str, dict[str, str | None]] = {}
        for row in read_rows(path, ["article_id", "language", "published"]):
            days.setdefault(row["article_id"], {})[row["language"]] = row["published"] and row["published"][:10]
        for story, known in days.items():
            if len(known) > 1:
                dates[story] = min(filter(None, known.values()), default=None)
                pairs[story] = pair_names([language for language in known if language in run.languages])
    return dates, pairs
