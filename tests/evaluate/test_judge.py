"""A language model that judges: what it is asked, what its answers mean, that they are kept, told and bounded."""

from __future__ import annotations

import json

import pytest

from corpus_builder.errors import ConfigError, RetryLater, RunError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.judge import JudgeMetric, errors_in, points

from .chat_server import ChatServer
from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test


def verdict(*severities):
    return json.dumps({"errors": [{"severity": each, "category": "style", "span": "x"} for each in severities]})


def judge(reply=lambda _shown: verdict(), script=None):
    return ChatServer(script, reply, lambda content: json.loads(content)["translation"])


def metric_of(server, test, notices=None, cache=None, sleep=lambda _seconds: None, **options):
    facts = {"name": "gemba", "title": "gemba", "url": server.url}
    told = [] if notices is None else notices
    settings = MetricSettings(options={"gemba": {"model": "tiny", **options}}, cache=cache, notice=told.append)
    return type("Judge", (JudgeMetric,), facts)(test, settings, sleep)


def test_what_it_is_asked_and_what_the_answers_are_worth(sample):
    marked = {OUTPUTS[0]: verdict("major", "minor"), OUTPUTS[1]: verdict("critical", "critical")}
    with judge(lambda shown: marked.get(shown, verdict())) as server:
        metric = metric_of(server, sample, parallel=1)
        statistics = metric.statistics(OUTPUTS)
    assert statistics.tolist() == [[-6, 1], [-25, 1], [0, 1], [0, 1]]
    assert float(metric.scores(statistics.sum(axis=0))) == -7.75
    body, headers = server.requests[0]
    assert headers["path"] == "/v1/chat/completions"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert json.loads(body["messages"][1]["content"]) == {
        "source_language": "English", "target_language": "Ukrainian", "source": SOURCES[0], "translation": OUTPUTS[0],
    }  # fmt: skip
    assert (body["model"], body["temperature"]) == ("tiny", 0.0)
    assert str(metric.signature) == "nrefs:0|model:tiny|temperature:0|prompt:1|version:1"


def test_it_sees_the_reference_where_that_is_wanted(sample):
    with judge() as server:
        metric = metric_of(server, sample, reference=True, parallel=1)
        metric.statistics(OUTPUTS)
    assert json.loads(server.requests[0][0]["messages"][1]["content"])["reference"] == REFERENCES[0]
    assert str(metric.signature).startswith("nrefs:1|")


def test_nothing_is_asked_twice_and_the_cost_is_told(tmp_path):
    test, outputs = make_test([*SOURCES[:3], SOURCES[0]], [*REFERENCES[:3], REFERENCES[0]]), [*OUTPUTS[:3], OUTPUTS[0]]
    notices = []
    with judge() as server, AnswerCache(tmp_path / "cache") as cache:
        for _ in range(2):
            metric_of(server, test, notices, cache, price_read=2.0, price_written=10.0).statistics(outputs)
        assert len(server.requests) == 3
        metric_of(server, test, notices, cache, model="other").statistics(outputs)
    assert notices == [
        "gemba: asked for 3 of 3 judgements, 0 from the cache; 300 tokens read, 30 written; cost 0.0009",
        "gemba: asked for 0 of 3 judgements, 3 from the cache",
        "gemba: asked for 3 of 3 judgements, 0 from the cache; 300 tokens read, 30 written",
    ]


def test_a_run_asks_no_more_than_it_may(sample, tmp_path):
    with judge() as server, AnswerCache(tmp_path / "cache") as cache:
        metric = metric_of(server, sample, cache=cache, most_requests=6)
        metric.statistics(OUTPUTS)
        with pytest.raises(RunError, match=r"needs 8 judgements, more than most_requests \(6\); 4 were asked for"):
            metric.statistics(REFERENCES)
        assert len(server.requests) == 4
        metric.statistics(OUTPUTS)  # those are in the cache


