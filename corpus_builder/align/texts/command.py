"""What `corpus-builder align` does: read, learn from the texts themselves, align, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.encoder.open import open_encoder
from corpus_builder.align.texts import formats
from corpus_builder.align.texts import pooling as lines
from corpus_builder.align.texts import texts as plaintext
from corpus_builder.align.texts.explain import Explainer
from corpus_builder.align.texts.pooling import ALONE
from corpus_builder.align.training import train
from corpus_builder.align.words.cognates import Choice
from corpus_builder.align.words.seed_lexicon import Folder
from corpus_builder.errors import NothingProduced
from corpus_builder.model import Bead


def align_texts(folder: Path, output: Path, languages: Sequence[str] = (), *, level: str = "auto",
                format_name: str = "jsonl", together: bool = False, seed: Folder = True, model: Path | None = None,
                explain: bool = False, encoder: str | None = None,
                cognates: Choice = "auto") -> Counter[str]:  # fmt: skip
    """Align a folder's texts into `output`; returns how many documents, beads, and one-sided beads there are.

    `encoder` names a sentence encoder (encoder.py); its embeddings are kept in `model`, where that is named. `cognates`
    says where words that look alike come from (cognates.py).
    """
    embedder = open_encoder(encoder, model) if encoder else None
    prepared = plaintext.prepare(plaintext.read(folder, languages), level)
    languages = list(languages) or sorted({x for p in prepared for x in p.document.segments})
    previous = Aligner.load(model, embedder) if model and (model / "aligner.json").exists() else None
    aligner = train((p.document for p in prepared), languages, seed_lexicon=seed, previous=previous,
                    encoder=embedder, cognates=cognates)  # fmt: skip
    if model:
        aligner.save(model)
    looks = [plaintext.looks(one) for one in prepared] if prepared[0].level == "clause" else []
    models = lines.learn(aligner, [several for _, several in looks])
    counts: Counter[str] = Counter(documents=len(prepared))
    results: list[tuple[plaintext.Prepared, formats.Rows]] = []
    for k, one in enumerate(prepared):
        if looks:
            whole, several = looks[k]
            found = lines.find(aligner, models, several)
            here = list(one.document.segments)
            beads = [bead for some in ([here] if together or len(here) < 3 else combinations(here, 2))
                     for bead in plaintext.beads_of_lines(whole, lines.joined(several, found, some), some)]  # fmt: skip
        else:
            alignment = aligner.align(one.document, skip_cost=0.0 if one.level == "sentence" else ALONE)
            beads = plaintext.rows(one, alignment, together=together)
        explainer = Explainer(aligner, one.document) if explain else None
        results.append((one, [(bead, _words(explainer, one, bead)) for bead in beads]))
        counts["beads"] += len(beads)
        counts["one_sided"] += sum(len(bead.languages) == 1 for bead in beads)
    if not counts["beads"]:
        raise NothingProduced(f"the texts in {folder} have no lines", next_step="put one segment on each line")
    formats.write(results, format_name, output)
    return counts


def _words(explainer: Explainer | None, one: plaintext.Prepared, bead: Bead) -> formats.Words | None:
    if explainer is None:
        return None
    segments = {
        language: tuple(i for i, line in enumerate(one.line_of[language]) if line in lines)
        for language, lines in bead.segments.items()
    }
    return explainer.explain(segments)
