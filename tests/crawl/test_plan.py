"""A plan requests robots.txt and listings only, and says what the crawl then does."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.errors import NothingProduced, RunError, UsageError
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.sites import Site, load_site
from corpus_builder.sites.rules import CrawlRules
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.plan import plan_crawl
from corpus_builder.stages.progress import LOG_EVERY, Rates, logged

WINDOW = {"since": "2025-12-01", "until": "2025-12-31"}


@pytest.fixture
def server() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


def test_no_page_is_requested_and_the_crawl_finds_what_the_plan_says(server: NewspaperServer, tmp_path: Path) -> None:
    found = plan_crawl(load_config("sample", **WINDOW), mirror=server.base_url)
    site = load_site("sample", server.base_url)
    asked = [request.path for request in server.requests]
    assert asked
    assert not [path for path in asked if site.identify(server.base_url + path)]
    run = build_run(load_config("sample", **WINDOW), tmp_path, mirror=server.base_url)
    build(run, stages_of("crawl"))
    counts = run.manifest.counts("crawl")
    assert (found.stories, found.pages) == (counts["stories_wanted"], counts["urls_wanted"])
    assert sum(found.languages.values()) == found.pages
    assert sum(found.days.values()) + found.undated == found.stories
    assert all(day.startswith("2025-1") for day in found.days)


def test_the_time_is_that_of_the_delay_in_force(server: NewspaperServer) -> None:
    over = {"crawl": {"delay": 0.01}}
    found = plan_crawl(load_config("sample", **WINDOW, **over), mirror=server.base_url)
    assert found.delay == pytest.approx(0.01)
    assert found.seconds == pytest.approx(found.pages * (found.delay + found.response))
    assert found.response > 0


def test_a_crawl_delay_of_robots_txt_counts(paper, site) -> None:  # type: ignore[no-untyped-def]
    from corpus_builder.crawl import CrawlOptions, plan

    paper.answers["/robots.txt"][0].body += b"Crawl-delay: 0.2\n"
    paper.sitemap("/map.xml", [*paper.story(1), *paper.story(2, "uk", day="2025/12/03")])
    found = plan(site, CrawlOptions(("uk", "ru", "en")))
    assert found.delay == pytest.approx(0.2)
    assert (found.stories, found.pages, dict(found.languages)) == (2, 4, {"uk": 2, "ru": 1, "en": 1})
    assert found.days == {"2025-12-01": 1, "2025-12-03": 1}
    assert found.stories_a_day == 1.0


def test_the_command_prints_a_table_or_json(server: NewspaperServer) -> None:
    options = ["plan", "sample", "--since", "2025-12-01", "--until", "2025-12-31", "--base-url", server.base_url]
    shown = CliRunner().invoke(app, options)
    assert shown.exit_code == 0
    for word in ("stories a day", "pages", "delay", "time", "disk"):
        assert f"\n{word}" in shown.stdout
    found = json.loads(CliRunner().invoke(app, [*options, "--json"]).stdout)
    assert found["pages"] > found["stories"] > 0
    assert found["hours"] == round(found["seconds"] / 3600, 2)
    assert found["bytes"] > 0


def test_errors_say_what_to_do(server: NewspaperServer, paper, site) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="contact address") as missing:
        plan_crawl(load_config("pravda", **WINDOW))
    assert "--contact" in missing.value.next_step
    with pytest.raises(NothingProduced, match="names an article of these dates") as nothing:
        plan_crawl(load_config("sample", since="1999-01-01", until="1999-01-02"), mirror=server.base_url)
    assert "--since" in nothing.value.next_step
    paper.answers["/robots.txt"][0].status = 503
    with pytest.raises(RunError, match="503"):
        plan_crawl(load_config("pravda"), mirror=paper.base)


def test_a_crawl_begins_with_how_long_it_takes(
    server: NewspaperServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "corpus_builder"):
        build(build_run(load_config("sample", **WINDOW), tmp_path, mirror=server.base_url), stages_of("crawl"))
    (line,) = [record for record in caplog.records if getattr(record, "notice", False)]
    assert "pages to request" in line.getMessage()
    assert "less than a minute" in line.getMessage()
    done = CliRunner().invoke(
        app, ["crawl", "sample", "-w", str(tmp_path / "w"), "--base-url", server.base_url], catch_exceptions=False
    )
    assert "sample: " in done.stderr
    assert "the same command carries on" in done.stderr
    assert "warning: sample" not in done.stderr


@pytest.mark.parametrize("since", [None, date(2025, 12, 1)])
def test_the_first_line_of_a_crawl_says_how_long_a_month_takes(
    paper, run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, since: date | None
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("corpus_builder.crawl.crawler.on_loopback", lambda _: False)
    paper.sitemap("/map.xml", paper.story(1))
    with caplog.at_level(logging.INFO, "corpus_builder"):
        run(since=since)
    first, second = [record.getMessage() for record in caplog.records if getattr(record, "notice", False)]
    assert "a month of a news site takes 4 to 6 hours" in first
    assert "corpus-builder plan" in first
    assert "3 pages to request" in second
    assert "GET " not in caplog.text.split("a month of a news site")[0]


def test_many_sitemaps_are_said_to_take_long(paper, site, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    from corpus_builder.crawl import CrawlOptions, plan

    children = [f"/maps/{number}.xml" for number in range(150)]
    paper.index("/index.xml", children)
    for number, child in enumerate(children):
        urls = "".join(f"<url><loc>{paper.absolute(path)}</loc></url>" for path in paper.story(number, "uk"))
        paper.put(child, f"<urlset>{urls}</urlset>")
    seen: list[tuple[str, int, int | None]] = []
    with caplog.at_level(logging.INFO, "corpus_builder"):
        found = plan(site, CrawlOptions(("uk",)), lambda *each: seen.append(each))
    assert (found.pages, found.listings) == (150, 151)
    (line,) = [record.getMessage() for record in caplog.records if getattr(record, "notice", False)]
    assert "151 sitemaps to read, less than a minute; with --since" in line
    assert ("listings", 2, 152) in seen  # the rules name a sitemap, too
    assert seen[-1] == ("listings", 152, None)


def test_a_site_without_robots_txt_or_sitemaps(paper, site) -> None:  # type: ignore[no-untyped-def]
    from corpus_builder.crawl import CrawlOptions, plan

    unlisted = Site(site.rules.model_copy(update={"crawl": CrawlRules()}), site.mirror)
    del paper.answers["/robots.txt"]
    with pytest.raises(NothingProduced, match="neither robots") as nothing:
        plan(unlisted, CrawlOptions(("uk",)))
    assert "feeds" in nothing.value.next_step
    paper.put("/map.xml", f"<urlset><url><loc>{paper.absolute(paper.story(1)[0])}</loc></url></urlset>")
    listed = CrawlRules(sitemaps=["https://www.pravda.com.ua/map.xml"])
    found = plan(Site(site.rules.model_copy(update={"crawl": listed}), site.mirror), CrawlOptions(("uk",)))
    assert found.pages == 1


def test_lines_have_rate_and_time_left() -> None:
    now = [0.0]
    rates = Rates(lambda: now[0])
    assert rates.line("articles", 0, 12_034) == "articles: 0 of 12,034"
    now[0] = 150.0
    assert rates.line("articles", 120, 12_034) == "articles: 120 of 12,034, 0.8/s, 4 h 08 min left"
    assert rates.line("listings", 3, None) == "listings: 3"
    now[0] = 15_000.0
    assert rates.line("articles", 12_034, 12_034) == "articles: 12,034 of 12,034, 0.8/s"


def test_a_resumed_stage_counts_only_what_it_did_itself() -> None:
    now = [0.0]
    rates = Rates(lambda: now[0])
    rates.line("extract", 90, 100)
    now[0] = 10.0
    assert rates.line("extract", 95, 100) == "extract: 95 of 100, 0.5/s, 10 s left"


def test_the_log_has_a_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now, seen = [0.0], []
    progress = logged(lambda *each: seen.append(each), lambda: now[0])
    with caplog.at_level(logging.INFO, "corpus_builder"):
        for second in range(0, 3 * int(LOG_EVERY) + 1):
            now[0] = float(second)
            progress("articles", second, 100_000)
    assert len(seen) == 3 * LOG_EVERY + 1
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 3
    assert all("1.0/s" in line and " left" in line for line in lines)


def test_without_ids_pages_are_counted_and_no_stories(server: NewspaperServer, tmp_path: Path) -> None:
    rules = tmp_path / "linked.toml"
    rules.write_text('extends = "sample"\nname = "linked"\n[linking]\nby = ["hreflang"]\n', encoding="utf-8")
    config = tmp_path / "run.toml"
    config.write_text(f'site = "{rules}"\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["plan", str(config), "--base-url", server.base_url, "--until", "2025-12-31"])
    assert done.exit_code == 0, done.output
    assert "stories        unknown" in done.output
    assert "pages a day" in done.output


@pytest.mark.parametrize("command", ["plan", "build", "crawl"])
def test_dates_in_the_wrong_order_are_told_by_their_options(command: str) -> None:
    arguments = [command, "pravda", "--since", "2025-12-02", "--until", "2025-12-01"]
    with pytest.raises(UsageError, match="--since 2025-12-02 is after --until 2025-12-01") as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False, standalone_mode=False)
    assert "swap" in caught.value.next_step
