"""Two stages: learn from the whole corpus, then align it shard by shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpus_builder.align import Aligner, train
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.encoder.open import identity, open_encoder
from corpus_builder.files import file_hash
from corpus_builder.model import Alignment, Bead, BlockKind, Document, Drop, Edition, PlacedBead, Segment, Span, Story
from corpus_builder.parquet import write_rows
from corpus_builder.stages.extract import EXTRACT
from corpus_builder.stages.stage import Run, ShardResult, StageTask, join_drops, run_shards
from corpus_builder.text.sentences import split
from corpus_builder.workspace.drops import shard_drops
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import code_version, task_key
from corpus_builder.workspace.stories import shard_files
from corpus_builder.workspace.tables import BEADS, DropWriter, bead_row, read_stories

LEARN, ALIGN = "learn", "align"


@dataclass(frozen=True)
class AlignTask(StageTask):
    """One shard to align, or the whole corpus to learn from, with a sentence encoder or without."""

    encoder: str | None = None


def align(run: Run) -> None:
    """Learn from articles/ into lexicon/, and align articles/ into aligned/."""
    articles = run.manifest.hashes(EXTRACT)
    code = code_version("align", "text", "model", "stages/align", "workspace/tables")
    encoder = run.config.align.encoder
    # without an encoder the keys are those of a run that never heard of one
    neural = [identity(encoder)] if encoder else []
    learning = AlignTask("all", task_key(code, run.languages, articles, *neural), run.workspace, run.languages, encoder)
    run_shards(run, LEARN, [learning], learn)
    learned = run.manifest.hashes(LEARN)
    tasks = [
        AlignTask(shard, key, run.workspace, run.languages, encoder)
        for shard, path in shard_files(run.workspace).items()
        for key in (task_key(code, run.languages, learned, file_hash(path), *neural),)
    ]
    run_shards(run, ALIGN, tasks, align_shard)
    join_drops(run, ALIGN)


def learn(task: AlignTask) -> ShardResult:
    """Train the aligner on all stories of two or more editions.

    With an encoder all texts are encoded here, in large batches; the shards find them in the cache.
    """

    def documents() -> Iterator[Document]:
        for path in shard_files(task.workspace).values():
            for story in read_stories(path):
                if len(story.editions) > 1:
                    yield document(story, task.languages)[0]

    counts: Counter[str] = Counter()

    def counted() -> Iterator[Document]:
        for one in documents():
            counts["documents"] += 1
            yield one

    embedder = _embedder(task.encoder, task.workspace)
    if embedder:
        embedder.prepare(s.text for one in documents() for segments in one.segments.values() for s in segments)
    train(counted(), task.languages, encoder=embedder).save(task.workspace.lexicon)
    outputs = sorted(path for path in task.workspace.lexicon.rglob("*") if path.is_file())
    return ShardResult(tuple(outputs), counts)


def align_shard(task: AlignTask) -> ShardResult:
    """Align the stories of one shard."""
    aligner = _aligner(task.workspace, task.key, task.encoder)
    aligned, counts = task.workspace.aligned / f"{task.shard}.parquet", Counter[str]()
    with DropWriter(shard_drops(task.workspace, ALIGN, task.shard)) as drops:
        counts["beads"] = write_rows(aligned, BEADS, map(bead_row, _beads(task, aligner, drops, counts)))
    counts["dropped"] = drops.count
    return ShardResult((aligned, drops.path), counts)


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
def _aligner(workspace: Workspace, key: str, encoder: str | None) -> Aligner:  # noqa: ARG001 - new lexicon, new key
    return Aligner.load(workspace.lexicon, _embedder(encoder, workspace))


def _embedder(encoder: str | None, workspace: Workspace) -> Embedder | None:
    return open_encoder(encoder, workspace.embeddings) if encoder else None


def document(story: Story, languages: Sequence[str]) -> tuple[Document, Mapping[str, list[Span]]]:
    """A story as the aligner sees it, and where each of its segments lies."""
    places: dict[str, list[Span]] = {}
    segments: dict[str, tuple[Segment, ...]] = {}
    for language in languages:
        if language not in story.editions:
            continue
        edition = story.editions[language]
        places[language] = list(_sentences(edition))
        segments[language] = tuple(
            Segment(block.text[span.start : span.end], span.block, block.kind, block.label)
            for span in places[language]
            for block in (edition.blocks[span.block],)
        )
    return Document(story.article_id, segments), places


def _sentences(edition: Edition) -> Iterator[Span]:
    for i, block in enumerate(edition.blocks):
        if block.kind is BlockKind.TITLE:  # a headline is one unit, whatever its punctuation
            yield Span(edition.language, i, 0, len(block.text))
        else:
            for start, end in split(block.text, edition.language):
                yield Span(edition.language, i, start, end)


def place(story: Story, aligner: Aligner, languages: Sequence[str]) -> Iterator[PlacedBead]:
    """Align a story: its sentence beads and then its block beads, each with its places."""
    seen, whole = document(story, languages)
    finer, alignment = aligner.align_finely(seen)
    places = {language: [_part(whole[language][k], *cut) for k, *cut in origin]
              for language, origin in finer.origin.items()}  # fmt: skip
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
