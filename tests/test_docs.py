"""What the docs name exists: linked pages and headings, files of the repository, commands and their options."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from corpus_builder.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "data").rglob("*.md")]
SOURCES = [
    *(ROOT / "corpus_builder").rglob("*.py"),
    *(ROOT / "benchmarks").rglob("*.py"),
    *(ROOT / "configs").rglob("*.toml"),
]
COMMANDS: Any = typer.main.get_command(app)

# Paths of the repository: those in its folders, but not data/CONFIG/SPLIT-… of a dataset, and not the folder that only
# a wheel has.
_PATH = re.compile(
    r"(?<![\w./-])((?:benchmarks|configs|corpus_builder(?!/shipped)|docs|tests|\.ci|data/(?:gold|lexicon|newspaper|quality))"
    r"/[\w./-]*\w)"
)


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    lines = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines()
    titles = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def shell_lines(page: Path) -> Iterator[str]:
    """The command lines of a page: in fences, with continued lines joined, and in inline code."""
    text = page.read_text(encoding="utf-8")
    for fence in re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL):
        yield from fence.replace("\\\n", " ").splitlines()
    yield from (" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", text))


def commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Every call of corpus-builder on a page, with its words."""
    for line in shell_lines(page):
        if match := re.search(r"(?:^|[\s/])corpus-builder ((?!@|[A-Z\[]).*)$", line):
            words = shlex.split(re.split(r"\s\|\s|&&|;\s", match[1])[0], comments=True)
            if words and re.fullmatch(r"[a-z-]+", words[0]):
                yield line, words


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


@pytest.mark.parametrize("page", [*PAGES, *SOURCES], ids=ids)
def test_files_that_are_named_exist(page: Path) -> None:
    for path in _PATH.findall(page.read_text(encoding="utf-8")):
        if not re.search(r"/[A-Z]+(?:[./]|$)", path):  # configs/sites/NAME.toml
            assert (ROOT / path).exists() or any(ROOT.glob(f"{path}*")), path


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_commands_and_options_that_are_named_exist(page: Path) -> None:
    for line, words in commands(page):
        command, rest = COMMANDS, words
        while hasattr(command, "commands") and rest and rest[0] in command.commands:
            command, rest = command.commands[rest[0]], rest[1:]
        assert command is not COMMANDS or words[0].startswith("-"), f"no such command: {line}"
        allowed = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
        for word in (word.strip("[]") for word in rest):
            if re.match(r"--?[a-z]", word):
                assert word.partition("=")[0] in allowed, f"{word}: {line}"


def test_every_command_is_in_the_table_of_the_readme() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("| command |")[2].partition("\n\n")[0]
    assert set(COMMANDS.commands) <= set(re.findall(r"`([a-z-]+)`", table)) | {"demo"}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_options_in_inline_code_exist(page: Path) -> None:
    every = {option for _, command in walk(COMMANDS) for parameter in command.params for option in parameter.opts}
    for script in (ROOT / "benchmarks").rglob("*.py"):
        every |= set(re.findall(r"""add_argument\(\s*["'](--[a-z-]+)""", script.read_text(encoding="utf-8")))
    every |= {"--help", "--paired-bs"}  # of every command; of sacrebleu
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for code in re.findall(r"`([^`]+)`", text):
        if re.match(r"--[a-z]", code):
            assert re.split(r"[ =]", code)[0] in every, code


def walk(command: Any) -> Iterator[tuple[str, Any]]:
    """A command and its subcommands."""
    yield command.name, command
    for sub in getattr(command, "commands", {}).values():
        yield from walk(sub)


def test_the_drawing_of_the_packages_is_the_import_contract() -> None:
    page = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
    [contract, *_] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [layer.replace("corpus_builder.", "") for layer in contract["layers"]]
    assert "```text\n" + "\n".join(layers) + "\n```" in page
    drawn = set(re.findall(r"\w+", " ".join(layers)))
    described = {name for row in re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE) for name in re.findall(r"\w+", row)}
    packages = {
        path.stem
        for path in (ROOT / "corpus_builder").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert packages - {"__init__"} <= drawn <= described
