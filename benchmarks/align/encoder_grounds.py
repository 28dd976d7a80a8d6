"""What the encoders `e5` and `use` gain and cost, by ground: `python benchmarks/align/encoder_grounds.py`.

No seed lexicon, level `auto`. Text+Berg dev; windows of 40 to 160 lines of Tatoeba, each by itself; the pages of
debian-dev, each by itself and as a corpus. Of windows and pages 5 % of the lines are left out on one side, and 5 %
joined with the next. `--cache` keeps vectors. Prints strict F1 and seconds, which include encoding where the cache
lacks a text. An encoder that is not installed, or does not know the languages, is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import shutil
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import textberg
from common import SHARED, bead_scores

from corpus_builder.align.encoder.bundled import BUNDLED
from corpus_builder.align.texts.command import align_texts

Pairs = list[tuple[str, str]]


class Ground(NamedTuple):
    """Texts of two languages, aligned as one corpus or each by itself."""

    name: str
    languages: tuple[str, str]
    lone: bool


GROUNDS = (
    Ground("textberg", ("de", "fr"), False),
    Ground("tatoeba", ("ru", "uk"), True),
    Ground("tatoeba", ("en", "uk"), True),
    Ground("debian", ("en", "ru"), True),
    Ground("debian", ("en", "ru"), False),
)


def distorted(pairs: Pairs, rnd: random.Random) -> tuple[list[str], list[str], list[textberg.Bead]]:
    """Lines of both sides and their gold, with one-sided and joined lines."""
    a: list[str] = []
    b: list[str] = []
    gold: list[textberg.Bead] = []
    rest = iter(pairs)
    for left, right in rest:
        chance = rnd.random()
        one, other = [left], [right]
        if chance < 0.05:
            one, other = ([left], []) if chance < 0.025 else ([], [right])
        elif chance < 0.1 and (following := next(rest, None)):
            one, other = [left, following[0]], [right, following[1]]
            if chance < 0.075:
                one = [" ".join(one)]
            else:
                other = [" ".join(other)]
        gold.append((list(range(len(a), len(a) + len(one))), list(range(len(b), len(b) + len(other)))))
        a += one
        b += other
    return a, b, gold


def documents(ground: Ground) -> list[Pairs]:
    """The pairs of lines of each document."""
    x, y = ground.languages
    if ground.name == "debian":
        head, *rows = [
            line.split("\t") for line in (SHARED / "data/debian/debian-dev.tsv").read_text("utf-8").splitlines()
        ]
        i, j = head.index(x), head.index(y)
        return [
            [(r[i], r[j]) for r in page if r[i].strip() and r[j].strip()] for _, page in groupby(rows, lambda r: r[0])
        ]
    stem = {"en": "eng-ukr", "ru": "rus-ukr"}[x]
    left, right = ((SHARED / f"data/tatoeba/{stem}.{end}").read_text("utf-8").splitlines() for end in (stem[:3], "ukr"))
    rnd = random.Random(1)
    windows = []
    for size in (40, 80, 120, 160) * 2:
        begin = rnd.randrange(len(left) - size)
        windows.append(list(zip(left[begin : begin + size], right[begin : begin + size], strict=True)))
    return windows


def write(ground: Ground, folder: Path) -> None:
    """The ground's texts and gold."""
    if ground.name == "textberg":
        textberg.write_documents(textberg.cut(1), folder)
        return
    rnd = random.Random(0)
    x, y = ground.languages
    for number, pairs in enumerate(documents(ground)):
        a, b, gold = distorted(pairs, rnd)
        for language, lines in ((x, a), (y, b)):
            (folder / f"d{number}.{language}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        (folder / f"d{number}.{x}-{y}.gold").write_text("".join(f"{left}:{right}\n" for left, right in gold))


def measure(ground: Ground, encoder: str | None, cache: Path) -> tuple[float, float]:
    """Strict F1, seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(ground, folder)
        names = sorted(path.name.split(".")[0] for path in folder.glob("*.gold"))
        output, found = folder / "beads.jsonl", ""
        started = time.monotonic()
        for number, chosen in enumerate([[n] for n in names] if ground.lone else [names]):
            part, model = folder / f"part{number}", folder / f"model{number}"
            part.mkdir()
            model.mkdir()
            for path in cache.glob("*.sqlite"):
                (model / path.name).symlink_to(path)
            for document in chosen:
                for language in ground.languages:
                    shutil.copy(folder / f"{document}.{language}.txt", part)
            align_texts(part, output, ground.languages, seed_lexicon=None, encoder=encoder, model=model)
            found += output.read_text(encoding="utf-8")
            for path in model.glob("*.sqlite"):
                if not path.is_symlink():
                    shutil.move(path, cache / path.name)
        seconds = time.monotonic() - started
        output.write_text(found, encoding="utf-8")
        return next(iter(bead_scores(folder, output).values())), seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cache", type=Path, help="folder of vectors (default: a temporary one)")
    a = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = (a.cache or Path(temporary)).resolve()
        cache.mkdir(parents=True, exist_ok=True)
        print(f"{'':24s}{'none':>16s}" + "".join(f"{name:>16s}" for name in BUNDLED))
        for ground in GROUNDS:
            row = f"{ground.name:10s}{'-'.join(ground.languages):6s}{'lone' if ground.lone else 'corpus':8s}"
            for name, bundled in ((None, None), *BUNDLED.items()):
                known = bundled is None or not bundled.languages or bundled.languages.issuperset(ground.languages)
                if not known or (bundled and importlib.util.find_spec(bundled.module) is None):
                    row += f"{'-':>16s}"
                    continue
                f1, seconds = measure(ground, name, cache)
                row += f"{f1:10.4f}{seconds:5.0f}s"
            print(row, flush=True)


if __name__ == "__main__":
    main()
