"""The stage "learn": the aligner learns from the whole corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus_builder.align.aligner import train
from corpus_builder.corrections.validity import checked
from corpus_builder.files import replacing_folder
from corpus_builder.model import Document
from corpus_builder.stages.corrected import ByStory, key_of, teaching
from corpus_builder.stages.documents import lesson
from corpus_builder.stages.encoders import ENCODER_EXTRAS, embedder, encoder_settings
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import ALL, Run, Stage, StageTask, run_shards
from corpus_builder.workspace.tables import read_stories


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
    run_shards(run, STAGE, [task], learn_corpus)


def learn_corpus(task: LearnTask) -> ShardResult:
    """Train the aligner on all stories of two or more editions.

    With an encoder all texts are encoded here, in large batches; the shards find them in the cache.
    """

    def documents() -> Iterator[Document]:
        for path in task.workspace.shards().values():
            for story in read_stories(path):
                if len(story.editions) > 1:
                    corrected = task.corrections.get(story.article_id)
                    yield lesson(story, task.languages, checked(corrected, story).known if corrected else ())

    counts: Counter[str] = Counter()

    def counted() -> Iterator[Document]:
        for each in documents():
            counts["documents"] += 1
            counts["corrected_beads"] += len(each.known)
            yield each

    encoder = embedder(task.encoder, task.workspace)
    if encoder:
        encoder.prepare(
            s.text for each in documents() for x, segments in each.segments.items() if encoder.supports(x)
            for s in segments
        )  # fmt: skip
    aligner = train(counted(), task.languages, encoder=encoder)
    with replacing_folder(task.workspace.lexicon) as folder:
        aligner.save(folder)
    outputs = sorted(path for path in task.workspace.lexicon.rglob("*") if path.is_file())
    return ShardResult(tuple(outputs), counts, needs_extras=bool(task.encoder))


STAGE = Stage(
    name="learn",
    command="align-articles",
    about="trains the aligner on all stories",
    reads=("articles/*.parquet",),
    writes=("lexicon/*",),
    run=learn,
    modules=(
        "align",
        "corrections.beads",
        "corrections.folder",
        "corrections.held_out",
        "corrections.places",
        "corrections.validity",
        "escape",
        "jit",
        "languages",
        "model",
        "ragged",
        "text",
        "stages.corrected",
        "stages.documents",
        "stages.encoders",
        "stages.learn",
        "workspace.tables",
    ),
    data=("data/lexicon",),
    extras=ENCODER_EXTRAS,
)
