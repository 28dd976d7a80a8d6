"""Three stages: learn what is usual in this corpus, find what it says twice, then score its rows, shard by shard.

survey   articles/, aligned/, lexicon/ -> quality/: usual lengths and coverage, words of each edition, sentencepiece
         models
compare  articles/, aligned/ -> quality/duplicates/<shard>.parquet, quality/clusters.json: near-duplicate rows, stories
score    articles/, aligned/, lexicon/, quality/ -> scores/<shard>.parquet, a row for each bead of two or more editions,
         keyed (article_id, level, position)
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_builder.dataset.rows import bead_texts
from corpus_builder.files import file_hash, replacing
from corpus_builder.model import PlacedBead, Story
from corpus_builder.parquet import read_rows, write_rows, write_tables
from corpus_builder.quality.batch import RowTexts
from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.quality.calibration import load as load_calibration
from corpus_builder.quality.columns import columns
from corpus_builder.quality.context import Context
from corpus_builder.quality.duplicates import ALONE, ROWS, Duplicate, near_duplicates, row_duplicates, story_clusters
from corpus_builder.quality.scoring import BATCH, ScoredRows, score
from corpus_builder.quality.survey import SAMPLE, learn, load
from corpus_builder.quality.word_translations import WordTranslations
from corpus_builder.resources import shipped
from corpus_builder.stages.align import ALIGN, LEARN
from corpus_builder.stages.extract import EXTRACT
from corpus_builder.stages.stage import Run, ShardResult, StageTask, run_shards
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import code_version, task_key
from corpus_builder.workspace.stories import aligned_stories, shard_files
from corpus_builder.workspace.tables import read_stories

SURVEY, COMPARE, SCORE = "survey", "compare", "score"
_CODE = ("quality", "text", "model", "dataset/rows", "stages/score", "workspace/tables", "workspace/stories")

LIKELY = 0.05
"""A unit is a translation of another from this probability on (benchmarks/quality/noise.py)."""
ONCE = 1.0
"""What is taken off each count of the lexicon: a row must not be the only witness of its own words."""


def score_rows(run: Run) -> None:
    """Survey the corpus, compare its rows, and write scores/ for all that is aligned."""
    survey_rows(run)
    code, aligned = code_version(*_CODE), run.manifest.hashes(ALIGN)
    compare_key = task_key(code, run.languages, aligned, run.manifest.hashes(EXTRACT))
    run_shards(run, COMPARE, [StageTask("all", compare_key, run.workspace, run.languages)], compare)
    learned = [run.manifest.hashes(LEARN), run.manifest.hashes(SURVEY)]
    tasks = [
        StageTask(
            shard,
            task_key(code, run.languages, learned, *(file_hash(own) for own in _inputs(run.workspace, path))),
            run.workspace,
            run.languages,
        )
        for shard, path in shard_files(run.workspace).items()
    ]
    run_shards(run, SCORE, tasks, score_shard)


def survey_rows(run: Run) -> None:
    """Learn what is usual in the corpus, into quality/."""
    key = task_key(code_version(*_CODE), run.languages, run.manifest.hashes(ALIGN), run.manifest.hashes(LEARN))
    run_shards(run, SURVEY, [StageTask("all", key, run.workspace, run.languages)], survey)


def _inputs(workspace: Workspace, articles: Path) -> tuple[Path, ...]:
    return articles, workspace.aligned / articles.name, _duplicates(workspace, articles.stem), shipped(CALIBRATION)


def _duplicates(workspace: Workspace, shard: str) -> Path:
    return workspace.quality / "duplicates" / f"{shard}.parquet"


def survey(task: StageTask) -> ShardResult:
    """Learn the context from a sample of the stories, by a hash of their ids."""
    folder, shards = task.workspace.quality, shard_files(task.workspace)
    beads = sum(pq.read_metadata(task.workspace.aligned / path.name).num_rows for path in shards.values())
    share = min(1.0, SAMPLE / max(beads, 1))
    rows = (
        row
        for shard in shards
        for story, own in aligned_stories(task.workspace, shard)
        if zlib.crc32(story.article_id.encode()) < share * 2**32
        for row in candidates(story, own)
    )
    counts = Counter[str]()

    def counted() -> Iterator[RowTexts]:
        for row in rows:
            counts["rows"] += 1
            yield row

    return ShardResult(tuple(learn(counted(), task.languages, folder, read_lexicon(task.workspace.lexicon))), counts)


def compare(task: StageTask) -> ShardResult:
    """Find the near-duplicates among rows, a level at a time, and among stories."""
    workspace, shards = task.workspace, shard_files(task.workspace)
    workspace.quality.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[dict[str, Any]]] = {shard: [] for shard in shards}
    counts = Counter[str]()
    for level in ("block", "sentence"):
        places = _Places()
        groups = near_duplicates(_row_texts(workspace, level, places), ROWS, workspace.quality)
        for i, (others, rank) in row_duplicates(places.story, groups).items():
            shard, article_id = places.stories[places.story[i]]
            position = places.position[i]
            own = {"article_id": article_id, "level": level, "position": position, "others": others, "rank": rank}
            found[shard].append(own)
            counts[f"near_duplicates_{level}"] += 1
    outputs = []
    for shard, rows in found.items():
        outputs.append(_duplicates(workspace, shard))
        write_rows(outputs[-1], _DUPLICATES, rows)
    clusters = sorted(sorted(cluster) for cluster in story_clusters(_whole_stories(workspace), workspace.quality))
    counts["story_clusters"] = len(clusters)
    outputs.append(workspace.quality / "clusters.json")
    with replacing(outputs[-1]) as part:
        part.write_text(json.dumps(clusters, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return ShardResult(tuple(outputs), counts)


@dataclass
class _Places:
    """Where rows lie, in 16 bytes a row: the number of the story in `stories` (shard, article id), and the position."""

    stories: list[tuple[str, str]] = field(default_factory=list)
    story: array[int] = field(default_factory=lambda: array("L"))
    position: array[int] = field(default_factory=lambda: array("L"))


def _row_texts(workspace: Workspace, level: str, places: _Places) -> Iterator[Mapping[str, str]]:
    for shard in shard_files(workspace):
        for story, beads in aligned_stories(workspace, shard):
            places.stories.append((shard, story.article_id))
            for row in candidates(story, [bead for bead in beads if bead.level == level]):
                places.story.append(len(places.stories) - 1)
                places.position.append(row.position)
                yield row.texts


_DUPLICATES = pa.schema(
    [
        ("article_id", pa.string()),
        ("level", pa.string()),
        ("position", pa.int32()),
        ("others", pa.int32()),
        ("rank", pa.int32()),
    ]
)


def _whole_stories(workspace: Workspace) -> Iterator[tuple[str, Mapping[str, str]]]:
    for path in shard_files(workspace).values():
        for story in read_stories(path):
            if len(story.editions) > 1:
                texts = {x: "\n".join(block.text for block in own.blocks) for x, own in story.editions.items()}
                yield story.article_id, texts


def score_shard(task: StageTask) -> ShardResult:
    """Score the rows of one shard."""
    context = _context(task.workspace.quality, task.workspace.lexicon, task.key)
    path = task.workspace.scores / f"{task.shard}.parquet"
    rows = write_tables(path, schema(task.languages), _scored(task, context))
    return ShardResult((path,), Counter(rows=rows))


def _scored(task: StageTask, context: Context) -> Iterator[pa.Table]:
    """The shard's rows in the order of aligned/, scored a batch of both levels at a time."""
    rows = (row for story, beads in aligned_stories(task.workspace, task.shard) for row in candidates(story, beads))
    duplicates = {
        (row["article_id"], row["level"], row["position"]): Duplicate(row["others"], row["rank"])
        for row in read_rows(_duplicates(task.workspace, task.shard))
    }
    calibration = load_calibration()
    while batch := list(islice(rows, BATCH)):
        by_level: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(batch):
            by_level[row.level].append(number)
        tables = []
        for level, numbers in by_level.items():
            own = [batch[number] for number in numbers]
            known = [duplicates.get((row.article_id, level, row.position), ALONE) for row in own]
            scored = score(own, task.languages, level, context, calibration, known)
            tables.append(scored_table(own, scored, task.languages))
        order = np.argsort(np.concatenate([np.array(numbers) for numbers in by_level.values()]))
        yield pa.concat_tables(tables).take(order)


