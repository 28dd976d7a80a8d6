"""Slices and contamination: which rows they hold, and no figure for too few of them."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.contamination import find_contamination
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.slices import slice_scores, values_of_rows
from corpus_builder.evaluate.training import training_texts

from .conftest import OUTPUTS, REFERENCES, SOURCES, make_test


def sliced(test, smallest=1, **further):
    metrics = make_metrics(["bleu", "quote"], test, MetricSettings())
    statistics = {metric.name: {"mine": metric.statistics(OUTPUTS)} for metric in metrics}
    return {
        (s.dimension, s.value): s for s in slice_scores(values_of_rows(test, further), metrics, statistics, smallest)
    }


def test_every_dimension_tells_its_rows_apart():
    test = make_test(
        SOURCES,
        REFERENCES,
        section=["news", "news", "culture", "culture"],
        date=["2025-01-31", "2025-02-01", "2025-02-02", "2025-02-28"],
        kind=["title", "paragraph", "paragraph", "paragraph"],
        label=[None, "quote", None, "background"],
        probability=[0.995, 0.95, 0.4, 0.72],
        config=["sentences", "quotes", "sentences", "sentences"],
    )
    assert {key: found.rows for key, found in sliced(test).items()} == {
        ("config", "quotes"): 1,
        ("config", "sentences"): 3,
        ("section", "culture"): 2,
        ("section", "news"): 2,
        ("month", "2025-01"): 1,
        ("month", "2025-02"): 3,
        ("length", "6–10 words"): 4 - 0 - 1,
        ("length", "11–20 words"): 1,
        ("label", "background"): 1,
        ("label", "quote"): 1,
        ("quotation", "narrative"): 3,
        ("quotation", "quotation"): 1,
        ("headline", "body"): 3,
        ("headline", "headline"): 1,
        ("numbers", "with numbers"): 2,
        ("numbers", "without"): 2,
        ("names", "with names"): 3,
        ("names", "without"): 1,
        ("probability", "below 0.5"): 1,
        ("probability", "0.7–0.9"): 1,
        ("probability", "0.9–0.99"): 1,
        ("probability", "0.99 and above"): 1,
    }


def test_a_slice_scores_as_its_rows_alone_would(sample):
    found = sliced(sample)["numbers", "with numbers"]
    rows = [0, 2]
    alone = make_test([SOURCES[i] for i in rows], [REFERENCES[i] for i in rows])
    (bleu,) = make_metrics(["bleu"], alone, MetricSettings())
    score = float(bleu.scores(bleu.statistics([OUTPUTS[i] for i in rows]).sum(axis=0)))
    assert found.scores["mine"]["bleu"] == pytest.approx(score)
    assert found.scores["mine"]["quote"] is None  # no quotation in these rows


def test_small_slices_have_a_size_and_no_figure(sample):
    found = sliced(sample, smallest=3)
    assert (found["numbers", "with numbers"].rows, found["numbers", "with numbers"].scores) == (2, None)
    assert found["names", "with names"].scores is not None


def test_a_dimension_with_one_kind_of_rows_says_nothing(sample):
    assert "section" not in {dimension for dimension, _ in sliced(sample)}
    assert "section" not in {dimension for dimension, _ in sliced(make_test(SOURCES, REFERENCES, section=["a"] * 4))}


def test_further_dimensions(sample):
    found = sliced(sample, training=["contained", "not contained", "not contained", "not contained"])
    assert found["training", "contained"].rows == 1


def test_rows_in_training_data():
    long = "the council of the town decided on Monday to rebuild the old bridge before the winter comes"
    test = make_test([*SOURCES, long], [*REFERENCES, "довгий рядок про міст"])
    training = [
        SOURCES[0].upper().replace(".", " !"),  # the source, but for case and punctuation
        REFERENCES[1],
        SOURCES[2],
        REFERENCES[2],
        "and so " + long + " and the river freezes",  # nearly
        "Something else.",
        "",
    ]
    found = find_contamination(test, iter(training))
    assert found.source == (0, 2)
    assert found.reference == (1, 2)
    assert found.both == (2,)
    assert found.near == (4,)
    assert found.any == (0, 1, 2, 4)
    assert found.training_segments == 7


def test_other_texts_do_not_match():
    found = find_contamination(make_test(SOURCES, REFERENCES), ["A quite different text.", "Зовсім інший текст."])
    assert found.any == ()


def test_training_data_of_all_forms(tmp_path):
    (tmp_path / "a.tsv").write_text("one\tодин\ntwo\tдва\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(
        json.dumps({"translation": {"en": "three", "uk": "три"}}) + "\n", encoding="utf-8"
    )
    parquet.write_table(pa.table({"text": ["four"], "number": np.array([4])}), tmp_path / "c.parquet")
    (tmp_path / "d.json").write_text(json.dumps([["five"], 5]), encoding="utf-8")
    assert list(training_texts(str(tmp_path))) == ["one", "один", "two", "два", "three", "три", "four", "five"]


def test_training_data_that_is_not_there_or_broken(tmp_path):
    with pytest.raises(UsageError, match="folder not found"):
        list(training_texts(str(tmp_path / "absent")))
    (tmp_path / "b.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match=r"b\.jsonl, line 1: not JSON"):
        list(training_texts(str(tmp_path / "b.jsonl")))
