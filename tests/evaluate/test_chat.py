"""The chat endpoint: what is sent, what is tried again and how long it waits, what ends the run, and a killed run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from corpus_builder.errors import RunError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators import translate_all
from corpus_builder.evaluate.translators.chat import ChatOptions, ChatTranslator

from .chat_server import ChatServer


@pytest.fixture
def waits():
    return []


@pytest.fixture
def ask(tmp_path, waits):
    """Translate segments with a cache; waiting is noted, not done."""

    def ask(server, segments, **options):
        translator = ChatTranslator(
            server.url, Pair("en", "uk"), ChatOptions(model="tiny", **options), sleep=waits.append
        )
        with AnswerCache(tmp_path / "translations.sqlite") as cache:
            return translate_all(translator, segments, cache)

    return ask


def test_what_is_sent(ask, monkeypatch):
    monkeypatch.setenv("MY_KEY", "secret")
    prompt = "{source_language} to {target_language}:\n{text}"
    with ChatServer() as server:
        options = {"prompt": prompt, "parameters": {"seed": 7}, "api_key_variable": "MY_KEY"}
        assert ask(server, ["a {brace}"], **options) == ["A {BRACE}"]
    ((body, headers),) = server.requests
    assert body == {
        "model": "tiny",
        "temperature": 0.0,
        "seed": 7,
        "messages": [{"role": "user", "content": "English to Ukrainian:\na {brace}"}],
    }
    assert headers["path"] == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"


def test_without_a_key_none_is_sent(ask, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ChatServer() as server:
        ask(server, ["a"])
    assert "Authorization" not in server.requests[0][1]


def test_order_is_kept_whatever_comes_first(ask):
    segments = [f"segment {number}" for number in range(40)]
    with ChatServer({"segment 0": ["down", "down"]}) as server:
        assert ask(server, segments, parallel=8) == [segment.upper() for segment in segments]
    assert set(server.answered.values()) == {1}


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        ("busy", 7.0),
        ("busy-until-date", 0.0),  # a date that has passed
        ("down", 1.0),
        ("no-json", 1.0),
        ("no-choices", 1.0),
        ("not-even-an-object", 1.0),
        ("empty", 1.0),
        ("refused", 1.0),
        ("cut-off", 1.0),
        ("close", 1.0),
    ],
)
def test_what_may_go_better_is_tried_again(ask, waits, error, wait):
    with ChatServer({"a": [error]}) as server:
        assert ask(server, ["a", "b"], parallel=1) == ["A", "B"]
    assert waits == [wait]
    assert server.answered == {"a": 1, "b": 1}


def test_a_time_out_is_tried_again(ask, waits):
    with ChatServer({"a": ["hang"]}) as server:
        assert ask(server, ["a"], timeout=0.3) == ["A"]
    assert waits == [1.0]


def test_waits_grow_and_end(ask, waits):
    with ChatServer({"b": ["down"] * 10}) as server, pytest.raises(RunError, match="in 4 attempts: HTTP 503"):
        ask(server, ["a", "b", "c"], attempts=4, parallel=1)
    assert waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("error", "message"), [("forbidden", "HTTP 401"), ("unknown-model", "HTTP 404")])
def test_a_refusal_ends_the_run_at_once(ask, waits, error, message):
    with ChatServer({"b": [error]}) as server, pytest.raises(RunError, match=message):
        ask(server, ["a", "b", "c"], parallel=1)
    assert waits == []
    assert server.answered == {"a": 1}


def test_after_a_failure_the_next_run_resumes(ask):
    with ChatServer({"c": ["forbidden"]}) as server:
        with pytest.raises(RunError) as error:
            ask(server, ["a", "b", "c", "d"], parallel=1)
        assert "2 of 4 segments are in the cache" in error.value.next_step
        assert ask(server, ["a", "b", "c", "d"], parallel=1) == ["A", "B", "C", "D"]
    assert server.answered == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_an_endpoint_that_is_not_there(ask):
    with ChatServer() as server:
        pass
    with pytest.raises(RunError, match="ConnectError"):
        ask(server, ["a"], attempts=2)


@pytest.mark.parametrize("options", [{"model": "other"}, {"prompt": "{text}"}, {"temperature": 1.0}])
def test_another_model_prompt_or_temperature_is_another_system(options):
    one = ChatTranslator("http://x", Pair("en", "uk"), ChatOptions(model="tiny"))
    other = ChatTranslator("http://x", Pair("en", "uk"), ChatOptions(**{"model": "tiny", **options}))
    assert one.identity != other.identity


def test_how_fast_it_asks_makes_no_other_system():
    one = ChatTranslator("http://x", Pair("en", "uk"), ChatOptions(model="tiny"))
    other = ChatTranslator("http://x", Pair("en", "uk"), ChatOptions(model="tiny", parallel=9, timeout=1, attempts=2))
    assert one.identity == other.identity


def test_a_killed_run_resumes_and_translates_nothing_twice(tmp_path, lines):
    segments = [f"this is segment number {number}" for number in range(30)]
    references = [f"це наш фрагмент із номером {number}, і він її" for number in range(30)]
    config = tmp_path / "systems.toml"
    config.write_text('[tiny]\nmodel = "tiny"\nparallel = 1\n')
    command = [
        sys.executable,
        "-c",
        "import typer; from corpus_builder.cli.evaluate import evaluate; typer.run(evaluate)",
    ]
    command += ["--source", str(lines("a.en", segments)), "--reference", str(lines("a.uk", references))]
    command += ["--systems-config", str(config), "--cache", str(tmp_path / "cache.sqlite"), "--metric", "chrf"]
    with ChatServer({segments[17]: ["hang"]}) as server:
        command += ["--system", f"tiny={server.url}", "--json", str(tmp_path / "out.json")]
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert server.hanging.wait(60)
        killed.send_signal(signal.SIGKILL)
        assert killed.wait(60) == -signal.SIGKILL
        assert server.answered.total() == 17
        assert not (tmp_path / "out.json").exists()
        subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "COLUMNS": "100"})
    assert server.answered == dict.fromkeys(segments, 1)
    assert (tmp_path / "out.json").exists()
