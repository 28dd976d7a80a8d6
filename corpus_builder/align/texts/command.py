"""What `corpus-builder align` does: read, learn from the texts themselves, align, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.encoder.cache import Progress
from corpus_builder.align.encoder.open import notice, open_encoder, unsupported_pairs
from corpus_builder.align.texts import formats, lines, pooling
from corpus_builder.align.texts.explain import Explainer
from corpus_builder.align.words.cognates import Choice
from corpus_builder.align.words.seed_lexicon import SeedSource
from corpus_builder.errors import NothingProduced
from corpus_builder.model import Bead, Document

MERGED = 0.25
"""Share of beads of several lines from which two editions count as split differently. Chosen between the documents of
Text+Berg dev (.20 to .52, median .30; `clause` gains .05 of F1) and those of one sentence a line on other grounds (0 to
.23; `clause` loses .01 to .08): benchmarks/align/grounds.py, at the level `sentence`."""
SAMPLE = 50
"""Documents whose beads decide that, at most. Chosen for speed; short ones have 20 beads or more."""


def align_texts(
    folder: Path, output: Path, languages: Sequence[str] = (), *, level: str = "auto", format_name: str = "jsonl",
    together: bool = False, seed_lexicon: SeedSource = True, model: Path | None = None, explain: bool = False,
    encoder: str | None = None, cognates: Choice = "auto", notify: Callable[[str], None] = lambda _: None,
    encoding: Progress | None = None,
) -> Counter[str]:  # fmt: skip
    """Align a folder's texts into `output`; returns the numbers of documents, beads, and one-sided beads.

    `level` and `format_name` are of lines.LEVELS and formats.FORMATS. `model` is a folder to continue from and to save
    to. `encoder` names a sentence encoder (encoder/open.py); its embeddings are kept in `model`, if given. `notify` is
    called with what the user should know, `encoding` while texts are encoded (encoder/cache.py).
    `seed_lexicon` and `cognates`: see aligner.train. Raises UsageError or NothingProduced for a folder without usable
    texts.
    """
    embedder = open_encoder(encoder, model, encoding) if encoder else None
    prepared = lines.prepare(lines.read(folder, languages), level)
    available = sorted({x for p in prepared for x in p.document.segments})
    languages = lines.as_available(languages, available) or available
    if encoder and embedder and (lacking := unsupported_pairs(embedder, encoder, languages)):
        notify(notice(encoder, lacking))
    previous = Aligner.load(model, embedder) if model and (model / "aligner.json").exists() else None

    def trained(texts: Sequence[lines.Prepared]) -> Aligner:
        return train((p.document for p in texts), languages, seed_lexicon=seed_lexicon, previous=previous,
                     encoder=embedder, cognates=cognates)  # fmt: skip

    aligner = trained(prepared)
    if level == "auto" and _split_differently(aligner, prepared):
        prepared = lines.prepare([p.text for p in prepared], "clause")
        aligner = trained(prepared)
    if model:
        aligner.save(model)
    if prepared[0].level == "clause":
        aligned = _by_segmentations(aligner, prepared, together)
    else:
        aligned = [(text, _beads(aligner, text, together)) for text in prepared]
    counts: Counter[str] = Counter(documents=len(prepared))
    results: list[tuple[lines.Prepared, formats.Rows]] = []
    for before, (text, beads) in zip(prepared, aligned, strict=True):
        explainer = Explainer(aligner, before.document) if explain else None
        results.append((text, [(bead, _words(explainer, before, bead)) for bead in beads]))
        counts["beads"] += len(beads)
        counts["one_sided"] += sum(len(bead.languages) == 1 for bead in beads)
    if not counts["beads"]:
        raise NothingProduced(f"the texts in {folder} have no lines", next_step="put one segment on each line")
    if lost := [text.text.name for text, beads in aligned if _is_lost(beads)]:
        names = ", ".join(lost[:3]) + (", …" if len(lost) > 3 else "")
        notify(
            f"{len(lost)} of {len(prepared)} documents ({names}): most beads have a probability below .5. The texts "
            "may not be translations, or too little is known of their words; more documents, a seed lexicon "
            "(--lexicon) or a sentence encoder (--encoder) help"
        )
    formats.write(results, format_name, output)
    return counts


def _split_differently(aligner: Aligner, prepared: Sequence[lines.Prepared]) -> bool:
    """Whether the editions of texts of one sentence a line have other sentences: by the beads of at most SAMPLE."""
    if lines.are_paragraphs(prepared):
        return False
    linked = several = 0
    for text in prepared[:: -(-len(prepared) // SAMPLE)]:
        sizes = [
            sum(map(len, bead.segments.values())) for bead in _beads(aligner, text, False) if len(bead.languages) > 1
        ]
        linked, several = linked + len(sizes), several + sum(size > 2 for size in sizes)
    return several > MERGED * linked


def _is_lost(beads: Sequence[Bead]) -> bool:
    """Whether most of a document's two-sided beads are more likely wrong than right."""
    linked = [bead.probability < 0.5 for bead in beads if len(bead.languages) > 1]
    return bool(beads) and 2 * sum(linked) >= len(linked)


def _beads(aligner: Aligner, text: lines.Prepared, together: bool) -> list[Bead]:
    skip_cost = 0.0 if text.level == "sentence" else pooling.ALONE
    alignment = aligner.align(text.document, skip_cost=skip_cost, blocks=False)
    return lines.rows(text, alignment, together=together)


def _by_segmentations(
    aligner: Aligner, prepared: Sequence[lines.Prepared], together: bool
) -> list[tuple[lines.Prepared, list[Bead]]]:
    """The whole lines of each text and their beads, from multiple segmentations."""
    segmented = [lines.segmentations(text) for text in prepared]
    models = pooling.learn(aligner, [segmentations for _, segmentations in segmented])
    aligned = []
    for whole_lines, segmentations in segmented:
        alignments = pooling.align_lines(aligner, models, segmentations)
        beads: list[Bead] = []
        for chosen in _language_groups(whole_lines.document, together):
            beads += lines.beads_of_lines(whole_lines, pooling.joined(segmentations, alignments, chosen), chosen)
        aligned.append((whole_lines, beads))
    return aligned


def _language_groups(document: Document, together: bool) -> list[Sequence[str]]:
    """The languages that get beads of their own: all together, or each pair."""
    languages = list(document.segments)
    return [languages] if together or len(languages) < 3 else list(combinations(languages, 2))


def _words(explainer: Explainer | None, text: lines.Prepared, bead: Bead) -> formats.WordPairs | None:
    if explainer is None:
        return None
    segments = {
        language: tuple(i for i, line in enumerate(text.line_of[language]) if line in numbers)
        for language, numbers in bead.segments.items()
    }
    return explainer.explain(segments)
