"""The programs that read what we write, and how each reads the rows of an output: the English and Ukrainian texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Rows = list[tuple[str, str]]
LANGUAGES = ("en", "uk")


def _python_csv(path: Path, between: str) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["en"], row["uk"]) for row in csv.DictReader(file, delimiter=between, strict=True)]


def _pandas(path: Path, between: str) -> Rows:
    import pandas as pd

    table = pd.read_csv(path, sep=between, dtype=str, keep_default_na=False)
    return list(zip(table["en"], table["uk"], strict=True))


def _polars(path: Path, between: str) -> Rows:
    import polars as pl

    table = pl.read_csv(path, separator=between, infer_schema=False)
    return list(zip(table["en"].to_list(), table["uk"].to_list(), strict=True))


def _duckdb(path: Path, between: str) -> Rows:
    import duckdb

    options = f"delim='{between}', quote='\"', escape='\"', header=true, all_varchar=true"
    return [(a, b) for a, b in duckdb.sql(f"select en, uk from read_csv('{path}', {options})").fetchall()]


def _datasets(path: Path, between: str) -> Rows:
    from datasets import Features, Value, load_dataset

    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file, delimiter=between))
    features = Features({name: Value("string") for name in names})
    cache = str(path.parent / f"cache-{path.name}")
    rows = load_dataset(
        "csv",
        data_files=str(path),
        sep=between,
        keep_default_na=False,
        features=features,
        split="train",
        cache_dir=cache,
    )
    return [(row["en"], row["uk"]) for row in rows]


def _jsonl_python(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="\n") as file:
        return [tuple(json.loads(line)["translation"][language] for language in LANGUAGES) for line in file]


def _jsonl_pandas(path: Path) -> Rows:
    import pandas as pd

    return [(each["en"], each["uk"]) for each in pd.read_json(path, lines=True, dtype=False)["translation"]]


def _jsonl_polars(path: Path) -> Rows:
    import polars as pl

    return [(each["en"], each["uk"]) for each in pl.read_ndjson(path, infer_schema_length=None)["translation"]]


def _jsonl_duckdb(path: Path) -> Rows:
    import duckdb

    query = f"select translation.en, translation.uk from read_json('{path}', format='newline_delimited')"
    return [(a, b) for a, b in duckdb.sql(query).fetchall()]


def _jsonl_datasets(path: Path) -> Rows:
    from datasets import load_dataset

    rows = load_dataset("json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache-jsonl"))
    return [(row["translation"]["en"], row["translation"]["uk"]) for row in rows]


def _tmx_translate_toolkit(path: Path) -> Rows:
    from translate.storage.tmx import tmxfile

    with path.open("rb") as file:
        units = tmxfile(file, "en", "uk").units
    return [(str(unit.source), str(unit.target)) for unit in units]


def _tmx_mtdata(path: Path) -> Rows:
    return _mtdata(path, "tmx")


def _tsv_mtdata(path: Path) -> Rows:
    return _mtdata(path, "tsv")


def _mtdata(path: Path, ending: str, in_paths: list[str] | None = None, in_ext: str | None = None) -> Rows:
    from mtdata.entry import Entry
    from mtdata.parser import Parser

    entry = Entry("Test-corpus-1-eng-ukr", path.as_uri(), ext=ending, in_paths=in_paths, in_ext=in_ext)
    return [(row[0], row[1]) for row in Parser(path, ext=ending, ent=entry).read_segs(show_pbar=False)]


def _opus_read(path: Path) -> Rows:
    from opustools import OpusRead

    printed = io.StringIO()
    with redirect_stdout(printed):
        OpusRead(
            directory="corpus", source="en", target="uk", preprocess="raw", write_mode="moses",
            alignment_file=str(path / "xml" / "en-uk.xml.gz"), download_dir=str(path / "raw"),
        ).printPairs()  # fmt: skip
    return [tuple(line.split("\t")) for line in printed.getvalue().split("\n") if line]  # type: ignore[misc]


def _opus_zip(path: Path) -> Rows:
    import zipfile

    with zipfile.ZipFile(path / "moses" / "en-uk.txt.zip") as packed:
        sides = [packed.read(f"corpus.en-uk.{language}").decode().split("\n")[:-1] for language in LANGUAGES]
    return list(zip(*sides, strict=True))


def _wmt_sacrebleu(path: Path) -> Rows:
    from sacrebleu.dataset.wmt_xml import WMTXMLDataset

    read = WMTXMLDataset._unwrap_wmt21_or_later(str(path))
    return list(zip(read["src"], read["ref:A"], strict=True))


def _parquet_of(client: str) -> Callable[[Path], Rows]:
    def read(path: Path) -> Rows:
        (file,) = path.glob("data/*/train-*.parquet")
        if client == "pandas":
            import pandas as pd

            cells: Iterator[dict[str, str]] = iter(pd.read_parquet(file, columns=["translation"])["translation"])
        elif client == "polars":
            import polars as pl

            cells = iter(pl.read_parquet(file, columns=["translation"])["translation"])
        elif client == "duckdb":
            import duckdb

            cells = (row[0] for row in duckdb.sql(f"select translation from '{file}'").fetchall())
        else:
            from datasets import load_dataset

            cells = (
                row["translation"]
                for row in load_dataset("parquet", data_files=str(file), split="train", cache_dir=str(path / "cache"))
            )
        return [(cell["en"], cell["uk"]) for cell in cells]

    return read


def _separated(read: Callable[[Path, str], Rows], between: str) -> Callable[[Path], Rows]:
    return lambda path: read(path, between)


_TABLES = {
    "python": _python_csv, "pandas": _pandas, "polars": _polars, "duckdb": _duckdb, "datasets": _datasets,
}  # fmt: skip
# Client and output -> how the one reads the other. The name of a client is that of its package.
READERS: dict[tuple[str, str], Callable[[Path], Rows]] = {
    **{(client, "tsv"): _separated(read, "\t") for client, read in _TABLES.items()},
    **{(client, "csv"): _separated(read, ",") for client, read in _TABLES.items()},
    ("python", "jsonl"): _jsonl_python,
    ("pandas", "jsonl"): _jsonl_pandas,
    ("polars", "jsonl"): _jsonl_polars,
    ("duckdb", "jsonl"): _jsonl_duckdb,
    ("datasets", "jsonl"): _jsonl_datasets,
    **{(client, "parquet"): _parquet_of(client) for client in ("pandas", "polars", "duckdb", "datasets")},
    ("mtdata", "tsv --columns"): _tsv_mtdata,
    ("mtdata", "tmx"): _tmx_mtdata,
    ("translate-toolkit", "tmx"): _tmx_translate_toolkit,
    ("opustools", "opus"): _opus_read,
    ("python", "opus"): _opus_zip,
    ("sacrebleu", "wmt"): _wmt_sacrebleu,
}


def installed(client: str) -> str | None:
    """The version of a client; None where it is missing."""
    import platform

    if client == "python":
        return platform.python_version()
    try:
        return version(client)
    except PackageNotFoundError:
        return None
