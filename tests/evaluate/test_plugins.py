"""A tiny package with entry points, installed beside ours: what it has are choices as our own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus_builder.dataset.exporters import _BUILT_IN as FORMATS
from corpus_builder.errors import UsageError
from corpus_builder.evaluate import metrics
from corpus_builder.plugins import Extensible
from corpus_builder.quality import filters, scores

from .conftest import OUTPUTS, write_dataset

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
ROOT = PAGE.parent.parent


def install(folder, entries, module="", name="tiny"):
    """A package as pip leaves it: a module, and a dist-info with its entry points."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entries, encoding="utf-8")
    if module:
        (folder / f"{name}_package.py").write_text(module, encoding="utf-8")
    return folder


@pytest.fixture
def documented(tmp_path):
    """The package that the page on extending shows."""
    toml, code = re.findall(r"```(?:toml)?\n(# (?:pyproject|my_package).*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    groups = re.findall(r'entry-points\."(.*?)"\]\n(.*?)\n', toml)
    entries = "".join(f"[{group}]\n{line.replace(chr(34), '')}\n\n" for group, line in groups)
    assert len(groups) == 5
    folder = install(tmp_path / "site", entries)
    (folder / "my_package.py").write_text(code, encoding="utf-8")
    return folder


def program(site, *arguments):
    """Our command in a process of its own, with a folder of packages on its path."""
    code = "from corpus_builder.cli.start import run; run()"
    paths = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(site)!r}]; "
    return subprocess.run([sys.executable, "-c", paths + code, *arguments], capture_output=True, text=True, timeout=600)


@pytest.mark.slow
def test_the_package_of_the_page_adds_a_metric_and_a_kind_of_system(documented, files, lines, tmp_path):
    path = tmp_path / "result.json"
    systems = ["--system", f"file={lines('mine.uk', OUTPUTS)}", "--system", "loud=shout:", "--no-language-check"]
    cache = ["--cache", str(tmp_path / "cache"), "--metric", "chrf", "--metric", "words", "--json", str(path)]
    done = program(documented, "evaluate", *files, *systems, *cache)
    assert done.returncode == 0, done.stderr
    result = json.loads(path.read_text(encoding="utf-8"))
    mean = sum(len(text.split()) for text in OUTPUTS) / len(OUTPUTS)
    assert result["systems"]["file"]["words"]["score"] == mean
    assert [each["systems"] for each in result["differences"]["words"]] == [["loud", "file"]]
    assert result["differences"]["words"][0]["p"] is not None
    assert result["inputs"]["loud"] == {"kind": "shout"}


@pytest.mark.slow
def test_the_package_of_the_page_adds_a_format(documented, tmp_path):
    rows = [{"translation": {"en": f"Row {n}", "uk": f"Рядок {n}"}} for n in range(3)]
    folder = write_dataset(tmp_path / "data set", {"sentences.en-uk": {"test": rows}})
    out = tmp_path / "count.txt"
    arguments = ["convert", str(folder), "--to", "count", "--pair", "en-uk", "--config", "sentences", "-o", str(out)]
    done = program(documented, *arguments)
    assert done.returncode == 0, done.stderr
    assert out.read_text(encoding="utf-8") == "3\n"


