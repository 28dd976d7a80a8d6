"""Scorers that are commands: what they read, what they may write, and that their scores are tested like all others."""

from __future__ import annotations

import json

import pytest

from corpus_builder.errors import RunError, UsageError
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
    result = run(*files, *words, "--lower-is-better", "extra", "--json", str(path))
    assert result.exception is None, result.exception
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {name: each["extra"]["score"] for name, each in found["systems"].items()} == {"long": 2.0, "short": 0.0}
    (difference,) = found["differences"]["extra"]
    assert difference["systems"] == ["short", "long"]
    assert (difference["delta"], difference["low"], difference["high"]) == (-2.0, -2.0, -2.0)
    assert difference["significant"]
