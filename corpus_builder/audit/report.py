"""What an audit found: precision with intervals, agreement, the reliability of the probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus_builder.audit.agreement import Agreement, agreement
from corpus_builder.audit.decisions import Decision, decisions
from corpus_builder.audit.estimates import Estimates, estimate
from corpus_builder.audit.folder import Audit
from corpus_builder.audit.judgements import MARKS, PARTLY, RIGHT
from corpus_builder.audit.mistakes import Interval, Observed, wilson
from corpus_builder.audit.strata import Stratum

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Limits of the reliability curve. Chosen: finer where most rows are."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A part of the reliability curve: the probability from `low` to `high`, the judged rows, and, weighted as in the
    dataset, their mean probability and the share that is right, with Wilson's limits."""

    low: float
    high: float
    rows: int
    probability: float
    right: Interval


@dataclass(frozen=True)
class Report:
    """An audit's figures; `strict` counts rows that are right, `lenient` those that are partly right as well. `pairs`
    has the strict estimates of each pair where a row has several. `damaged` has unreadable lines by file.
    """

    name: str
    config: str
    sampled: int
    judged: int
    judged_by: dict[str, int]
    strict: Estimates | None
    lenient: Estimates | None
    pairs: dict[str, Estimates]
    verdicts: dict[str, int]
    marks: dict[str, int]
    agreement: Agreement | None
    disputed: int
    adjudicated: int
    reliability: list[Bin]
    strata: tuple[Stratum, ...]
    damaged: dict[str, list[int]]
    passed_over: int


def report(audit: Audit) -> Report:
    """The figures of an audit as far as it has got."""
    records = [*audit.all_records(), audit.adjudicated()]
    decided = decisions(audit)
    strata = audit.design.strata
    codes = Counter(verdict.words for each in decided for verdict in each.verdicts.values())
    marks = Counter(MARKS[mark] for each in decided for mark in each.marks)
    pairs = sorted({pair for each in decided for pair in each.verdicts})
    return Report(
        name=audit.design.name,
        config=f"{audit.design.config}.{audit.design.pair}".rstrip("."),
        sampled=len(audit.rows),
        judged=len(decided),
        judged_by={
            name: sum(row.id in audit.records(name).judgements for row in audit.rows)
            for name in audit.design.annotators
        },
        strict=estimate(strata, _observed(decided, RIGHT), audit.design.seed),
        lenient=estimate(strata, _observed(decided, PARTLY), audit.design.seed),
        pairs=_by_pair(strata, decided, pairs, audit.design.seed) if len(pairs) > 1 else {},
        verdicts=dict(sorted(codes.items())),
        marks=dict(marks),
        agreement=agreement(_items(decided)),
        disputed=sum(each.disputed for each in decided),
        adjudicated=sum(each.adjudicated for each in decided),
        reliability=_reliability(strata, decided),
        strata=strata,
        damaged={each.path.name: each.damaged for each in records if each.damaged},
        passed_over=audit.design.passed_over,
    )


def _observed(decided: Sequence[Decision], limit: int) -> list[Observed]:
    return [each.observed(limit) for each in decided]


def _by_pair(
    strata: Sequence[Stratum], decided: Sequence[Decision], pairs: Sequence[str], seed: int
) -> dict[str, Estimates]:
    """The estimates of each pair, from the rows that have it; the pair's own probability is not known of all rows of
    the dataset, so only the stratified ones mean something."""
    found = {}
    for pair in pairs:
        rows = [each.observed(RIGHT, pair) for each in decided if pair in each.verdicts]
        if estimates := estimate(strata, rows, seed):
            found[pair] = estimates
    return found


def _items(decided: Sequence[Decision]) -> list[dict[str, int]]:
    """What was judged, pair by pair: the annotators' verdicts, before any adjudication.

    Only of the rows that the sample gives to all: second looks are at rows that somebody did not call right.
    """
    items = []
    for each in decided:
        if len(each.row.annotators) < 2:
            continue
        pairs = {pair for judgement in each.judgements for pair in judgement.verdicts}
        for pair in sorted(pairs):
            said = {j.annotator: j.verdicts[pair].value for j in each.judgements if pair in j.verdicts}
            items.append(said)
    return items


def _reliability(strata: Sequence[Stratum], decided: Sequence[Decision]) -> list[Bin]:
    """The reliability curve. A judged row stands for as many rows as its stratum has for each judged one."""
    total_weight: Counter[str] = Counter()
    for each in decided:
        total_weight[each.row.id] += 1 / each.row.inclusion  # type: ignore[assignment]
    rows_of = {stratum.name: stratum.rows for stratum in strata}
    weight = {
        each.row.id: rows_of[each.row.stratum] / each.row.inclusion / total_weight[each.row.id] for each in decided
    }
    bins = []
    for low, high in pairwise(EDGES):
        rows = [each for each in decided if low <= each.row.probability < high or high == 1 == each.row.probability]
        total = sum(weight[each.row.id] for each in rows)
        if not rows:
            continue
        mean = sum(weight[each.row.id] * each.row.probability for each in rows) / total
        right = sum(weight[each.row.id] for each in rows if each.value == RIGHT) / total
        # Kish's (1965) effective number of rows with unequal weights.
        effective = total**2 / sum(weight[each.row.id] ** 2 for each in rows)
        bins.append(Bin(low, high, len(rows), mean, wilson(right, effective)))
    return bins
