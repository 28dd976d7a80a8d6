"""Rows of which it is known whether they are right: from sites with a gold, through the aligner of this project.

A site is a gold.jsonl: of the sample newspaper (data/newspaper), or of a newsroom that `newsroom.py make` dressed (real
news in three professional translations, with the differences that editions have). Its editions are written into a
workspace as if extracted, aligned and surveyed by the stages of a build; then each row's pairs are held against the
gold: a pair of sentences is right if it holds the same units on both sides, or parts of them (the newsroom's own rule
wants one unit, but headings and items of a list run into each other in all editions alike), a pair of paragraphs if it
holds exactly the paragraphs of one gold bead.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from corpus_builder.model import Block, BlockKind, Edition, PlacedBead, Span
from corpus_builder.parquet import write_rows
from corpus_builder.quality.batch import RowTexts
from corpus_builder.stages import survey
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.candidates import candidates
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.stories import aligned_stories
from corpus_builder.workspace.tables import EDITIONS, edition_row

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
LANGUAGES = ("uk", "ru", "en")


@dataclass(frozen=True)
class Judged:
    """A row, for each pair ("en-uk") whether it is right, and whether all its sides are whole units of the gold."""

    row: RowTexts
    right: dict[str, bool]
    whole: bool


@dataclass(frozen=True)
class GoldSite:
    """An aligned site: its run (workspace), its gold by article, its rows with the truth about them."""

    name: str
    run: Run
    gold: dict[str, dict[str, Any]]
    rows: tuple[Judged, ...]


FITTED, HELD_BACK = "0:82", "82:"
"""The documents of NTREX-128 that parameters may be fitted on, and those that are only measured on: two thirds, one."""


def newsroom(
    seed: int, folder: Path, documents: str = HELD_BACK, corpus: str = "ntrex/ntrex.tsv", **rates: float
) -> Path:
    """Dress a newsroom site and return its gold.jsonl.

    `documents` is a slice of those of the `corpus`; `rates` are the newsroom's own: drop, merge, split, insert, move.
    """
    kind = f"{Path(corpus).parent.name}-{documents.replace(':', '_')}"
    out = folder / f"newsroom-{kind}-{seed}{''.join(f'-{name}{rate:g}' for name, rate in sorted(rates.items()))}"
    if not (out / "gold.jsonl").is_file():
        more = [part for name, rate in rates.items() for part in (f"--{name}", str(rate))]
        make = [str(SHARED / "newsroom/newsroom.py"), "make", "--corpus", str(SHARED / "data" / corpus)]
        make += ["--out", str(out), "--slice", documents, "--seed", str(seed), *more]
        subprocess.run([sys.executable, *make], check=True, stdout=subprocess.DEVNULL)
    return out / "gold.jsonl"


def aligned_site(name: str, gold_file: Path, folder: Path, site: str = "pravda") -> GoldSite:
    """The site of a gold file, aligned in a workspace under `folder` (kept, so a second call is quick)."""
    config = RunConfig(site=site, languages=LANGUAGES)
    run = build_run(config, folder / name, workers=2)
    gold = {g["article"]: g for g in map(json.loads, gold_file.open(encoding="utf-8"))}
    rows = (edition_row(edition) for story in sorted(gold) for edition in _editions(gold[story]))
    path = run.workspace.articles / "gold.parquet"
    write_rows(path, EDITIONS, rows)
    # not the stage "score": it needs the calibration that is made of these rows
    build(run, [*stages_of("align-articles"), survey.STAGE])
    return GoldSite(name, run, gold, tuple(_judged(run, gold)))


def _editions(record: dict[str, Any]) -> Iterator[Edition]:
    for language in sorted(record["paragraphs"]):
        blocks = [Block(BlockKind.TITLE, record["title"][language])]
        blocks += [
            Block(BlockKind(p.get("kind", "paragraph")), " ".join(p["texts"]), p.get("role"), p["label"])
            for p in record["paragraphs"][language]
        ]
        url = f"https://gold.example{record['url'][language]}"
        when = datetime.fromisoformat(record["date"] + "T12:00:00+00:00")
        yield Edition("gold", record["article"], language, url, tuple(blocks), published=when)


def _judged(run: Run, gold: dict[str, dict[str, Any]]) -> Iterator[Judged]:
    for shard in run.workspace.shards():
        for aligned in aligned_stories(run.workspace, shard):
            record = gold[aligned.article_id]
            two_sided = [bead for bead in aligned.beads if len({span.language for span in bead.spans}) > 1]
            for row, bead in zip(candidates(aligned.story, two_sided), two_sided, strict=True):
                right = {"-".join(two): verdict for two in combinations(sorted(row.texts), 2)
                         if (verdict := _right(record, bead, two)) is not None}  # fmt: skip
                if right:
                    yield Judged(row, right, all(right.values()) and _whole(record, bead))


def _right(record: dict[str, Any], bead: PlacedBead, pair: tuple[str, str]) -> bool | None:
    """Whether a pair of a row is right; None where it has a headline in it, of which gold says nothing."""
    spans = {language: [span for span in bead.spans if span.language == language] for language in pair}
    if any(span.block == 0 for own in spans.values() for span in own):
        return None
    a, b = pair
    if bead.level == "block":
        held = {language: {span.block - 1 for span in own} for language, own in spans.items()}
        return any(set(g[a]) == held[a] and set(g[b]) == held[b] for g in two_way_beads(record, pair))
    units = {language: _units(record["paragraphs"][language], own) for language, own in spans.items()}
    return bool(units[a]) and units[a] == units[b]


def _whole(record: dict[str, Any], bead: PlacedBead) -> bool:
    """Whether each side of a right row has all of its unit; gold cannot judge sentences that are aligned in parts."""
    if bead.level == "block":
        return True
    for language in {span.language for span in bead.spans}:
        own = [span for span in bead.spans if span.language == language]
        paragraphs = record["paragraphs"][language]
        units = _units(paragraphs, own)
        length = sum(
            len(text)
            for paragraph in paragraphs
            for unit, text in zip(paragraph["units"], paragraph["texts"], strict=True)
            if unit in units
        )
        if sum(span.end - span.start for span in own) < 0.95 * length:  # a mark or a space may be left out
            return False
    return True


def two_way_beads(record: dict[str, Any], pair: Sequence[str]) -> list[dict[str, list[int]]]:
    """The gold beads of three editions that have both sides of a pair."""
    return [bead for bead in record["beads"] if all(bead.get(language) for language in pair)]


def _units(paragraphs: list[dict[str, Any]], spans: list[Span]) -> set[Any]:
    """The units that the spans cover by at least half, or that hold more than half of a span."""
    found = set()
    for span in spans:
        at = 0
        paragraph = paragraphs[span.block - 1]
        for unit, text in zip(paragraph["units"], paragraph["texts"], strict=True):
            overlap = min(span.end, at + len(text)) - max(span.start, at)
            if overlap > 0 and (overlap >= len(text) / 2 or overlap > (span.end - span.start) / 2):
                found.add(unit)
            at += len(text) + 1
    return found
