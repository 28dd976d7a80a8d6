"""What `corpus-builder align` does: learn from a folder's texts, align each, and write its beads as they are found.

Only what is learned from is held in memory (training.SAMPLE documents), so that a folder may be of any size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.encoder.cache import Progress
from corpus_builder.align.encoder.open import notice, open_encoder, unsupported_pairs
from corpus_builder.align.texts import formats, lines, pooling
from corpus_builder.align.texts.decoding import Decoded, Decoder, Mapper, alignment_of, batches
from corpus_builder.align.texts.folder import Text, TextFiles, as_available, find
from corpus_builder.align.training import EARLY, sampled
from corpus_builder.align.words.cognates import Choice
from corpus_builder.align.words.seed_lexicon import SeedSource
from corpus_builder.errors import NothingProduced
from corpus_builder.model import Alignment

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
    encoding: Progress | None = None, mapper: Mapper = map,
) -> Counter[str]:  # fmt: skip
    """Align a folder's texts into `output`; returns the numbers of documents, beads, and one-sided beads.

    `level` and `format_name` are of lines.LEVELS and formats.FORMATS. `model` is a folder to continue from and to save
    to. `encoder` names a sentence encoder (encoder/open.py); its embeddings are kept in `model`, if given. `notify` is
    called with what the user should know, `encoding` while texts are encoded (encoder/cache.py). `mapper` spreads the
    documents over processes; with an encoder they are aligned in this one.
    `seed_lexicon` and `cognates`: see aligner.train. Raises UsageError or NothingProduced for a folder without usable
    texts.
    """
    embedder = open_encoder(encoder, model, encoding) if encoder else None
    texts = find(folder, languages)
    available = sorted({x for text in texts for x in text.files})
    languages = as_available(languages, available) or available
    if encoder and embedder and (lacking := unsupported_pairs(embedder, encoder, languages)):
        notify(notice(encoder, lacking))
    previous = Aligner.load(model, embedder) if model and (model / "aligner.json").exists() else None

    def learn(documents: Sequence[lines.Prepared]) -> Aligner:
        return train((p.document for p in documents), languages, seed_lexicon=seed_lexicon, previous=previous,
                     encoder=embedder, cognates=cognates)  # fmt: skip

    if embedder and mapper is not map:
        notify("with an encoder, documents are aligned in one process")
    decoder = _trained(texts, level, learn, together=together, explained=explain)
    if model:
        decoder.aligner.save(model)
    written = _Written(len(texts))
    spread = map if embedder else mapper
    decoded = (each for batch in spread(decoder, batches(texts)) for each in batch)
    formats.write(written.counted(decoded, folder), format_name, output, [list(text.files) for text in texts])
    if written.lost:
        notify(written.warning())
    return written.counts


def _trained(
    texts: Sequence[TextFiles], level: str, learn: Callable[[Sequence[lines.Prepared]], Aligner], *, together: bool,
    explained: bool,
) -> Decoder:  # fmt: skip
    """An aligner that was trained on a sample of the documents, at the given level or at the one that suits them."""
    chosen = sampled(text.name for text in texts)
    sample = lines.prepare((text.read() for text in texts if text.name in chosen), level)
    decoder = Decoder(learn(sample), sample[0].level, together, explained)
    decoder.prepared = {p.text.name: p for p in sample}
    if level == "auto" and not lines.are_paragraphs(sample):
        some = decoder.prepare(_spread(texts, SAMPLE))
        decoder.alignments = {p.text.name: alignment_of(decoder.aligner, p) for p in some}
        if _split_differently(some, decoder.alignments):
            level = "clause"
            sample = lines.prepare((p.text for p in sample), level)
            decoder = Decoder(learn(sample), level, together, explained)
            decoder.prepared = {p.text.name: p for p in sample}
    if decoder.level == "clause":
        documents = decoder.prepare(_spread(texts, EARLY))
        decoder.models = pooling.learn(decoder.aligner, [lines.segmentations(p)[1] for p in documents])
    return decoder


def _spread(texts: Sequence[TextFiles], most: int) -> Sequence[TextFiles]:
    """At most so many documents, evenly spread."""
    return texts[:: -(-len(texts) // most)]


def _split_differently(prepared: Sequence[lines.Prepared], alignments: Mapping[str, Alignment]) -> bool:
    """Whether the editions of texts of one sentence a line have other sentences."""
    linked = several = 0
    for text in prepared:
        beads = lines.rows(text, alignments[text.text.name], together=False)
        sizes = [sum(map(len, bead.segments.values())) for bead in beads if len(bead.languages) > 1]
        linked, several = linked + len(sizes), several + sum(size > 2 for size in sizes)
    return several > MERGED * linked


class _Written:
    """Counts what is written, and the documents of which little can be right."""

    NAMED = 3

    def __init__(self, documents: int) -> None:
        self.counts: Counter[str] = Counter(documents=documents, beads=0, one_sided=0)
        self.lost: list[str] = []
        """The first documents of those."""

    def counted(self, decoded: Iterable[Decoded], folder: Path) -> Iterator[tuple[Text, formats.Rows]]:
        """The documents' rows, counted as they pass; NothingProduced at the end if there were none."""
        for text, rows, lost in decoded:
            self.counts["beads"] += len(rows)
            self.counts["one_sided"] += sum(len(bead.languages) == 1 for bead, _ in rows)
            if lost:
                self.counts["lost"] += 1
                self.lost += [text.name][: self.NAMED - len(self.lost)]
            yield text, rows
        if not self.counts["beads"]:
            raise NothingProduced(f"the texts in {folder} have no lines", next_step="put one segment on each line")

    def warning(self) -> str:
        """What to tell of the documents of which little can be right."""
        number = self.counts["lost"]
        names = ", ".join(self.lost) + (", …" if number > len(self.lost) else "")
        return (
            f"{number} of {self.counts['documents']} documents ({names}): most beads have a probability below .5. The "
            "texts may not be translations, or too little is known of their words; more documents, a seed lexicon "
            "(--lexicon) or a sentence encoder (--encoder) help"
        )
