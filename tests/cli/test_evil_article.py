"""Every command with one evil article: nothing that strangers wrote acts in any medium (evil.py)."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from corpus_builder.cli.main import run
from corpus_builder.parquet import read_rows

from . import evil
from .test_main import commands

pytestmark = pytest.mark.slow

WALKED = {
    "build", "extract", "align-articles", "score", "export", "quality", "takedown", "sites check", "sites draft",
    "extract-page", "convert", "diff", "rehydrate", "audit new", "audit report", "audit export", "audit import",
    "audit judge", "correct list", "correct report", "correct export", "evaluate", "align", "align score",
    "lexicon train", "lexicon inspect", "lexicon compose", "look", "publish", "crawl", "plan", "init",
}  # fmt: skip
APART = {
    "demo": "it has no input",
}


class Outcome(NamedTuple):
    """What a command printed; its exit status."""

    status: int
    out: str
    err: str


def command(*arguments: object, answers: str = "") -> Outcome:
    """Run a command as its entry point does; nothing that it prints acts on a screen, and no traceback is there."""
    out, err = io.StringIO(), io.StringIO()
    before, stdin = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["corpus-builder", *map(str, arguments)], io.StringIO(answers)
    status = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                run()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    finally:
        sys.argv, sys.stdin = before, stdin
    evil.check_terminal(out.getvalue())
    evil.check_terminal(err.getvalue())
    assert "Traceback" not in err.getvalue()
    return Outcome(status, out.getvalue(), err.getvalue())


def checked(folder: Path) -> int:
    """Check all files below a folder; how many."""
    evil.check_names(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        evil.check_file(path)
    return len(files)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a workspace w/ that is built from evil articles; nothing may appear beside it."""
    folder = tmp_path_factory.mktemp("evil") / "a" / "b" / "c"
    folder.mkdir(parents=True)
    (folder / "articles.jsonl").write_text(evil.table(), encoding="utf-8")
    (folder / "page.html").write_text(evil.page(), encoding="utf-8")
    done = command("build", "sample", "--articles", folder / "articles.jsonl", "-w", folder / "w", "--workers", "1")
    assert done.status == 0, done.err
    yield folder
    assert not list(folder.parents[2].rglob("*escaped*"))


def test_every_command_is_walked() -> None:
    assert {" ".join(each) for each in commands()} | {"align"} == WALKED | APART.keys()


def test_all_files_of_a_build(place: Path) -> None:
    for name in ("dataset", "report", "audit", "lexicon"):
        if (place / "w" / name).is_dir():
            checked(place / "w" / name)
    assert checked(place / "w" / "report") > 1  # pages of speakers
    card = (place / "w" / "dataset" / "README.md").read_text(encoding="utf-8")
    assert "EVILHEAD" in card  # the sections are there, as text
    log = next((place / "w" / "logs").glob("*.log")).read_text(encoding="utf-8")
    evil.check_terminal(log)


@pytest.mark.parametrize("stage", ["extract", "align-articles", "score", "export"])
def test_stages(stage: str, place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "w", tmp_path / "w")
    options = ["--articles", place / "articles.jsonl"] if stage == "extract" else []
    done = command(
        stage, "sample", "-w", tmp_path / "w", *options, "--verbose", *([] if stage == "export" else ["--workers", "1"])
    )
    assert done.status == 0, done.err
    evil.check_json(command(stage, "sample", "-w", tmp_path / "w", *options, "--json").out)


