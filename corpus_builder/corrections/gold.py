"""Corrected stories as texts and gold, for `align` and `align score`.

NAME.LANG.txt has a segment a line, NAME.X-Y.gold the beads of two languages as `[0, 1]:[0]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from corpus_builder.corrections.beads import corrections_file
from corpus_builder.corrections.measure import Beads
from corpus_builder.errors import UsageError
from corpus_builder.files import replacing_folder
from corpus_builder.model import Span, Story


def write_gold(folder: Path, stories: Iterable[tuple[Story, Beads]], languages: Sequence[str]) -> int:
    """Write stories whose beads have all their words; the number of beads. Raises UsageError where the folder exists
    and has something else in it."""
    if folder.exists() and (not folder.is_dir() or any(not _is_gold(path) for path in folder.iterdir())):
        raise UsageError(f"{folder} has something else in it", next_step="choose another folder with --out")
    written = 0
    folder.parent.mkdir(parents=True, exist_ok=True)
    with replacing_folder(folder) as new:
        for story, beads in stories:
            written += len(beads)
            _write_story(new, story, beads, [x for x in languages if x in story.editions])
    return written


def _is_gold(path: Path) -> bool:
    return path.name.endswith((".txt", ".gold"))


def _write_story(folder: Path, story: Story, beads: Beads, languages: Sequence[str]) -> None:
    name = corrections_file(story.article_id).removesuffix(".json")
    lines: dict[Span, int] = {}
    for language in languages:
        spans = sorted((s for bead in beads for s in bead if s.language == language), key=_place)
        lines |= {span: k for k, span in enumerate(spans)}
        texts = (story.editions[language].blocks[s.block].text[s.start : s.end] for s in spans)
        (folder / f"{name}.{language}.txt").write_text(
            "".join(f"{' '.join(text.split())}\n" for text in texts), encoding="utf-8"
        )
    for a, b in combinations(sorted(languages), 2):
        gold = []
        for bead in beads:
            left, right = ([lines[s] for s in sorted(bead, key=_place) if s.language == x] for x in (a, b))
            if left and right:
                gold.append((left, right))
            else:
                gold += [([k], []) for k in left] + [([], [k]) for k in right]
        text = "".join(f"{left}:{right}\n" for left, right in sorted(gold, key=_first))
        (folder / f"{name}.{a}-{b}.gold").write_text(text, encoding="utf-8")


def _place(span: Span) -> tuple[int, int]:
    return span.block, span.start


def _first(bead: tuple[list[int], list[int]]) -> tuple[bool, list[int], list[int]]:
    return not bead[0], *bead
