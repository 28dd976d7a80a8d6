"""The stories of the sample newspaper hold together, and the committed gold is what they give."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError
from corpus_builder.newspaper.gold import beads, story_gold, story_quotes, write_gold
from corpus_builder.newspaper.inline import parse_inline
from corpus_builder.newspaper.stories import LANGUAGES, Insert, Story, load_newspaper
from corpus_builder.resources import shipped

NEWSPAPER = load_newspaper()
FOLDER = shipped("data/newspaper")


def by_slug(story: Story) -> str:
    return story.slug


each_story = pytest.mark.parametrize("story", NEWSPAPER.stories, ids=by_slug)


def records(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def test_committed_gold_is_what_the_stories_give(tmp_path: Path) -> None:
    write_gold(NEWSPAPER, tmp_path)
    for name in ("gold.jsonl", "quotes.jsonl"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), (
            f"{name} is out of date: run python -m corpus_builder.newspaper"
        )


def test_ids_are_unique() -> None:
    assert max(Counter(story.id for story in NEWSPAPER.stories).values()) == 1


@each_story
def test_texts_are_clean(story: Story) -> None:
    for unit in story.units.values():
        for language, inline in unit.texts.items():
            where = f"{unit.key} {language}: {inline.text}"
            assert inline.text == inline.text.strip(), where
            assert "  " not in inline.text, where
            assert not re.search(r"[{}\u00a0\u00ad\u200b]", inline.text), where
            if language == "uk":
                assert not re.search(r"[ыэъё]", inline.text.lower()), where
            elif language == "ru":
                assert not re.search(r"[іїєґ]", inline.text.lower()), where
            else:
                assert not re.search(r"[а-яіїєґ]", inline.text.lower()), where


@each_story
def test_everything_written_is_printed(story: Story) -> None:
    for language in LANGUAGES:
        written = {unit.key for unit in story.units.values() if language in unit.texts}
        if language not in story.editions:
            assert not written, f"{language} units without an edition"
            continue
        printed = [unit.key for block in story.blocks(language) for unit in block.units]
        captions = [
            item.argument
            for item in story.editions[language]
            if isinstance(item, Insert) and item.name == "photo" and item.argument
        ]
        assert max(Counter(printed + captions).values(), default=0) <= 1, f"a unit stands twice in {language}"
        assert set(printed) | set(captions) == written


@each_story
def test_references_lead_somewhere(story: Story) -> None:
    assert story.titles.keys() == story.editions.keys()
    assert set(story.authors) <= NEWSPAPER.people.keys()
    assert set(story.tags) <= NEWSPAPER.tags.keys()
    assert {quote.person for quote in story.quotes.values()} <= NEWSPAPER.people.keys()
    marked = {mark.quote for unit in story.units.values() for inline in unit.texts.values() for mark in inline.marks}
    assert marked == story.quotes.keys()
    for items in story.editions.values():
        for item in items:
            if isinstance(item, Insert) and item.name == "also":
                assert item.argument in NEWSPAPER.by_id
                assert item.argument != story.id


@each_story
def test_quotes_stand_where_the_gold_says(story: Story) -> None:
    gold = story_gold(NEWSPAPER, story)
    for quote in story_quotes(NEWSPAPER, story):
        for language, spans in quote["spans"].items():
            texts = [" ".join(paragraph["texts"]) for paragraph in gold["paragraphs"][language]]
            assert " ".join(texts[at][start:end] for at, start, end in spans) == quote["words"][language]
            form = quote["form"][language]
            assert form in ("direct", "labelled", "partial", "indirect")
            if form in ("direct", "partial"):
                at, start, _ = spans[0]
                opening = texts[at][:start].rstrip()
                block = gold["paragraphs"][language][at]
                dashed = opening.endswith("–") and not opening.rstrip("– ")
                assert opening.endswith(('"', "«", "“", "'", "‘")) or dashed or block["kind"] == "blockquote", (
                    f"{quote['quote']} {language}: no mark opens {texts[at]}"
                )


@each_story
def test_marks_are_balanced_in_each_edition(story: Story) -> None:
    quotes = list(story_quotes(NEWSPAPER, story))
    for language in story.editions:
        paragraphs = [" ".join(unit.texts[language].text for unit in block.units) for block in story.blocks(language)]
        for quote in quotes:
            for at, start, _ in quote["spans"].get(language, [])[1:]:
                if start == 1 and quote["spans"][language][0][0] != at:
                    paragraphs[at] = paragraphs[at][1:]  # a quotation opened again in its next paragraph
        text = "\n".join(paragraphs)
        assert text.count('"') % 2 == 0, language
        for opening, closing in ("«»", "“”", "()", "[]"):
            if closing == "”" and "„" in text:
                continue  # „…“ closes with what opens in English
            assert text.count(opening) == text.count(closing), f"{language} {opening}"


def test_gold_is_consistent() -> None:
    for record in records("gold.jsonl"):
        for bead in record["beads"]:
            sides = {
                language: {unit for index in indices for unit in record["paragraphs"][language][index]["units"]}
                for language, indices in bead.items()
                if indices
            }
            assert len(sides) > 1
            assert all(any(sides[a] & sides[b] for b in sides if b != a) for a in sides)
        for language, paragraphs in record["paragraphs"].items():
            units = [unit for paragraph in paragraphs for unit in paragraph["units"]]
            assert len(units) == len(set(units))
            used = [index for bead in record["beads"] for index in bead[language]]
            assert len(used) == len(set(used))


def test_beads_are_the_finest_groups() -> None:
    paragraphs = {"uk": [[1], [2, 3], [-4], [5]], "ru": [[2], [3], [1]], "en": [[1], [5], [-6]]}
    assert beads(paragraphs) == [
        {"uk": [0], "ru": [2], "en": [0]},
        {"uk": [1], "ru": [0, 1], "en": []},
        {"uk": [3], "ru": [], "en": [1]},
    ]


def test_inline_marks_give_text_and_places() -> None:
    inline = parse_inline('"{q1:So be it}, – {q1.cue:said} {q1.speaker:[Ann](/a/)}. – {q1:At last}", **now**')
    assert inline.text == '"So be it, – said Ann. – At last", now'
    assert [inline.text[mark.start : mark.end] for mark in inline.marks] == ["So be it", "said", "Ann", "At last"]
    assert [(piece.text, piece.url) for piece in inline.pieces if piece.url] == [("Ann", "/a/")]
    assert [piece.text for piece in inline.pieces if piece.bold] == ["now"]


@pytest.mark.parametrize("source", ["{q1:open", "closed}", "**bold"])
def test_broken_marks_are_told(source: str) -> None:
    with pytest.raises(ConfigError, match="clos"):
        parse_inline(source)


def test_an_unknown_unit_is_told(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "paper.toml").write_text((FOLDER / "paper.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "stories" / "01.toml").write_text(
        'id = "1"\npublished = 2019-11-05T15:40:00\nsection = "news"\nera = "2019"\nauthors = []\ntags = []\n'
        'title = {uk = "t"}\neditions = {uk = "lead"}\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="no uk text of lead"):
        load_newspaper(tmp_path)


def test_the_newspaper_has_what_real_ones_have() -> None:
    gold, quotes = records("gold.jsonl"), records("quotes.jsonl")
    assert len(gold) >= 15
    assert {record["era"] for record in gold} == {"2019", "2022", "2025"}
    assert {record["section"] for record in gold} == {"news", "articles", "columns"}
    assert len({record["date"][:7] for record in gold}) >= 3
    assert {frozenset(record["url"]) for record in gold} > {frozenset(("uk", "ru", "en")), frozenset(("uk", "ru"))}
    paragraphs = [block for record in gold for blocks in record["paragraphs"].values() for block in blocks]
    assert {block["kind"] for block in paragraphs} == {"paragraph", "heading", "list_item", "blockquote"}
    assert any(unit < 0 for block in paragraphs for unit in block["units"])
    assert {form for quote in quotes for form in quote["form"].values()} == {
        "direct",
        "labelled",
        "partial",
        "indirect",
    }
    assert any(len(spans) > 1 for quote in quotes for spans in quote["spans"].values())
    assert any(len(bead["uk"]) > 1 for record in gold for bead in record["beads"] if "uk" in bead)