def test_what_is_shown_of_a_workspace(place: Path, tmp_path: Path) -> None:
    w = tmp_path / "w"
    shutil.copytree(place / "w", w)
    assert command("quality", w, "--filter", "probability >= 0.9999", "--samples", "50").status == 0
    evil.check_json(command("quality", w, "--json").out)
    assert command("diff", w / "dataset", place / "w" / "dataset", "--show", "50").status == 0
    new = ["audit", "new", "-w", w, "--annotators", "anna,ben", "-n", "10", "--config", "sentences", "--name", "a"]
    assert command(*new).status == 0
    command("audit", "judge", "a", "-w", w, "--annotator", "anna", answers="rrrrrrq\n")
    assert command("audit", "report", "a", "-w", w).status == 0
    for tool in ("label-studio", "argilla"):
        assert command("audit", "export", "a", "-w", w, "--to", tool, "-o", w / f"{tool}.json").status == 0
        evil.check_json((w / f"{tool}.json").read_text(encoding="utf-8"))
    command("audit", "import", "a", w / "label-studio.json", "-w", w, "--annotator", "anna")
    command("audit", "new", "-w", w, "--annotators", evil.EVIL, "-n", "10", "--name", evil.EVIL)
    for arguments in (["correct", "list"], ["correct", "report"], ["correct", "export", "-o", str(w / "c.jsonl")]):
        command(*arguments, "-w", w)
    evil.check_names(w / "audit")
    assert command("takedown", w, evil.EVIL_URL).status == 2
    url = next(row["url"] for path in sorted((w / "articles").glob("*")) for row in read_rows(path, ["url"]))
    assert command("takedown", w, url).status == 0
    assert not list((place).rglob("*escaped*"))


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("parquet", []), ("jsonl", []), ("csv", []), ("tsv", []), ("csv", ["--columns", "en,uk"]),
        ("tsv", ["--columns", "en,uk"]), ("tmx", ["--pair", "en-uk"]), ("tmx", []), ("moses", ["--pair", "en-uk"]),
        ("opus", ["--pair", "en-uk"]), ("wmt", ["--pair", "en-uk", "--split", "train"]),
        ("xliff", ["--pair", "en-uk"]), ("mtdata", ["--pair", "en-uk", "--url", "https://lab.example/news"]),
        ("standoff", []),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, list) else each,
)  # fmt: skip
@pytest.mark.parametrize("config", ["sentences", "documents"])
def test_exports(form: str, options: list[str], config: str, place: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / f"x.{form}"
    out.parent.mkdir()
    chosen = [] if form == "standoff" else ["--config", config]
    done = command("convert", place / "w" / "dataset", "--to", form, *options, *chosen, "-o", out, "-w", place / "w")
    assert done.status == 0, done.err
    if "--columns" in options:  # bare columns: a text a line
        assert all(line.count("\t") == 1 for line in out.read_text(encoding="utf-8").splitlines() if form == "tsv")
        return
    assert checked(out.parent)


def test_standoff_and_back(place: Path, tmp_path: Path) -> None:
    assert (
        command("convert", place / "w" / "dataset", "--to", "standoff", "-o", tmp_path / "so", "-w", place / "w").status
        == 0
    )
    done = command("rehydrate", tmp_path / "so", "-w", place / "w", "-o", tmp_path / "re")
    assert done.status == 0, done.err
    assert checked(tmp_path)


def test_pages(place: Path, tmp_path: Path) -> None:
    page, name = place / "page.html", tmp_path / "[red]x[bold]\x1b[31m\u202e.html"
    shutil.copyfile(page, name)
    for arguments in (["--generic"], ["--generic", "--json"], ["--site", "sample"], []):
        command("extract-page", page, *arguments)
        command("extract-page", name, *arguments)
    evil.check_json(command("extract-page", page, "--generic", "--json").out)
    command("extract-page", tmp_path / evil.EVIL.replace("/", "").replace("\x00", "")[:90])
    command("extract-page", page, "--url", evil.EVIL_URL)
    command("sites", "check", "sample", page)
    command("sites", "check", "sample", name, "--url", evil.EVIL_URL)
    command("sites", "check", "sample", page, "--json")
    command("sites", "check", evil.EVIL.replace("\x00", ""), page)
    command("sites", "draft", page, name)
    done = command("sites", "draft", page, name, "-o", tmp_path / "site.toml")
    if done.status == 0:
        evil.check_terminal((tmp_path / "site.toml").read_text(encoding="utf-8"))


def test_evaluation(place: Path, tmp_path: Path) -> None:
    dataset = place / "w" / "dataset"
    lines = [f"{text} {evil.EVIL}".replace("\n", " ").replace("\r", " ") for text in evil.TEXTS["uk"] * 6]
    sources = [f"{text} {evil.EVIL}".replace("\n", " ").replace("\r", " ") for text in evil.TEXTS["en"] * 6]
    (tmp_path / "source.en").write_text("\n".join(sources), encoding="utf-8")
    (tmp_path / "reference.uk").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "output.uk").write_text("\n".join(reversed(lines)), encoding="utf-8")
    outputs = [
        part
        for kind, file in (("json", "e.json"), ("html", "e.html"), ("latex", "e.tex"), ("csv", "e.csv"))
        for part in (f"--{kind}", tmp_path / "out" / file)
    ]
    name = "a_b&c%#$x$^~{\\input}[red]<b>*"
    files = ["--source", tmp_path / "source.en", "--reference", tmp_path / "reference.uk"]
    systems = ["--system", f"{name}={tmp_path / 'output.uk'}", "--system", f"=x|y@={tmp_path / 'reference.uk'}"]
    named = [f"--system={name}={tmp_path / 'output.uk'}", f"--system=b={tmp_path / 'reference.uk'}"]
    trained = ["--trained-on", f"{evil.EVIL.replace('=', '')}={tmp_path / 'source.en'}"]
    command("evaluate", *files, *systems, "--no-significance", *outputs)
    done = command(
        "evaluate", *files, *named, "--resamples", "100", "--trials", "100", "--no-language-check", *trained, *outputs
    )
    assert done.status in (0, 2), done.err
    if done.status == 2:
        assert "--system" in done.err
        plain = [f"--system=a_b={tmp_path / 'output.uk'}", f"--system=b={tmp_path / 'reference.uk'}"]
        done = command("evaluate", *files, *plain, "--no-significance", "--no-language-check", *trained, *outputs)
        assert done.status == 0, done.err
    assert checked(tmp_path / "out") == 4
    command("evaluate", "--dataset", dataset, "--pair", "en-uk", "--split", "train", "--system", "copy=copy:", *outputs)
    checked(tmp_path / "out")


