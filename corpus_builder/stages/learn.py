"""The stage "learn": the aligner learns from the whole corpus."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus_builder.align.aligner import train
from corpus_builder.align.training import SAMPLE, sample_order
from corpus_builder.corrections.validity import checked
from corpus_builder.files import replacing_folder
from corpus_builder.model import Document, Story
from corpus_builder.stages.code import ALIGNING
from corpus_builder.stages.corrected import ByStory, key_of, teaching
from corpus_builder.stages.documents import lesson
from corpus_builder.stages.encoders import ENCODER_EXTRAS, SampleEmbedder, encoder_settings, write_encoded
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import ALL, Run, Stage, StageTask, run_here
from corpus_builder.workspace.tables import read_parallel_ids, read_stories


@dataclass(frozen=True)
class LearnTask(StageTask):
    """The corpus to learn from, with a sentence encoder or without, and with what people corrected in it."""

    encoder: str | None = None
    corrections: ByStory = field(default_factory=dict)


def learn(run: Run) -> None:
    """Learn from articles/ and corrections/ into lexicon/."""
    corrections = teaching(run)
    key = STAGE.key(run.workspace, ALL, run.languages, *encoder_settings(run), key_of(corrections.values()))
    task = LearnTask(ALL, key, run.workspace, run.languages, run.config.align.encoder, corrections)
    run_here(run, STAGE, task, learn_corpus)


def learn_corpus(task: LearnTask) -> ShardResult:
    """Train the aligner on a sample of the stories of two or more editions; of all others only the ids are read."""
    counts: Counter[str] = Counter()
    shard_of = chosen(task, counts)

    def sampled() -> Iterator[Document]:
        for path in task.workspace.shards().values():
            for story in read_stories(path, frozenset(shard_of)):
                yield _lesson(task, story)

    with _encoder(task, shard_of) as encoder, replacing_folder(task.workspace.lexicon) as folder:
        train(sampled(), task.languages, encoder=encoder).save(folder)
        if encoder:
            write_encoded(folder, encoder.encoded)
    outputs = sorted(path for path in task.workspace.lexicon.rglob("*") if path.is_file())
    return ShardResult(tuple(outputs), counts, needs_extras=bool(task.encoder))


@contextmanager
def _encoder(task: LearnTask, shard_of: Mapping[str, str]) -> Iterator[SampleEmbedder | None]:
    """The encoder for a sample; None without one."""
    if not task.encoder:
        yield None
        return
    task.workspace.embeddings.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", suffix=".part", dir=task.workspace.embeddings) as scratch:
        yield SampleEmbedder(task.encoder, task.workspace, shard_of, Path(scratch))


def chosen(task: LearnTask, counts: Counter[str]) -> dict[str, str]:
    """The ids of the stories that training would choose of all, with their shards; they are counted."""

    def names() -> Iterator[tuple[str, bool, str]]:
        for shard, path in task.workspace.shards().items():
            article_ids = read_parallel_ids(path)
            counts["documents"] += len(article_ids)
            known = {}
            if corrected := task.corrections.keys() & set(article_ids):
                known = {story.article_id: len(_lesson(task, story).known) for story in read_stories(path, corrected)}
            counts["corrected_beads"] += sum(known.values())
            yield from ((article_id, known.get(article_id, 0) > 0, shard) for article_id in article_ids)

    smallest = heapq.nsmallest(SAMPLE, names(), key=lambda name: sample_order(*name[:2]))
    return {article_id: shard for article_id, _, shard in smallest}


def _lesson(task: LearnTask, story: Story) -> Document:
    corrected = task.corrections.get(story.article_id)
    return lesson(story, task.languages, checked(corrected, story).known if corrected else ())


STAGE = Stage(
    name="learn",
    command="align-articles",
    about="trains the aligner on the stories",
    reads=("articles/*.parquet",),
    writes=("lexicon/*",),
    run=learn,
    modules=(*ALIGNING, "stages.learn"),
    data=("data/lexicon",),
    extras=ENCODER_EXTRAS,
)
