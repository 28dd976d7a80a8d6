"""What training leaves: vocabularies, and per pair a lexicon, a lattice model, and the beads that taught it.

On disk it is a folder: aligner.json (languages, models), units.LANG.txt (units of each vocabulary with their counts),
A-B.npz (lexicon and teaching beads). The same state gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.align.two.edition_pair import Beads
from corpus_builder.align.two.lattice import Model, first_model
from corpus_builder.align.words.cognates import Source
from corpus_builder.align.words.edit_transducer import Transducer, alphabet, coded
from corpus_builder.align.words.translation_table import Lexicon
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import UsageError
from corpus_builder.model import Document

FORMAT = 1


@dataclass(slots=True)
class PairState:
    """What is known of two languages. `taught` holds, by document (`fingerprint`), the beads it taught with.

    `source` is where their cognates come from (cognates.py), and `spelling` what was learned of them.
    """

    lexicon: Lexicon = field(default_factory=Lexicon.empty)
    model: Model = field(default_factory=first_model)
    taught: dict[int, Beads] = field(default_factory=dict)
    source: Source = "table"
    spelling: Transducer | None = None


@dataclass(slots=True)
class State:
    """All that an aligner knows."""

    languages: tuple[str, ...]
    vocabularies: dict[str, Vocabulary]
    pairs: dict[tuple[str, str], PairState]
    encoder: str = ""
    """The identity of the sentence encoder that it was trained with."""


def fingerprint(document: Document, a: str, b: str) -> int:
    """A number for the text of two editions."""
    digest = blake2b(digest_size=7)
    for language in (a, b):
        lines = [segment.text for segment in document.segments[language]]
        digest.update("\n".join([*lines, "\0"]).encode("utf-8"))
    return int.from_bytes(digest.digest(), "big")


def save(state: State, folder: Path) -> None:
    """Write a state."""
    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, object] = {"format": FORMAT, "languages": state.languages, "pairs": {}}
    if state.encoder:
        about["encoder"] = state.encoder
    for language, vocabulary in state.vocabularies.items():
        names = list(vocabulary.units)[: len(vocabulary.counts)]
        lines = (f"{name}\t{count:g}\n" for name, count in zip(names, vocabulary.counts.tolist(), strict=True))
        (folder / f"units.{language}.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    models: dict[str, Mapping[str, object]] = {}
    about["cognates"] = {f"{a}-{b}": pair.source for (a, b), pair in state.pairs.items()}
    for (a, b), pair in state.pairs.items():
        models[f"{a}-{b}"] = {k: np.asarray(v).tolist() for k, v in pair.model._asdict().items() if v is not None}
        lexicon, taught = pair.lexicon, sorted(pair.taught.items())
        beads = [beads for _, beads in taught]
        np.savez(
            folder / f"{a}-{b}.npz",
            starts=lexicon.starts, columns=lexicon.columns, counts=lexicon.counts,
            sums_x=lexicon.sums_x, sums_y=lexicon.sums_y, **_spelling(pair.spelling),
            taught=np.array([name for name, _ in taught], np.int64),
            beads=np.array([len(b.i) for b in beads], np.int32),
            i=np.concatenate([b.i for b in beads] or [np.zeros(0, np.int32)]),
            j=np.concatenate([b.j for b in beads] or [np.zeros(0, np.int32)]),
            shape=np.concatenate([b.shape for b in beads] or [np.zeros(0, np.int32)]).astype(np.int8),
        )  # fmt: skip
    about["pairs"] = models
    (folder / "aligner.json").write_text(json.dumps(about, sort_keys=True) + "\n", encoding="utf-8")


def _spelling(spelling: Transducer | None) -> dict[str, Any]:
    if spelling is None:
        return {}
    return {"letters_a": alphabet(spelling.code_a), "letters_b": alphabet(spelling.code_b), "ratios": spelling.ratios,
            "odds": np.float64(spelling.odds)}  # fmt: skip


def load(folder: Path) -> State:
    """Read what `save` wrote; a UsageError where there is none."""
    try:
        about = json.loads((folder / "aligner.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"no aligner in {folder}", next_step="train one first, or leave the option out") from None
    if about.get("format") != FORMAT:
        raise UsageError(f"the aligner in {folder} was written by another version",
                         next_step="delete the folder; it is learned anew") from None  # fmt: skip
    vocabularies = {}
    for language in about["languages"]:
        lines = (folder / f"units.{language}.txt").read_text(encoding="utf-8").split("\n")[:-1]
        rows = [line.split("\t") for line in lines]
        vocabularies[language] = Vocabulary([name for name, _ in rows], [float(count) for _, count in rows])
    pairs = {}
    for name, model in about["pairs"].items():
        a, b = name.split("-")
        with np.load(folder / f"{name}.npz") as saved:
            lexicon = Lexicon(saved["starts"], saved["columns"], saved["counts"],
                              saved["sums_x"], saved["sums_y"])  # fmt: skip
            spelling = None
            if "letters_a" in saved:
                code_a, code_b = coded(saved["letters_a"]), coded(saved["letters_b"])
                spelling = Transducer(code_a, code_b, saved["ratios"], float(saved["odds"]))
            ends = np.cumsum(saved["beads"])[:-1]
            parts = [np.split(saved[key].astype(np.int32), ends) for key in ("i", "j", "shape")]
            taught = {
                int(key): Beads(i, j, shape, np.ones(len(i)), np.ones(len(i)))
                for key, i, j, shape in zip(saved["taught"], *parts, strict=bool(len(saved["taught"])))
            }
        arrays: dict[str, Any] = {k: np.array(v) if isinstance(v, list) else v for k, v in model.items()}
        source = about.get("cognates", {}).get(name, "table")
        pairs[a, b] = PairState(lexicon, Model(**arrays), taught, source, spelling)
    return State(tuple(about["languages"]), vocabularies, pairs, about.get("encoder", ""))
