"""Scorers that are commands: what they read, what they may write, and that their scores are tested like all others."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics

from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test


def scorer(option, test, **settings):
    (metric,) = make_metrics([option], test, MetricSettings(**settings))
    return metric


def test_it_reads_source_output_and_references_between_tabs(tmp_path):
    seen = tmp_path / "seen.tsv"
    test = make_test(["a\tb", "c"], ["r1", "r2"], ["s1", "s2"])
    metric = scorer(f"mine=cmd:tee {seen} | awk -F '\\t' '{{print NF}}'", test)
    assert metric.statistics(["x", "y"]).tolist() == [[4.0, 1.0], [4.0, 1.0]]
    assert seen.read_text(encoding="utf-8") == "a b\tx\tr1\ts1\nc\ty\tr2\ts2\n"
    assert metric.scores(metric.statistics(["x", "y"]).sum(axis=0)) == 4.0
    assert str(metric.signature).count("|") == 1


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("sed 's/.*/good/'", "line 1 is not a number: 'good'"),
        ("sed 's/.*/nan/'", "line 1 is not a number"),
        ("head -1 | sed 's/.*/1/'", "read 4 lines and wrote 1"),
        ("echo no model >&2; exit 3", "exit status 3: no model"),
    ],
)
def test_a_scorer_that_breaks_the_rules(sample, command, message):
    with pytest.raises(RunError, match=message):
        scorer(f"mine=cmd:{command}", sample).statistics(OUTPUTS)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("mine=./x", "not NAME=cmd:COMMAND"),
        ("mine=http:", "not NAME=cmd:COMMAND"),
        ("mine=cmd:", "not NAME=cmd:COMMAND"),
        ("a b=cmd:cat", "not NAME=cmd:COMMAND"),
        ("bleu=cmd:cat", "there is a metric 'bleu' already"),
    ],
)
def test_options_that_name_no_scorer(sample, option, message):
    with pytest.raises(UsageError, match=message):
        scorer(option, sample)


def test_names_are_used_once_and_lower_is_for_commands(sample):
    with pytest.raises(UsageError, match="two metrics are named 'x'"):
        make_metrics(["x=cmd:cat", "X=cmd:tac"], sample, MetricSettings())
    with pytest.raises(UsageError, match="--lower-is-better y"):
        make_metrics(["x=cmd:cat"], sample, MetricSettings(lower_is_better=("y",)))
    assert scorer("x=cmd:cat", sample, lower_is_better=("x",)).higher_is_better is False


def test_a_changed_script_has_another_signature(sample, tmp_path):
    script = tmp_path / "score.sh"
    signatures = set()
    for line in ("sed 's/.*/1/'", "sed 's/.*/2/'"):
        script.write_text(line, encoding="utf-8")
        signatures.add(str(scorer(f"x=cmd:sh {script}", sample).signature))
    assert len(signatures) == 2


def test_its_scores_are_tested_like_all_others(run, lines, tmp_path):
    path = tmp_path / "result.json"
    sources, references = [f"{SOURCES[n % 4]} {n}" for n in range(60)], [f"{REFERENCES[n % 4]} {n}" for n in range(60)]
    files = ["--source", str(lines("t.en", sources)), "--reference", str(lines("t.uk", references))]
    files += ["--system", f"long={lines('long.uk', [f'{text} і ще' for text in references])}"]
    files += ["--system", f"short={lines('short.uk', references)}"]
    words = "--metric", "extra=cmd:awk -F '\\t' '{print split($2, w, \" \") - split($3, r, \" \")}'"
    result = run(*files, *words, "--lower-is-better", "extra", "--json", str(path), "--cache", str(tmp_path / "c"))
    assert result.exception is None, result.exception
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {name: each["extra"]["score"] for name, each in found["systems"].items()} == {"long": 2.0, "short": 0.0}
    (difference,) = found["differences"]["extra"]
    assert difference["systems"] == ["short", "long"]
    assert (difference["delta"], difference["low"], difference["high"]) == (-2.0, -2.0, -2.0)
    assert difference["significant"]


def test_scores_are_kept(sample, tmp_path):
    """A scorer runs for what it has not scored yet, and not at all where that is nothing."""
    runs = tmp_path / "runs"
    # The file is not named as such: one that a command names is part of what its scores depend on.
    command = f"mine=cmd:D={tmp_path}; tee -a $D/runs | awk '{{print NR}}'"
    with AnswerCache(tmp_path / "cache") as cache:
        first = scorer(command, sample, cache=cache).statistics(OUTPUTS)
        assert scorer(command, sample, cache=cache).statistics(OUTPUTS).tolist() == first.tolist()
        assert len(runs.read_text(encoding="utf-8").splitlines()) == 4
        other = scorer(command, sample, cache=cache).statistics([*OUTPUTS[:3], "інше"])
        assert other[:, 0].tolist() == [1.0, 2.0, 3.0, 1.0]
        assert len(runs.read_text(encoding="utf-8").splitlines()) == 5
        with pytest.raises(RunError, match="not a number"):
            scorer("mine=cmd:sed s/.*/x/", sample, cache=cache).statistics(OUTPUTS)
        assert scorer("mine=cmd:sed s/.*/2/", sample, cache=cache).statistics(OUTPUTS)[:, 0].tolist() == [2.0] * 4


def test_metrics_that_are_commands_say_how(sample):
    with pytest.raises(UsageError, match="metricx runs as a command") as error:
        make_metrics(["MetricX"], sample, MetricSettings())
    assert "--metric metricx=cmd:COMMAND --lower-is-better metricx" in error.value.next_step


METRICX = """
import argparse, json
parser = argparse.ArgumentParser()
for name in ("tokenizer", "model_name_or_path", "max_input_length", "batch_size", "input_file", "output_file"):
    parser.add_argument(f"--{name}", required=True)
arguments = parser.parse_args()
print("loading")
with open(arguments.input_file) as lines, open(arguments.output_file, "w") as out:
    for line in map(json.loads, lines):
        out.write(json.dumps({**line, "prediction": float(len(line["hypothesis"]) - len(line["reference"]))}) + "\\n")
"""
BLEURT = """
import sys
files = dict(argument.lstrip("-").split("=", 1) for argument in sys.argv[1:])
assert files["bleurt_checkpoint"] == "BLEURT-20"
sides = [open(files[f"{name}_file"], encoding="utf-8").read().splitlines() for name in ("candidate", "reference")]
print("loading")
with open(files["scores_file"], "w") as out:
    out.writelines(f"{len(a) - len(b)}\\n" for a, b in zip(*sides, strict=True))
"""


@pytest.mark.parametrize(
    ("package", "module", "code", "command"),
    [
        ("metricx24", "predict", METRICX, "benchmarks/metricx.sh"),
        ("bleurt", "score_files", BLEURT, "CHECKPOINT=BLEURT-20 benchmarks/bleurt.sh"),
    ],
)
def test_the_scripts_speak_to_their_programs(sample, tmp_path, monkeypatch, package, module, code, command):
    """Against stand-ins with the options that the programs document; their weights are too large for a test."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / f"{module}.py").write_text(code, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.chdir(Path(__file__).parents[2])
    lengths = [float(len(output) - len(reference)) for output, reference in zip(OUTPUTS, REFERENCES, strict=True)]
    assert scorer(f"mine=cmd:{command}", sample).statistics(OUTPUTS)[:, 0].tolist() == lengths
