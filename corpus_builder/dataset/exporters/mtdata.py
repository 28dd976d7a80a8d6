"""Tables for mtdata, and the module by which its index knows them: a table for each pair of languages and split.

mtdata imports modules mtdata*.py of the folder that it is run in and calls their load_all(index). An entry is named
GROUP-NAME-VERSION-LANGUAGES, where the first three have no hyphen. It downloads the table from the address where the
folder is; the other columns become metadata. It cannot read the dataset on the Hub itself: mtdata 0.5.1 writes columns
to JSON, which has no dates. https://github.com/thammegowda/mtdata
"""

from __future__ import annotations

import gzip
import json
import re
from contextlib import ExitStack
from pathlib import Path

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.dataset.manifest import said_of
from corpus_builder.errors import UsageError
from corpus_builder.escape import one_line

_COLUMNS = ("id", "article_id", "probability")
_MODULE = '''"""Entries for the index of mtdata. In the folder of this file:

    python -m mtdata index
    python -m mtdata get -l {pair} --train {first} -o FOLDER
"""

from mtdata.entry import Entry

# Where the tables beside this file are to be downloaded from.
URL = {url}
TABLES = {tables}
COLUMNS = {columns}


def load_all(index):
    for name, table in TABLES.items():
        meta = {{"fields": {{column: number for number, column in enumerate(COLUMNS, 2)}}}}
        index.add_entry(Entry(name, f"{{URL}}/{{table}}", ext="tsv.gz", meta=meta))
'''


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write a folder, or another pair into it. Raises UsageError where no pair or no address was named."""
    if not selection.directed:
        raise UsageError("mtdata has a table for each pair of languages", next_step="add --all-pairs, or --pair en-uk")
    if not re.fullmatch(r"https?://[^\s\"'\\]+", selection.url):
        raise UsageError(
            "mtdata downloads the tables from a web address",
            next_step="name it, e.g. --url https://lab.example/news, and put the folder there",
        )
    pair = "-".join(selection.languages)
    level = selection.config.partition(".")[0]
    rows = 0
    tables: dict[str, gzip.GzipFile] = {}
    with ExitStack() as stack:
        for split, row in selection.rows(whole=True):
            if split not in tables:
                path = out / f"{level}.{pair}.{split}.tsv.gz"
                tables[split] = stack.enter_context(gzip.GzipFile(path, "wb", mtime=0))
            texts = [row["translation"][language] for language in selection.languages]
            cells = [one_line("" if cell is None else str(cell)) for cell in (*texts, *(row[c] for c in _COLUMNS))]
            tables[split].write(("\t".join(cells) + "\n").encode())
            rows += 1
    if rows:
        _write_module(selection, out)
    return selection.outcome(rows)


def _write_module(selection: Selection, out: Path) -> None:
    """The module with an entry for each table in the folder."""
    about = said_of(selection.folder.path)
    name = re.sub(r"\W+", "_", str(about.get("name") or "corpus"), flags=re.ASCII).strip("_").lower() or "corpus"
    version = re.sub(r"[^\w.]+", "_", str(about.get("version") or "1"), flags=re.ASCII)
    tables = {}
    for path in sorted(out.glob("*.tsv.gz")):
        level, pair, split = path.name.split(".")[:3]
        tables[f"{name.capitalize()}-{level}_{split}-{version}-{pair}"] = path.name
    # The strings, lists and dicts of JSON are those of Python.
    text = _MODULE.format(
        pair="-".join(selection.languages),
        first=next((name for name, table in tables.items() if ".train." in table), next(iter(tables))),
        url=json.dumps(selection.url.rstrip("/")),
        tables=json.dumps(tables, indent=4),
        columns=json.dumps(_COLUMNS),
    )
    (out / f"mtdata_{name}.py").write_text(text, encoding="utf-8")
