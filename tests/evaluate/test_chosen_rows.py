"""Rows of a dataset that are chosen to test on, and documents as rows."""

from __future__ import annotations

import json

import pytest

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.cache import AnswerCache
from corpus_builder.evaluate.dataset import Choice, read_dataset
from corpus_builder.evaluate.testset import Pair
from corpus_builder.evaluate.translators import translate_all
from corpus_builder.evaluate.translators.chat import ChatOptions, ChatTranslator
from corpus_builder.evaluate.translators.command import CommandOptions, CommandTranslator

from .chat_server import ChatServer
from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test, write_dataset

PAIR = Pair("en", "uk")


def rows(**columns):
    """Four rows with these columns."""
    return [
        {
            "translation": {"en": SOURCES[n], "uk": REFERENCES[n]},
            **{name: values[n] for name, values in columns.items()},
        }
        for n in range(4)
    ]


@pytest.mark.parametrize(
    ("choice", "kept", "dropped"),
    [
        (Choice(min_probability=0.9), [0, 1], {"probability_too_low": 1, "no_probability": 1}),
        (Choice(min_probability=0.95), [0], {"probability_too_low": 2, "no_probability": 1}),
        (Choice(complete=True), [0, 2], {"incomplete": 1, "completeness_unknown": 1}),
        (Choice(audited_only=True), [1, 2], {"not_audited": 2}),
        (Choice(0.9, audited_only=True), [1], {"not_audited": 1, "probability_too_low": 1, "no_probability": 1}),
    ],
)
def test_rows_are_chosen_and_the_others_counted(tmp_path, choice, kept, dropped):
    columns = {
        "probability": [0.95, 0.9, 0.3, None],
        "complete": [0.9, 0.2, 0.5, None],
        "audited": [False, True, True, None],
    }
    folder = write_dataset(tmp_path, {"sentences.en-uk": {"test": rows(**columns)}})
    test = read_dataset(str(folder), ["sentences"], "test", PAIR, choice)
    assert test.sources == [SOURCES[n] for n in kept]
    assert test.dropped == dropped


def test_a_dataset_of_others_needs_no_ids_but_numbers_as_probabilities(tmp_path):
    folder = write_dataset(tmp_path / "a", {"sentences.en-uk": {"test": rows(id=[None] * 4)}})
    test = read_dataset(str(folder), ["sentences"], "test", PAIR, Choice())
    assert len({row.id for row in test.rows}) == 4
    folder = write_dataset(tmp_path / "b", {"sentences.en-uk": {"test": rows(probability=["0.9"] * 4)}})
    with pytest.raises(UsageError, match=r"'0\.9' in its column `probability`, which is no number"):
        read_dataset(str(folder), ["sentences"], "test", PAIR, Choice(min_probability=0.5))


@pytest.mark.parametrize(
    ("option", "column"),
    [("--audited-only", "audited"), ("--complete", "complete"), ("--min-probability", "probability")],
)
def test_a_column_that_is_absent_is_named(run, tmp_path, option, column):
    made = [{"translation": {"en": SOURCES[0], "uk": REFERENCES[0]}}]
    folder = write_dataset(tmp_path, {"sentences.en-uk": {"test": made}})
    if column == "probability":
        from pyarrow import parquet

        path = next(folder.rglob("*.parquet"))
        parquet.write_table(parquet.read_table(path).drop_columns(["probability"]), path)
    value = ["0.5"] if column == "probability" else []
    error = run("--dataset", str(folder), "--pair", "en-uk", "--system", "c=copy:", option, *value).exception
    assert isinstance(error, UsageError)
    assert str(error).startswith(f"{option}: sentences.en-uk of ")
    assert f"no column `{column}`" in str(error)


def test_no_row_that_passes_says_how_many_did_not(tmp_path):
    folder = write_dataset(tmp_path, {"sentences.en-uk": {"test": rows(probability=[0.1] * 4)}})
    with pytest.raises(UsageError, match="4 probability too low") as error:
        read_dataset(str(folder), ["sentences"], "test", PAIR, Choice(0.5))
    assert "--min-probability" in error.value.next_step


def test_files_have_no_scores_to_choose_by(run, files):
    error = run(*files, "--system", "c=copy:", "--complete").exception
    assert isinstance(error, UsageError)
    assert "--complete chooses rows of a dataset" in str(error)


def test_documents_survive_writing_and_reading(run, tmp_path):
    made = rows(article_id=["a", "a", "b", None])
    folder = write_dataset(tmp_path / "d", {"sentences.en-uk": {"test": made}})
    saved, result = tmp_path / "saved", tmp_path / "result.json"
    copy = ["--system", "copy=copy:", "--cache", str(tmp_path / "cache"), "--no-language-check", "--metric", "chrf"]
    assert run("--dataset", str(folder), "--pair", "en-uk", *copy, "--out", str(saved)).exception is None
    assert (saved / "ids.txt").read_text(encoding="utf-8").split() == ["row-0", "row-1", "row-2", "row-3"]
    again = ["--source", str(saved / "source.en"), "--reference", str(saved / "reference.uk")]
    again += ["--documents", str(saved / "documents.txt"), "--system", f"x={saved / 'copy.uk'}", "--no-language-check"]
    assert run(*again, "--metric", "chrf", "--json", str(result)).exception is None
    assert json.loads(result.read_text(encoding="utf-8"))["test_set"]["documents"] == 3


