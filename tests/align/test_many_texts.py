"""A folder of any number of texts: read as it goes, the same output in any number of processes."""

import json
import pickle
import random

import pytest

from corpus_builder.align.aligner import Aligner
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.texts import decoding, folder
from corpus_builder.align.texts.command import align_texts
from corpus_builder.align.texts.decoding import Decoder
from corpus_builder.align.training import sampled
from corpus_builder.errors import UsageError
from corpus_builder.stages.executor import Workers
from tests.align.test_texts_command import ENGLISH, UKRAINIAN, write

NAMES = ["Kyiv", "Lviv", "Odesa", "Dnipro", "Sumy", "Poltava", "Kherson", "Rivne"]


@pytest.fixture
def texts(tmp_path):
    """20 documents; each has words that stand in no other, and one line fewer in one edition."""
    rnd = random.Random(1)
    for k in range(20):
        lines = [(f"{e[:-1]} {NAMES[k % 8]}{k}x{n}.", f"{u[:-1]} {NAMES[k % 8]}{k}x{n}.")
                 for n, (e, u) in enumerate(zip(ENGLISH, UKRAINIAN, strict=True))]  # fmt: skip
        rnd.shuffle(lines)
        write(tmp_path / "in", f"story{k:02}", en=[e for e, _ in lines], uk=[u for _, u in lines][k % 2 :])
    return tmp_path / "in"


def test_neither_batches_nor_forgotten_words_change_the_output(tmp_path, texts, monkeypatch):
    for level in ("segment", "clause"):
        align_texts(texts, tmp_path / "one.jsonl", level=level)
        monkeypatch.setattr(decoding, "BATCH", 3)
        monkeypatch.setattr(decoding, "NEW_WORDS", -(10**6))  # forget after each document
        align_texts(texts, tmp_path / "two.jsonl", level=level)
        assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
        monkeypatch.undo()


def test_a_vocabulary_grows_no_further_than_allowed(tmp_path, texts, monkeypatch):
    sizes = []
    forget = Aligner.forget
    monkeypatch.setattr(decoding, "NEW_WORDS", 10)
    monkeypatch.setattr("corpus_builder.align.texts.command.sampled", lambda names: frozenset(sorted(names)[:5]))
    monkeypatch.setattr(Aligner, "forget", lambda self, most: (
        sizes.append(len(self.vocabulary("en"))), forget(self, most)))  # fmt: skip
    align_texts(texts, tmp_path / "out.jsonl", level="segment")
    assert len(sizes) == 20
    assert max(sizes) <= sizes[0] + 2 * 10
    assert {json.loads(line)["document"] for line in (tmp_path / "out.jsonl").open()} == {
        p.name for p in folder.find(texts)
    }


def test_worker_processes_give_the_same_output(tmp_path, texts, monkeypatch):
    monkeypatch.setattr(decoding, "BATCH", 3)
    align_texts(texts, tmp_path / "one.jsonl", explain=True)
    align_texts(texts, tmp_path / "two.jsonl", explain=True, mapper=Workers(2).in_order)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_with_an_encoder_there_is_one_process_which_is_told(tmp_path, texts, monkeypatch):
    class Encoder:
        def encode(self, given):
            return [[len(text), 1.0] for text in given]

    monkeypatch.setattr("corpus_builder.align.texts.command.open_encoder", lambda *_: Embedder(Encoder, "lengths"))
    told = []
    align_texts(texts, tmp_path / "out.jsonl", encoder="lengths", notify=told.append, mapper=Workers(2).in_order)
    assert any("one process" in message for message in told)


def test_what_a_worker_gets_does_not_grow_with_the_documents(tmp_path, texts, monkeypatch):
    kept = []
    monkeypatch.setattr(Decoder, "__call__", lambda self, batch: kept.append(self) or [])
    with pytest.raises(Exception, match="no lines"):
        align_texts(texts, tmp_path / "out.jsonl", level="segment")
    decoder = kept[0]
    assert decoder.prepared
    assert not pickle.loads(pickle.dumps(decoder)).prepared


def test_results_come_in_the_order_of_the_tasks_and_few_are_read_ahead():
    read = []

    def tasks():
        for k in range(40):
            read.append(k)
            yield k

    found = Workers(2).in_order(abs, tasks())
    assert next(found) == 0
    assert len(read) <= 6
    assert list(found) == list(range(1, 40))


def test_an_error_in_a_worker_is_raised_here():
    with pytest.raises(TypeError, match="str"):
        list(Workers(2).in_order(abs, ["x"]))


def test_documents_are_aligned_once_though_some_decide_the_level(tmp_path, texts, monkeypatch):
    aligned = []
    align = Aligner.align
    monkeypatch.setattr(
        Aligner, "align", lambda self, d, **options: aligned.append(d.name) or align(self, d, **options)
    )
    align_texts(texts, tmp_path / "out.jsonl")
    assert sorted(aligned) == [text.name for text in folder.find(texts)]


def test_a_file_that_cannot_be_read_is_told_before_anything_is_written(tmp_path, texts):
    (texts / "story19.uk.txt").write_bytes("Осло".encode("cp1251"))
    with pytest.raises(UsageError, match="story19"):
        align_texts(texts, tmp_path / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_only_the_documents_that_training_uses_are_held(tmp_path, texts, monkeypatch):
    held = []
    monkeypatch.setattr("corpus_builder.align.texts.command.sampled", lambda names: sampled(names, 5))
    monkeypatch.setattr(Decoder, "__call__", lambda self, batch: held.append(len(self.prepared)) or [])
    with pytest.raises(Exception, match="no lines"):
        align_texts(texts, tmp_path / "out.jsonl", level="segment")
    assert held == [5]
