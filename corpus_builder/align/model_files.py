"""An aligner's state as files.

A folder has aligner.json (languages, lattice models), units.LANG.txt (units of each vocabulary with their counts), and
A-B.npz (translation table, beads that it was learned from, learned spelling). The same state gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.state import AlignerState, PairState
from corpus_builder.align.two.lattice_model import LatticeModel
from corpus_builder.align.words.edit_transducer import Transducer, alphabet, coded
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import UsageError
from corpus_builder.files import json_of, reading
from corpus_builder.ragged import SparseRows

FORMAT = 2
"""Written into aligner.json; raised whenever the files change."""


def save(state: AlignerState, folder: Path) -> None:
    """Write a state."""
    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, object] = {"format": FORMAT, "languages": state.languages}
    if state.encoder:
        about["encoder"] = state.encoder
    for language, vocabulary in state.vocabularies.items():
        names = list(vocabulary.units)[: len(vocabulary.counts)]
        lines = (f"{name}\t{count:g}\n" for name, count in zip(names, vocabulary.counts.tolist(), strict=True))
        (folder / f"units.{language}.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    models: dict[str, Mapping[str, object]] = {}
    about["cognates"] = {f"{a}-{b}": pair.method for (a, b), pair in state.pairs.items()}
    for (a, b), pair in state.pairs.items():
        models[f"{a}-{b}"] = {k: np.asarray(v).tolist() for k, v in pair.model._asdict().items() if v is not None}
        table, trained_on = pair.table, sorted(pair.trained_on.items())
        beads = [arcs for _, arcs in trained_on]
        nothing = [np.zeros(0, np.int32)]
        np.savez(
            folder / f"{a}-{b}.npz",
            starts=table.links.starts, columns=table.links.columns, counts=table.links.values,
            sums_x=table.sums_x, sums_y=table.sums_y, **_spelling(pair.spelling),
            documents=np.array([number for number, _ in trained_on], np.int64),
            beads=np.array([len(arcs.i) for arcs in beads], np.int32),
            i=np.concatenate([arcs.i for arcs in beads] or nothing),
            j=np.concatenate([arcs.j for arcs in beads] or nothing),
            shape=np.concatenate([arcs.shape for arcs in beads] or nothing).astype(np.int8),
        )  # fmt: skip
    about["pairs"] = models
    (folder / "aligner.json").write_text(json.dumps(about, sort_keys=True) + "\n", encoding="utf-8")


def _spelling(spelling: Transducer | None) -> dict[str, Any]:
    if spelling is None:
        return {}
    return {"letters_a": alphabet(spelling.code_a), "letters_b": alphabet(spelling.code_b), "ratios": spelling.ratios,
            "odds": np.float64(spelling.odds)}  # fmt: skip


def load(folder: Path) -> AlignerState:
    """Read what `save` wrote. Raises UsageError if there is none, or if another version wrote it."""
    if not (folder / "aligner.json").is_file():
        raise UsageError(f"no trained aligner in {folder}", next_step="train one first, or leave the option out")
    with reading(folder, "its files are damaged; delete the folder and train again"):
        return _load(folder)


def _load(folder: Path) -> AlignerState:
    about = json_of((folder / "aligner.json").read_text(encoding="utf-8"))
    if about.get("format") != FORMAT:
        raise UsageError(f"the aligner in {folder} was written by another version",
                         next_step="delete the folder and train again") from None  # fmt: skip
    vocabularies = {}
    for language in about["languages"]:
        lines = (folder / f"units.{language}.txt").read_text(encoding="utf-8").split("\n")[:-1]
        rows = [line.split("\t") for line in lines]
        vocabularies[language] = Vocabulary([name for name, _ in rows], [float(count) for _, count in rows])
    pairs = {}
    for name, model in about["pairs"].items():
        a, b = name.split("-")
        pairs[a, b] = _load_pair(folder / f"{name}.npz", model)
        pairs[a, b].method = about["cognates"][name]
        x, y, _ = pairs[a, b].table.entries()
        if max(x, default=-1) >= len(vocabularies[a].units) or max(y, default=-1) >= len(vocabularies[b].units):
            raise ValueError(f"{name}.npz has words that units.*.txt lack")
    return AlignerState(tuple(about["languages"]), vocabularies, pairs, about.get("encoder", ""))


def _load_pair(path: Path, model: Mapping[str, Any]) -> PairState:
    with np.load(path) as saved:
        links = SparseRows(saved["starts"], saved["columns"], saved["counts"])
        spelling = None
        if "letters_a" in saved:
            code_a, code_b = coded(saved["letters_a"]), coded(saved["letters_b"])
            spelling = Transducer(code_a, code_b, saved["ratios"], float(saved["odds"]))
        ends = np.cumsum(saved["beads"])[:-1]
        parts = [np.split(saved[key].astype(np.int32), ends) for key in ("i", "j", "shape")]
        trained_on = {
            int(key): Arcs.certain(i, j, shape)
            for key, i, j, shape in zip(saved["documents"], *parts, strict=bool(len(saved["documents"])))
        }
        table = TranslationTable(links, saved["sums_x"], saved["sums_y"])
    arrays: dict[str, Any] = {k: np.array(v) if isinstance(v, list) else v for k, v in model.items()}
    return PairState(table, LatticeModel(**arrays), trained_on, spelling=spelling)