@pytest.mark.parametrize("answer", ["busy", "down", "close", "empty", "Fine!", verdict("awful"), '{"errors": null}'])
def test_what_cannot_be_used_is_asked_again(sample, answer):
    waits = []
    with judge(lambda _: verdict("minor"), {OUTPUTS[2]: [answer]}) as server:
        assert metric_of(server, sample, sleep=waits.append).statistics(OUTPUTS)[:, 0].tolist() == [-1.0] * 4
    assert waits == [7.0 if answer == "busy" else 1.0]
    assert len(server.requests) == 5


def test_what_was_judged_before_a_failure_is_kept(sample, tmp_path):
    with judge(script={OUTPUTS[3]: ["Fine!"] * 2}) as server, AnswerCache(tmp_path / "cache") as cache:
        with pytest.raises(RunError, match=r"no judgement of '.*' in 2 attempts: not the JSON that was asked for"):
            metric_of(server, sample, cache=cache, attempts=2, parallel=1).statistics(OUTPUTS)
        metric_of(server, sample, cache=cache).statistics(OUTPUTS)
    assert len(server.requests) == 3 + 2 + 1


@pytest.mark.parametrize(
    ("content", "severities"),
    [
        (verdict("major"), ["major"]),
        ("```json\n" + verdict("Minor ", "CRITICAL") + "\n```", ["minor", "critical"]),
        ('<think>{"errors": 3} perhaps</think>\n' + verdict(), []),
        ('{"errors": [{"severity": "minor"}]}', ["minor"]),
    ],
)
def test_answers_as_models_write_them(content, severities):
    assert [each["severity"] for each in errors_in(content)] == severities


@pytest.mark.parametrize(
    "content", ["", "none", "{", "}{", '{"errors": {"a": 1}}', '{"errors": ["bad"]}', '{"a": ' * 9999 + "}", "[]"]
)
def test_answers_that_are_none(content):
    with pytest.raises(RetryLater):
        errors_in(content)


def test_no_segment_loses_more_than_25():
    assert points(errors_in(verdict("critical", "major", "minor"))) == -25.0
    assert points(errors_in(verdict(*["major"] * 4))) == -20.0


def test_its_scores_are_tested_like_all_others(run, lines, tmp_path):
    sources, references = [f"{SOURCES[n % 4]} {n}" for n in range(60)], [f"{REFERENCES[n % 4]} {n}" for n in range(60)]
    files = ["--source", str(lines("t.en", sources)), "--reference", str(lines("t.uk", references))]
    files += ["--system", f"good={lines('good.uk', references)}"]
    files += ["--system", f"odd={lines('odd.uk', [f'{text} Ой!' for text in references])}"]
    options, path = tmp_path / "metrics.toml", tmp_path / "result.json"
    options.write_text('[gemba]\nmodel = "tiny"\n', encoding="utf-8")
    with judge(lambda shown: verdict(*["minor"] * shown.endswith("Ой!"))) as server:
        more = ["--metric", f"gemba={server.url}", "--metrics-config", str(options), "--cache", str(tmp_path / "cache")]
        results = [run(*files, *more, "--json", str(path)) for _ in range(2)]
    assert [result.exception for result in results] == [None, None]
    assert len(server.requests) == 120
    assert "gemba: asked for 60 of 60 judgements" in results[0].output
    assert "gemba: asked for 0 of 60 judgements, 60 from the cache" in results[1].output
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {name: each["gemba"]["score"] for name, each in found["systems"].items()} == {"good": 0.0, "odd": -1.0}
    (difference,) = found["differences"]["gemba"]
    assert (difference["systems"], difference["delta"], difference["significant"]) == (["good", "odd"], 1.0, True)


def test_options_that_are_wrong(run, files, lines, tmp_path):
    with pytest.raises(ConfigError, match="model"):
        make_metrics(["gemba=http://127.0.0.1:1/v1"], make_test(SOURCES, REFERENCES), MetricSettings())
    path = tmp_path / "metrics.toml"
    path.write_text('[other]\nmodel = "tiny"\n', encoding="utf-8")
    more = ["--metric", "gemba=http://127.0.0.1:1/v1", "--metrics-config", str(path), "--cache", str(tmp_path / "c")]
    error = run(*files, "--system", f"m={lines('m.uk', OUTPUTS)}", *more).exception
    assert isinstance(error, ConfigError)
    assert "no metric is named 'other'" in str(error)