def scored_table(rows: Sequence[RowTexts], scored: ScoredRows, languages: tuple[str, ...]) -> pa.Table:
    """Rows with their quality, in the columns of scores/."""
    own = schema(languages)
    quality = [
        pa.array(values, field.type, mask=np.isnan(values) if isinstance(values, np.ndarray) else None)
        for field, values in ((field, scored.values[field.name]) for field in own.field("quality").type)
    ]
    columns = [
        pa.array([row.article_id for row in rows]),
        pa.array([row.level for row in rows]),
        pa.array([row.position for row in rows], pa.int32()),
        pa.StructArray.from_arrays(quality, fields=list(own.field("quality").type)),
        pa.array(scored.flags, own.field("flags").type),
    ]
    return pa.table(columns, schema=own)


def candidates(story: Story, beads: list[PlacedBead]) -> Iterator[RowTexts]:
    """The rows that a story's beads make: those of two or more editions."""
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
            )


def schema(languages: tuple[str, ...]) -> pa.Schema:
    """The columns of scores/."""
    quality = pa.struct([(name, kind) for name, kind in columns(languages).items()])
    return pa.schema(
        [
            ("article_id", pa.string()),
            ("level", pa.string()),
            ("position", pa.int32()),
            ("quality", quality),
            ("flags", pa.list_(pa.string())),
        ]
    )


@cache
def _context(quality: Path, lexicon: Path, key: str) -> Context:  # noqa: ARG001 - what was learned anew has a new key
    return load(quality).with_translations(read_lexicon(lexicon))


def read_lexicon(folder: Path) -> WordTranslations:
    """What the aligner learned of words, as the scores need it; empty where it learned nothing."""
    from corpus_builder.align.model_files import load as load_state

    state = load_state(folder)
    names = {language: list(vocabulary.units) for language, vocabulary in state.vocabularies.items()}
    translations: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for (a, b), pair in state.pairs.items():
        x, y, counts = pair.lexicon.entries()
        left = np.maximum(counts - ONCE, 0)
        for one, other, key, sums, to in (
            (x, y, (a, b), pair.lexicon.sums_x, names[b]),
            (y, x, (b, a), pair.lexicon.sums_y, names[a]),
        ):
            likely = left / (sums[one] + ONCE) >= LIKELY
            found: dict[str, set[str]] = defaultdict(set)
            for source, target in zip(one[likely].tolist(), other[likely].tolist(), strict=True):
                found[names[key[0]][source]].add(to[target])
            translations[key] = {source: frozenset(targets) for source, targets in found.items()}
    weights = {}
    for language, vocabulary in state.vocabularies.items():
        surprise = -np.log((vocabulary.counts + 0.5) / (float(vocabulary.counts.sum()) + 1.0))
        weights[language] = dict(zip(names[language], surprise.tolist(), strict=False))
    return WordTranslations(translations, weights)
