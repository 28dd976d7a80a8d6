"""The one list of stages: docs, commands and the workspace's files follow it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.stages.pipeline import COMMANDS, STAGES, stages_of
from corpus_builder.workspace.layout import Workspace

DOCS = Path(__file__).parents[2] / "docs"
# Options by command: those of the run, and those that only its stages use.
COMMON = {"--workspace", "--json", "--verbose"}
OPTIONS = {
    "crawl": {
        "--since",
        "--until",
        "--limit",
        "--base-url",
        "--warc",
        "--pages",
        "--contact",
        "--delay",
        "--replace",
        "--common-crawl",
        "--cdx",
        "--index-table",
        "--records",
        "--wayback",
    },
    "extract": {
        "--articles",
        "--base-url",
        "--cluster",
        "--limit",
        "--replace",
        "--since",
        "--until",
        "--workers",
    },
    "align-articles": {"--cluster", "--workers"},
    "score": {"--cluster", "--workers"},
    "export": {"--exclude"},
}


def test_docs_list_the_stages() -> None:
    lines = (DOCS / "build.md").read_text(encoding="utf-8").splitlines()
    rows = [
        f"| {stage.name} | `{stage.command}` | {stage.about} | {', '.join(f'`{name}`' for name in stage.writes)} |"
        for stage in STAGES
    ]
    start = lines.index(rows[0])
    assert lines[start : start + len(rows)] == rows
    for name in (name for stage in STAGES for name in stage.drops):
        assert any(line.startswith(f"| `dropped/{name}.parquet` |") for line in lines), name


def test_docs_list_the_parts_of_a_workspace() -> None:
    text = (DOCS / "build.md").read_text(encoding="utf-8")
    workspace = Workspace(Path("/w"))
    parts = [name for name, kind in vars(Workspace).items() if isinstance(kind, property)]
    for part in parts:
        place = getattr(workspace, part)
        if not isinstance(place, Path):
            continue
        top = workspace.relative(place).partition("/")[0]
        assert f"`{top}" in text, top


def test_every_stage_has_a_command_and_every_command_only_the_options_that_it_uses() -> None:
    assert list(OPTIONS) == list(COMMANDS)
    assert stages_of(*COMMANDS) == STAGES
    parameters = {
        command.name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        for command in get_command(app).commands.values()  # type: ignore[attr-defined]
    }
    for command, options in OPTIONS.items():
        assert parameters[command] - {"--help"} == options | COMMON, command
    assert parameters["build"] - {"--help"} == set.union(COMMON, *OPTIONS.values())


def test_verbose_shows_log_lines_and_a_quiet_run_none(tmp_path: Path) -> None:
    table = tmp_path / "articles.jsonl"
    table.write_text('{"id": "1", "language": "uk", "text": "Одне речення."}\n', encoding="utf-8")
    command = ["extract", "sample", "--articles", str(table), "--workspace", str(tmp_path / "w")]
    quiet = CliRunner().invoke(app, command)
    loud = CliRunner().invoke(app, [*command, "-v"])
    assert quiet.exit_code == loud.exit_code == 0, loud.output
    assert "INFO" not in quiet.stderr
    assert "INFO corpus_builder.stages.build: stage extract ends" in loud.stderr


INTERRUPTED = """
import corpus_builder.stages.build
from corpus_builder.cli.main import run

def interrupted(*_):
    raise KeyboardInterrupt

corpus_builder.stages.build.measure = interrupted
run()
"""


def test_ctrl_c_says_how_to_continue(tmp_path: Path) -> None:
    table = tmp_path / "articles.jsonl"
    table.write_text('{"id": "1", "language": "uk", "text": "Одне речення."}\n', encoding="utf-8")
    command = ["extract", "sample", "--articles", str(table), "--workspace", str(tmp_path / "w")]
    # in a process of its own, which the command ends
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr.splitlines()[-1] == "stopped; run the same command to carry on"
    assert "Traceback" not in done.stderr


def test_the_package_itself_prints_no_log_lines() -> None:
    code = "import logging; from corpus_builder import build; logging.getLogger('corpus_builder.x').warning('w')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""