@pytest.fixture(scope="module")
def articles(tmp_path_factory):
    """Some stories of the sample newspaper, and a run config with the filters of the package."""
    folder = tmp_path_factory.mktemp("articles")
    stories = [json.loads(line) for line in (ROOT / "data/newspaper/gold.jsonl").open(encoding="utf-8")][:8]
    lines = [
        {"id": story["article"], "language": language, "url": f"https://example.org/{language}/{story['article']}",
         "date": story["date"], "title": story["title"][language],
         "text": "\n".join(" ".join(each["texts"]) for each in paragraphs)}
        for story in stories
        for language, paragraphs in story["paragraphs"].items()
    ]  # fmt: skip
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "articles.jsonl").write_text(text, encoding="utf-8")
    config = (ROOT / "configs/sample.toml").read_text(encoding="utf-8") + '\n[[filters]]\nnamed = "tidy"\n'
    (folder / "mine.toml").write_text(config, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_package_of_the_page_adds_a_score_and_filters(documented, articles, tmp_path):
    build = ["build", str(articles / "mine.toml"), "--articles", str(articles / "articles.jsonl"), "-w", str(tmp_path),
             "--workers", "1"]  # fmt: skip
    done = program(documented, *build)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "dataset/data/sentences.en-uk").glob("train-*.parquet")
    rows = pq.read_table(file).to_pylist()
    values = [row["quality"]["commas_agree"] for row in rows if row["quality"]["commas_agree"] is not None]
    assert values
    assert min(values) >= 0.5
    for row in rows:
        commas = sorted(text.count(",") for text in row["translation"].values())
        assert row["quality"]["commas_agree"] == (round(commas[0] / commas[1], 4) if commas[1] else None)
    assert "share of commas that both sides have" in (tmp_path / "dataset/docs/scores.md").read_text(encoding="utf-8")
    card = (tmp_path / "dataset/README.md").read_text(encoding="utf-8")
    assert "Filters of rows: `commas_agree` at least 0.5; `probability` at least 0.5." in card
    previewed = program(documented, "quality", str(tmp_path), "--filter", "tidy", "--json")
    assert previewed.returncode == 0, previewed.stderr
    names = [each["filter"] for each in json.loads(previewed.stdout)["sentences"]["filters"]]
    assert names == ["commas_agree >= 0.5", "probability >= 0.5"]
    without = program(tmp_path, *build)
    assert without.returncode == 2
    assert "no filters are named 'tidy'" in without.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            "def odd(rows, a): raise OSError('no weights')",
            "score 'odd' of tiny 1.0 failed on odd_en: OSError: no weights",
        ),
        ("def odd(rows, a): return [1.0]", "ValueError: an array of shape (1,) for"),
    ],
)
def test_a_score_that_fails_ends_the_build_and_names_the_package(articles, tmp_path, module, message):
    score = "from corpus_builder.quality.score import SideScore, Worst\n" + module
    score += "\nODD = SideScore(name='odd', version=1, worst=Worst.LEAST, about='odd', compute=odd)"
    site = install(tmp_path / "site", "[corpus_builder.scores]\nodd = tiny_package:ODD\n", score)
    source = ["--articles", str(articles / "articles.jsonl"), "--workers", "1"]
    done = program(site, "build", "sample", *source, "-w", str(tmp_path / "workspace"))
    assert done.returncode == 1
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("accept", "made", "message"),
    [
        (scores._accept, object(), "SideScore, PairScore or DirectionScore"),
        (scores._accept, scores.SCORES["copied"], "its name is 'copied'"),
        (scores._accept, replace(scores.SCORES["copied"], name="odd"), None),
        (filters._accept, (), "Filter, or several"),
        (filters._accept, [filters.Filter("copied", least=0.1), "x"], "Filter, or several"),
        (filters._accept, filters.Filter("copied"), "needs least or greatest"),
        (filters._accept, filters.Filter("copied", least=0.1), None),
    ],
)
def test_what_is_no_score_or_filter_is_refused(accept, made, message):
    if message is None:
        assert accept("odd", made)
    else:
        with pytest.raises((TypeError, ValueError), match=message):
            accept("odd", made)


def test_a_score_is_not_named_as_another_column():
    with pytest.raises(ValueError, match="cannot be the name of a column"):
        scores._accept("probability", replace(scores.SCORES["copied"], name="probability"))


def extended(site, monkeypatch, what="metrics"):
    monkeypatch.syspath_prepend(str(site))
    return Extensible(f"corpus_builder.{what}", "metric", {"bleu": metrics.Bleu}, metrics._accept)


def test_a_package_is_imported_only_when_it_is_used(tmp_path, monkeypatch):
    entries = "[corpus_builder.metrics]\nbroken = tiny_package:Broken\n"
    found = extended(install(tmp_path, entries, "raise OSError('no weights')"), monkeypatch)
    assert list(found) == ["bleu", "broken"]
    assert len(found) == 2
    assert found["bleu"] is metrics.Bleu
    with pytest.raises(UsageError, match=r"'broken' of tiny 1\.0 cannot be imported: OSError: no weights"):
        found["broken"]


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("Odd = 3", "must be a subclass"),
        ("from corpus_builder.evaluate.metrics import Bleu as Odd", "its name is 'bleu'"),
        (
            "from corpus_builder.evaluate.metrics import Metric\nclass Odd(Metric): name = 'odd'",
            "it has no __init__, scores, stat",
        ),
        ("", "No module named"),
    ],
)
def test_what_is_no_metric_is_refused(tmp_path, monkeypatch, module, message):
    sys.modules.pop("tiny_package", None)
    entries = "[corpus_builder.metrics]\nodd = tiny_package:Odd\n"
    found = extended(install(tmp_path, entries, module), monkeypatch)
    with pytest.raises(UsageError, match=message):
        found["odd"]


def test_a_name_that_is_taken_names_both_packages(tmp_path, monkeypatch):
    install(tmp_path, "[corpus_builder.metrics]\nbleu = one:Bleu\nours = one:Ours\n", name="first")
    found = extended(install(tmp_path, "[corpus_builder.metrics]\nours = two:Ours\n", name="second"), monkeypatch)
    assert list(found) == ["bleu", "ours"]
    with pytest.raises(UsageError, match="this program and first"):
        found["bleu"]
    with pytest.raises(UsageError, match=r"first 1\.0 and second 1\.0"):
        found["ours"]


def test_a_name_that_nobody_has(tmp_path, monkeypatch):
    with pytest.raises(KeyError):
        extended(tmp_path, monkeypatch)["absent"]
    assert "tmx" in FORMATS
