"""Run configs: defaults, options over them, and errors that name the place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.stages.build import build_run
from corpus_builder.stages.config import FilterConfig, RunConfig, config_names, load_config
from corpus_builder.stages.export_filters import configured_filters
from corpus_builder.stages.stage import Source


def write(folder: Path, text: str) -> str:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", config_names())
def test_shipped_configs_hold_and_name_a_shipped_site(name: str, tmp_path: Path) -> None:
    run = build_run(load_config(name), tmp_path)
    assert len(run.languages) >= 2


def test_options_go_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'site = "pravda"\nsince = 2025-01-01\n[crawl]\ncontact = "me"\ndelay = 3.0\n')
    config = load_config(path, since=date(2025, 2, 1), until=None, crawl={"delay": 0.5, "contact": None})
    assert (config.since, config.until) == (date(2025, 2, 1), None)
    assert (config.crawl.contact, config.crawl.delay) == ("me", 0.5)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('site = "pravda"\ncolour = 1\n', "colour"),
        ('site = "pravda"\n[crawl]\nhurry = true\n', "crawl.hurry"),
        ('site = "pravda"\nsince = 2025-02-01\nuntil = 2025-01-01\n', "later than"),
        ('site = "pravda"\nlanguages = ["uk"]\n', "two or more"),
        ('site = "pravda"\nsite = "pravda"\n', "not valid TOML"),
        ("limit = 3\n", "site"),
        ('name = "n"\ndomains = ["n.example"]\n[editions.uk]\npaths = []\n', "the rules of a site, not a run config"),
        ('site = "pravda"\n[dataset]\ntest = 0.9\n', "dataset.test"),
        ('site = "pravda"\n[crawl]\ndelay = inf\n', "crawl.delay"),
        ('site = "pravda"\n[crawl]\ntimeout = nan\n', "crawl.timeout"),
        ('site = "pravda"\nlimit = 99999999999999999999\n', "limit"),
        ('site = "pravda"\n[dataset]\nstories_per_pair = 99999999999999999999\n', "stories_per_pair"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=named):
        load_config(write(tmp_path, text))


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(ConfigError, match=r"no-such.*pravda"):
        load_config("no-such")


def test_what_the_site_lacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no edition in de.*uk, ru, en"):
        build_run(load_config("pravda", languages=["uk", "de"]), tmp_path)
    with pytest.raises(UsageError, match="file not found"):
        build_run(load_config("pravda"), tmp_path, source=Source(articles=tmp_path / "absent.jsonl"))


def test_the_crawler_and_the_config_have_the_same_defaults():
    from dataclasses import fields

    from corpus_builder.crawl import CrawlOptions
    from corpus_builder.stages.config import CrawlConfig

    config = CrawlConfig().model_dump()
    defaults = {field.name: field.default for field in fields(CrawlOptions) if field.name in config}
    defaults["contact"] = None  # required over the network, so the config tells "" from not set
    assert config == defaults


@pytest.mark.parametrize(
    ("licence", "meant"), [("CC-BY-4.0", "cc-by-4.0"), ("apache 2.0", "apache-2.0"), ("mine", "other")]
)
def test_a_licence_that_the_hub_does_not_know_is_told_when_the_config_is_read(
    tmp_path: Path, licence: str, meant: str
) -> None:
    path = tmp_path / "my.toml"
    path.write_text(f'site = "pravda"\n[dataset]\nlicence = "{licence}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=meant):
        load_config(str(path))


def test_the_prose_of_the_card_is_found_beside_the_config(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text('site = "pravda"\n[dataset]\nabout = "about.md"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"file not found: about\.md"):
        load_config(str(path))
    (tmp_path / "about.md").write_text("Words.", encoding="utf-8")
    assert load_config(str(path)).dataset.about == str(tmp_path / "about.md")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "needs a score, or the name"),
        ({"score": "copied"}, "needs min or max"),
        ({"named": "common", "min": 0.5}, "bounds of their own"),
        ({"named": "common", "score": "copied"}, "bounds of their own"),
    ],
)
def test_a_filter_has_a_score_and_a_bound_or_a_name(table: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FilterConfig.model_validate(table)


def test_filters_of_a_name() -> None:
    def filters(**table: object) -> list[tuple[str, tuple[str, ...]]]:
        config = RunConfig(site="sample", filters=(FilterConfig.model_validate(table),))
        return [(each.name, each.levels) for each in configured_filters(config)]

    assert ("probability >= 0.5", ()) in filters(named="common")
    assert {levels for _, levels in filters(named="common", configs=("sentences",))} == {("sentences",)}
    with pytest.raises(UsageError, match="no filters are named 'comon'"):
        filters(named="comon")
