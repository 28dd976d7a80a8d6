"""The aligner and its peers on many grounds: `python benchmarks/align/grounds.py [--quick] [--only WORD,…]`.

Prints a row for each ground and method: strict F1 (newsroom.py score-beads), the expected calibration error of all
beads, how many beads have p ≥ .99 and how many of these are right, and processor seconds of the whole command, start-up
included (`--here`: of this process, start-up excluded). A one-sided bead is right if the gold links none of its lines.
The grounds are described in ground_texts.py; a lone document is aligned by a command of its own.

Methods: `auto`, `segment`, `sentence`, `clause` (levels of `corpus-builder align`); `+NAME` (the level auto with the
sentence encoder NAME); Gale-Church (the package galechurch); hunalign, if it is installed; `vecalign+NAME` (Vecalign's
dynamic programming in the package sentweave, with vectors by the encoder NAME). What is missing is named and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from common import bead_scores, calibration_error
from ground_texts import GoldDocument, Ground, grounds

from corpus_builder.align.texts.command import align_texts

LEVELS = ("auto", "segment", "sentence", "clause")
START = "from corpus_builder.cli.start import run; run()"
Judged = list[tuple[float, bool, bool]]
"""(probability, right, two-sided) of beads."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="fewer documents, and no book")
    options.add_argument("--only", default="", metavar="WORD,…", help="grounds whose names contain one of these")
    options.add_argument("--methods", default="auto,segment,sentence,clause,galechurch,hunalign", metavar="NAME,…")
    options.add_argument("--encoder", metavar="NAME", help="adds the methods +NAME and vecalign+NAME")
    options.add_argument("--json", type=Path, help="write the figures here, too")
    options.add_argument("--here", action="store_true", help="align in this process, which is faster")
    options.add_argument("--peer", nargs=3, metavar=("METHOD", "DIR", "OUT"), help=argparse.SUPPRESS)
    a = options.parse_args()
    if a.peer:
        peer(a.peer[0], Path(a.peer[1]), Path(a.peer[2]))
        return
    methods = a.methods.split(",") + ([f"+{a.encoder}", f"vecalign+{a.encoder}"] if a.encoder else [])
    missing = [m for m in methods if not installed(m)]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    words = [word for word in a.only.split(",") if word]
    print(f"{'ground':34s}{'method':14s}{'strict F1':>10s}{'ECE':>7s}{'p ≥ .99: right':>18s}{'seconds':>9s}")
    figures = []
    for ground in grounds(a.quick):
        if words and not any(word in ground.name for word in words):
            continue
        figures += [row(ground, method, here=a.here) for method in methods if method not in missing]
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1))


def installed(method: str) -> bool:
    if method.startswith("vecalign"):
        return importlib.util.find_spec("sentweave") is not None
    if method == "hunalign":
        return shutil.which("hunalign") is not None
    return method != "galechurch" or importlib.util.find_spec("galechurch") is not None


def row(ground: Ground, method: str, *, here: bool = False) -> dict[str, object]:
    """Run a method on a ground, and print its row."""
    f1, beads, seconds = measured(ground, method, here=here)
    figures: dict[str, object] = {"ground": ground.name, "method": method, "f1": f1, "seconds": seconds}
    text = f"{ground.name:34s}{method:14s}{f1:10.4f}"
    if beads:
        p, right, _ = (np.array(column, np.float64) for column in zip(*beads, strict=True))
        sure = p >= 0.99
        figures |= {"ece": calibration_error(p, right), "sure": int(sure.sum()), "sure_right": int(right[sure].sum())}
        text += f"{figures['ece']:7.3f}{f'{int(right[sure].sum())} of {int(sure.sum())}':>18s}"
    else:
        text += " " * 25
    print(f"{text}{seconds:9.1f}", flush=True)
    return figures


def measured(ground: Ground, method: str, *, here: bool = False) -> tuple[float, Judged, float]:
    """(strict F1, beads with probabilities, processor seconds) of a method on a ground."""
    corpora: Iterable[Sequence[GoldDocument]] = [[x] for x in ground.documents] if ground.lone else [ground.documents]
    seconds, lines = 0.0, []
    with tempfile.TemporaryDirectory() as name:
        everything, beads = Path(name) / "all", Path(name) / "beads.jsonl"
        everything.mkdir()
        for k, documents in enumerate(corpora):
            folder, output = Path(name) / f"{k}", Path(name) / f"{k}.jsonl"
            folder.mkdir()
            for document in documents:
                document.write(folder)
                document.write(everything)
            seconds += run(method, folder, output, ground.lexicon, here=here)
            lines += output.read_text(encoding="utf-8").splitlines(keepends=True)
        beads.write_text("".join(lines), encoding="utf-8")
        f1 = (
            bead_scores(everything, beads)["-".join(ground.documents[0].languages)]
            if one_pair(ground)
            else mean(bead_scores(everything, beads))
        )
    return f1, judged(ground, [json.loads(line) for line in lines]), seconds


