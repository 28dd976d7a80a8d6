"""Helpers of the evaluation tests: sentences of our own, dataset folders, the command, and the WMT22 files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
import typer
from pyarrow import parquet
from typer.testing import CliRunner, Result

from corpus_builder.cli.evaluate import evaluate
from corpus_builder.evaluate.testset import Pair, Row, TestSet

WMT22 = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "wmt22"

SOURCES = (
    "The bridge over the Desna was opened on 12 March.",
    "“We waited for this day for three years,” Olena Koval said.",
    "It cost 1,500 hryvnias per metre.",
    "The old ferry will stay in Chernihiv as a museum.",
)
REFERENCES = (
    "Міст через Десну відкрили 12 березня.",
    "«Ми чекали цього дня три роки», – сказала Олена Коваль.",
    "Він коштував 1 500 гривень за метр.",
    "Старий пором залишиться в Чернігові як музей.",
)
OUTPUTS = (
    "Міст над Десною відкрили 12 березня.",
    "Ми чекали на цей день три роки, сказала Олена Коваль.",
    "Це коштувало 1500 гривень за метр.",
    "Старий паром залишиться у Чернігові музеєм.",
)


def make_test(
    sources: Sequence[str], *references: Sequence[str], pair: str = "en-uk", **facts: Sequence[str]
) -> TestSet:
    """A test set of lists; `facts` are further columns of its rows."""
    rows = (
        Row(str(number), source, tuple(side[number] for side in references), **{k: v[number] for k, v in facts.items()})
        for number, source in enumerate(sources)
    )
    return TestSet(Pair.parse(pair), tuple(rows))


@pytest.fixture
def sample() -> TestSet:
    return make_test(SOURCES, REFERENCES)


@pytest.fixture
def wmt22() -> Path:
    if not (WMT22 / "official-scores.en-uk.tsv").exists():
        pytest.skip(f"WMT22's files are not at {WMT22}")
    return WMT22


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[str, Sequence[str]], Path]:
    """Write lines to a file of this name and give its path."""

    def write(name: str, texts: Sequence[str]) -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return path

    return write


@pytest.fixture
def files(lines: Callable[[str, Sequence[str]], Path]) -> list[str]:
    """Options of the command for the sample as files."""
    return ["--source", str(lines("test.en", SOURCES)), "--reference", str(lines("test.uk", REFERENCES))]


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run the command in this process."""
    app = typer.Typer(add_completion=False)
    app.command()(evaluate)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env={"COLUMNS": "160"})

    return invoke


def write_dataset(folder: Path, configs: dict[str, dict[str, list[dict[str, object]]]]) -> Path:
    """A dataset folder as `build` writes it: config -> split -> rows, of which any column may be left out."""
    for config, splits in configs.items():
        for split, rows in splits.items():
            path = folder / "data" / config / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            parquet.write_table(pa.Table.from_pylist([_complete(n, row) for n, row in enumerate(rows)]), path)
    return folder


def _complete(number: int, row: dict[str, object]) -> dict[str, object]:
    return {
        "id": f"row-{number}",
        "article_id": str(100 + number // 2),
        "date": "2025-02-13",
        "section": "news",
        "url": {language: f"https://example.org/{language}/{number}" for language in ("en", "uk")},
        "position": number % 2,
        "kind": "paragraph",
        "label": None,
        "probability": 0.95,
        "flags": [],
        **row,
    }
