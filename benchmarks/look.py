"""The workbench on a large corpus: seconds to build the index, to start, and of each page and search; peak memory.

The dataset is synthetic: sentences of words drawn by Zipf's law, a part of which are translations of one another's, in
stories of 15 sentences, with paragraphs of three sentences and a quotation a story. Times are the slowest of three
requests, over HTTP on loopback: of the clock, and of the server's processor (in hundredths), which other programs do
not lengthen as much. The peak memory is that of the server's process, started on a finished index, and of the process
that builds the index.

    python benchmarks/look.py [--rows 300000] [--folder DIR]

Found on two shared cores: docs/look.md, "Large corpora".
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_builder.dataset.schema import arrow_schema

LANGUAGES = ("uk", "ru", "en")
STORY = 15
"""Sentences of a story. Chosen: as a short news text has."""
PAIRS = ("en_ru", "en_uk", "ru_uk")
SCORES = ("probability", "complete", *(f"{each}_{pair}" for each in ("probability", "complete") for pair in PAIRS),
          "alignment", "coverage", "length_ratio", "numbers_agree", "names_agree", "language")  # fmt: skip
QUALITY = {**dict.fromkeys(SCORES, "float64"), "weakest_pair": "string", "weakest_reason": "string"}
LETTERS = {
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяії",
    "ru": "абвгдежзийклмнопрстуфхцчшщыьэюя",
    "en": "abcdefghijklmnoprstuvwy",
}
PAGES = (
    "/", "/?level=paragraphs&probability=0.9", "/filters.json?probability=0.9&complete=0.5", "/stories",
    "/stories?order=weakest", "/stories?q=en:{common}", "/stories/1000", "/concordance?q=en:{common}",
    "/concordance?q=en:{letter}*", "/concordance?q=en:{common}&order=left", "/concordance?q=en:{common}&order=least",
    "/concordance?q=uk:{uk}* AND ru:{ru}* NOT en:{common}", "/concordance?q=en:{rare}", "/quotations",
    "/quotations?form=direct&q=en:{common}", "/people", "/drops", "/drops?q={common}",
)  # fmt: skip


def vocabulary(random: np.random.Generator, language: str, size: int = 60_000) -> list[str]:
    letters = list(LETTERS[language])
    return ["".join(random.choice(letters, n)) for n in random.integers(2, 11, size)]


def sentences(random: np.random.Generator, words: dict[str, list[str]], rows: int) -> Iterator[dict[str, str]]:
    ranks = 1 / np.arange(1, len(words["en"]) + 1)
    shares = np.cumsum(ranks / ranks.sum())
    for _ in range(rows):
        drawn = np.minimum(np.searchsorted(shares, random.random(random.integers(6, 30))), len(shares) - 1)
        yield {language: " ".join(words[language][i] for i in drawn).capitalize() + "." for language in LANGUAGES}


def write_dataset(workspace: Path, rows: int) -> dict[str, str]:
    """Write the workspace; words to search for."""
    random = np.random.default_rng(1)
    words = {language: vocabulary(random, language) for language in LANGUAGES}
    writers = {}
    for config in ("sentences", "paragraphs", "quotes", "documents"):
        folder = workspace / "dataset" / "data" / config
        folder.mkdir(parents=True)
        quality = QUALITY if config in ("sentences", "paragraphs") else {"probability": "float64"}
        writers[config] = pq.ParquetWriter(
            folder / "train-00000-of-00001.parquet", arrow_schema(config, LANGUAGES, quality), compression="zstd"
        )
    drops = []
    for first in range(0, rows, STORY * 100):
        waiting: dict[str, list[dict]] = {config: [] for config in writers}
        for start in range(first, min(first + STORY * 100, rows), STORY):
            texts = list(sentences(random, words, min(STORY, rows - start)))
            add_story(waiting, random, words, start // STORY, texts)
            drops.append(
                ("align", "https://x.example/", "one_sided_sentence", texts[0]["en"], "en", str(start // STORY))
            )
        for config, part in waiting.items():
            writers[config].write_table(pa.Table.from_pylist(part, schema=writers[config].schema))
    for writer in writers.values():
        writer.close()
    (workspace / "dropped").mkdir()
    names = ("stage", "item", "reason", "detail", "language", "article_id")
    columns = dict(zip(names, map(list, zip(*drops, strict=True)), strict=True))
    pq.write_table(pa.table(columns), workspace / "dropped" / "align.parquet")
    (workspace / "manifest.json").write_text("{}")
    return {"common": words["en"][0], "letter": words["en"][0][0], "rare": words["en"][5_000],
            "uk": words["uk"][3], "ru": words["ru"][3]}  # fmt: skip


def add_story(waiting: dict, random: np.random.Generator, words: dict, story: int, texts: list[dict[str, str]]) -> None:
    head = {"article_id": str(story), "date": date(2020, 1, 1) + timedelta(days=story % 2_000), "section": "news",
            "url": {language: f"https://x.example/{language}/{story}" for language in LANGUAGES}, "flags": [],
            "kind": "paragraph"}  # fmt: skip

    def row(position: int, own: list[dict[str, str]]) -> dict:
        values = np.round(random.beta(8, 1, len(SCORES)), 4).tolist()
        scores = dict(zip(SCORES, values, strict=True))
        translation = {language: " ".join(each[language] for each in own) for language in LANGUAGES}
        return {**head, "id": f"{story}-{position}", "position": position, "translation": translation,
                "probability": scores["probability"], "complete": scores["complete"],
                "quality": {**scores, "weakest_pair": "en-uk", "weakest_reason": None}}  # fmt: skip

    waiting["sentences"] += [row(i, [text]) for i, text in enumerate(texts)]
    waiting["paragraphs"] += [row(i, texts[i : i + 3]) for i in range(0, len(texts), 3)]
    waiting["documents"].append({**row(0, texts), "kind": "document"})
    said = {language: text.rstrip(".") for language, text in texts[-1].items()}
    names = {
        language: f"{words[language][story % 900].title()} {words[language][story % 700].title()}"
        for language in LANGUAGES
    }
    waiting["quotes"].append(
        {**row(0, [said]), "speaker": names, "mention": names, "cue": {}, "form": dict.fromkeys(LANGUAGES, "direct"),
         "paragraph_id": None}
    )  # fmt: skip


def peak(process: subprocess.Popen) -> float:
    """The peak memory of a process, in MB; Linux only."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1000


