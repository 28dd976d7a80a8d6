"""Tables of articles that were extracted elsewhere."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_builder.errors import RunError, UsageError
from corpus_builder.extract import read_articles
from corpus_builder.extract.table_columns import TableOptions
from corpus_builder.model import BlockKind, Drop, Edition
from corpus_builder.sites import load_site

SITE = load_site("sample")

TEXT = "Уряд ухвалив рішення, якого чекали.\nМіста почали підготовку."
ROWS = [
    {"id": "1", "language": "uk", "url": "https://a.example/1", "date": "2025-12-01", "title": "Рішення", "text": TEXT},
    {
        "id": "1",
        "language": "en",
        "url": "",
        "date": "",
        "title": "",
        "text": "The government decided.\n\nCities prepare.",
    },
]


def write(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(ROWS[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
        path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.tsv", "a.parquet"])
def test_forms(tmp_path: Path, name: str) -> None:
    uk, en = read_articles(write(tmp_path / name), SITE)
    assert isinstance(uk, Edition)
    assert isinstance(en, Edition)
    assert [(block.kind, block.text) for block in uk.blocks] == [
        (BlockKind.TITLE, "Рішення"),
        (BlockKind.PARAGRAPH, "Уряд ухвалив рішення, якого чекали."),
        (BlockKind.PARAGRAPH, "Міста почали підготовку."),
    ]
    assert (uk.article_id, uk.language, uk.detected_language, uk.layout) == ("1", "uk", "uk", "table")
    assert str(uk.published) == "2025-12-01 00:00:00+02:00"
    assert [block.text for block in en.blocks] == ["The government decided.", "Cities prepare."]
    assert en.published is None


def test_saved_datasets_and_folders(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    assert len(list(read_articles(tmp_path / "saved", SITE))) == 2
    (tmp_path / "files").mkdir()
    write(tmp_path / "files" / "a.parquet")
    assert len(list(read_articles(tmp_path / "files", SITE))) == 2


def test_a_list_of_paragraphs(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": 7, "language": "en-GB", "paragraphs": ["One line.", " ", "Two."]}))
    [edition] = read_articles(file, SITE)
    assert isinstance(edition, Edition)
    assert (edition.article_id, edition.language) == ("7", "en")
    assert [block.text for block in edition.blocks] == ["One line.", "Two."]


def test_bad_rows_are_drops(tmp_path: Path) -> None:
    good = {"id": "1", "language": "uk", "text": TEXT}
    rows = [good, good, {**good, "id": ""}, {**good, "id": "2", "language": None}, {**good, "id": "3", "text": " \n"}]
    rows += [{**good, "id": "4", "language": "ru"}, {**good, "id": "5", "language": "en"}]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n[1]\n")
    items = list(read_articles(file, SITE, languages=("uk", "ru")))
    assert isinstance(items[0], Edition)
    assert Counter(item.reason for item in items if isinstance(item, Drop)) == {
        "duplicate": 1,
        "no_id": 1,
        "no_language": 1,
        "empty_body": 1,
        "wrong_language": 1,
        "other_language": 1,
        "bad_row": 2,
    }
    assert items[-1] == Drop("extract", f"{file}:9", "bad_row", "not a JSON object, but a list")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_missing_columns_are_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith("parquet"):
        pq.write_table(pa.table({"key": ["1"], "language": ["uk"]}), file)
    else:
        file.write_text("key,language\n1,uk\n" if name.endswith("csv") else '{"key": 1, "language": "uk"}\n')
    with pytest.raises(UsageError, match=r"no column id, text \(or paragraphs\); it has key, language"):
        list(read_articles(file, SITE))


@pytest.mark.parametrize("name", ["missing.jsonl", "a.txt", "empty"])
def test_paths_that_are_no_table(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        list(read_articles(tmp_path / name, SITE))


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("text")
    with pytest.raises(RunError, match=r"a\.parquet cannot be read as Parquet"):
        list(read_articles(tmp_path / "a.parquet", SITE))


def editions(path: Path, options: TableOptions | None = None) -> list[Edition]:
    """The editions of a table, all rows of which must be editions."""
    items = list(read_articles(path, SITE, options=options))
    assert not [item for item in items if isinstance(item, Drop)]
    return [item for item in items if isinstance(item, Edition)]


def body(text: object, language: str = "uk", **more: object) -> dict[str, object]:
    return {"id": "1", "language": language, "text": text, **more}


def json_lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def drops(path: Path) -> dict[str, str]:
    """The reason and detail of each drop, by its place in the file."""
    items = [item for item in read_articles(path, SITE) if isinstance(item, Drop)]
    return {item.item.rpartition("/")[2]: f"{item.reason}: {item.detail}" for item in items}


def texts(edition: Edition) -> list[str]:
    return [block.text for block in edition.blocks]


def test_labels_and_boilerplate_as_on_pages(tmp_path: Path) -> None:
    text = "Джерело: Суд повідомив про рішення у справі.\nЧитайте також: Інша новина\nДеталі:\nПрокурор був проти."
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(text)))
    assert [(block.label, block.text) for block in edition.blocks] == [
        ("source", "Суд повідомив про рішення у справі."),
        ("details", "Прокурор був проти."),
    ]


def test_a_title_at_the_head_of_the_text_is_no_paragraph(tmp_path: Path) -> None:
    text = "Рішення суду\nСуд відпустив депутата під заставу."
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(text, title="Рішення суду")))
    assert [(block.kind, block.text) for block in edition.blocks] == [
        (BlockKind.TITLE, "Рішення суду"),
        (BlockKind.PARAGRAPH, "Суд відпустив депутата під заставу."),
    ]


POEM = "Вітер носить листя над рікою\nМісяць спить у лузі під вербою\nХтось іде додому через поле"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_blank_line_changes_nothing_for_a_poem(tmp_path: Path, place: int) -> None:
    lines = POEM.split("\n")
    with_blank = "\n".join([*lines[:place], "", *lines[place:]])
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(with_blank)))
    assert texts(edition) == lines


def test_wrapped_text_is_joined(tmp_path: Path) -> None:
    text = (
        "The government approved the budget for the next year on Tuesday after a\n"
        "debate that lasted until the early morning, and the opposition said that\n"
        "it would go to court.\n"
        "\n"
        "Cities have begun to prepare for the winter, which is said to be colder\n"
        "than the last one."
    )
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(text, "en")))
    assert [text[:14] for text in texts(edition)] == ["The government", "Cities have be"]


@pytest.mark.parametrize("separator", ["\r", "\r\n", "\u2028", "\u2029", "\f"])
def test_other_line_ends(tmp_path: Path, separator: str) -> None:
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(separator.join(POEM.split("\n")))))
    assert texts(edition) == POEM.split("\n")


WIDE = {"uk": "Уряд ухвалив рішення.", "ru": "Правительство приняло решение.", "en": "The government decided."}


@pytest.mark.parametrize(
    "names",
    [
        {"uk": "uk_text", "ru": "ru_text", "en": "eng_text"},
        {"uk": "text_uk", "ru": "text_ru", "en": "text_en"},
        {"uk": "Ukrainian", "ru": "Russian", "en": "English"},
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_wide_tables(tmp_path: Path, names: dict[str, str], ending: str) -> None:
    rows = [
        {"id": "7", "date": "2025-12-01", **{names[code]: text for code, text in WIDE.items()}},
        {"id": "8", "date": "2025-12-02", **{names[code]: WIDE[code] if code != "ru" else "" for code in WIDE}},
        {"id": "9", "date": "2025-12-03", **dict.fromkeys(names.values(), "")},
    ]
    file = tmp_path / f"a.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    elif ending == "csv":
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        json_lines(file, *rows)
    items = list(read_articles(file, SITE))
    found = [(item.article_id, item.language) for item in items if isinstance(item, Edition)]
    assert found == [("7", "uk"), ("7", "ru"), ("7", "en"), ("8", "uk"), ("8", "en")]
    assert [item.reason for item in items if isinstance(item, Drop)] == ["empty_body"]
    assert {str(item.published)[:10] for item in items if isinstance(item, Edition)} == {"2025-12-01", "2025-12-02"}


def test_columns_of_the_config(tmp_path: Path) -> None:
    row = {"key": 7, "ukr_body": WIDE["uk"], "body_of_en": WIDE["en"], "head": "Рішення", "when": "01/12/2025"}
    columns = {"id": "key", "text": {"uk": "ukr_body", "en": "body_of_en"}, "title": {"uk": "head"}, "date": "when"}
    file = json_lines(tmp_path / "a.jsonl", row)
    uk, en = editions(file, TableOptions(columns, date_format="%d/%m/%Y"))
    assert (uk.title, en.title, str(uk.published)[:10]) == ("Рішення", "", "2025-12-01")
    with pytest.raises(UsageError, match="has no column kee; it has key, ukr_body"):
        list(read_articles(file, SITE, options=TableOptions({**columns, "id": "kee"})))


def test_serial_numbers_of_spreadsheets(tmp_path: Path) -> None:
    """They are read where the URL has the same day, or the config says so; else the drop says how."""
    url = "https://www.pravda.com.ua/news/2025/12/01/8009697/"
    rows = [
        {"id": str(number), "language": "uk", "text": WIDE["uk"], "date": date, "url": address}
        for number, (date, address) in enumerate([("45992.4375", url), ("45993.4375", url), ("45992.4375", "")])
    ]
    file = json_lines(tmp_path / "a.jsonl", *rows)
    items = list(read_articles(file, load_site("pravda")))
    assert [str(item.published)[:16] for item in items if isinstance(item, Edition)] == [
        "2025-12-01 10:30",
        "2025-12-01 00:00",
    ]
    [drop] = [item for item in items if isinstance(item, Drop) and item.reason == "bad_date"]
    assert 'date_format = "excel"' in drop.detail
    said = read_articles(file, load_site("pravda"), options=TableOptions(date_format="excel"))
    assert "2025-12-01 10:30" in {str(item.published)[:16] for item in said if isinstance(item, Edition)}


def test_a_wide_table_without_ids_counts_its_rows(tmp_path: Path) -> None:
    assert [edition.article_id for edition in editions(json_lines(tmp_path / "news.jsonl", WIDE, {"uk": POEM}))] == [
        "news-1",
        "news-1",
        "news-1",
        "news-2",
    ]


def test_a_column_that_is_there_twice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,language,text,Text\n1,uk,a,b\n")
    with pytest.raises(UsageError, match="the column text twice"):
        list(read_articles(tmp_path / "a.csv", SITE))


def test_cells_of_other_kinds_are_drops(tmp_path: Path) -> None:
    good = "Суд відпустив депутата під заставу."
    rows = [body({"a": 1}), {**body(good), "id": ["1"]}, {**body(good), "title": True}, body([good, {"a": 1}])]
    rows += [{**body(good), "id": "x" * 501}, body("а" * 2_000_001), {**body(good), "date": "учора"}]
    rows += [body("а\n" * 10_001)]
    assert drops(json_lines(tmp_path / "a.jsonl", *rows)) == {
        "a.jsonl:1": "bad_row: its text is an object, not a text",
        "a.jsonl:2": "bad_row: its id is a list, not a text",
        "a.jsonl:3": "bad_row: its title is true or false, not a text",
        "a.jsonl:4": "bad_row: its text are not texts",
        "a.jsonl:5": "bad_row: its id has more than 500 characters",
        "a.jsonl:6": "too_large: more than 2,000,000 characters",
        "a.jsonl:8": "too_large: more than 10,000 paragraphs",
        "a.jsonl:7": "bad_date: 'учора' cannot be read as a date",
    }


def test_cells_of_programs(tmp_path: Path) -> None:
    row = body([POEM], id=7.0, title=float("nan"), tags=[{"name": "Суд"}, 5], authors="Ольга Ткач; Іван Гук")
    [edition] = editions(json_lines(tmp_path / "a.jsonl", {**row, "url": "javascript:alert(1)", "section": "a\0\tb"}))
    assert (edition.article_id, edition.title, edition.tags) == ("7", "", ("Суд", "5"))
    assert (edition.authors, edition.url, edition.section) == (("Ольга Ткач", "Іван Гук"), "", "a b")


def test_the_url_dates_an_edition_whose_date_says_nothing(tmp_path: Path) -> None:
    url = "https://www.vilna-hazeta.example/news/2025/12/1/7000/"
    [edition] = editions(json_lines(tmp_path / "a.jsonl", body(POEM, url=url, date="0000-00-00")))
    assert str(edition.published)[:10] == "2025-12-01"


def test_surrogates_become_the_replacement_character(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "a.jsonl", body("Суд \ud83dвідпустив депутата.", id="a\udcff", title="\ud83d\ude00"))
    [edition] = editions(file)
    assert (edition.article_id, *texts(edition)) == ("a\ufffd", "😀", "Суд \ufffdвідпустив депутата.")


def test_an_unexpected_error_is_a_drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("for a test")

    monkeypatch.setattr("corpus_builder.extract.tables.refined", fails)
    [detail] = drops(json_lines(tmp_path / "a.jsonl", body(POEM))).values()
    assert detail.startswith("extractor_error: ZeroDivisionError: for a test (corpus_builder.extract.tables:")


def test_the_first_object_may_lack_keys(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "a.jsonl", {"id": "0"}, body(POEM))
    assert drops(file) == {"a.jsonl:1": "no_language: "}


ENGLISH = "The government decided. Cities prepare."


@pytest.mark.parametrize(
    "names",
    [
        ["Text (uk)", "Text (en)"], ["textUk", "textEn"], ["uk-UA", "en-GB"], ["text_ua", "text_eng"], ["UA", "EN"],
        ["body_uk", "body_en_US"], ["content.ukr", "content.english"], ["Українська", "Английский"],
        ["Text UA", "Text EN"],
        ["full_text_uk", "full_text_en"],
    ],
)  # fmt: skip
def test_names_of_languages_in_columns(tmp_path: Path, names: list[str]) -> None:
    row = {"story_id": 5, names[0]: TEXT, names[1]: ENGLISH, "raw": "x", "text_length": 7}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    editions = [item for item in read_articles(tmp_path / "a.jsonl", SITE) if isinstance(item, Edition)]
    assert [(item.article_id, item.language) for item in editions] == [("5", "uk"), ("5", "en")]


def test_texts_of_other_languages_are_counted(tmp_path: Path) -> None:
    row = {"id": 5, "text_uk": TEXT, "text_de": "Ein Satz.", "text_raw": "x", "title_fr": "Titre", "text_pl": ""}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    drops = [item for item in read_articles(tmp_path / "a.jsonl", SITE) if isinstance(item, Drop)]
    assert [(drop.reason, drop.language) for drop in drops] == [("other_language", "de")]


def test_usual_names_of_columns(tmp_path: Path) -> None:
    row = {"ArticleId": 5, "lang": "uk", "Headline": "Місто", "pubDate": "3 січ. 2025 р.", "content": TEXT,
           "byline": "By Anna Koval, photo: Petro", "link": "https://x.example/1", "body_html": "<p>"}  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps([row]), encoding="utf-8")
    (item,) = read_articles(tmp_path / "a.json", SITE)
    assert isinstance(item, Edition)
    assert (item.article_id, item.title, item.authors, item.url) == ("5", "Місто", ("Anna Koval",), row["link"])
    assert str(item.published)[:10] == "2025-01-03"


@pytest.mark.parametrize("separator", ["~", "^", "\x01", "§", "¦"])
def test_unusual_separators(tmp_path: Path, separator: str) -> None:
    lines = ["id,language,text", f"5,uk,{TEXT.splitlines()[0].replace(',', '')}"]
    (tmp_path / "a.csv").write_text("\n".join(lines).replace(",", separator), encoding="utf-8")
    (item,) = read_articles(tmp_path / "a.csv", SITE)
    assert isinstance(item, Edition)
