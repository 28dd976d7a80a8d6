"""`init` prints a run config that a build takes as it is, for every site, and with its comments taken off."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped
from corpus_builder.sites import load_site, site_names
from corpus_builder.stages.config import load_config
from corpus_builder.stages.starter import starter_config


@pytest.mark.parametrize("site", site_names())
def test_the_config_loads_and_so_does_what_is_commented_out(site: str, tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    shown = CliRunner().invoke(app, ["init", site])
    assert shown.exit_code == 0
    path.write_text(shown.stdout, "utf-8")
    rules = load_site(site).rules
    config = load_config(str(path))
    assert (config.site, set(config.languages)) == (site, set(rules.editions))
    keys = re.sub(r"^# (\w+ = |\[\[)", r"\1", shown.stdout, flags=re.MULTILINE)
    assert keys.count("\n# ") < shown.stdout.count("\n# ")
    path.write_text(keys, "utf-8")
    full = load_config(str(path))
    assert full.crawl.contact
    assert full.crawl.delay == rules.crawl.delay
    assert full.filters


def test_a_rule_file_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(shipped("configs") / "sites" / "sample.toml", tmp_path / "mine.toml")
    (tmp_path / "run.toml").write_text(starter_config("mine.toml"), "utf-8")
    assert load_config(str(tmp_path / "run.toml")).site == str(tmp_path / "mine.toml")
    with pytest.raises(ConfigError):
        starter_config("nowhere")
