"""The gold annotation: what a perfect builder extracts from the newspaper and aligns.

gold.jsonl has a line for each story that can yield rows: the paragraphs of each edition with their units, the beads
(groups of paragraphs that share units, across all editions), and as `quotes` the words of quotations that are in
quotation marks in at least two editions. quotes.jsonl has every quotation with its speaker, cue and form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus_builder.newspaper.stories import Newspaper, Story

_LABELLED = ("quote", "verbatim")


def write_gold(newspaper: Newspaper, folder: Path) -> None:
    """Write gold.jsonl and quotes.jsonl into a folder."""
    stories = [story for story in newspaper.stories if _readable(story)]
    _write(folder / "gold.jsonl", (story_gold(newspaper, story) for story in stories))
    _write(folder / "quotes.jsonl", (quote for story in stories for quote in story_quotes(newspaper, story)))


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def _readable(story: Story) -> list[str]:
    """The languages of the editions that rows may come from."""
    if story.opt_out:
        return []
    return [language for language in story.editions if language not in story.shows and story.blocks(language)]


def story_gold(newspaper: Newspaper, story: Story) -> dict[str, Any]:
    """The gold record of one story."""
    languages = _readable(story)
    paragraphs: dict[str, list[dict[str, Any]]] = {
        language: [
            {
                "units": [unit.number for unit in block.units],
                "texts": [unit.texts[language].text for unit in block.units],
                "label": block.label_text,
                "role": block.role,
                "kind": block.kind.value,
            }
            for block in story.blocks(language)
        ]
        for language in languages
    }
    quotes = []
    for quote in story_quotes(newspaper, story):
        marked = {
            language: words for language, words in quote["words"].items() if quote["form"][language] != "indirect"
        }
        if len(marked) > 1:
            quotes.append(marked)
    return {
        "article": story.id,
        "document": story.slug,
        "era": story.era,
        "date": story.published.date().isoformat(),
        "section": story.section,
        "url": {language: newspaper.path(story, language) for language in languages},
        "title": {language: story.titles[language] for language in languages},
        "authors": {language: [newspaper.people[key][language] for key in story.authors] for language in languages},
        "tags": {language: [newspaper.tags[key][language] for key in story.tags] for language in languages},
        "paragraphs": paragraphs,
        "beads": beads({language: [block["units"] for block in blocks] for language, blocks in paragraphs.items()}),
        "quotes": quotes,
    }


def beads(paragraphs: dict[str, list[list[int]]]) -> list[dict[str, list[int]]]:
    """The smallest groups of paragraphs that share units, with paragraphs of at least two editions.

    `paragraphs` has for each language the unit numbers of each paragraph.

    >>> beads({"uk": [[1], [2, 3], [-4]], "en": [[1, 2], [3]]})
    [{'uk': [0, 1], 'en': [0, 1]}]
    """
    groups: list[tuple[set[int], set[tuple[str, int]]]] = []
    for language, blocks in paragraphs.items():
        for index, numbers in enumerate(blocks):
            units, members = set(numbers), {(language, index)}
            disjoint = []
            for group in groups:
                if group[0] & units:
                    units |= group[0]
                    members |= group[1]
                else:
                    disjoint.append(group)
            groups = [*disjoint, (units, members)]
    sides = [
        {language: sorted(index for other, index in members if other == language) for language in paragraphs}
        for _, members in groups
    ]
    return sorted(
        (bead for bead in sides if sum(map(bool, bead.values())) > 1),
        key=lambda bead: [min(bead[language], default=-1) for language in paragraphs],
    )


def story_quotes(newspaper: Newspaper, story: Story) -> Iterator[dict[str, Any]]:
    """The quotations of one story.

    `words` are what was said, the pieces joined by a space; `spans` their places, as [paragraph, start, end] in the
    paragraph's units joined by spaces; `speaker` and `cue` are as written, None if the edition has none.
    """
    for key, quote in story.quotes.items():
        record: dict[str, Any] = {"article": story.id, "quote": key, "person": {}}
        fields: dict[str, dict[str, Any]] = {name: {} for name in ("words", "speaker", "cue", "form", "spans")}
        for language in _readable(story):
            spans: list[list[int]] = []
            said: dict[str, list[str]] = defaultdict(list)
            form = "direct"
            for index, block in enumerate(story.blocks(language)):
                start = 0
                for unit in block.units:
                    inline = unit.texts[language]
                    for mark in inline.marks:
                        if mark.quote != key:
                            continue
                        said[mark.role].append(inline.text[mark.start : mark.end])
                        if mark.role == "words":
                            spans.append([index, start + mark.start, start + mark.end])
                            if block.role in _LABELLED and len(spans) == 1:
                                form = "labelled"
                                if block.speaker:
                                    said["speaker"].append(block.speaker)
                    start += len(inline.text) + 1
            if not spans:
                continue
            record["person"][language] = newspaper.people[quote.person][language]
            fields["words"][language] = " ".join(said["words"])
            fields["speaker"][language] = said["speaker"][0] if said["speaker"] else None
            fields["cue"][language] = said["cue"][0] if said["cue"] else None
            fields["form"][language] = quote.forms.get(language, form)
            fields["spans"][language] = spans
        if fields["words"]:
            yield record | fields
