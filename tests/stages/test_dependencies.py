"""A stage declares all that its result depends on: compared with the import graph, and with the files that it opens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

import grimp
import pytest

from corpus_builder.resources import shipped
from corpus_builder.stages.pipeline import STAGES
from corpus_builder.stages.stage import Stage

PACKAGE = "corpus_builder"
KEYED = [stage for stage in STAGES if stage.modules]

# Code that decides when and where tasks run and how files get on disk, but not what is in them.
PLUMBING = {
    "errors", "files", "install", "mirror", "parquet", "remote", "resources", "toml",
    "stages.code", "stages.config", "stages.executor", "stages.funnel", "stages.jobs", "stages.stage",
    "workspace.captures", "workspace.drops", "workspace.layout", "workspace.logs", "workspace.manifest",
    "workspace.store_lock", "workspace.tombstones",
}  # fmt: skip


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, exclude_type_checking_imports=True, cache_dir=None)


def reached(stage: Stage) -> set[str]:
    """The modules that the stage's function can get at, by imports at any place in the code."""
    waiting, seen = [stage.run.__module__], set[str]()
    while waiting:
        module = waiting.pop()
        name = module.removeprefix(f"{PACKAGE}.")
        if module == PACKAGE or name in PLUMBING or name in seen:
            continue
        seen.add(name)
        waiting += graph().find_modules_directly_imported_by(module)
    return seen


def covers(declared: str, module: str) -> bool:
    return module == declared or module.startswith(f"{declared}.")


def undeclared(stage: Stage) -> list[str]:
    return sorted(m for m in reached(stage) if not any(covers(name, m) for name in stage.modules))


def unreached(stage: Stage) -> list[str]:
    modules: Collection[str] = reached(stage)
    return sorted(name for name in stage.modules if not any(covers(name, m) for m in modules))


@pytest.mark.parametrize("stage", KEYED, ids=lambda stage: stage.name)
def test_a_stage_declares_the_modules_that_it_reaches_and_no_other(stage: Stage) -> None:
    assert undeclared(stage) == [], f"add these to `modules` of the stage {stage.name}"
    assert unreached(stage) == [], f"remove these from `modules` of the stage {stage.name}"


@pytest.mark.parametrize("stage", KEYED, ids=lambda stage: stage.name)
def test_a_missing_module_is_noticed(stage: Stage) -> None:
    for name in stage.modules:
        assert any(
            covers(name, module)
            for module in undeclared(replace(stage, modules=tuple(m for m in stage.modules if m != name)))
        )
    assert unreached(replace(stage, modules=(*stage.modules, "newspaper"))) == ["newspaper"]


def test_no_stage_but_the_crawl_and_the_report_runs_without_a_key() -> None:
    assert [stage.name for stage in STAGES if not stage.modules] == ["crawl", "report"]


SCRIPT = """
import json, sys
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.resources import shipped
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import STAGES
data, opened, stage_name = str(shipped("data").resolve()), {}, ""
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(data) and stage_name:
        opened.setdefault(stage_name, set()).add("data" + arguments[0][len(data):])
with NewspaperServer() as server:
    config = load_config("sample", since="2025-12-01", until="2025-12-31")
    run = build_run(config, __import__("pathlib").Path(sys.argv[1]), mirror=server.base_url, workers=1)
    sys.addaudithook(hook)
    for stage in STAGES:
        stage_name = stage.name
        build(run, [stage])
    stage_name = ""
print(json.dumps({name: sorted(paths) for name, paths in opened.items()}))
"""


@pytest.mark.slow
def test_a_stage_declares_the_shipped_data_that_it_opens(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "w")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    opened = json.loads(printed.splitlines()[-1])
    assert "data/lexicon/uk-ru.tsv.gz" in opened["learn"]
    for stage in KEYED:
        stray = [path for path in opened.get(stage.name, ()) if not path.startswith(stage.data or ("no data",))]
        assert stray == [], f"add these to `data` of the stage {stage.name}"


def test_shipped_data_of_the_declarations_exists() -> None:
    for stage in STAGES:
        assert all(shipped(name).exists() for name in stage.data)


def test_extras_are_distributions_of_pyproject() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    optional = project.partition("[project.optional-dependencies]")[2].partition("[project.scripts]")[0]
    named = set(re.findall(r'"([\w.-]+)', optional))
    assert {extra for stage in STAGES for extra in stage.extras} <= named


def test_stages_read_what_earlier_ones_write() -> None:
    written: list[str] = ["splits.json", "audit/"]  # and what people said
    for stage in STAGES:
        for pattern in stage.reads:
            top = pattern.partition("*")[0].partition("<")[0]
            assert any(name.startswith(top) or top.startswith(name.partition("*")[0]) for name in written), (
                f"{stage.name} reads {pattern}, which no earlier stage writes"
            )
        written += stage.writes
