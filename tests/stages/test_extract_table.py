"""The stage "extract" for a table of articles: dates of the run, and what the config says of the table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.build import extract
from corpus_builder.cli.main import app
from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.stages.config import load_config
from corpus_builder.workspace.tables import read_drops, read_stories

TEXT = "Уряд ухвалив рішення, якого чекали."


def extracted(
    tmp_path: Path, config: str, *rows: dict[str, object], options: Sequence[str] = ()
) -> tuple[dict[str, str], Counter[str]]:
    """The day of each edition by its article, and the drops by reason."""
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "run.toml").write_text('site = "sample"\n' + config)
    command = [
        "extract",
        str(tmp_path / "run.toml"),
        "--articles",
        str(tmp_path / "a.jsonl"),
        "-w",
        str(tmp_path / "w"),
        *options,
    ]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    stories = [
        story for path in sorted((tmp_path / "w" / "articles").glob("*.parquet")) for story in read_stories(path)
    ]
    days = {story.article_id: str(next(iter(story.editions.values())).published)[:10] for story in stories}
    return days, Counter(drop.reason for drop in read_drops(tmp_path / "w" / "dropped" / "extract.parquet"))


def row(article_id: int, day: object) -> dict[str, object]:
    return {"id": article_id, "language": "uk", "text": TEXT, "date": day}


ROWS = (row(1, "31.12.2024"), row(2, "01.01.2025"), row(3, 1735898400000), row(4, None), row(5, "учора"))


def test_dates_of_the_run_leave_out_what_has_no_date_and_say_so(tmp_path: Path) -> None:
    days, dropped = extracted(tmp_path, "since = 2025-01-01\n", *ROWS)
    assert days == {"2": "2025-01-01", "3": "2025-01-03"}
    assert dropped == {"outside_dates": 1, "undated": 1, "bad_date": 1}


def test_dates_and_limit_may_be_options(tmp_path: Path) -> None:
    days, dropped = extracted(tmp_path, "", *ROWS, options=["--since", "2025-01-01", "--until", "2025-01-01"])
    assert days == {"2": "2025-01-01"}
    assert dropped == {"outside_dates": 2, "undated": 1, "bad_date": 1}
    with pytest.raises(UsageError, match="--since, --until and --limit only with --articles"):
        extract("sample", limit=1)


def test_without_dates_an_undated_edition_stays(tmp_path: Path) -> None:
    days, dropped = extracted(tmp_path, "", *ROWS)
    assert days == {"1": "2024-12-31", "2": "2025-01-01", "3": "2025-01-03", "4": "None"}
    assert dropped == {"bad_date": 1}


def test_columns_and_dates_of_the_config(tmp_path: Path) -> None:
    config = '[articles]\nid = "n"\ntext = {uk = "ukr", en = "eng_body"}\ndate = "on"\ndate_format = "%m/%d/%Y"\n'
    wide: dict[str, object] = {"n": 7, "ukr": TEXT, "eng_body": "The government decided.", "on": "01/13/2025"}
    assert extracted(tmp_path, config, wide) == ({"7": "2025-01-13"}, {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('encoding = "windows-1521"', "unknown charset"),
        ('date_format = "%Q"', r"key articles\.date_format"),
        ('body = "b"', r"key articles\.body: unknown key"),
        ("text = 3", r"key articles\.text"),
    ],
)
def test_wrong_keys_are_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "run.toml").write_text(f'site = "sample"\n[articles]\n{line}\n')
    with pytest.raises(ConfigError, match=message):
        load_config(str(tmp_path / "run.toml"))


def test_a_limit_keeps_the_newest_stories(tmp_path: Path) -> None:
    days, _ = extracted(tmp_path, "limit = 2\n", *ROWS)
    assert days == {"2": "2025-01-01", "3": "2025-01-03"}
    days, _ = extracted(tmp_path, "limit = 4\n", *ROWS)
    assert days == {"1": "2024-12-31", "2": "2025-01-01", "3": "2025-01-03", "4": "None"}


def test_a_text_that_several_articles_of_a_table_have_is_none(tmp_path: Path) -> None:
    """As for pages, over all months; rows without address and title are texts of a corpus."""
    home = "https://sample.example/news"
    wall = "Щоб показувати вам цей сайт, ми просимо дозволу зберігати деякі відомості на вашому пристрої."
    news = [{**row(n, f"0{n}.01.2025 10:00"), "text": f"{TEXT} {n}-й раз.", "title": f"Т{n}"} for n in range(1, 4)]
    walls = [{**row(n, f"01.0{n}.2025"), "text": wall, "url": f"{home}/{n}/", "title": "Газета"} for n in range(4, 7)]
    days, dropped = extracted(tmp_path, "", *news, *walls)
    assert (set(days), dropped) == ({"1", "2", "3"}, {"same_text_as_others": 3})
    notes = [{**row(n, f"01.0{n}.2025"), "text": "Офіс зачинено."} for n in range(4, 8)]
    (tmp_path / "b").mkdir()
    days, dropped = extracted(tmp_path / "b", "", *news, *notes)
    assert (len(days), dropped) == (7, {})
    (tmp_path / "c").mkdir()
    days, dropped = extracted(tmp_path / "c", "", *news, *walls[:2])
    assert (len(days), dropped) == (3, {"same_text_as_others": 2})  # without a time, where the others have one
    twice = [{**row(n, f"0{n}.02.2025 10:00"), "text": wall, "title": "Газета"} for n in (4, 5)]
    (tmp_path / "d").mkdir()
    days, dropped = extracted(tmp_path / "d", "", *news, *twice)
    assert (len(days), dropped) == (5, {})
