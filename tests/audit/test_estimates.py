"""Estimates from judgements, and the interval to expect before there are any."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from corpus_builder.audit.agreement import agreement, cohens_kappa, gwets_ac1
from corpus_builder.audit.estimates import estimate, expected
from corpus_builder.audit.mistakes import Observed, wilson
from corpus_builder.audit.sampling import Candidate, draw, inclusion
from corpus_builder.audit.strata import Stratum

LANGUAGES = ("en", "ru", "uk")


def test_wilson_before_starting() -> None:
    planned = wilson(0.98, 300)
    assert (round(planned.low, 3), round(planned.high, 3)) == (0.957, 0.991)


def test_kappa_and_ac1_of_a_published_table() -> None:
    """Gwet (2008), the paradox of kappa: 118 yes-yes, 5 and 2 that differ, none no-no."""
    both = [(1, 1)] * 118 + [(1, 2)] * 5 + [(2, 1)] * 2
    kappa = cohens_kappa(both)
    assert kappa is not None
    observed, p1, p2 = 118 / 125, 123 / 125, 120 / 125
    expected = p1 * p2 + (1 - p1) * (1 - p2)
    assert kappa == pytest.approx((observed - expected) / (1 - expected))
    assert kappa < 0
    mean = (p1 + p2) / 2
    # three categories, of which the third is never used
    chance = (mean * (1 - mean) + (1 - mean) * mean) / 2
    assert gwets_ac1([{"a": x, "b": y} for x, y in both]) == pytest.approx((observed - chance) / (1 - chance))
    assert cohens_kappa([(1, 1)] * 5) is None
    assert agreement([{"a": 1}]) is None


def observations(seed: int, good: float, bias: float = 0.0) -> tuple[list[Stratum], list[Observed]]:
    """Two strata, in which the probability says something about each row."""
    chance = random.Random(seed)
    rows = []
    for name, n in (("low", 100), ("high", 100)):
        for k in range(n):
            p = min(1.0, max(0.0, (0.5 if name == "low" else good) + chance.uniform(-0.4, 0.4)))
            rows.append(Observed(name, f"{name}{k // 2}", p, chance.random() < p - bias))
    means = {name: sum(r.probability for r in rows if r.stratum == name) / 100 for name in ("low", "high")}
    return [Stratum("low", 2_000, means["low"] + 0.05), Stratum("high", 8_000, means["high"])], rows


def test_the_stratified_estimate_weighs_strata_by_their_rows() -> None:
    strata, rows = observations(1, 0.6)
    found = estimate(strata, rows)
    assert found is not None
    means = {name: sum(r.right for r in rows if r.stratum == name) / 100 for name in ("low", "high")}
    assert found.stratified.estimate == pytest.approx(0.2 * means["low"] + 0.8 * means["high"])
    assert found.stratified.low < found.stratified.estimate < found.stratified.high
    assert found.covered == 1


def test_the_probability_narrows_the_interval_and_corrects_the_sample_or_is_left_alone() -> None:
    strata, rows = observations(1, 0.6)
    found = estimate(strata, rows)
    assert found is not None
    assert found.predicted.width < 0.95 * found.stratified.width
    assert found.predicted.estimate > found.stratified.estimate  # the sample's low stratum was below the dataset's
    useless = [replace(each, probability=1 - each.probability) for each in rows]
    upside_down = estimate(strata, useless)
    assert upside_down is not None
    assert upside_down.predicted == upside_down.stratified


def test_a_stratum_judged_to_the_last_row_is_certain_and_one_without_judgements_is_not_covered() -> None:
    rows = [Observed("a", str(k), 0.9, k > 0) for k in range(20)]
    whole = estimate([Stratum("a", 20, 0.9)], rows)
    assert whole is not None
    assert (whole.stratified.low, whole.stratified.high) == pytest.approx((0.95, 0.95))
    part = estimate([Stratum("a", 20, 0.9), Stratum("b", 60, 0.5)], rows)
    assert part is not None
    assert part.covered == 0.25
    assert estimate([Stratum("a", 20, 0.9)], []) is None


def judged_rows(*counts: tuple[int, tuple[bool, ...], bool, bool, bool]) -> list[Observed]:
    """Rows of one stratum: so many with what was said, what holds, and whether it is shared and checked."""
    rows = []
    for count, said, right, shared, checked in counts:
        rows += [Observed("a", f"{len(rows)}-{k}", 0.9, right, said, shared, checked) for k in range(count)]
    return rows


def test_a_share_is_corrected_for_the_mistakes_of_single_annotators() -> None:
    """800 rows that are right but for 100: annotators call 5 % of right ones wrong, and 20 % of wrong ones right."""
    shared = judged_rows(
        (90, (True, True), True, True, True), (10, (False, True), True, True, True),
        (30, (False, False), False, True, True), (20, (True, False), False, True, True),
    )  # fmt: skip
    alone = judged_rows((665 + 20, (True,), True, False, False), (35 + 80, (False,), False, False, False))
    found = estimate([Stratum("a", 100_000, 0.9)], [*shared, *alone])
    assert found is not None
    assert found.mistakes is not None
    known = found.mistakes
    assert (known.of_right, known.missed, known.of_wrong, known.passed, known.unchecked) == (200, 10, 100, 20, 1)
    missed, passed = 10 / 201, 20 / 101  # Chapman's
    right = 800 * (685 / 800 - passed) / (1 - missed - passed) + 100
    assert found.stratified.estimate == pytest.approx(right / 950)
    assert abs(right - 800) < 2
    uncorrected = estimate([Stratum("a", 100_000, 0.9)], [replace(row, said=()) for row in [*shared, *alone]])
    assert uncorrected is not None
    assert uncorrected.stratified.width < found.stratified.width
    assert uncorrected.stratified.estimate < 800 / 950 - 0.01
    assert found.stratified.low < 800 / 950 < found.stratified.high


def test_second_looks_leave_only_wrong_rows_that_passed() -> None:
    shared = judged_rows((90, (True, True), True, True, True), (10, (False, True), True, True, True))
    alone = judged_rows((760, (True,), True, False, False), (40, (False, True), True, False, True))
    found = estimate([Stratum("a", 100_000, 0.9)], [*shared, *alone])
    assert found is not None
    assert found.mistakes is not None
    assert found.mistakes.missed_rate.high == found.mistakes.unchecked == 0
    assert found.stratified.estimate == pytest.approx(1)
    assert found.stratified.low > 0.995


def test_one_annotator_alone_is_not_corrected() -> None:
    found = estimate([Stratum("a", 1_000, 0.9)], judged_rows((90, (True,), True, False, False)))
    assert found is not None
    assert found.mistakes is None


def test_an_open_dispute_reaches_to_the_better_verdict() -> None:
    rows = judged_rows((90, (True, True), True, True, True), (10, (True, False), False, True, False))
    found = estimate([Stratum("a", 10_000, 0.9)], rows)
    decided = estimate([Stratum("a", 10_000, 0.9)], [replace(row, checked=True) for row in rows])
    assert found is not None
    assert decided is not None
    assert found.stratified.estimate == decided.stratified.estimate == pytest.approx(0.9)
    assert (found.stratified.high, decided.stratified.high < 0.97) == (1, True)
    assert found.stratified.low == decided.stratified.low


def test_a_row_weighs_as_it_was_likely_to_be_drawn() -> None:
    """Long stories, in which more is wrong, give two rows each as short ones do."""
    rows = [Candidate(k, f"long {k % 10}", "a", 0.9) for k in range(400)]
    rows += [Candidate(400 + k, f"short {k // 2}", "a", 0.9) for k in range(100)]
    weighted, plain, times = 0.0, 0.0, Counter()
    for seed in range(300):
        drawn = draw(rows, 60, ["anna"], seed)
        times.update(each.candidate.number for each in drawn.rows)
        seen = [
            Observed("a", d.candidate.article_id, 0.9, d.candidate.article_id[0] == "s", weight=1 / d.inclusion)
            for d in drawn.rows
        ]
        for weights in (True, False):
            found = estimate(drawn.strata, [replace(x, weight=x.weight if weights else 1.0) for x in seen])
            assert found is not None
            weighted += found.stratified.estimate / 300 if weights else 0
            plain += 0 if weights else found.stratified.estimate / 300
    assert weighted == pytest.approx(0.2, abs=0.02)
    assert plain > 0.5
    likely = inclusion({"a": rows}, {"a": 60})
    for story in ("long 3", "short 7"):
        numbers = [each.number for each in rows if each.article_id == story]
        observed = sum(times[number] for number in numbers) / 300 / len(numbers)
        assert observed == pytest.approx(likely[story, "a"], rel=0.12)


def test_likelihoods_of_several_strata_add_up_to_the_sample() -> None:
    chance = random.Random(5)
    rows = [Candidate(k, str(chance.randrange(60)), chance.choice("aab"), 0.9) for k in range(600)]
    drawn = draw(rows, 90, ["anna"], 1)
    by_stratum = {name: [row for row in rows if row.stratum == name] for name in ("b", "a")}
    places = {stratum.name: stratum.sampled for stratum in drawn.strata}
    found = inclusion(by_stratum, places)
    assert all(0 < share <= 1 for share in found.values())
    for name, own in by_stratum.items():
        assert sum(found[row.article_id, name] for row in own) == pytest.approx(places[name], rel=1e-6)


def test_the_limits_hold_where_the_right_rows_are_the_rare_ones() -> None:
    for right in (0, 1, 10, 19, 20):
        rows = [Observed("a", str(k), 0.9, k < right) for k in range(20)]
        found = estimate([Stratum("a", 10**6, 0.9)], rows)
        other = estimate([Stratum("a", 10**6, 0.9)], [replace(row, right=not row.right) for row in rows])
        assert found is not None
        assert other is not None
        own = found.stratified
        assert own.low <= right / 20 <= own.high
        if right != 10:
            assert (1 - own.high, 1 - own.low) == pytest.approx((other.stratified.low, other.stratified.high))
    assert own.low < 0.86  # of 20 rows that are all right


def test_the_interval_to_expect_is_that_of_such_an_audit() -> None:
    strata = [Stratum("a", 8_000, 0.99, 200), Stratum("b", 2_000, 0.9, 100)]
    planned = expected(strata, 0.98)
    # As the probability says: 57 of 160 wrong rows in a, so 1.43 of 200, and 7.1 of 100 in b.
    rows = [Observed("a", str(k), 0.9, k > 0) for k in range(200)]
    rows += [Observed("b", f"b{k}", 0.9, k > 6) for k in range(100)]
    found = estimate(strata, rows)
    assert found is not None
    assert planned.width == pytest.approx(found.stratified.width, rel=0.1)
    assert expected(strata, 0.98, 2).width > planned.width
    assert expected(strata, 0.98).width < wilson(0.98, 300).width * 1.1
