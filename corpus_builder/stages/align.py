"""The stage "align": aligns the stories of each shard with what the aligner learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpus_builder.align.aligner import Aligner
from corpus_builder.model import Alignment, Bead, Drop, PlacedBead, Span, Story
from corpus_builder.parquet import write_rows
from corpus_builder.stages.documents import document
from corpus_builder.stages.encoders import ENCODER_EXTRAS, embedder, encoder_settings
from corpus_builder.stages.stage import Figure, Run, ShardResult, Stage, StageTask, join_drops, run_shards
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.tables import BEADS, DropWriter, bead_row, read_stories

ALIGN = "align"


@dataclass(frozen=True)
class AlignTask(StageTask):
    """One shard to align, with a sentence encoder or without."""

    encoder: str | None = None


def align(run: Run) -> None:
    """Align articles/ into aligned/."""
    encoder = run.config.align.encoder
    tasks = [
        AlignTask(
            shard,
            STAGE.key(run.workspace, shard, run.languages, *encoder_settings(run)),
            run.workspace,
            run.languages,
            encoder,
        )
        for shard in run.workspace.shards()
    ]
    run_shards(run, STAGE, tasks, align_shard)
    join_drops(run.workspace, ALIGN)


def align_shard(task: AlignTask) -> ShardResult:
    """Align the stories of one shard."""
    aligner = _aligner(task.workspace, task.key, task.encoder)
    aligned, counts = task.workspace.aligned / f"{task.shard}.parquet", Counter[str]()
    with DropWriter(shard_drops(task.workspace, ALIGN, task.shard)) as drops:
        counts["beads"] = write_rows(aligned, BEADS, map(bead_row, _beads(task, aligner, drops, counts)))
    counts["dropped"] = drops.count
    return ShardResult((aligned, drops.path), counts, needs_extras=bool(task.encoder))


def _beads(task: AlignTask, aligner: Aligner, drops: DropWriter, counts: Counter[str]) -> Iterator[PlacedBead]:
    for story in read_stories(task.workspace.articles / f"{task.shard}.parquet"):
        if len(story.editions) < 2:
            language, edition = next(iter(story.editions.items()))
            drops.add(Drop(ALIGN, edition.url, "only_edition", "", language, story.article_id))
            continue
        counts["stories"] += 1
        for bead in place(story, aligner, task.languages):
            counts[f"beads_{bead.level}"] += 1
            if len({span.language for span in bead.spans}) < 2:
                counts[f"one_sided_{bead.level}"] += 1
                drops.add(_one_sided(story, bead))
            yield bead


@cache
def _aligner(workspace: Workspace, key: str, encoder: str | None) -> Aligner:  # noqa: ARG001 - a new lexicon has a new key
    return Aligner.load(workspace.lexicon, embedder(encoder, workspace))


def place(story: Story, aligner: Aligner, languages: Sequence[str]) -> Iterator[PlacedBead]:
    """Align a story: its block beads and then its sentence beads, each with its places."""
    whole_document, whole = document(story, languages)
    resegmented, alignment = aligner.align_resegmented(whole_document)
    places = {language: [_part(whole[language][k], *cut) for k, *cut in origin]
              for language, origin in resegmented.origin.items()}  # fmt: skip
    blocks = {
        language: [Span(language, i, 0, len(block.text)) for i, block in enumerate(edition.blocks)]
        for language, edition in story.editions.items()
    }
    yield from _placed(story, alignment, "block", alignment.blocks, blocks)
    yield from _placed(story, alignment, "sentence", alignment.beads, places)


def _part(span: Span, start: int, end: int) -> Span:
    return Span(span.language, span.block, span.start + start, span.start + end)


def _placed(
    story: Story, alignment: Alignment, level: str, beads: Sequence[Bead], places: Mapping[str, Sequence[Span]]
) -> Iterator[PlacedBead]:
    for position, bead in enumerate(beads):
        spans = tuple(places[language][i] for language, indices in bead.segments.items() for i in indices)
        pairs = {"-".join(sorted(pair)): probability for pair, probability in bead.pairs.items()}
        yield PlacedBead(
            story.article_id,
            level,
            position,
            spans,
            bead.score,
            bead.probability,
            pairs,
            bead.flags,
            alignment.probability,
        )


def _one_sided(story: Story, bead: PlacedBead) -> Drop:
    span = bead.spans[0]
    edition = story.editions[span.language]
    text = " ".join(edition.blocks[span.block].text[span.start : span.end] for span in bead.spans)
    return Drop(ALIGN, edition.url, f"one_sided_{bead.level}", text, span.language, story.article_id)


STAGE = Stage(
    name=ALIGN,
    command="align-articles",
    about="aligns sentences and blocks of each story's editions",
    reads=("articles/<shard>.parquet", "lexicon/*"),
    writes=("aligned/<shard>.parquet", "dropped/align.parquet"),
    run=align,
    modules=(
        "align",
        "jit",
        "languages",
        "model",
        "ragged",
        "text",
        "stages.align",
        "stages.documents",
        "stages.encoders",
        "workspace.tables",
    ),
    extras=ENCODER_EXTRAS,
    drops=(ALIGN,),
    figures=(Figure("stories of two or more editions", "stories"), Figure("sentence beads", "beads_sentence")),
    nothing="no story has two or more editions to align",
)
