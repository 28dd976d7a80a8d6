"""What annotators said: a record a line, appended at once, so that a kill or a power cut loses at most the line that
was being written. Undo is a record, too. A damaged line is left where it is, skipped and reported.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus_builder.errors import UsageError
from corpus_builder.files import json_of

RIGHT, PARTLY, WRONG = 1, 2, 3
VERDICTS = {RIGHT: "right", PARTLY: "partly", WRONG: "wrong"}
REASONS = {
    PARTLY: {"m": "missing", "e": "extra", "r": "replaced name or number"},
    WRONG: {"a": "alignment", "l": "language", "x": "extraction"},
}
"""What is wrong, by verdict and key."""
MARKS = {"f": "free", "t": "looks machine-made"}
"""What may be said of a row besides."""
_NAME = re.compile(r"[^\W_][\w.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one pair of a row: RIGHT, PARTLY or WRONG, and the key of its reason ("" where none was given)."""

    value: int
    reason: str = ""

    @classmethod
    def of(cls, code: str) -> Verdict:
        """The verdict of a code: "1", "2", "2m", "3a". Raises ValueError for another."""
        value, reason = int(code[:1]), code[1:]
        if value not in VERDICTS or (reason and reason not in REASONS.get(value, {})):
            raise ValueError(f"no such verdict: {code}")
        return cls(value, reason)

    @property
    def code(self) -> str:
        """The verdict as it is written."""
        return f"{self.value}{self.reason}"

    @property
    def words(self) -> str:
        """The verdict as it is read: "partly (missing)"."""
        return VERDICTS[self.value] + (f" ({REASONS[self.value][self.reason]})" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one annotator said of one row: a verdict for each pair ("en-uk"), and the marks of MARKS."""

    row: str
    verdicts: Mapping[str, Verdict]
    marks: str = ""
    annotator: str = ""

    @property
    def value(self) -> int:
        """The verdict on the row as a whole: the worst of its pairs."""
        return max(verdict.value for verdict in self.verdicts.values())


@dataclass
class Records:
    """The judgements of one annotator that hold, by row in the order of judging; undone ones are gone. `damaged` has
    the numbers of the lines that could not be read."""

    path: Path
    judgements: dict[str, Judgement] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, annotator: str = "") -> Records:
        """The records of a file; none where there is no file."""
        records = cls(path)
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return records
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                records._take(json_of(line.decode("utf-8")), annotator)
            except (ValueError, KeyError, TypeError, AttributeError):
                records.damaged.append(number)
        return records

    def _take(self, record: Mapping[str, Any], annotator: str) -> None:
        if "undo" in record:
            self.judgements.pop(str(record["undo"]), None)
            return
        verdicts = {str(pair): Verdict.of(str(code)) for pair, code in record["pairs"].items()}
        marks = "".join(sorted(set(record.get("marks", "")) & set(MARKS)))
        if not verdicts:
            raise ValueError("a judgement without a verdict")
        row = str(record["row"])
        self.judgements.pop(row, None)  # a second judgement of a row replaces the first, and is the latest
        self.judgements[row] = Judgement(row, verdicts, marks, str(record.get("annotator") or annotator))

    def judge(self, judgement: Judgement) -> None:
        """Append a judgement."""
        record = {
            "row": judgement.row,
            "pairs": {pair: verdict.code for pair, verdict in judgement.verdicts.items()},
            "marks": judgement.marks,
            "annotator": judgement.annotator,
        }
        _append(self.path, record)
        self._take(record, judgement.annotator)

    def undo(self, by: str = "") -> str | None:
        """Take the latest judgement back (of one annotator where `by` names one), by a record that says so; the id of
        its row, None where there is none."""
        own = (row for row, judgement in reversed(self.judgements.items()) if by in ("", judgement.annotator))
        row = next(own, None)
        if row is None:
            return None
        _append(self.path, {"undo": row})
        del self.judgements[row]
        return row


def _append(path: Path, record: Mapping[str, Any]) -> None:
    """Append a line and wait until it is on the disk. What a kill left of a line before is closed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({**record, "at": datetime.now(UTC).isoformat(timespec="seconds")}, ensure_ascii=False)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        broken = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        data = (b"\n" if broken else b"") + line.encode("utf-8") + b"\n"
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def annotator_names(names: str) -> tuple[str, ...]:
    """The annotators of "anna,ben". Raises UsageError for a name that cannot be a file's, or that is there twice."""
    found = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in found:
        check_name(name, "annotator")
    if not found:
        raise UsageError("no annotator is named", next_step="write --annotators anna,ben")
    if len({name.casefold() for name in found}) < len(found):
        raise UsageError(f"--annotators {names} names somebody twice", next_step="name everybody once")
    return found


def check_name(name: str, of: str) -> None:
    """Raise UsageError for a name of an audit or an annotator that cannot be that of a file."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of an {of}",
            next_step="use at most 40 letters, digits, dots, hyphens and underscores; begin with a letter or digit",
        )


def every(folder: Path) -> Iterator[Records]:
    """The records of all annotators of an audit's folder, in the order of their names."""
    for path in sorted((folder / "judgements").glob("*.jsonl")):
        yield Records.read(path, path.stem)
