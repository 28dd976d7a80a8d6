"""The stage "align": aligns the stories of each shard with what the aligner learned."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.state import AlignerState
from corpus_builder.corrections.validity import Checked, checked
from corpus_builder.model import Drop, PlacedBead, Story
from corpus_builder.parquet import write_rows
from corpus_builder.stages.code import ALIGNING
from corpus_builder.stages.corrected import ByStory, by_shard, key_of
from corpus_builder.stages.documents import document
from corpus_builder.stages.encoders import ENCODER_EXTRAS, embedder, encoder_settings, read_encoded
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.placed import place
from corpus_builder.stages.related import MISPAIRED, Repeated, mispaired
from corpus_builder.stages.stage import Figure, Run, Stage, StageTask, join_drops, run_shards
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.tables import BEADS, DropWriter, bead_row, read_stories

logger = logging.getLogger(__name__)

ALIGN = "align"
VOID = "correction_"
"""What the reasons of dropped corrections begin with."""


@dataclass(frozen=True)
class AlignTask(StageTask):
    """One shard to align, with a sentence encoder or without, and with what people corrected in it."""

    encoder: str | None = None
    corrections: ByStory = field(default_factory=dict)
    encodes: bool = True
    """Whether its texts are still to be encoded."""


def align(run: Run) -> None:
    """Align articles/ into aligned/, with the beads of corrections/ as they are."""
    encoder, corrections = run.config.align.encoder, by_shard(run)
    encodes = run.workers.cluster is not None
    tasks = [
        AlignTask(
            shard,
            STAGE.key(run.workspace, shard, run.languages, *encoder_settings(run), key_of(corrections[shard].values())),
            run.workspace,
            run.languages,
            encoder,
            corrections[shard],
            encodes,
        )
        for shard in run.workspace.shards()
    ]
    if encoder and not encodes:
        _encode_here(run, tasks)
    run_shards(run, STAGE, tasks, align_shard)
    join_drops(run.workspace, ALIGN)
    _say_void(run, corrections[""])


def _encode_here(run: Run, tasks: Sequence[AlignTask]) -> None:
    """Encode the texts of all shards in this process, which has a graphics card and all cores for itself."""
    extras = STAGE.installed()
    state = Aligner.load(run.workspace.lexicon, embedder(run.config.align.encoder, run.workspace, ALIGN)).state
    for task in tasks:
        if not run.manifest.fresh(STAGE.name, task.shard, task.key, extras):
            _encode(task, state)


def _encode(task: AlignTask, state: AlignerState) -> None:
    """Compute the vectors of a shard that the aligner will ask for, in large batches."""
    pairs = [pair for pair, known in state.pairs.items() if known.model.encoder_weights is not None]
    encoder = embedder(task.encoder, task.workspace, task.shard)
    if encoder is None or not pairs:
        return
    path = task.workspace.articles / f"{task.shard}.parquet"
    sample = (document(story, task.languages)[0] for story in read_stories(path, read_encoded(task.workspace.lexicon)))
    encoder.prepare_documents(sorted(sample, key=lambda each: each.name), task.languages)
    rest = (document(story, task.languages, _corrections(task, story).known)[0] for story in _parallel(path))
    encoder.prepare_documents(
        rest, [language for language in task.languages if any(language in pair for pair in pairs)]
    )


def _parallel(path: Path) -> Iterator[Story]:
    return (story for story in read_stories(path) if len(story.editions) > 1)


def _say_void(run: Run, of_no_story: ByStory) -> None:
    counts = run.manifest.counts(STAGE.name)
    void = {name.removeprefix(VOID): count for name, count in counts.items() if name.startswith(VOID) and count}
    if gone := sum(len(each.beads) for each in of_no_story.values()):
        void["story_gone"] = gone
    if void:
        logger.warning(
            "%d corrected groups no longer fit the text and are not used: %s. They stay in %s; "
            "`corpus-builder correct list` shows them",
            sum(void.values()),
            ", ".join(f"{reason} {count}" for reason, count in sorted(void.items())),
            run.workspace.corrections,
        )


def align_shard(task: AlignTask) -> ShardResult:
    """Align the stories of one shard."""
    aligner = _aligner(task)
    if task.encodes:
        _encode(task, aligner.state)
    aligned, counts = task.workspace.aligned / f"{task.shard}.parquet", Counter[str]()
    with DropWriter(shard_drops(task.workspace, ALIGN, task.shard)) as drops:
        counts["beads"] = write_rows(aligned, BEADS, map(bead_row, _beads(task, aligner, drops, counts)))
    counts["dropped"] = drops.count
    return ShardResult((aligned, drops.path), counts, needs_extras=bool(task.encoder))


def _beads(task: AlignTask, aligner: Aligner, drops: DropWriter, counts: Counter[str]) -> Iterator[PlacedBead]:
    articles = task.workspace.articles / f"{task.shard}.parquet"
    repeated = Repeated(
        document(story, task.languages)[0] for story in read_stories(articles) if len(story.editions) > 1
    )
    for story in read_stories(articles):
        if len(story.editions) < 2:
            language, edition = next(iter(story.editions.items()))
            drops.add(Drop(ALIGN, edition.url, "only_edition", "", language, story.article_id))
            continue
        counts["stories"] += 1
        corrections = _corrections(task, story)
        for drop in _void(story, corrections):
            counts[VOID + drop.reason.removeprefix(VOID)] += 1
            drops.add(drop)
        beads = list(place(story, aligner, task.languages, corrections.known, repeated))
        for drop in _mispaired(story, beads):
            counts[MISPAIRED] += 1
            drops.add(drop)
        for bead in beads:
            counts[f"beads_{bead.level}"] += 1
            if bead.origin == "human":
                counts[f"corrected_{bead.level}"] += 1
            if len({span.language for span in bead.spans}) < 2:
                counts[f"one_sided_{bead.level}"] += 1
                drops.add(_one_sided(story, bead))
            yield bead


def _mispaired(story: Story, beads: Sequence[PlacedBead]) -> Iterator[Drop]:
    for language, pairs in mispaired(beads[0].document_pairs if beads else {}).items():
        yield Drop(ALIGN, story.editions[language].url, MISPAIRED, pairs, language, story.article_id)


def _void(story: Story, corrections: Checked) -> Iterator[Drop]:
    for bead, reason in corrections.void:
        places = "; ".join(f"{p.language}, block {p.block}, {p.start} to {p.end}" for p in bead.places)
        language = bead.places[0].language
        edition = story.editions.get(language) or next(iter(story.editions.values()))
        yield Drop(ALIGN, edition.url, f"{VOID}{reason}", places, language, story.article_id)


def _aligner(task: AlignTask) -> Aligner:
    return Aligner.load(task.workspace.lexicon, embedder(task.encoder, task.workspace, task.shard))


def _corrections(task: AlignTask, story: Story) -> Checked:
    corrected = task.corrections.get(story.article_id)
    return checked(corrected, story) if corrected else Checked()


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
    modules=(*ALIGNING, "stages.align", "stages.placed", "stages.related"),
    extras=ENCODER_EXTRAS,
    drops=(ALIGN,),
    figures=(Figure("stories of two or more editions", "stories"), Figure("aligned sentence groups", "beads_sentence")),
    nothing="no story has two or more editions to align",
)
