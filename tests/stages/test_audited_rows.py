"""Rows that people judged: wrong pairs are not published, the others say so in a column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.quality.filters import Filter
from corpus_builder.stages.export_filters import judge

LANGUAGES = ("en", "ru", "uk")
PAIRS = ("en-ru", "en-uk", "ru-uk")
ROW = Row(
    id="r", article_id="7", date=None, section=None, url=dict.fromkeys(LANGUAGES), position=0, kind="paragraph",
    label=None, translation={x: f"text {x}" for x in LANGUAGES}, quality={"probability": 0.9}, flags=(),
)  # fmt: skip


@pytest.mark.parametrize("filters", [(), (Filter("probability", least=0.5),)])
@pytest.mark.parametrize("level", ["sentences", "paragraphs", "quotes"])
def test_a_wrong_pair_is_in_neither_its_own_config_nor_the_trilingual_one(
    level: str, filters: tuple[Filter, ...]
) -> None:
    verdict = judge(filters, level, replace(ROW, verdicts={"en-uk": 3, "en-ru": 1}))
    assert verdict.configs == {f"{level}.en-ru", f"{level}.ru-uk"}
    assert {config: rejection.filter for config, rejection in verdict.rejected.items()} == {
        level: "audit_wrong",
        f"{level}.en-uk": "audit_wrong",
    }


def test_right_and_partly_right_rows_stay() -> None:
    assert judge((), "sentences", replace(ROW, verdicts=dict.fromkeys(PAIRS, 2))).configs is None


def test_the_column_says_what_was_said_of_all_pairs_of_a_row(tmp_path: Path) -> None:
    rows = [
        replace(ROW, id="all", verdicts={"en-ru": 1, "en-uk": 2, "ru-uk": 1}),
        replace(ROW, id="one", verdicts={"en-uk": 1}),
        ROW,
    ]
    with DatasetWriter(tmp_path, LANGUAGES) as writer:
        for row in rows:
            writer.write("sentences", "test", row)
    folder = DatasetFolder(tmp_path)
    found = {name: [row["audited"] for _, row in folder.rows(name)] for name in ("sentences", "sentences.en-uk")}
    assert found == {"sentences": ["partly", None, None], "sentences.en-uk": ["partly", "right", None]}
