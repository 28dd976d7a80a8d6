"""Every client reads every output row for row alike, whatever is in the texts."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from corpus_builder.dataset.exporters import FORMATS
from corpus_builder.dataset.exporters.selection import select
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.escape import one_line, readable, xml

from .clients import READERS, Rows, installed
from .small_dataset import ROW, write_rows

TEXTS = (
    'He said: "yes".', '"Begins with a quotation mark', 'Ends with one"', '"', 'two\nlines', "a\ttab", "cr\rlf\r\nend",
    "separator\u2028here\u2029and\u0085there", "zero\x00byte\x0b\x1b[31mred", "NA", "null", "None", "nan", "007", "1e5",
    "=1+1", "semi;colon, comma", "back\\slash\\", "\\n is no line break", " spaces around ", "#no comment",
    "bidi \u202eoverride", "<b>&amp; &", "😀 Ї ґ", "-", "'", '""', '","', "true", "2025-12-01",
)  # fmt: skip
FOLDERS = ("parquet", "opus")


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
    folder = DatasetFolder(write_rows(place / "dataset", {"train": rows}))
    made = {}
    for output in sorted({output for _, output in READERS}):
        name = output.partition(" ")[0]
        chosen = select(folder, pair="en-uk")
        chosen.columns = ("en", "uk") if "--columns" in output else ()
        made[output] = place / f"out-{output.replace(' ', '')}.{FORMATS[name].ending or name}"
        if FORMATS[name].folder:
            made[output].mkdir()
        assert FORMATS[name].write(chosen, made[output]).rows == len(TEXTS)
    return made


def expected(output: str) -> Rows:
    """The rows as an output has them: whole, or on a line, or without what it cannot hold."""
    change = {
        "tsv": readable, "csv": readable, "tmx": xml, "opus": one_line,
        "tsv --columns": one_line, "wmt": one_line,
    }.get(output, lambda text: text)  # fmt: skip
    return [(change(text), change(f"{text} б")) for text in TEXTS]


@pytest.mark.parametrize(("client", "output"), sorted(READERS))
def test_every_client_reads_the_same_rows(outputs: dict[str, Path], client: str, output: str) -> None:
    if installed(client) is None:
        pytest.skip(f"{client} is not installed: pip install '.[clients]'")
    read = READERS[client, output](outputs[output])
    wanted = expected(output)
    if client == "mtdata":  # it makes any space one space, and reads "&amp;" as "&", by itself
        read, wanted = ([(one_line(unescape(a)), one_line(unescape(b))) for a, b in rows] for rows in (read, wanted))
    assert len(read) == len(wanted)
    for got, want in zip(read, wanted, strict=True):
        assert tuple(got) == want


def test_a_validator_needs_nothing_but_the_tmx(outputs: dict[str, Path]) -> None:
    if not shutil.which("xmllint"):
        pytest.skip("xmllint is not installed")
    subprocess.run(["xmllint", "--noout", "--valid", str(outputs["tmx"])], check=True)
    dtd = Path(__file__).parent / "tmx14.dtd"
    subprocess.run(["xmllint", "--noout", "--dtdvalid", str(dtd), str(outputs["tmx"])], check=True)
