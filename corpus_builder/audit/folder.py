"""An audit as a folder: its design and its frozen sample."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from corpus_builder.audit.judgements import Records, check_name, every
from corpus_builder.audit.strata import Stratum
from corpus_builder.errors import RunError, UsageError
from corpus_builder.files import json_of, replacing, replacing_folder

_ONE = 1 + 1e-6
"""The greatest probability, with what rounding adds."""

DESIGN, SAMPLE, ADJUDICATION = "design.json", "sample.jsonl", "adjudication.jsonl"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row to judge: its id and place in the dataset, its texts by language, the texts of the rows before and after it
    in its story, the probabilities of its pairs, its stratum, who judges it, and how likely it was to be drawn (1 for
    all where that is not known). Annotators do not see `probability`.
    """

    id: str
    article_id: str
    position: int
    split: str
    stratum: str
    probability: float
    translation: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]
    pairs: Mapping[str, float | None]
    annotators: tuple[str, ...]
    inclusion: float = 1.0


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample was drawn: from which config and pair ("" where all pairs of a row are judged), of which version of
    the dataset, with which seed; its strata; and how many rows the limit per story kept out.
    """

    name: str
    config: str
    pair: str
    dataset: str
    seed: int
    wanted: int
    annotators: tuple[str, ...]
    strata: tuple[Stratum, ...]
    passed_over: int

    @property
    def level(self) -> str:
        """The config without its pair: "sentences"."""
        return self.config.partition(".")[0]


@dataclass(frozen=True)
class Audit:
    """A design with its sample."""

    path: Path
    design: Design
    rows: tuple[SampleRow, ...]

    def records(self, annotator: str) -> Records:
        """The judgements of one annotator. Raises UsageError for somebody who has no part in this audit."""
        if annotator not in self.design.annotators:
            raise UsageError(
                f"{annotator!r} is no annotator of the audit {self.design.name}",
                next_step=f"choose from {', '.join(self.design.annotators)}",
            )
        return Records.read(self.path / "judgements" / f"{annotator}.jsonl", annotator)

    def all_records(self) -> list[Records]:
        """The judgements of everybody."""
        return list(every(self.path))

    def adjudicated(self) -> Records:
        """What was decided where annotators disagreed."""
        return Records.read(self.path / ADJUDICATION)

    def row(self, row_id: str) -> SampleRow | None:
        """The row of the sample with this id."""
        return next((row for row in self.rows if row.id == row_id), None)

    def rows_of(self, annotator: str) -> list[SampleRow]:
        """The rows that somebody is to judge, in order."""
        return [row for row in self.rows if annotator in row.annotators]


def write_audit(folder: Path, design: Design, rows: Iterable[SampleRow]) -> None:
    """Write a new audit. Raises UsageError where one of this name exists: a sample that people judge is not drawn
    again."""
    check_name(design.name, "audit")
    if folder.exists():
        raise UsageError(
            f"the audit {design.name} exists: {folder}",
            next_step="give the new one another --name; audits are never overwritten",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with replacing_folder(folder) as new:
        (new / DESIGN).write_text(json.dumps(asdict(design), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (new / SAMPLE).write_text(_lines(rows), encoding="utf-8")


def read_audit(folder: Path) -> Audit:
    """The audit in a folder. Raises UsageError where there is none, naming those that exist; RunError for one that is
    damaged."""
    if not (folder / SAMPLE).is_file():
        names = audit_names(folder.parent)
        raise UsageError(
            f"no audit {folder.name} in {folder.parent}",
            next_step=f"choose from {', '.join(names)}" if names else "draw one with `corpus-builder audit new`",
        )
    try:
        design = TypeAdapter(Design).validate_python(json_of((folder / DESIGN).read_text(encoding="utf-8")))
        lines = filter(None, (folder / SAMPLE).read_text(encoding="utf-8").split("\n"))
        rows = TypeAdapter(tuple[SampleRow, ...]).validate_python(tuple(map(json_of, lines)))
        _check(design, rows)
    except (OSError, ValueError, UsageError) as error:
        raise RunError(
            f"the audit {folder} cannot be read: {_said(error)}", next_step=f"restore {DESIGN} and {SAMPLE} from a copy"
        ) from error
    return Audit(folder, design, rows)


def _said(error: Exception) -> str:
    """An error on one line; of several wrong values the first."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _check(design: Design, rows: Sequence[SampleRow]) -> None:
    """Raise ValueError or UsageError for what the types do not say."""
    if design.seed < 0:
        raise ValueError(f"a seed of {design.seed}")
    for name in design.annotators:
        check_name(name, "annotator")
    strata = {stratum.name: stratum for stratum in design.strata}
    for stratum in design.strata:
        if not (0 <= stratum.sampled <= stratum.rows < 2**53 and 0 <= stratum.probability <= _ONE):
            raise ValueError(f"the stratum {stratum.name!r} has impossible numbers")
    for row in rows:
        if row.stratum not in strata:
            raise ValueError(f"the row {row.id} is of the stratum {row.stratum!r}, which {DESIGN} does not have")
        if not (0 < row.inclusion <= _ONE and 0 <= row.probability <= _ONE):
            raise ValueError(f"the row {row.id} has an impossible probability")
    if len({row.id for row in rows}) < len(rows):
        raise ValueError(f"a row is twice in {SAMPLE}")


def audit_names(folder: Path) -> list[str]:
    """The audits of a workspace's audit/."""
    return sorted(path.parent.name for path in folder.glob(f"*/{SAMPLE}"))


def forget_stories(folder: Path, gone: Collection[str]) -> int:
    """Remove the texts of stories that were taken down from all samples; the number of rows. Judgements have no text
    and stay, but without their row they no longer count."""
    removed = 0
    for audit in read_audits(folder):
        kept = [row for row in audit.rows if row.article_id not in gone]
        if len(kept) < len(audit.rows):
            removed += len(audit.rows) - len(kept)
            with replacing(audit.path / SAMPLE) as part:
                part.write_text(_lines(kept), encoding="utf-8")
    return removed


def _lines(rows: Iterable[SampleRow]) -> str:
    return "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)


def read_audits(folder: Path) -> Sequence[Audit]:
    """All audits of a workspace's audit/."""
    return [read_audit(folder / name) for name in audit_names(folder)]