STORY = "The bridge was opened.\nOlena Koval came.\n\nIt cost 1,500 hryvnias."


def test_documents_of_a_dataset_are_rows_with_lines(tmp_path):
    story = [{"translation": {"en": STORY, "uk": "Міст відкрили.\nПрийшла Олена."}}]
    folder = write_dataset(tmp_path, {"documents.en-uk": {"test": story}})
    test = read_dataset(str(folder), ["documents"], "test", PAIR)
    assert test.sources == ["The bridge was opened. Olena Koval came.  It cost 1,500 hryvnias."]
    assert test.inputs == ["The bridge was opened.\nOlena Koval came.\nIt cost 1,500 hryvnias."]
    assert test.references == [["Міст відкрили. Прийшла Олена."]]


def test_level_documents_scores_documents(run, lines, tmp_path):
    """Document scores differ from segment scores: sentences that a system puts the other way round cost nothing."""
    sources = [*SOURCES, "One more line.", "And a last one."]
    references = [*REFERENCES, "Ще один рядок.", "І останній."]
    swapped = [references[1], references[0], *references[2:]]
    documents = lines("documents", ["a", "a", "b", "b", "c", "c"])
    common = ["--source", str(lines("t.en", sources)), "--reference", str(lines("t.uk", references))]
    common += ["--documents", str(documents), "--system", f"s={lines('s.uk', swapped)}", "--metric", "chrf"]
    found = {}
    for level in ("segments", "documents"):
        path = tmp_path / f"{level}.json"
        result = run(*common, "--level", level, "--json", str(path))
        assert result.exception is None, result.exception
        found[level] = json.loads(path.read_text(encoding="utf-8"))
    assert found["documents"]["test_set"]["segments"] == 3
    assert found["documents"]["test_set"]["level"] == "documents"
    scores = {level: each["systems"]["s"]["chrf"]["score"] for level, each in found.items()}
    assert scores["documents"] > scores["segments"] + 20


def test_level_documents_needs_documents(run, files, lines):
    error = run(*files, "--system", f"m={lines('m.uk', OUTPUTS)}", "--level", "documents").exception
    assert isinstance(error, UsageError)
    assert "--documents FILE" in error.next_step


def test_joining_keeps_facts_that_all_segments_share():
    test = make_test(
        SOURCES, REFERENCES, document=["x", "y", "x", "y"], section=["news"] * 4, date=["1", "1", "2", "1"]
    )
    joined = test.joined()
    assert [row.id for row in joined.rows] == ["x", "y"]
    assert joined.rows[0].source == f"{SOURCES[0]} {SOURCES[2]}"
    assert (joined.rows[0].section, joined.rows[0].date, joined.rows[1].date) == ("news", None, "1")
    assert test.join(list("abcd")) == ["a c", "b d"]


@pytest.fixture
def cache(tmp_path):
    with AnswerCache(tmp_path / "cache.sqlite") as opened:
        yield opened


def command(text):
    return CommandTranslator(text, PAIR, CommandOptions())


def test_a_command_sees_where_documents_end(cache):
    # numbers each line within its document
    numbered = command("""awk 'BEGIN{n=0} /^$/{n=0;print;next} {n++; print n": "$0}'""")
    documents = ["a\nb", "c", "d\ne\nf"]
    assert translate_all(numbered, documents, cache) == ["1: a\n2: b", "1: c", "1: d\n2: e\n3: f"]


def test_a_command_that_loses_the_ends_of_documents_is_refused(cache):
    with pytest.raises(RunError, match="2 documents with an empty line after each"):
        translate_all(command("sed 's/^$/x/'"), ["a\nb", "c"], cache)


def test_a_chat_model_gets_whole_documents_and_a_segment_stays_a_line(cache):
    with ChatServer() as server:
        translator = ChatTranslator(server.url, PAIR, ChatOptions(model="m", prompt="TEXT:\n{text}"))
        assert translate_all(translator, ["one\ntwo"], cache) == ["ONE\nTWO"]
    assert len(server.requests) == 1


def test_a_translator_of_sentences_gets_lines(cache):
    class Sentences:
        takes_documents = False

        def __init__(self):
            self.identity = {"kind": "sentences"}

        def translate(self, segments):
            assert not any("\n" in segment for segment in segments)
            yield {segment: segment.upper() for segment in segments}

    assert translate_all(Sentences(), ["a\nb", "b"], cache) == ["A\nB", "B"]
