"""A new audit of a dataset: its rows in strata, a sample of them, and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_builder.audit.folder import Audit, Design, SampleRow, read_audit, write_audit
from corpus_builder.audit.judgements import check_name
from corpus_builder.audit.sampling import Candidate, Draw, Drawn, draw
from corpus_builder.audit.strata import stratum_of
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import LEVELS, pair_names
from corpus_builder.errors import NothingProduced, UsageError
from corpus_builder.files import file_hash

if TYPE_CHECKING:
    import pyarrow as pa

CONFIGS = (*LEVELS, "quotes")
"""Configs whose rows can be judged one by one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An audit before its sample is frozen: the design, and the rows that were drawn."""

    design: Design
    drawn: Draw


def plan_audit(
    dataset: Path,
    *,
    name: str | None,
    config: str,
    pair: str | None,
    annotators: Sequence[str],
    wanted: int,
    seed: int,
    splits: Sequence[str] = (),
) -> Plan:
    """Draw a sample of the rows of `config` ("sentences"), of one pair ("en-uk") or of all; nothing is written. `name`
    is by default the config's.

    Rows whose probability is null, or that lack a side of the pair, are not judged. Raises UsageError for a config or
    pair that the dataset does not have, NothingProduced where no row is left.
    """
    if pair and len(set(pair.split("-"))) != 2:
        raise UsageError(f"--pair {pair} names no two languages", next_step="write it as en-uk")
    folder = DatasetFolder(dataset)
    two = f"{config}.{'-'.join(sorted(pair.split('-')))}" if pair else config
    check_name(name or two, "audit")
    if config not in CONFIGS:
        raise UsageError(f"rows of {config!r} cannot be audited", next_step=f"choose from {', '.join(CONFIGS)}")
    folder.choose([two], splits)
    candidates: list[Candidate] = []
    number = 0
    for split, batch in folder.batches(two, columns=["article_id", "translation", "probability", "flags"]):
        if not splits or split in splits:
            candidates += _candidates(batch, number)
        number += len(batch)
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
    return Plan(design, drawn)


def new_audit(dataset: Path, audits: Path, plan: Plan) -> Audit:
    """Freeze the sample of a plan in a folder of `audits`. Raises UsageError where an audit of its name exists."""
    folder, design = DatasetFolder(dataset), plan.design
    two = f"{design.config}.{design.pair}".rstrip(".")
    rows = _texts(folder, two, {each.candidate.number for each in plan.drawn.rows})
    write_audit(
        audits / design.name,
        design,
        (_sample_row(*rows[each.candidate.number], each, design.pair) for each in plan.drawn.rows),
    )
    return read_audit(audits / design.name)


def _candidates(batch: pa.RecordBatch, first: int) -> Iterator[Candidate]:
    """The rows of a batch that can be judged; `first` is the number of its first row."""
    probabilities = batch["probability"].to_pylist()
    texts = batch["translation"]
    sides = list(zip(*(column.to_pylist() for column in texts.flatten()), strict=True))
    flags = batch["flags"].to_pylist()
    articles = batch["article_id"].to_pylist()
    for i, probability in enumerate(probabilities):
        own = [text for text in sides[i] if text]
        if probability is not None and len(own) > 1:
            stratum = stratum_of(probability, own, flags[i] or ())
            yield Candidate(first + i, articles[i], stratum, probability)


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
    drawn: Drawn,
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
        stratum=drawn.candidate.stratum,
        probability=row["probability"],
        translation=sides,
        before=before,
        after=after,
        pairs=pairs,
        annotators=drawn.annotators,
        inclusion=drawn.inclusion,
    )


def _sides(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: text for language, text in row["translation"].items() if text}


def _version(folder: DatasetFolder) -> str:
    """What tells one build of a dataset from another: the first digits of its manifest's hash."""
    manifest = folder.path / "manifest.json"
    return file_hash(manifest)[:12] if manifest.is_file() else ""
