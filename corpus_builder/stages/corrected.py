"""The corrections of a workspace as the stages use them: by story, and by what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from corpus_builder.corrections.beads import Corrections
from corpus_builder.corrections.folder import read_corrections
from corpus_builder.corrections.held_out import is_held_out
from corpus_builder.stages.config import CorrectionsConfig
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.tables import read_article_ids

ByStory = Mapping[str, Corrections]
"""By article id."""


def teaching(run: Run) -> dict[str, Corrections]:
    """The corrections that the aligner learns from: of all stories but those that are held out."""
    return {story: each for story, each in _all(run).items() if not held_out(run.config.corrections, story)}


def by_shard(run: Run) -> dict[str, dict[str, Corrections]]:
    """The corrections of each shard's stories; those of stories that the workspace does not have are under ""."""
    left = _all(run)
    shards = {}
    for shard, path in run.workspace.shards().items():
        shards[shard] = {story: left.pop(story) for story in read_article_ids(path) if story in left} if left else {}
    return {**shards, "": left}


def held_out(config: CorrectionsConfig, article_id: str) -> bool:
    """Whether the corrections of a story measure the aligner and do not teach it."""
    return is_held_out(article_id, config.held_out, config.seed)


def key_of(corrections: Iterable[Corrections]) -> str:
    """A hash of some corrections; "" for none, so that a workspace without any keeps its keys."""
    texts = [each.model_dump_json() for each in sorted(corrections, key=lambda each: each.article_id)]
    return sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest() if texts else ""


def _all(run: Run) -> dict[str, Corrections]:
    return read_corrections(run.workspace.corrections)
