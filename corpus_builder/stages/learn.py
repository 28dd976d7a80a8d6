"""The stage "learn": the aligner learns from the whole corpus."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus_builder.align.aligner import train
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.training import SAMPLE, sample_order
from corpus_builder.corrections.validity import checked
from corpus_builder.files import replacing_folder
from corpus_builder.model import Document, Story
from corpus_builder.stages.code import ALIGNING
from corpus_builder.stages.corrected import ByStory, key_of, teaching
from corpus_builder.stages.documents import lesson
from corpus_builder.stages.encoders import ENCODER_EXTRAS, embedder, encoder_settings
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
    """Train the aligner on a sample of the stories of two or more editions; of all others only the ids are read.

    With an encoder all texts are encoded here, in large batches; the shards find them in the cache.
    """
    counts: Counter[str] = Counter()
    sample = chosen(task, counts)

    def sampled() -> Iterator[Document]:
        for path in task.workspace.shards().values():
            for story in read_stories(path, sample):
                yield _lesson(task, story)

    encoder = embedder(task.encoder, task.workspace)
    if encoder:
        encoder.prepare(_texts(task, encoder))
    aligner = train(sampled(), task.languages, encoder=encoder)
    with replacing_folder(task.workspace.lexicon) as folder:
        aligner.save(folder)
    outputs = sorted(path for path in task.workspace.lexicon.rglob("*") if path.is_file())
    return ShardResult(tuple(outputs), counts, needs_extras=bool(task.encoder))


def chosen(task: LearnTask, counts: Counter[str]) -> frozenset[str]:
    """The ids of the stories that training would choose of all; they are counted."""

    def names() -> Iterator[tuple[str, bool]]:
        for path in task.workspace.shards().values():
            article_ids = read_parallel_ids(path)
            counts["documents"] += len(article_ids)
            known = {}
            if corrected := task.corrections.keys() & set(article_ids):
                known = {story.article_id: len(_lesson(task, story).known) for story in read_stories(path, corrected)}
            counts["corrected_beads"] += sum(known.values())
            yield from ((article_id, known.get(article_id, 0) > 0) for article_id in article_ids)

    smallest = heapq.nsmallest(SAMPLE, names(), key=lambda name: sample_order(*name))
    return frozenset(article_id for article_id, _ in smallest)


def _lesson(task: LearnTask, story: Story) -> Document:
    corrected = task.corrections.get(story.article_id)
    return lesson(story, task.languages, checked(corrected, story).known if corrected else ())


def _texts(task: LearnTask, encoder: Embedder) -> Iterator[str]:
    """The segments of all stories in the languages that an encoder knows."""
    for path in task.workspace.shards().values():
        for story in read_stories(path):
            if len(story.editions) > 1:
                for language, segments in _lesson(task, story).segments.items():
                    if encoder.supports(language):
                        yield from (segment.text for segment in segments)


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
