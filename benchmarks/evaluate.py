"""How fast and how right evaluation is, on WMT22's English-Ukrainian systems.

    python benchmarks/evaluate.py speed        beside sacrebleu's paired tests: seconds and p-values
    python benchmarks/evaluate.py quotations   how alike quotations are that translate each other, and that do not
    python benchmarks/evaluate.py slices       how wide BLEU's interval is on slices of so many segments

The data: ../shared/data/wmt22, or --data DIR with WMT22's files, generaltest2022.en-uk.{src.en,ref.A.uk,hyp.NAME.uk}.
"""

from __future__ import annotations

import argparse
import logging
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from corpus_builder.evaluate.evaluation import Evaluation, Settings, evaluate
from corpus_builder.evaluate.lines import read_lines, read_test_set
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.quotes import quotations_in, similarity
from corpus_builder.evaluate.significance import Resampling, compare_systems
from corpus_builder.evaluate.testset import Pair, TestSet

STEM = "generaltest2022.en-uk."
METRICS = ("bleu", "chrf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "quotations", "slices"))
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data" / "wmt22")
    arguments = parser.parse_args()
    if not (arguments.data / f"{STEM}src.en").exists():
        sys.exit(f"{arguments.data}: WMT22's files are not there; see --help")
    test, outputs = read(arguments.data)
    {"speed": speed, "quotations": quotations, "slices": slices}[arguments.what](arguments.data, test, outputs)


def read(data: Path) -> tuple[TestSet, dict[str, list[str]]]:
    test = read_test_set(data / f"{STEM}src.en", [data / f"{STEM}ref.A.uk"], Pair("en", "uk"))
    files = sorted(data.glob(f"{STEM}hyp.*.uk"))
    return test, {
        file.name.removeprefix(f"{STEM}hyp.").removesuffix(".uk"): read_lines(file, "system") for file in files
    }


def speed(data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Everything in one run on one machine; only the ratios mean something."""
    logging.disable(logging.WARNING)
    from sacrebleu.metrics import BLEU, CHRF
    from sacrebleu.significance import PairedTest

    systems = len(outputs)
    pairs = systems * (systems - 1) // 2
    print(f"{systems} systems, {len(test)} segments, BLEU and chrF; 1,000 resamples, 10,000 trials\n")

    results: dict[str, Evaluation] = {}
    ours = clock(
        lambda: results.update(evaluation=evaluate(test, outputs, make_metrics(METRICS, test, MetricSettings())))
    )
    metrics = make_metrics(METRICS, test, MetricSettings())
    statistics = {metric.name: [metric.statistics(lines) for lines in outputs.values()] for metric in metrics}
    scorers = {metric.name: metric.scores for metric in metrics}
    tests_alone = clock(lambda: compare_systems(statistics, scorers, None, Resampling()))

    theirs = {}
    counting = 0.0
    p_values = {}
    for kind in ("bs", "ar"):
        started = time.perf_counter()
        paired = PairedTest(list(outputs.items()), {"BLEU": BLEU(), "chrF": CHRF()}, test.references, test_type=kind)
        _, p_values[kind] = paired()
        theirs[kind] = time.perf_counter() - started
    for metric in (BLEU(), CHRF()):
        counting += clock(lambda m=metric: [m._extract_corpus_statistics(o, test.references) for o in outputs.values()])

    command = [Path(sys.executable).with_name("sacrebleu"), str(data / f"{STEM}ref.A.uk"), "-f", "text", "-i"]
    command += [str(data / f"{STEM}hyp.{name}.uk") for name in outputs]
    sacrebleu_command = clock(
        lambda: subprocess.run(
            [*map(str, command), "-m", "bleu", "chrf", "--paired-bs"], check=True, capture_output=True
        )
    )
    our_command = clock(lambda: command_line(data, outputs))

    rows = [
        (f"sacrebleu --paired-bs, as a command: {systems - 1} pairs", sacrebleu_command),
        (f"corpus-builder evaluate, as a command: {pairs} pairs, both tests, slices", our_command),
        (f"sacrebleu, paired bootstrap: {systems - 1} pairs", theirs["bs"]),
        (f"sacrebleu, approximate randomisation: {systems - 1} pairs", theirs["ar"]),
        (f"sacrebleu, both, for all {pairs} pairs ({systems - 1} runs of each)", (systems - 1) * sum(theirs.values())),
        ("of each sacrebleu run, counting n-grams", counting),
        (f"ours, counting and both tests, {pairs} pairs, slices", ours),
        (f"ours, both tests alone, {pairs} pairs", tests_alone),
    ]
    for name, seconds in rows:
        print(f"{seconds:9.2f} s  {name}")
    per_pair_theirs = (theirs["bs"] - counting) / (systems - 1)
    print(
        f"\npaired bootstrap alone, a pair: sacrebleu {per_pair_theirs:.3f} s, ours with randomisation "
        f"{tests_alone / pairs:.3f} s: {per_pair_theirs * pairs / tests_alone:.0f} times as fast"
    )
    print(
        f"bootstrap of all pairs from texts: {(systems - 1) * theirs['bs'] / ours:.0f} times as fast, "
        f"both tests {(systems - 1) * sum(theirs.values()) / ours:.0f} times"
    )
    agreement(results["evaluation"], p_values)


def agreement(evaluation: Evaluation, p_values: dict[str, dict[str, list[object]]]) -> None:
    print("\np-values against the first system (ours / sacrebleu's)")
    tested = evaluation.tests["segments"]
    largest = 0.0
    for kind, ours in (("bs", "bootstrap"), ("ar", "randomisation")):
        for name, theirs in (("bleu", "BLEU"), ("chrf", "chrF2")):
            mine = getattr(tested[name], ours)[0, 1:]
            other = np.array([result.p_value for result in p_values[kind][theirs][1:]])  # type: ignore[attr-defined]
            largest = max(largest, float(np.abs(mine - other).max()))
            print(f"  {ours:14}{name:6}" + "  ".join(f"{a:.4f}/{b:.4f}" for a, b in zip(mine, other, strict=True)))
    print(f"largest difference: {largest:.4f}")


def command_line(data: Path, outputs: dict[str, list[str]]) -> None:
    systems = [part for name in outputs for part in ("--system", f"{name}={data / f'{STEM}hyp.{name}.uk'}")]
    sides = ["--source", str(data / f"{STEM}src.en"), "--reference", str(data / f"{STEM}ref.A.uk")]
    command = [str(Path(sys.executable).with_name("corpus-builder")), "evaluate", *sides, *systems]
    subprocess.run([*command, *(p for name in METRICS for p in ("--metric", name))], check=True, capture_output=True)


def quotations(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Quotations in the same place of a segment with as many of them, against quotations paired at random."""
    shuffled = random.Random(1)
    (reference,) = test.references
    everywhere = [quotation for text in reference for quotation in quotations_in(text)]
    translations, strangers = [], []
    for lines in outputs.values():
        for text, line in zip(reference, lines, strict=True):
            expected, given = quotations_in(text), quotations_in(line)
            if len(expected) == len(given):
                translations += [similarity(one, other) for one, other in zip(expected, given, strict=True)]
                strangers += [similarity(shuffled.choice(everywhere), other) for other in given]
    print(f"{len(translations)} quotations\nsimilarity   translations   at random")
    for threshold in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4):
        shares = [np.mean(np.array(values) >= threshold) for values in (translations, strangers)]
        print(f"{threshold:10.2f}{shares[0]:15.1%}{shares[1]:12.1%}")


def slices(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Half of the 95 % interval of BLEU and chrF, mean over systems and ten random slices of each size."""
    drawn = np.random.default_rng(1)
    print("segments   BLEU ±   chrF ±")
    for size in (10, 20, 30, 50, 100, 200, 400):
        halves = []
        for _ in range(10):
            chosen = np.sort(drawn.choice(len(test), size, replace=False))
            part = TestSet(test.pair, tuple(test.rows[index] for index in chosen))
            texts = {name: [lines[index] for index in chosen] for name, lines in outputs.items()}
            made = make_metrics(METRICS, part, MetricSettings())
            tested = evaluate(part, texts, made, Settings(Resampling(trials=100))).tests["segments"]
            halves.append([np.mean(tested[name].high - tested[name].low) / 2 for name in METRICS])
        means = np.mean(halves, axis=0)
        print(f"{size:8}{means[0]:9.1f}{means[1]:9.1f}")


def clock(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
