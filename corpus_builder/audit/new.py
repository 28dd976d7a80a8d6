"""A new audit of a dataset: its rows in strata, a sample of them, and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_builder.audit.folder import Audit, Design, SampleRow, read_audit, write_audit
from corpus_builder.audit.sampling import Candidate, draw
from corpus_builder.audit.strata import stratum_of
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import LEVELS, pair_names
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.files import file_hash

CONFIGS = (*LEVELS, "quotes")
"""Configs whose rows can be judged one by one."""


def new_audit(
    dataset: Path,
    audits: Path,
    *,
    name: str | None,
    config: str,
    pair: str | None,
    annotators: Sequence[str],
    wanted: int,
    seed: int,
    splits: Sequence[str] = (),
) -> Audit:
    """Draw a sample of the rows of `config` ("sentences"), of one pair ("en-uk") or of all, and freeze it in a folder
    of `audits`. `name` is by default the config's.

    Rows whose probability is null, or that lack a side of the pair, are not judged. Raises UsageError for a config or
    pair that the dataset does not have, NothingProduced where no row is left.
    """
    folder = DatasetFolder(dataset)
    two = f"{config}.{'-'.join(sorted(pair.split('-')))}" if pair else config
    if config not in CONFIGS:
        raise UsageError(f"rows of {config!r} cannot be audited", next_step=f"choose from {', '.join(CONFIGS)}")
    folder.choose([two], splits)
    columns = ["id", "article_id", "position", "translation", "probability", "flags"]
    candidates: list[Candidate] = []
    for number, (split, row) in enumerate(folder.rows(two, columns=columns)):
        sides = [text for text in row["translation"].values() if text]
        if row["probability"] is not None and len(sides) > 1 and (not splits or split in splits):
            stratum = stratum_of(row["probability"], sides, row["flags"] or ())
            candidates.append(Candidate(number, row["article_id"], stratum, row["probability"]))
    if not candidates:
        raise NothingProduced(f"no row of {two} has two sides and a probability", next_step="choose another config")
    drawn = draw(candidates, wanted, annotators, seed)
    design = Design(
        name=name or two,
        config=config,
        pair=two.partition(".")[2],
        dataset=_version(folder),
        seed=seed,
        wanted=wanted,
        annotators=tuple(annotators),
        strata=drawn.strata,
        passed_over=drawn.passed_over,
    )
    rows = _texts(folder, two, {each.candidate.number for each in drawn.rows})
    write_audit(
        audits / design.name,
        design,
        (
            _sample_row(*rows[each.candidate.number], each.candidate.stratum, each.annotators, design.pair)
            for each in drawn.rows
        ),
    )
    return read_audit(audits / design.name)


_Neighbours = tuple[str, dict[str, Any], Mapping[str, str], Mapping[str, str]]


def _texts(folder: DatasetFolder, config: str, numbers: set[int]) -> dict[int, _Neighbours]:
    """By number: the split, the row, and the texts of the rows before and after it in its story."""
    found: dict[int, _Neighbours] = {}
    last: tuple[int, dict[str, Any]] | None = None
    for number, (split, row) in enumerate(folder.rows(config)):
        same = last is not None and last[1]["article_id"] == row["article_id"]
        before = _sides(last[1]) if same and last else {}
        if same and last and last[0] in found:
            found[last[0]] = (*found[last[0]][:3], _sides(row))
        if number in numbers:
            found[number] = (split, row, before, {})
        last = (number, row)
    return found


def _sample_row(
    split: str,
    row: Mapping[str, Any],
    before: Mapping[str, str],
    after: Mapping[str, str],
    stratum: str,
    annotators: tuple[str, ...],
    pair: str,
) -> SampleRow:
    sides = _sides(row)
    quality = row.get("quality") or {}
    pairs = {
        name: row["probability"] if pair else quality.get(f"probability_{name.replace('-', '_')}")
        for name in pair_names(list(sides))
    }
    return SampleRow(
        id=row["id"],
        article_id=row["article_id"],
        position=row["position"],
        split=split,
        stratum=stratum,
        probability=row["probability"],
        translation=sides,
        before=before,
        after=after,
        pairs=pairs,
        annotators=annotators,
    )


def _sides(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: text for language, text in row["translation"].items() if text}


def _version(folder: DatasetFolder) -> str:
    """What tells one build of a dataset from another: the first digits of its manifest's hash."""
    manifest = folder.path / "manifest.json"
    return file_hash(manifest)[:12] if manifest.is_file() else ""
