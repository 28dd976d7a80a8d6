"""The stage "sketch": what the rows and stories of each shard are compared by, into quality/sketches/."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from corpus_builder.files import replacing_folder
from corpus_builder.model import Story
from corpus_builder.quality.companions import sentence_hashes, write_sentences
from corpus_builder.quality.duplicates import compared_texts
from corpus_builder.quality.sketches import ROWS, STORIES, SketchWriter
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.code import ROWS as ROWS_CODE
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.stage import Run, Stage, StageTask, run_shards, shard_tasks
from corpus_builder.workspace.duplicates import LEVELS, Sketches, sketches_of
from corpus_builder.workspace.stories import aligned_stories


def sketch(run: Run) -> None:
    """Sketch all rows and stories."""
    run_shards(run, STAGE, shard_tasks(run, STAGE), sketch_shard)


def sketch_shard(task: StageTask) -> ShardResult:
    """Sketch the rows and stories of one shard."""
    place = sketches_of(task.workspace, task.shard).folder
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing_folder(place) as folder:
        writers = {level: SketchWriter(folder, level, ROWS) for level in LEVELS}
        whole = SketchWriter(folder, "story", STORIES)
        article_ids: list[str] = []
        rows = {level: array("I") for level in LEVELS}
        sentences: list[tuple[int, int]] = []
        for number, aligned in enumerate(aligned_stories(task.workspace, task.shard)):
            article_ids.append(aligned.article_id)
            for row in candidates(aligned.story, aligned.beads):
                writers[row.level].add(len(rows[row.level]) // 2, row.texts)
                rows[row.level].extend((number, row.position))
            texts = _whole_texts(aligned.story)
            whole.add(number, compared_texts(texts))
            sentences += ((digest, number) for digest in sentence_hashes(texts))
        for writer in (*writers.values(), whole):
            writer.close()
        made = Sketches(folder)
        for level, places in rows.items():
            made.rows(level).write_bytes(places.tobytes())
        made.write_stories(article_ids)
        write_sentences(made.sentences, sentences)
    return ShardResult(tuple(sorted(place.iterdir())))


def _whole_texts(story: Story) -> Mapping[str, str]:
    """The whole text of each edition."""
    return {language: "\n".join(block.text for block in edition.blocks) for language, edition in story.editions.items()}


STAGE = Stage(
    name="sketch",
    command="score",
    about="sketches rows and stories, to compare them",
    reads=("articles/<shard>.parquet", "aligned/<shard>.parquet"),
    writes=("quality/sketches/<shard>/*",),
    run=sketch,
    modules=(*ROWS_CODE, "stages.sketch", "workspace.duplicates"),
)
