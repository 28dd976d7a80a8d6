"""The command as a user runs it: outputs of all kinds, the same bytes each time, and errors that say what to do."""

from __future__ import annotations

import csv
import io
import json

import pytest

from corpus_builder.errors import UsageError

from .conftest import OUTPUTS, REFERENCES, SOURCES, write_dataset


@pytest.fixture
def mine(lines):
    return ["--system", f"mine={lines('mine.uk', OUTPUTS)}"]


@pytest.fixture
def dataset(tmp_path):
    # 60 rows in 30 documents, half of them with numbers
    rows = [
        {
            "translation": {"en": f"{SOURCES[n % 4]} And {n}." if n % 2 else SOURCES[n % 4], "uk": REFERENCES[n % 4]},
            "section": "news" if n < 55 else "culture",
        }
        for n in range(60)
    ]
    return str(write_dataset(tmp_path / "dataset", {"sentences.en-uk": {"test": rows}}))


def succeed(result):
    assert result.exception is None, result.exception
    return result.output


def test_the_json_holds_what_a_figure_depends_on(run, files, mine, tmp_path):
    path = tmp_path / "out" / "result.json"
    succeed(run(*files, *mine, "--metric", "BLEU", "--metric", "chrf", "--seed", "5", "--json", str(path)))
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["pair"] == "en-uk"
    assert set(result["systems"]["mine"]) == {"bleu", "chrf"}
    figure = result["systems"]["mine"]["chrf"]
    assert figure["low"] <= figure["score"] <= figure["high"]
    assert figure["signature"].startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")
    assert result["ranking"]["bleu"] == [{"rank": 1, "system": "mine", "better_than": [], "tied_with": []}]
    assert result["significance"]["seed"] == 5
    by = {"unit": "segments", "test": "bootstrap", "alpha": 0.05, "correction": "Holm"}
    assert result["significance"]["ranking_by"] == by
    assert result["test_set"]["segments"] == 4
    assert len(result["test_set"]["sha256"]) == len(result["inputs"]["mine"]["sha256"]) == 64
    assert result["versions"]["sacrebleu"]


def test_the_same_command_gives_the_same_bytes(run, dataset, tmp_path):
    def outputs(folder):
        kinds = [
            part for kind in ("json", "csv", "latex", "html") for part in (f"--{kind}", str(tmp_path / folder / kind))
        ]
        cache = ["--cache", str(tmp_path / f"{folder}.sqlite")]
        systems = ["--system", "copy=copy:", "--system", "loud=cmd:tr a-z A-Z"]
        succeed(run("--dataset", dataset, "--pair", "en-uk", *systems, *kinds, *cache))
        return {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}

    first = outputs("one")
    assert set(first) == {"json", "csv", "latex", "html"}
    assert outputs("two") == first


def test_a_dataset_is_tested_over_its_documents(run, dataset, tmp_path):
    path = tmp_path / "result.json"
    systems = ["--system", "copy=copy:", "--system", "loud=cmd:tr a-z A-Z", "--cache", str(tmp_path / "cache")]
    shown = succeed(run("--dataset", dataset, "--pair", "en-uk", *systems, "--json", str(path)))
    assert "en-uk, 60 segments, 30 documents" in shown
    assert "over documents" in shown
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["test_set"]["documents"] == 30
    assert set(result["significance"]["intervals"]) == {"segments", "documents"}
    assert {(p["unit"], p["metric"]) for p in result["significance"]["p_values"]} >= {
        ("segments", "bleu"),
        ("documents", "bleu"),
    }
    sections = {s["value"]: s for s in result["slices"] if s["dimension"] == "section"}
    assert sections["news"]["scores"]["copy"]["chrf"] > 0
    assert sections["culture"] == {"dimension": "section", "value": "culture", "rows": 5, "scores": None}
    assert result["inputs"]["copy"] == {"kind": "copy"}


def test_no_significance_is_scores_alone(run, files, mine, tmp_path):
    path = tmp_path / "result.json"
    shown = succeed(run(*files, *mine, "--no-significance", "--json", str(path)))
    assert "±" not in shown
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["significance"] is None
    assert result["systems"]["mine"]["bleu"]["low"] is None


def test_csv_and_latex_show_the_scores_of_the_json(run, files, mine, tmp_path):
    paths = {kind: tmp_path / kind for kind in ("json", "csv", "latex")}
    more = ["--system", "a_b&c=copy:", "--cache", str(tmp_path / "cache"), "--metric", "chrf", "--smallest-slice", "1"]
    succeed(run(*files, *mine, *more, *(part for kind, path in paths.items() for part in (f"--{kind}", str(path)))))
    result = json.loads(paths["json"].read_text(encoding="utf-8"))
    score = result["systems"]["mine"]["chrf"]["score"]
    rows = list(csv.DictReader(io.StringIO(paths["csv"].read_text(encoding="utf-8"))))
    assert [float(r["score"]) for r in rows if (r["dimension"], r["system"]) == ("all", "mine")] == [score]
    assert {r["value"] for r in rows if r["dimension"] == "numbers"} == {"with numbers", "without"}
    latex = paths["latex"].read_text(encoding="utf-8")
    assert rf"1 & mine & \textbf{{{score:.2f}}} \\" in latex
    assert r"2 & a\_b\&c & " in latex


