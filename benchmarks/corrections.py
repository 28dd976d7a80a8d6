"""What corrected stories are worth for the others: `python benchmarks/corrections.py`.

Newsroom sites (seeds 1 to 3, or `--seeds`) as the pipeline takes them: sentences are split, stories aligned, joint
splits made. Some of the stories are corrected as their gold says, and others are measured, the same ones in every run:
strict and lax F1 of sentences as `correct report` counts them, mean over the pairs of languages and the seeds. The
sites:

    whole        all stories (about 120), with the shipped seed lexicons; 40 may be corrected, the others are measured
    N stories    the aligner learns from N stories alone, without a seed lexicon; all may be corrected; measured are the
                 stories of the site after the 60th, which it has not read
    N unknown    the same, with each language in an alphabet of its own: no word looks like its translation
    N flat       the same as unknown, without paragraphs: no block ends, labels or kinds help

Found: nothing on a whole site or on related languages (within .001), .003 to .027 of strict F1 where nothing is known
of the languages and few stories are read (docs/corrections.md has the table).

Needs ../shared. `--sites` and `--seeds` choose some.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "align"))
from common import LANGUAGES, ROLE_OF, site, stories

from corpus_builder.align.aligner import Aligner, train
from corpus_builder.align.texts.score import Tally
from corpus_builder.corrections.beads import CorrectedBead, Corrections
from corpus_builder.corrections.measure import measured
from corpus_builder.corrections.validity import checked
from corpus_builder.model import Block, BlockKind, Edition, Span, Story
from corpus_builder.stages.documents import lesson
from corpus_builder.stages.placed import place

UNREAD = 60
"""Stories after these are measured where the aligner learns from few."""


@dataclass(frozen=True)
class Site:
    """From how many stories the aligner learns (None: all), how many are corrected, and what makes it hard."""

    stories: int | None
    corrected: tuple[int, ...]
    seed_lexicon: bool = False
    unknown: bool = False
    flat: bool = False


SITES = {
    "whole": Site(None, (0, 20, 40), seed_lexicon=True),
    **{f"{n} stories": Site(n, (0, n // 2, n)) for n in (4, 10, 20)},
    **{f"{n} unknown": Site(n, (0, n // 2, n), unknown=True) for n in (4, 10, 20)},
    **{f"{n} flat": Site(n, (0, n // 2, n), unknown=True, flat=True) for n in (4, 10, 20)},
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1,2,3")
    options.add_argument("--sites", default=",".join(SITES))
    a = options.parse_args()
    print(f"{'site':12s}{'corrected':>10s}{'measured':>10s}{'strict F1':>11s}{'lax F1':>9s}   strict by pair; by seed")
    for name in a.sites.split(","):
        for count in SITES[name].corrected:
            report(name, count, [run(SITES[name], int(seed), count) for seed in a.seeds.split(",")])


def run(chosen: Site, seed: int, corrected: int) -> dict[str, Tally]:
    """The counts of the measured stories of one site, after `corrected` others were corrected."""
    gold = stories(site(seed))[0]
    random.Random(seed).shuffle(gold)
    made = [corrected_story(without_paragraphs(each) if chosen.flat else each, chosen.unknown) for each in gold]
    known = {story.article_id: checked(corrections, story).known for story, corrections in made[:corrected]}
    documents = [lesson(story, LANGUAGES, known.get(story.article_id, ())) for story, _ in made[: chosen.stories]]
    aligner = train(documents, LANGUAGES, seed_lexicon=chosen.seed_lexicon)
    total: dict[str, Tally] = {}
    for story, corrections in made[UNREAD if chosen.stories else max(chosen.corrected) :]:
        for pair, counts in against(aligner, story, corrections).items():
            total[pair] = total[pair] + counts if pair in total else counts
    return total


def against(aligner: Aligner, story: Story, corrections: Corrections) -> dict[str, Tally]:
    """The aligner's own beads of a story against its gold."""
    found = [bead.spans for bead in place(story, aligner, LANGUAGES) if bead.level == "sentence"]
    return measured(story, found, checked(corrections, story).known, LANGUAGES)


def without_paragraphs(gold: dict[str, Any]) -> dict[str, Any]:
    """A story with all paragraphs of an edition in one, without labels."""
    together = {
        language: [{name: [each for p in paragraphs for each in p[name]] for name in ("units", "texts")}]
        for language, paragraphs in gold["paragraphs"].items()
    }
    return {**gold, "paragraphs": together}


def corrected_story(gold: dict[str, Any], unknown: bool) -> tuple[Story, Corrections]:
    """A story of the newsroom, and its gold as a person would correct it: every unit is a segment."""
    editions, beads = {}, defaultdict(list)
    for language, paragraphs in gold["paragraphs"].items():
        alphabet = ALPHABETS[language] if unknown else {}
        blocks = [Block(BlockKind.TITLE, gold["title"][language].translate(alphabet))]
        beads["title"].append(Span(language, 0, 0, len(blocks[0].text)))
        for number, paragraph in enumerate(paragraphs, 1):
            text = " ".join(paragraph["texts"]).translate(alphabet)
            blocks.append(Block(BlockKind.PARAGRAPH, text, ROLE_OF.get(paragraph.get("label"))))
            for unit, span in units(language, number, paragraph):
                beads[unit].append(span)
        editions[language] = Edition("newsroom", gold["article"], language, "", tuple(blocks))
    story = Story("newsroom", gold["article"], editions)
    return story, Corrections(article_id=story.article_id).with_beads(
        [CorrectedBead.of(story, spans) for spans in beads.values()]
    )


def units(language: str, block: int, paragraph: dict[str, Any]) -> Iterator[tuple[int, Span]]:
    at = 0
    for unit, text in zip(paragraph["units"], paragraph["texts"], strict=True):
        yield unit, Span(language, block, at, at + len(text))
        at += len(text) + 1


def _alphabet(start: int) -> dict[int, int]:
    """Letters and digits onto other letters, from a code point on."""
    known = (range(0x30, 0x3A), range(0x41, 0x5B), range(0x61, 0x7B), range(0x400, 0x460), range(0x490, 0x492))
    letters = [k for part in known for k in part]
    other = [k for k in range(start, start + 0x3000) if chr(k).isalpha()][: len(letters)]
    random.Random(start).shuffle(other)
    return dict(zip(letters, other, strict=True))


ALPHABETS = {"uk": _alphabet(0x1401), "ru": _alphabet(0x1200), "en": _alphabet(0xA000)}
"""Canadian syllabics, Ethiopic and Yi: letters, none of them shared."""


def report(name: str, count: int, by_seed: list[dict[str, Tally]]) -> None:
    strict = {pair: [each[pair].scored().strict.f1 for each in by_seed] for pair in by_seed[0]}
    lax = [each[pair].scored().lax.f1 for each in by_seed for pair in each]
    measured_stories = max(sum(each[pair].documents for each in by_seed) for pair in strict)
    print(f"{name:12s}{count:10d}{measured_stories:10d}{np.mean(list(strict.values())):11.4f}{np.mean(lax):9.4f}   "
          + " ".join(f"{pair} {np.mean(values):.4f}" for pair, values in strict.items()) + "; "
          + " ".join(f"{np.mean([values[k] for values in strict.values()]):.4f}" for k in range(len(by_seed))),
          flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
