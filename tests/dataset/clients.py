"""The programs that read what we write, and how each reads the rows of an output: the English and Ukrainian texts.

Some need environments of their own (opustools installs a package named `tests`). Their interpreters are listed in
CLIENTS_PYTHON, separated like PATH; this file is run there: python clients.py CLIENT OUTPUT PATH prints rows as JSON.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
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


def _xliff_translate_toolkit(path: Path) -> Rows:
    from translate.storage.xliff2 import Xliff2File

    with path.open("rb") as file:
        units = Xliff2File.parsefile(file).units
    return [(str(unit.source), str(unit.target)) for unit in units]


def _tmx_mtdata(path: Path) -> Rows:
    return _mtdata(path, "tmx")


def _tsv_mtdata(path: Path) -> Rows:
    return _mtdata(path, "tsv")


def _mtdata(path: Path, ending: str) -> Rows:
    from mtdata.entry import Entry
    from mtdata.parser import Parser

    entry = Entry("Test-corpus-1-eng-ukr", path.as_uri(), ext=ending)
    return [(row[0], row[1]) for row in Parser(path, ext=ending, ent=entry).read_segs(show_pbar=False)]


def _opus_mtdata(path: Path) -> Rows:
    from mtdata.cache import Cache
    from mtdata.entry import Entry
    from mtdata.parser import Parser

    packed = path / "moses" / "en-uk.txt.zip"
    entry = Entry(
        "Test-corpus-1-eng-ukr", packed.as_uri(), ext="zip", in_paths=["*.en-uk.en", "*.en-uk.uk"], in_ext="txt"
    )
    inside = Cache(path.parent).get_local_in_paths(path=packed, entry=entry)
    return [(row[0], row[1]) for row in Parser(inside, ext="txt", ent=entry).read_segs(show_pbar=False)]


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
        names = [next(name for name in packed.namelist() if name.endswith(f".en-uk.{end}")) for end in LANGUAGES]
        sides = [packed.read(name).decode().split("\n")[:-1] for name in names]
    return list(zip(*sides, strict=True))


def _moses_python(path: Path) -> Rows:
    sides = [(path / f"sentences.en-uk.train.{language}").read_text("utf-8").split("\n")[:-1] for language in LANGUAGES]
    return list(zip(*sides, strict=True))


def _moses_datasets(path: Path) -> Rows:
    from datasets import load_dataset

    sides = [
        load_dataset(
            "text",
            data_files=str(path / f"sentences.en-uk.train.{language}"),
            split="train",
            cache_dir=str(path.parent / f"cache-moses-{language}"),
        )["text"]
        for language in LANGUAGES
    ]
    return list(zip(*sides, strict=True))


def _moses_opusfilter(path: Path) -> Rows:
    """Through a filter that all rows pass."""
    from opusfilter.opusfilter import OpusFilter

    inputs = [str(path / f"sentences.en-uk.train.{language}") for language in LANGUAGES]
    out = path.parent / "opusfilter"
    outputs = [str(out / language) for language in LANGUAGES]
    passing = {"LengthFilter": {"unit": "char", "min_length": 0, "max_length": 10_000}}
    step = {"type": "filter", "parameters": {"inputs": inputs, "outputs": outputs, "filters": [passing]}}
    OpusFilter({"common": {"output_directory": str(out)}, "steps": [step]}).execute_steps(overwrite=True)
    return list(zip(*(Path(each).read_text("utf-8").split("\n")[:-1] for each in outputs), strict=True))


def _wmt_sacrebleu(path: Path) -> Rows:
    from sacrebleu.dataset.wmt_xml import WMTXMLDataset

    read = WMTXMLDataset._unwrap_wmt21_or_later(str(path))
    return list(zip(read["src"], read["ref:A"], strict=True))


def _parquet_of(client: str) -> Callable[[Path], Rows]:
    def read(path: Path) -> Rows:
        (file,) = path.glob("data/sentences.en-uk/train-*.parquet")
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


def _folder_datasets(path: Path) -> Rows:
    from datasets import load_dataset

    rows = load_dataset(str(path), "sentences.en-uk", split="train", cache_dir=str(path.parent / "cache-folder"))
    return [(row["translation"]["en"], row["translation"]["uk"]) for row in rows]


def _folder_datatrove(path: Path) -> Rows:
    """The two configs `monolingual`."""
    from datatrove.pipeline.readers import ParquetReader

    sides = [
        [document.text for document in ParquetReader(str(path / "data" / f"monolingual.{language}"))()]
        for language in LANGUAGES
    ]
    return list(zip(*sides, strict=True))


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
    **{(client, "folder"): _parquet_of(client) for client in ("pandas", "polars", "duckdb")},
    ("datasets", "folder"): _folder_datasets,
    ("datatrove", "folder"): _folder_datatrove,
    ("mtdata", "tsv --columns"): _tsv_mtdata,
    ("mtdata", "tmx"): _tmx_mtdata,
    ("translate-toolkit", "tmx"): _tmx_translate_toolkit,
    ("translate-toolkit", "xliff"): _xliff_translate_toolkit,
    ("python", "moses"): _moses_python,
    ("datasets", "moses"): _moses_datasets,
    ("opusfilter", "moses"): _moses_opusfilter,
    ("opustools", "opus"): _opus_read,
    ("mtdata", "opus"): _opus_mtdata,
    ("python", "opus"): _opus_zip,
    ("sacrebleu", "wmt"): _wmt_sacrebleu,
}


# Client and output -> the test elsewhere in tests/dataset that holds the one against the other.
ELSEWHERE: dict[tuple[str, str], str] = {
    ("xmllint", "tmx"): "test_clients.py::test_a_validator_needs_nothing_but_the_tmx",
    ("lxml", "tmx"): "test_tmx.py::test_it_holds_against_the_dtd",
    ("mlcroissant", "folder"): "test_folder.py::test_croissant_is_valid_and_every_record_set_can_be_read",
    ("mlcroissant", "published"): "publish/test_whole.py::test_records_load_over_http_from_croissant_alone",
    ("datasets", "published"): "publish/test_whole.py::test_its_name_is_filled_in_and_other_programs_load_it",
    ("huggingface_hub", "published"):
        "publish/test_publish.py::test_a_new_dataset_is_one_commit_and_one_tag_and_is_read_back",
    ("mtdata", "mtdata"): "test_mtdata.py::test_mtdata_downloads_it_by_its_entries",
}  # fmt: skip


def installed(client: str) -> str | None:
    """The version of a client here; None where it is missing."""
    if client == "python":
        return platform.python_version()
    if client == "xmllint":
        return _xmllint()
    try:
        return version(client)
    except PackageNotFoundError:
        return None


def _xmllint() -> str | None:
    if not shutil.which("xmllint"):
        return None
    said = subprocess.run(["xmllint", "--version"], capture_output=True, text=True, check=True).stderr
    # "using libxml version 20914" is 2.9.14.
    number = re.search(r"libxml version (\d)(\d\d)(\d\d)", said)
    return ".".join(str(int(part)) for part in number.groups()) if number else None


@functools.cache
def found(client: str) -> tuple[str, str] | None:
    """The interpreter that has a client, and the client's version; None where it is missing."""
    if here := installed(client):
        return sys.executable, here
    code = f"from importlib.metadata import version; print(version({client!r}))"
    for python in filter(None, os.environ.get("CLIENTS_PYTHON", "").split(os.pathsep)):
        said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            return python, said.stdout.strip()
    return None


def where(client: str) -> str | None:
    """The interpreter that has a client; None where it is missing."""
    return there[0] if (there := found(client)) else None


def read(client: str, output: str, path: Path) -> Rows | None:
    """The rows as a client reads them, in its own environment if need be; None where it is missing."""
    python = where(client)
    if python is None or python == sys.executable:
        return READERS[client, output](path) if python else None
    command = [python, __file__, client, output, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    print(json.dumps(READERS[sys.argv[1], sys.argv[2]](Path(sys.argv[3]))))
