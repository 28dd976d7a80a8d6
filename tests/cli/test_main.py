"""The command line as a user meets it: help, errors without tracebacks, exit statuses, output for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.cli.main import app
from corpus_builder.newspaper import NewspaperServer


def corpus_builder(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as its entry point does."""
    start = "from corpus_builder.cli.main import run; run()"
    return subprocess.run([sys.executable, "-c", start, *arguments], capture_output=True, text=True, timeout=120)


def commands() -> list[str]:
    return sorted(
        [command.name or "" for command in app.registered_commands]
        + [group.name or "" for group in app.registered_groups]
    )


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    subcommands = [
        sub.name
        for group in app.registered_groups
        if group.name == command
        for sub in group.typer_instance.registered_commands  # type: ignore[union-attr]
    ]
    texts = [shown.output, *(CliRunner().invoke(app, [command, str(sub), "--help"]).output for sub in subcommands)]
    assert any(f"corpus-builder {command}" in " ".join(text.split()) for text in texts)


def test_help_loads_nothing_heavy() -> None:
    heavy = "numba", "numpy", "pyarrow", "datasets", "lxml", "httpx", "matplotlib", "pydantic"
    script = (
        "import sys; from typer.testing import CliRunner; from corpus_builder.cli.main import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["build", "no-such-config"], "pravda, sample"),
        (["build", "pravda"], "contact"),
        (["build", "pravda", "--warc", "a", "--pages", "b"], "exclude one another"),
        (["build", "pravda", "--pages", "no-such-folder"], "there is no no-such-folder"),
        (["build", "pravda", "--since", "yesterday"], "yesterday"),
        (["sites", "check", "no-such-site", "https://example.org/"], "no-such-site"),
        (["no-such-command"], "no-such-command"),
    ],
)
def test_a_users_mistake_is_told_in_words(arguments: list[str], named: str, tmp_path: Path) -> None:
    options = ["--workspace", str(tmp_path)] if arguments[0] == "build" else []
    done = corpus_builder(*arguments, *options)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_workspace_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
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
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert [step["count"] > 0 for step in told["funnel"]] == [True] * len(told["funnel"])
    assert Path(told["dataset"]).is_dir()
    assert nothing.returncode == 3
    assert "nothing came through the stage crawl" in nothing.stderr
