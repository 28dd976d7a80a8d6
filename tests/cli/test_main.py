"""The command line as a user meets it: help, errors without tracebacks, exit statuses, output for machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.newspaper import NewspaperServer
from corpus_builder.sites import site_names


def corpus_builder(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as its entry point does."""
    start = "from corpus_builder.cli.main import run; run()"
    return subprocess.run([sys.executable, "-c", start, *arguments], capture_output=True, text=True, timeout=600)


def commands() -> list[list[str]]:
    """Every command and subcommand, as typed."""
    names = [[command.name or ""] for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        names += [[group.name or "", command.name or ""] for command in group.typer_instance.registered_commands]
    return sorted(names)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(command: list[str], option: str) -> None:
    shown = CliRunner().invoke(app, [*command, option], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert f"corpus-builder {' '.join(command)}" in " ".join(shown.output.split())


def test_the_command_that_lists_sites_has_an_example() -> None:
    assert "Example: corpus-builder sites" in CliRunner().invoke(app, ["sites", "-h"]).output


def test_help_loads_nothing_heavy() -> None:
    heavy = "numba", "numpy", "pyarrow", "datasets", "lxml", "httpx", "matplotlib"
    script = (
        "import sys; from typer.testing import CliRunner; from corpus_builder.cli.main import app\n"
        f"for command in {[[], *commands()]!r}:\n"
        "    assert CliRunner().invoke(app, [*command, '--help']).exit_code == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "candidates"),
    [
        ("corpus-builder al", ["align", "align-articles"]),
        ("corpus-builder sites check pr", [name for name in site_names() if name.startswith("pr")]),
        ("corpus-builder extract-page --site e", [name for name in site_names() if name.startswith("e")]),
    ],
)
def test_a_shell_completes_commands_and_sites(words: str, candidates: list[str]) -> None:
    """As bash asks: the words so far in the environment, the candidates on stdout."""
    start = "import sys; sys.argv[0] = 'corpus-builder'; from corpus_builder.cli.main import run; run()"
    asked = {"_CORPUS_BUILDER_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, env={**os.environ, **asked})
    assert sorted(done.stdout.split()) == candidates
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["build", "no-such-config"], "pravda, "),
        (["build", "pravda"], "contact"),
        (["build", "pravda", "--warc", "a", "--pages", "b"], "exclude one another"),
        (["build", "pravda", "--pages", "no-such-folder"], "folder not found: no-such-folder"),
        (["build", "pravda", "--since", "yesterday"], "yesterday"),
        (["sites", "check", "no-such-site", "https://example.org/"], "no-such-site"),
        (["no-such-command"], "no-such-command"),
    ],
)
def test_wrong_usage_is_explained_without_a_traceback(arguments: list[str], named: str, tmp_path: Path) -> None:
    options = ["--workspace", str(tmp_path)] if arguments[0] == "build" else []
    done = corpus_builder(*arguments, *options)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_workspace_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = corpus_builder("demo", "--workspace", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "file") in done.stderr


def test_the_demo_ends_with_rows_places_and_the_next_command(tmp_path: Path) -> None:
    done = corpus_builder("demo", "--workspace", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for part in ("sentence rows", "http_404 1", "probability", "next: corpus-builder build"):
        assert part in done.stdout
    assert (tmp_path / "demo" / "dataset" / "README.md").is_file()
    assert (tmp_path / "demo" / "report" / "index.html").is_file()


def test_json_has_the_funnel_and_nothing_through_is_status_3(tmp_path: Path) -> None:
    with NewspaperServer() as server:
        options = ["--base-url", server.base_url, "--json"]
        done = corpus_builder("build", "sample", *options, "--workspace", str(tmp_path / "w"), "--limit", "3")
        nothing = corpus_builder(
            "build",
            "sample",
            *options,
            "--workspace",
            str(tmp_path / "n"),
            "--since",
            "2001-01-01",
            "--until",
            "2001-02-01",
        )
    output = json.loads(done.stdout)
    assert done.returncode == 0
    assert [step["count"] > 0 for step in output["funnel"]] == [True] * len(output["funnel"])
    assert Path(output["dataset"]).is_dir()
    assert nothing.returncode == 3
    assert "lists no article between 2001-01-01 and 2001-02-01" in nothing.stderr
