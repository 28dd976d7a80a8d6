"""The corrected stories of a workspace: what still holds, how good the aligner is on those held out, and gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.texts.score import Scored, Tally
from corpus_builder.corrections.folder import read_corrections
from corpus_builder.corrections.gold import write_gold
from corpus_builder.corrections.measure import is_complete, measured
from corpus_builder.corrections.validity import Checked, checked
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.model import Span, Story
from corpus_builder.stages.config import CorrectionsConfig, RunConfig, saved_config, site_of
from corpus_builder.stages.corrected import held_out
from corpus_builder.stages.encoders import embedder
from corpus_builder.stages.placed import place
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.tables import read_stories

CORRECTED = "corrected"
"""The part of embeddings/ for corrected stories, which are measured without their shards."""
RESAMPLES = 1000
"""Of the bootstrap over stories. Chosen: an interval to about .002, in a second."""
FEWEST = 5
"""Stories that an interval needs. Chosen: fewer show next to nothing of how stories differ."""


@dataclass(frozen=True, slots=True)
class CorrectedStory:
    """A story that somebody corrected; `story` is None where the workspace does not have it. `complete`: every word is
    in a bead that holds."""

    article_id: str
    story: Story | None
    checked: Checked
    complete: bool
    held_out: bool


@dataclass(frozen=True, slots=True)
class PairReport:
    """The aligner on held-out stories in one pair of languages; `interval` is that of strict F1 (95 %, bootstrap over
    stories), None with too few stories."""

    scored: Scored
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """The aligner against held-out stories that are corrected completely, by pair ("en-uk"); and how many stories are
    corrected: all, those that teach, those held out, and of these those that are complete."""

    pairs: Mapping[str, PairReport]
    stories: int
    teaching: int
    held_out: int
    measured: int


def corrected_stories(workspace: Workspace, config: CorrectionsConfig) -> list[CorrectedStory]:
    """All stories that somebody corrected, by article id."""
    corrections = read_corrections(workspace.corrections)
    stories = {
        story.article_id: story
        for path in (workspace.shards() if corrections else {}).values()
        for story in read_stories(path, sorted(corrections))
    }
    out = []
    for article_id, own in sorted(corrections.items()):
        story = stories.get(article_id)
        found = checked(own, story)
        complete = story is not None and is_complete(story, found.known)
        out.append(CorrectedStory(article_id, story, found, complete, held_out(config, article_id)))
    return out


def report(folder: Path, seed: int = 1) -> CorrectionReport:
    """Align the held-out stories without their corrections, and compare. Raises UsageError where `folder` is no
    workspace that was aligned."""
    workspace, config = opened(folder)
    stories = corrected_stories(workspace, config.corrections)
    languages = _languages(config)
    chosen = [each for each in stories if each.held_out and each.complete]
    tallies: dict[str, list[Tally]] = {}
    if chosen:
        aligner = Aligner.load(workspace.lexicon, embedder(config.align.encoder, workspace, CORRECTED))
        for each in chosen:
            assert each.story is not None  # it is complete
            own = [bead.spans for bead in place(each.story, aligner, languages) if bead.level == "sentence"]
            for pair, counts in measured(each.story, own, each.checked.known, languages).items():
                tallies.setdefault(pair, []).append(counts)
    pairs = {pair: _pair_report(counts, seed) for pair, counts in sorted(tallies.items())}
    out = sum(each.held_out for each in stories)
    return CorrectionReport(pairs, len(stories), len(stories) - out, out, len(chosen))


def export_gold(folder: Path, output: Path, which: str) -> tuple[int, int, int]:
    """Write the complete stories of "all" corrected ones, of those "held-out" or "teaching": (stories, beads, stories
    that are not complete). Raises NothingProduced where there is none."""
    workspace, config = opened(folder)
    chosen = [
        each
        for each in corrected_stories(workspace, config.corrections)
        if which == "all" or each.held_out == (which == "held-out")
    ]
    complete = list(_complete(chosen))
    if not complete:
        raise NothingProduced(
            f"none of {len(chosen)} corrected stories is complete",
            next_step="confirm or correct every segment of a story in `corpus-builder look`",
        )
    beads = write_gold(output, complete, _languages(config))
    return len(complete), beads, len(chosen) - len(complete)


def reasons(stories: Sequence[CorrectedStory]) -> Counter[str]:
    """The beads that do not hold by reason."""
    total: Counter[str] = Counter()
    for each in stories:
        total.update({str(reason): count for reason, count in each.checked.reasons.items()})
    return total


def opened(folder: Path) -> tuple[Workspace, RunConfig]:
    """A workspace with its config. Raises UsageError where `folder` is none."""
    workspace = Workspace(folder.absolute())
    config = saved_config(workspace)
    if config is None:
        raise UsageError(
            f"{folder} is not a workspace: it has no {workspace.config.name}", next_step="name one with --workspace"
        )
    Manifest.open(workspace).require_current()
    return workspace, config


def _complete(stories: Sequence[CorrectedStory]) -> Iterator[tuple[Story, tuple[tuple[Span, ...], ...]]]:
    for each in stories:
        if each.story is not None and each.complete:
            yield each.story, each.checked.known


def _languages(config: RunConfig) -> tuple[str, ...]:
    return config.languages or site_of(config).languages


def _pair_report(counts: Sequence[Tally], seed: int) -> PairReport:
    total = counts[0]
    for each in counts[1:]:
        total += each
    interval = None
    if len(counts) >= FEWEST:
        table = np.array([(c.strict, c.found, c.recalled, c.gold) for c in counts], np.float64)
        drawn = np.random.default_rng(seed).integers(len(table), size=(RESAMPLES, len(table)))
        strict, found, recalled, gold = table[drawn].sum(axis=1).T
        precision, recall = strict / np.maximum(found, 1), recalled / np.maximum(gold, 1)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        low, high = np.quantile(f1, (0.025, 0.975))
        interval = round(float(low), 4), round(float(high), 4)
    return PairReport(total.scored(), interval)
