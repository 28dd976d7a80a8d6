"""Every client reads every output row for row alike, whatever is in the texts."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import Row, TextRow
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.escape import one_line, readable, xml

from .clients import ELSEWHERE, READERS, Rows, read
from .publish.test_whole import finish
from .small_dataset import LANGUAGES, ROW

TEXTS = (
    'He said: "yes".', '"Begins with a quotation mark', 'Ends with one"', '"', 'two\nlines', "a\ttab", "cr\rlf\r\nend",
    "separator\u2028here\u2029and\u0085there", "zero\x00byte\x0b\x1b[31mred", "NA", "null", "None", "nan", "007", "1e5",
    "=1+1", "semi;colon, comma", "back\\slash\\", "\\n is no line break", " spaces around ", "#no comment",
    "bidi \u202eoverride", "<b>&amp; &", "😀 Ї ґ", "-", "'", '""', '","', "true", "2025-12-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each output of a dataset of these texts."""
    place = tmp_path_factory.mktemp("clients")
    rows = [
        replace(
            ROW,
            id=f"{i:04}",
            article_id=f"{i // 4:03}",
            position=i,
            translation={"uk": f"{text} б", "ru": None, "en": text},
        )
        for i, text in enumerate(TEXTS)
    ]
    with DatasetWriter(place / "dataset", LANGUAGES) as writer:
        for row in rows:
            writer.write("sentences", "train", row)
            for language in ("en", "uk"):
                writer.write_text("train", _text_row(row, language))
    folder = DatasetFolder(place / "dataset")
    finish(folder.path)
    made = {"folder": folder.path}
    for output in sorted({output for _, output in READERS} - {"folder"}):
        name = output.partition(" ")[0]
        chosen = select(folder, pair="en-uk")
        chosen.columns = ("en", "uk") if "--columns" in output else ()
        made[output] = place / f"out-{output.replace(' ', '')}.{FORMATS[name].ending or name}"
        if FORMATS[name].folder:
            made[output].mkdir()
        assert FORMATS[name].write(chosen, made[output]).rows == len(TEXTS)
    return made


def _text_row(row: Row, language: str) -> TextRow:
    url, text = row.url[language] or "", row.translation[language] or ""
    return TextRow(f"{row.id}-{language}", row.article_id, row.date, row.section, url, language, "", text)


def expected(output: str) -> Rows:
    """The rows as an output has them: whole, or on a line, or without what it cannot hold."""
    change = {
        "tsv": readable, "csv": readable, "tmx": xml, "xliff": xml, "opus": one_line, "moses": one_line,
        "tsv --columns": one_line, "wmt": one_line,
    }.get(output, lambda text: text)  # fmt: skip
    return [(change(text), change(f"{text} б")) for text in TEXTS]


@pytest.mark.parametrize(("client", "output"), sorted(READERS))
def test_every_client_reads_the_same_rows(outputs: dict[str, Path], client: str, output: str) -> None:
    rows = read(client, output, outputs[output])
    if rows is None:
        pytest.skip(f"{client} is not installed: pip install '.[clients]', or name its interpreter in CLIENTS_PYTHON")
    wanted = expected(output)
    if client == "mtdata":  # it makes any space one space, and reads "&amp;" as "&", by itself
        rows, wanted = ([(one_line(unescape(a)), one_line(unescape(b))) for a, b in each] for each in (rows, wanted))
    assert len(rows) == len(wanted)
    for got, want in zip(rows, wanted, strict=True):
        assert tuple(got) == want


def test_a_validator_needs_nothing_but_the_tmx(outputs: dict[str, Path]) -> None:
    if not shutil.which("xmllint"):
        pytest.skip("xmllint is not installed")
    subprocess.run(["xmllint", "--noout", "--valid", str(outputs["tmx"])], check=True)
    dtd = Path(__file__).parent / "tmx14.dtd"
    subprocess.run(["xmllint", "--noout", "--dtdvalid", str(dtd), str(outputs["tmx"])], check=True)


def test_the_page_has_every_cell_that_is_tested() -> None:
    """The table is made by benchmarks/dataset/clients.py."""
    page = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text(encoding="utf-8")
    table = page.partition("| client |")[2].partition("\n\n")[0].splitlines()
    outputs = [cell.strip(" `") for cell in table[0].strip("| ").split("|")[1:]]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    marked = {(row[0], output) for row in rows for output, cell in zip(outputs, row[2:], strict=True) if cell}
    assert marked == {*READERS, *ELSEWHERE}
    for row in rows:
        assert re.fullmatch(r"\d+(\.\d+)+", row[1]), row
    for node in ELSEWHERE.values():
        file, _, name = node.partition("::")
        assert f"\ndef {name}(" in (Path(__file__).parent / file).read_text(encoding="utf-8"), node
