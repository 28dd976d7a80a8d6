"""Checks of a folder before it is published. All faults are reported at once, none is repaired.

- README.md has YAML with a licence and the configs; each file pattern of a config matches files
- those files are Parquet with rows and have the same columns throughout a config: `id`, and `translation` or what
  stands for it in a stand-off dataset (`spans`, `hashes`)
- every Parquet file in data/ belongs to a config
- leakage.json is within its limit; it may be missing only where there is no test split
- the files match manifest.json, where there is one
- the files in tokenizers/ are sentencepiece models
- with `stand_off`, no file contains text of the articles (texts.py)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from corpus_builder.dataset.manifest import NAME as MANIFEST
from corpus_builder.dataset.manifest import check_manifest
from corpus_builder.dataset.publish.files import is_hidden, local_files
from corpus_builder.dataset.publish.texts import texts_in
from corpus_builder.dataset.tokenizers import FOLDER as TOKENIZERS
from corpus_builder.dataset.tokenizers import pieces_of
from corpus_builder.errors import CorpusBuilderError, RunError, UsageError
from corpus_builder.files import json_of
from corpus_builder.parquet import opened

CARD = "README.md"
LEAKAGE = "leakage.json"
# Licences of the Hub that say nothing.
UNSTATED = frozenset({"", "unknown", "none"})
# The columns that a stand-off dataset has instead of `translation`.
STAND_OFF = frozenset({"spans", "hashes"})


@dataclass(frozen=True)
class Published:
    """A folder that passed the checks: its files by path, its rows by (config, split), its card, its licence."""

    folder: Path
    files: Mapping[str, Path]
    rows: Mapping[tuple[str, str], int]
    card: str
    licence: str


@dataclass(frozen=True)
class _Data:
    """One Parquet file that the card names."""

    config: str
    split: str
    name: str


def inspect(folder: Path, *, stand_off: bool = False) -> Published:
    """Check a folder. Raises UsageError with a list of all faults."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", next_step="give the dataset/ folder of a workspace")
    if not (folder / CARD).exists() and (folder / "dataset" / CARD).exists():
        raise UsageError(f"{folder} is a workspace", next_step=f"give the dataset in it: {folder / 'dataset'}")
    files = local_files(folder)
    faults: list[str] = []
    card, header = _card(files, faults)
    data = _declared(header, files, faults)
    rows = _rows(data, files, faults)
    named = {each.name for each in data}
    faults += [
        f"{name} belongs to no config of {CARD}"
        for name in files
        if name.startswith("data/") and name.endswith(".parquet") and name not in named
    ]
    faults += _leakage(files, tested=any(split == "test" for _, split in rows))
    faults += _manifest(folder, files)
    faults += _tokenizers(files)
    with_text = list(texts_in(files)) if stand_off else []
    faults += with_text
    if faults:
        listed = "\n".join(f"  - {fault}" for fault in faults)
        raise UsageError(
            f"{folder} cannot be published:\n{listed}",
            next_step="make a folder without text: corpus-builder convert DATASET --to standoff -o FOLDER"
            if with_text
            else "fix the run config or the data and export again; nothing was sent",
        )
    return Published(folder, files, rows, card, ", ".join(_licences(header)))


def _card(files: Mapping[str, Path], faults: list[str]) -> tuple[str, Mapping[str, Any]]:
    """The card's text and its YAML; both empty where it has none."""
    import yaml

    if CARD not in files:
        faults.append(f"{CARD}, the card, is missing")
        return "", {}
    try:
        card = files[CARD].read_text(encoding="utf-8")
        header = yaml.safe_load(_front_matter(card))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"the YAML of {CARD} cannot be read: {' '.join(str(error).split())}")
        return "", {}
    if not isinstance(header, dict):
        faults.append(f"{CARD} has no YAML between two lines of --- at its beginning")
        return card, {}
    if not _licences(header):
        faults.append(f"{CARD} states no licence: set `licence` under [dataset] in the run config")
    return card, header


def _licences(header: Mapping[str, Any]) -> list[str]:
    licence = header.get("license")
    stated = licence if isinstance(licence, list) else [licence]
    return [each for each in stated if isinstance(each, str) and each.strip().lower() not in UNSTATED]