def test_json_on_stdout_is_json_alone(run, files, mine):
    result = run(*files, *mine, "--metric", "chrf", "--json", "-")
    assert json.loads(result.stdout)["pair"] == "en-uk"


def test_out_writes_lines_to_translate_elsewhere(run, dataset, tmp_path):
    succeed(run("--dataset", dataset, "--pair", "uk-en", "--out", str(tmp_path / "saved"), "--limit", "3"))
    saved = {path.name: path.read_text(encoding="utf-8").splitlines() for path in (tmp_path / "saved").iterdir()}
    assert saved["source.uk"] == list(REFERENCES[:3])
    assert set(saved) == {"source.uk", "reference.en", "ids.txt", "documents.txt"}
    assert saved["documents.txt"] == ["100", "100", "101"]


def test_a_limit_takes_the_first_lines_of_files_too(run, files, mine, tmp_path):
    path = tmp_path / "result.json"
    succeed(run(*files, *mine, "--limit", "2", "--json", str(path)))
    assert json.loads(path.read_text(encoding="utf-8"))["test_set"]["segments"] == 2


def test_training_data_that_holds_test_rows(run, files, mine, lines, tmp_path):
    path = tmp_path / "result.json"
    held = lines("train.en", [SOURCES[1], "Something else."])
    shown = succeed(run(*files, *mine, "--trained-on", f"mine={held}", "--smallest-slice", "1", "--json", str(path)))
    assert "mine (2 segments) contains 1 test segments (25.0%)" in shown
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["contamination"]["mine"]["source"] == ["2"]
    assert {s["value"]: s["rows"] for s in result["slices"] if s["dimension"] == "contained in mine"} == {
        "contained": 1,
        "not contained": 3,
    }


def test_several_references(run, files, mine, lines):
    shown = succeed(run(*files, "--reference", str(lines("second.uk", OUTPUTS)), *mine, "--metric", "chrf"))
    assert "100.00" in shown


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        ([], "no system to evaluate", "--system NAME=FILE"),
        (["--system", "a=copy:"], "no test set", "--dataset FOLDER"),
        (["--system", "a=copy:", "--dataset", "x", "--source", "y"], "cannot be combined", "one of them"),
        (["--system", "a=copy:", "--dataset", "/absent"], "direction of translation", "--pair SOURCE-TARGET"),
        (["--system", "a=copy:", "--dataset", "/absent", "--pair", "en-uk"], "folder not found", "NAMESPACE/NAME"),
    ],
)
def test_mistakes_in_options(run, arguments, message, advice):
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert message in str(error)
    assert advice in error.next_step


@pytest.mark.parametrize(
    ("option", "value", "choices"),
    [("--test", "t-test", "'bootstrap', 'randomisation'"), ("--unit", "words", "'segments', 'documents'")],
)
def test_choices_are_listed(run, option, value, choices):
    result = run("--system", "a=copy:", option, value)
    assert result.exit_code == 2
    assert choices in result.output


@pytest.mark.parametrize(
    ("outputs", "more", "message"),
    [
        (OUTPUTS[:3], [], "has 3 lines, the test set has 4"),
        (["x", "", "y", "z"], [], r"1 of 4 lines are empty"),
        ([" "] * 4, [], "is empty"),
        (SOURCES, [], "should be in 'uk' but is in 'en'"),
        (OUTPUTS, ["--metric", "blue"], "no metric 'blue'"),
        (OUTPUTS, ["--unit", "documents"], "document of each segment is not known"),
        (OUTPUTS, ["--pair", "uk-en"], "the source side should be in 'uk' but is in 'en'"),
    ],
)
def test_mistakes_in_files(run, files, lines, outputs, more, message):
    error = run(*files, "--system", f"mine={lines('mine.uk', outputs)}", *more).exception
    assert isinstance(error, UsageError)
    assert message in str(error)


def test_checks_can_be_waived(run, files, lines):
    empty = ["--system", f"a={lines('a.uk', [OUTPUTS[0], '', *OUTPUTS[2:]])}", "--allow-empty"]
    other = ["--system", f"b={lines('b.uk', SOURCES)}", "--no-language-check"]
    succeed(run(*files, *empty, *other, "--metric", "chrf"))