def run(method: str, folder: Path, output: Path, lexicon: str, *, here: bool) -> float:
    """Align a folder, in another process or in this one; returns the processor seconds."""
    whose = resource.RUSAGE_SELF if here else resource.RUSAGE_CHILDREN
    before = resource.getrusage(whose)
    if not here:
        subprocess.run(command(method, folder, output, lexicon), check=True, capture_output=True)
    elif method in LEVELS or method.startswith("+"):
        level, encoder = ("auto", method[1:]) if method.startswith("+") else (method, None)
        align_texts(folder, output, level=level, seed_lexicon=lexicon != "none", encoder=encoder)
    else:
        peer(method, folder, output)
    after = resource.getrusage(whose)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def one_pair(ground: Ground) -> bool:
    return len({document.languages for document in ground.documents}) == 1


def mean(by_pair: dict[str, float]) -> float:
    return sum(by_pair.values()) / len(by_pair)


def command(method: str, folder: Path, output: Path, lexicon: str) -> list[str]:
    if method in ("galechurch", "hunalign") or method.startswith("vecalign"):
        return [sys.executable, __file__, "--peer", method, str(folder), str(output)]
    choice = ["--encoder", method[1:]] if method.startswith("+") else ["--level", method]
    return [sys.executable, "-c", START, "align", str(folder), "-o", str(output), "--lexicon", lexicon, *choice]


def judged(ground: Ground, rows: Iterable[dict[str, object]]) -> Judged:
    """The beads of a method that states probabilities."""
    out: Judged = []
    documents = {document.name: document for document in ground.documents}
    for bead in rows:
        if bead.get("probability") is None:
            continue
        document, segments = documents[str(bead["document"])], bead["segments"]
        assert isinstance(segments, dict)
        left, right = (tuple(segments.get(x) or ()) for x in document.languages)
        out.append((float(str(bead["probability"])), is_right(document, left, right), bool(left and right)))
    return out


def is_right(document: GoldDocument, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Whether a bead is in the gold; a one-sided one, whether the gold links none of its lines."""
    if left and right:
        return (left, right) in document.gold
    return not any(set(left) & set(bead[0]) or set(right) & set(bead[1]) for bead in document.gold)


def peer(method: str, folder: Path, output: Path) -> None:
    """Run another aligner on the documents of a folder, and write its beads as `align` does."""
    rows = []
    for gold in sorted(folder.glob("*.gold")):
        name, languages, _ = gold.name.rsplit(".", 2)
        x, y = languages.split("-")
        left, right = ((folder / f"{name}.{z}.txt").read_text(encoding="utf-8").splitlines() for z in (x, y))
        other = {"galechurch": gale_church, "hunalign": hunalign}.get(method)
        beads = other(left, right) if other else vecalign(left, right, method.partition("+")[2])
        rows += [json.dumps({"document": name, "segments": {x: i, y: j}}) + "\n" for i, j in beads]
    output.write_text("".join(rows), encoding="utf-8")


def gale_church(left: Sequence[str], right: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    import galechurch

    beads = galechurch.align(left, right, max_block_size=10**9).beads
    return [(list(range(b.source_start, b.source_end)), list(range(b.target_start, b.target_end))) for b in beads]


def hunalign(left: Sequence[str], right: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """hunalign -realign, without a dictionary."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name) / "a", Path(name) / "b", Path(name) / "dictionary"]
        for path, lines in zip(files, (left, right, []), strict=True):
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        program = ["hunalign", "-realign", str(files[2]), str(files[0]), str(files[1])]
        ladder = subprocess.run(program, capture_output=True, text=True, check=True).stdout.splitlines()
    rungs = [(int(i), int(j)) for i, j, _ in (line.split("\t") for line in ladder)]
    return [(list(range(i, m)), list(range(j, n))) for (i, j), (m, n) in pairwise(rungs)]


def vecalign(left: Sequence[str], right: Sequence[str], encoder: str) -> list[tuple[list[int], list[int]]]:
    """Vecalign's alignment of up to four lines, with vectors by the encoder."""
    import sentweave

    from corpus_builder.align.encoder.open import open_encoder

    embedder = open_encoder(encoder, None)

    class Vectors:
        """The encoder as sentweave calls it."""

        def encode(self, texts: Sequence[str], **_: object) -> object:
            return embedder.embed(list(texts))

    found = sentweave.align(left, right, encoder=Vectors()).alignments
    return [(list(map(int, bead.src_indices)), list(map(int, bead.tgt_indices))) for bead in found]


if __name__ == "__main__":
    main()