def _front_matter(card: str) -> str:
    lines = card.splitlines()
    if not lines or lines[0].strip() != "---":
        return ""
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    return "\n".join(lines[1:end])


def _declared(header: Mapping[str, Any], files: Mapping[str, Path], faults: list[str]) -> list[_Data]:
    """The files that the card's configs name."""
    if not header:
        return []
    configs = header.get("configs")
    if not isinstance(configs, list) or not configs:
        faults.append(f"the YAML of {CARD} has no configs")
        return []
    data: list[_Data] = []
    names: Counter[str] = Counter()
    for config in configs:
        try:
            name = str(config["config_name"])
            parts = [(str(part["split"]), _patterns(part["path"])) for part in config["data_files"]]
        except (TypeError, KeyError) as error:
            faults.append(f"{CARD}: a config needs config_name, and data_files with split and path (problem: {error})")
            continue
        names[name] += 1
        for split, patterns in parts:
            for pattern in patterns:
                # With a slash before both, the pattern has to match the whole path.
                matching = [file for file in files if PurePosixPath(f"/{file}").match(f"/{pattern}")]
                if not matching:
                    faults.append(f"{CARD}: config {name}, split {split}: no file matches {pattern}")
                data += [_Data(name, split, file) for file in matching]
    faults += [f"{CARD}: config {name} is defined {count} times" for name, count in names.items() if count > 1]
    return data


def _patterns(path: Any) -> list[str]:
    patterns = path if isinstance(path, list) else [path]
    if not all(isinstance(pattern, str) for pattern in patterns):
        raise TypeError(f"path: {path!r}")
    return patterns


def _rows(data: list[_Data], files: Mapping[str, Path], faults: list[str]) -> dict[tuple[str, str], int]:
    """Rows by (config, split)."""
    rows: dict[tuple[str, str], int] = {}
    first: dict[str, tuple[str, Any]] = {}
    for each in data:
        try:
            with opened(files[each.name]) as file:
                schema, count = file.schema_arrow, file.metadata.num_rows
        except RunError as error:
            faults.append(f"{each.name} is not a readable Parquet file: {error}")
            continue
        rows[each.config, each.split] = rows.get((each.config, each.split), 0) + count
        if not count:
            faults.append(f"{each.name} has no rows")
        needed = {"id"} if set(schema.names) >= STAND_OFF or "text" in schema.names else {"id", "translation"}
        if missing := sorted(needed - set(schema.names)):
            faults.append(f"{each.name} has no column {', '.join(missing)}")
        name, columns = first.setdefault(each.config, (each.name, schema))
        if not schema.equals(columns):
            faults.append(f"{each.name} and {name} have different columns, but both belong to config {each.config}")
    return rows


def _leakage(files: Mapping[str, Path], *, tested: bool) -> Iterator[str]:
    if LEAKAGE not in files:
        if tested:
            yield f"{LEAKAGE} is missing: no proof that the test split is not in train"
        return
    try:
        report = json_of(files[LEAKAGE].read_text(encoding="utf-8"))
        leaked, limit = float(report["leaked"]), float(report["limit"])
    except (ValueError, KeyError, TypeError) as error:
        yield f"{LEAKAGE} cannot be read: {type(error).__name__}: {error}"
        return
    if not leaked <= limit:
        yield f"{LEAKAGE}: {leaked:.2%} of the test rows of a level are in train, the limit is {limit:.2%}"


def _tokenizers(files: Mapping[str, Path]) -> Iterator[str]:
    for name, path in files.items():
        if name.startswith(f"{TOKENIZERS}/"):
            try:
                pieces_of(path)
            except RunError:
                yield f"{name} is not a readable sentencepiece model"


def _manifest(folder: Path, files: Mapping[str, Path]) -> Iterator[str]:
    if MANIFEST not in files:
        return
    try:
        faults = check_manifest(folder)
    except CorpusBuilderError as error:
        yield str(error)
        return
    # A fault begins with the path of the file. Hidden files are not published, so they may lie there.
    yield from (f"{fault}, by {MANIFEST}" for fault in faults if not is_hidden(fault.partition(" is ")[0]))
