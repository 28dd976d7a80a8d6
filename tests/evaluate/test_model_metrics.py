"""spBLEU with a model trained here, COMET with a stand-in for its command, and what both need."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.error import URLError

import pytest
import sacrebleu
import sentencepiece
from sacrebleu.metrics import BLEU

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.dataset import find_sentencepiece
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.testset import Pair

from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test


@pytest.fixture
def spm(tmp_path):
    text = tmp_path / "text"
    text.write_text("\n".join([*SOURCES, *REFERENCES]), encoding="utf-8")
    prefix = tmp_path / "joint"
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(prefix), vocab_size=100, model_type="unigram", minloglevel=2
    )
    return prefix.with_suffix(".model")


def test_spbleu_is_bleu_over_pieces(sample, spm):
    (metric,) = make_metrics(["spbleu"], sample, MetricSettings(sentencepiece=str(spm)))
    processor = sentencepiece.SentencePieceProcessor(str(spm))
    pieces = [[" ".join(processor.encode(text, out_type=str)) for text in side] for side in (OUTPUTS, REFERENCES)]
    expected = BLEU(tokenize="none", force=True).corpus_score(pieces[0], [pieces[1]]).score
    assert float(metric.scores(metric.statistics(OUTPUTS).sum(axis=0))) == pytest.approx(expected)
    assert "tok:spm-" in str(metric.signature)
    assert str(metric.signature).endswith(f"version:{sacrebleu.__version__}")


def test_spbleu_without_a_usable_model(sample, tmp_path):
    with pytest.raises(UsageError, match="needs a sentencepiece model"):
        make_metrics(["spbleu"], sample, MetricSettings())
    with pytest.raises(UsageError, match="cannot be read"):
        make_metrics(["spbleu"], sample, MetricSettings(sentencepiece=str(tmp_path / "absent")))
    (tmp_path / "text").write_text("not a model")
    with pytest.raises(UsageError, match="not a sentencepiece model"):
        make_metrics(["spbleu"], sample, MetricSettings(sentencepiece=str(tmp_path / "text")))


def test_flores_where_it_cannot_be_downloaded(sample, monkeypatch):
    def fail(*_, **__):
        raise URLError("no route")

    monkeypatch.setattr("corpus_builder.evaluate.metrics.spbleu._bleu", fail)
    with pytest.raises(RunError, match="sentencepiece model flores200 cannot be downloaded") as error:
        make_metrics(["spbleu"], sample, MetricSettings(sentencepiece="flores200"))
    assert "--sentencepiece FILE" in error.value.next_step


@pytest.mark.parametrize("place", ["workspace/dataset", "workspace/quality/pieces"])
def test_a_datasets_own_model(tmp_path, place):
    dataset = str(tmp_path / "workspace" / "dataset")
    (tmp_path / "workspace" / "dataset").mkdir(parents=True)
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    chosen = [find_sentencepiece(dataset, Pair("en", "ru"))]
    for name in ("uk", "ru", "joint"):
        (tmp_path / place / f"{name}.model").touch()
        chosen.append(find_sentencepiece(dataset, Pair("en", "ru")))
    assert [path and Path(path).name for path in chosen] == [None, None, "ru.model", "joint.model"]
    assert find_sentencepiece("someone/dataset", Pair("en", "ru")) is None


STAND_IN = """#!{python}
import json, sys
options = dict(zip(sys.argv[1:], sys.argv[2:]))
compared = "-r" if "-r" in sys.argv else "-s"
assert ("kiwi" in options["--model"]) == ("-r" not in sys.argv)
sides = [open(options[name], encoding="utf-8").read().splitlines() for name in ("-s", "-t", compared)]
assert options["--model"] in ("some/model", "Unbabel/wmt22-cometkiwi-da") and options["--gpus"] == "0"
if "broken" in sides[1]:
    sys.exit("CUDA out of luck")
scores = [{{"src": s, "mt": t, "ref": r, "COMET": float(t == r)}} for s, t, r in zip(*sides)]
json.dump({{"output": scores}}, open(options["--to_json"], "w"))
"""


@pytest.fixture
def comet(tmp_path, monkeypatch):
    command = tmp_path / "bin" / "comet-score"
    command.parent.mkdir()
    command.write_text(STAND_IN.format(python=sys.executable))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")


@pytest.mark.usefixtures("comet")
def test_comet_scores_segments(sample):
    (metric,) = make_metrics(["comet"], sample, MetricSettings(comet_model="some/model"))
    statistics = metric.statistics([REFERENCES[0], *OUTPUTS[1:]])
    assert statistics.tolist() == [[1, 1], [0, 1], [0, 1], [0, 1]]
    assert float(metric.scores(statistics.sum(axis=0))) == 0.25
    assert str(metric.signature) == "nrefs:1|model:some/model"


@pytest.mark.usefixtures("comet")
def test_cometkiwi_sees_no_reference(sample):
    (metric,) = make_metrics(["cometkiwi"], sample, MetricSettings())
    assert metric.statistics([SOURCES[0], *OUTPUTS[1:]])[:, 0].tolist() == [1, 0, 0, 0]
    assert str(metric.signature) == "nrefs:0|model:Unbabel/wmt22-cometkiwi-da"


@pytest.mark.usefixtures("comet")
def test_comet_that_fails_says_why(sample):
    (metric,) = make_metrics(["comet"], sample, MetricSettings(comet_model="some/model"))
    with pytest.raises(RunError, match="exit status 1: CUDA out of luck") as caught:
        metric.statistics(["broken", *OUTPUTS[1:]])
    assert "downloads some/model from huggingface.co" in caught.value.next_step
    assert "--comet-model PATH" in caught.value.next_step


def test_comet_without_a_model_or_a_command(sample, monkeypatch):
    with pytest.raises(UsageError, match="needs a model"):
        make_metrics(["comet"], sample, MetricSettings())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="command comet-score not found"):
        make_metrics(["comet"], sample, MetricSettings(comet_model="some/model"))


def test_metric_names(sample):
    assert [metric.name for metric in make_metrics(["BLEU", "chrF", "bleu"], sample, MetricSettings())] == [
        "bleu",
        "chrf",
    ]
    with pytest.raises(UsageError, match="no metric 'blue'") as error:
        make_metrics(["blue"], make_test(SOURCES, REFERENCES), MetricSettings())
    assert "bleu, chrf, chrf" in error.value.next_step
