"""The verdict on each row of an audit, out of what its annotators said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus_builder.audit.folder import Audit, SampleRow
from corpus_builder.audit.judgements import Judgement, Verdict
from corpus_builder.audit.mistakes import Observed


@dataclass(frozen=True, slots=True)
class Decision:
    """What is held to be true of a row: the verdict on each of its pairs. `judgements` are those it rests on;
    `disputed` where annotators disagree and nobody has decided yet: then the worse verdict holds.
    """

    row: SampleRow
    verdicts: dict[str, Verdict]
    marks: str
    judgements: tuple[Judgement, ...]
    disputed: bool
    adjudicated: bool

    @property
    def value(self) -> int:
        """The verdict on the row as a whole: the worst of its pairs."""
        return max(verdict.value for verdict in self.verdicts.values())

    def observed(self, limit: int, pair: str = "") -> Observed:
        """The row for the statistics: a verdict up to `limit` counts as right, of one pair or of the row as a whole."""
        verdicts = self.verdicts[pair].value if pair else self.value
        said = tuple(
            (each.verdicts[pair].value if pair else each.value) <= limit
            for each in self.judgements
            if not pair or pair in each.verdicts
        )
        return Observed(
            stratum=self.row.stratum,
            story=self.row.article_id,
            probability=self.row.probability,
            right=verdicts <= limit,
            said=said,
            shared=len(self.row.annotators) > 1 and len(said) > 1,
            checked=self.adjudicated or (len(said) > 1 and len(set(said)) == 1),
            weight=1 / self.row.inclusion,
        )


def decisions(audit: Audit) -> list[Decision]:
    """The decisions on all rows that somebody has judged, in the order of the sample."""
    said: dict[str, list[Judgement]] = {}
    for records in audit.all_records():
        for row, judgement in records.judgements.items():
            said.setdefault(row, []).append(judgement)
    final = audit.adjudicated().judgements
    return [
        _decide(row, said.get(row.id, []), final.get(row.id)) for row in audit.rows if row.id in said or row.id in final
    ]


def _decide(row: SampleRow, said: Sequence[Judgement], final: Judgement | None) -> Decision:
    disagree = any(values(each) != values(said[0]) for each in said)
    deciding = [final] if final else said
    verdicts: dict[str, Verdict] = {}
    for judgement in deciding:
        for pair, verdict in judgement.verdicts.items():
            if pair not in verdicts or verdict.value > verdicts[pair].value:
                verdicts[pair] = verdict
    marks = "".join(sorted({mark for each in deciding for mark in each.marks}))
    return Decision(row, verdicts, marks, tuple(said), disagree and not final, bool(final))


def values(judgement: Judgement) -> dict[str, int]:
    """The verdicts of a judgement without their reasons, which annotators may see differently."""
    return {pair: verdict.value for pair, verdict in judgement.verdicts.items()}


def disputed(audit: Audit) -> list[Decision]:
    """The rows that annotators disagree on and that nobody has decided yet."""
    return [each for each in decisions(audit) if each.disputed]