def test_plain_texts(tmp_path: Path) -> None:
    texts, name = tmp_path / "texts", "[red]x[bold]\x1b[31m\u202e=cmd<b>"
    texts.mkdir()
    for language, lines in evil.TEXTS.items():
        text = "\n".join([*lines, f"{lines[0]} {evil.EVIL}".replace("\n", " "), evil.SPEECH[language]])
        (texts / f"{name}.{language}.txt").write_text(text, encoding="utf-8")
    (texts / f"{name}\x1b.txt").write_text("no language")
    for form in ("jsonl", "ladder", "vecalign", "tmx", "tsv"):
        done = command("align", texts, "-o", tmp_path / f"beads-{form}", "--format", form, "--languages", "en,uk")
        assert done.status == 0, done.err
    evil.check_xml(tmp_path / "beads-tmx")
    (texts / f"{name}.en-uk.gold").write_text("[0]:[0]\n[1]:[1]\n")
    assert command("align", "score", tmp_path / "beads-jsonl", "--gold", texts).status == 0
    (texts / f"{name}.en-uk.gold").write_text(f"{evil.EVIL}\n", encoding="utf-8")
    assert command("align", "score", tmp_path / "beads-jsonl", "--gold", texts).status == 2
    pairs = {}
    for language, lines in evil.TEXTS.items():
        pairs[language] = tmp_path / f"pairs.{language}"
        pairs[language].write_text("".join(f"{line}\n" for line in lines * 20), encoding="utf-8")
    for a, b in (("uk", "en"), ("uk", "ru")):
        about = ["--source", evil.EVIL, "--licence", evil.EVIL]
        assert (
            command(
                "lexicon", "train", pairs[a], pairs[b], "--languages", f"{a},{b}", "-o", tmp_path / "lex", *about
            ).status
            == 0
        )
    assert command("lexicon", "inspect", tmp_path / "lex" / "uk-en.tsv.gz").status == 0
    assert command("lexicon", "inspect", tmp_path / "lex" / "uk-en.tsv.gz", "--word", evil.EVIL).status in (0, 3)
    assert (
        command(
            "lexicon",
            "compose",
            tmp_path / "lex" / "uk-ru.tsv.gz",
            tmp_path / "lex" / "uk-en.tsv.gz",
            "-o",
            tmp_path / "lex",
        ).status
        == 0
    )


def test_names_that_do_not_exist(tmp_path: Path) -> None:
    """Messages repeat what they were given."""
    given = evil.EVIL.replace("\x00", "")
    for arguments in (
        ["build", given, "-w", tmp_path / "w"], ["crawl", given], ["plan", given], ["init", given],
        ["build", "sample", "--pages", given], ["build", "sample", "--warc", given, "-w", tmp_path / "w"],
        ["build", "sample", "--base-url", given, "-w", tmp_path / "w"], ["publish", tmp_path / "no", "--repo", given],
        ["publish", given, "--repo", "a/b", "--dry-run"], ["look", given], ["convert", given, "--to", given, "-o", "x"],
        ["diff", given, given], ["quality", tmp_path, "--filter", given], ["align", given, "-o", tmp_path / "x"],
    ):  # fmt: skip
        done = command(*arguments)
        assert done.status in (1, 2, 3), (arguments, done)


def test_the_workbench(place: Path) -> None:
    pytest.importorskip("starlette", reason="needs the extra look")
    from starlette.testclient import TestClient

    from corpus_builder.look.app import application
    from corpus_builder.look.build import ensure
    from corpus_builder.look.source import find
    from corpus_builder.look.store import Store
    from corpus_builder.look.views import VIEWS

    source = find(place / "w")
    ensure(source, evil.check_terminal)
    with TestClient(application(source, Store(source.index()), "t"), base_url="http://127.0.0.1:8123") as client:
        paths = [view.PATH for view in VIEWS] + ["/stories/1", "/concordance?q=en:mayor", "/people?name=script"]
        for path in paths:
            response = client.get(f"/t{path}")
            assert response.status_code == 200, path
            evil.check_html(response.text)
        evil.check_separated(client.get("/t/concordance.tsv?q=en:mayor").text, "\t")


def test_the_card_as_the_hub_shows_it(place: Path) -> None:
    croissant = json.loads((place / "w" / "dataset" / "croissant.json").read_text(encoding="utf-8"))
    assert "EVILYAML" not in str(croissant.get("license"))