def processor(process: subprocess.Popen) -> float:
    """The processor seconds of a process so far; Linux only."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def start(workspace: Path) -> tuple[subprocess.Popen, str, float]:
    """Start the command; its process, its address, and the seconds until it answers."""
    began = time.perf_counter()
    code = "from corpus_builder.cli.start import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "look", str(workspace), "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    address = process.stdout.readline().strip().rstrip("/")
    while True:
        try:
            httpx.get(f"{address}/look.css")
            return process, address, time.perf_counter() - began
        except httpx.TransportError:
            time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, help="keep the dataset here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = (options.folder or Path(scratch)) / "workspace"
        words = write_dataset(workspace, options.rows)
        process, _, seconds = start(workspace)
        print(f"first start, with the index: {seconds:.1f} s, of the processor {processor(process):.1f} s, "
              f"peak {peak(process):.0f} MB")  # fmt: skip
        process.terminate()
        process.wait()
        [index] = (workspace / "look").glob("*.sqlite")
        print(f"index: {index.stat().st_size / 1e6:.0f} MB")
        process, address, seconds = start(workspace)
        print(f"start: {seconds:.2f} s, of the processor {processor(process):.2f} s")
        for page in PAGES:
            times, worked = [], []
            for _ in range(3):
                before = processor(process)
                began = time.perf_counter()
                answer = httpx.get(address + page.format(**words), timeout=60)
                times.append(time.perf_counter() - began)
                worked.append(processor(process) - before)
                assert answer.status_code == 200, (page, answer.status_code)
            print(f"{max(times):.3f} s, of the processor {max(worked):.2f} s  {page}")
        print(f"peak of the server: {peak(process):.0f} MB")
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
