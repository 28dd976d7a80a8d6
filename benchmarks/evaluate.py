"""Speed and accuracy of the evaluation, on the English-Ukrainian systems of WMT22.

    python benchmarks/evaluate.py speed        seconds and p-values, compared with the paired tests of sacrebleu
    python benchmarks/evaluate.py metrics      seconds per metric
    python benchmarks/evaluate.py quotations   similarity of quotations that translate each other, and of random ones
    python benchmarks/evaluate.py names        share of names in the right output, and in another one by chance
    python benchmarks/evaluate.py slices       width of the interval of BLEU by size of the slice
    python benchmarks/evaluate.py units        coverage of intervals over few units (needs no data)
    python benchmarks/evaluate.py official     official scores of the systems, and their correlation with our metrics

Data: ../shared/data/wmt22, or --data DIR with the files of WMT22, generaltest2022.en-uk.{src.en,ref.A.uk,hyp.NAME.uk}.
"""

from __future__ import annotations

import argparse
import csv
import logging
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sacrebleu.metrics.base import Metric as SacrebleuMetric
from sacrebleu.significance import PairedTest, Result

from corpus_builder.evaluate.evaluation import Settings, evaluate
from corpus_builder.evaluate.lines import read_lines, read_test_set
from corpus_builder.evaluate.metrics import DEFAULT, MetricSettings, make_metrics
from corpus_builder.evaluate.metrics.names import known_names, names_in
from corpus_builder.evaluate.metrics.quotes import quotations_in, similarity
from corpus_builder.evaluate.significance import Resampling, Tested, compare_systems
from corpus_builder.evaluate.testset import Array, Pair, TestSet
from corpus_builder.text.names import read_names, same_name, sounds_alike

STEM = "generaltest2022.en-uk."
METRICS = ("bleu", "chrf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "quotations", "names", "metrics", "slices", "units", "official"))
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data" / "wmt22")
    arguments = parser.parse_args()
    if arguments.what == "units":
        units()
        return
    if not (arguments.data / f"{STEM}src.en").exists():
        sys.exit(f"{arguments.data}: the files of WMT22 are missing; see --help")
    test, outputs = read(arguments.data)
    commands = {"speed": speed, "quotations": quotations, "names": names, "metrics": metrics, "slices": slices,
                "official": official}  # fmt: skip
    commands[arguments.what](arguments.data, test, outputs)


def read(data: Path) -> tuple[TestSet, dict[str, list[str]]]:
    test = read_test_set(data / f"{STEM}src.en", [data / f"{STEM}ref.A.uk"], Pair("en", "uk"))
    files = sorted(data.glob(f"{STEM}hyp.*.uk"))
    return test, {
        file.name.removeprefix(f"{STEM}hyp.").removesuffix(".uk"): read_lines(file, "system") for file in files
    }


def speed(data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """All in one run on one machine, in seconds of processor time; only the ratios are meaningful.

    sacrebleu compares all systems with the first; here this is the middle one by BLEU, so that p-values vary.
    """
    logging.disable(logging.WARNING)
    from sacrebleu.metrics import BLEU, CHRF

    (bleu,) = make_metrics(["bleu"], test, MetricSettings())
    scores = {name: float(bleu.scores(bleu.statistics(lines).sum(axis=0))) for name, lines in outputs.items()}
    middle = sorted(outputs, key=scores.__getitem__)[len(outputs) // 2]
    outputs = {middle: outputs[middle], **outputs}
    names = list(outputs)
    compared = len(names) - 1
    pairs = len(names) * compared // 2
    print(f"{len(names)} systems, {len(test)} segments, BLEU and chrF; seconds of processor time\n")

    theirs = {"BLEU": BLEU(), "chrF": CHRF()}
    their_counting = clock(lambda: [count_once(metric, test, outputs) for metric in theirs.values()])
    p_values: dict[str, dict[str, list[Result]]] = {}
    their_tests = {
        kind: clock(
            lambda kind=kind: p_values.update({kind: PairedTest(list(outputs.items()), theirs, None, kind)()[1]})
        )
        for kind in ("bs", "ar")
    }
    compared_metrics = make_metrics(METRICS, test, MetricSettings())
    statistics: dict[str, list[Array]] = {}
    our_counting = clock(
        lambda: statistics.update({m.name: [m.statistics(o) for o in outputs.values()] for m in compared_metrics})
    )
    tested: dict[str, Tested] = {}
    scorers = {metric.name: metric.scores for metric in compared_metrics}
    ours = {
        "bs": clock(lambda: compare_systems(statistics, scorers, None, Resampling(trials=1))),
        "ar": clock(lambda: compare_systems(statistics, scorers, None, Resampling(resamples=1))),
        "both": clock(lambda: tested.update(compare_systems(statistics, scorers, None, Resampling()))),
    }
    sacrebleu = [str(Path(sys.executable).with_name("sacrebleu")), str(data / f"{STEM}ref.A.uk"), "-f", "text", "-i"]
    sacrebleu += [str(data / f"{STEM}hyp.{name}.uk") for name in names]
    their_command = clock_command([*sacrebleu, "-m", "bleu", "chrf", "--paired-bs"])
    our_command = clock_command(our_command_line(data, names))

    both = their_tests["bs"] + their_tests["ar"]
    for what, they, we in (
        ("counting n-grams of all systems", their_counting, our_counting),
        (f"paired bootstrap: sacrebleu {compared} pairs, ours all {pairs}", their_tests["bs"], ours["bs"]),
        (f"paired randomisation: sacrebleu {compared} pairs, ours all {pairs}", their_tests["ar"], ours["ar"]),
        (f"sacrebleu --paired-bs {compared} pairs; our tests, both, all {pairs}", their_command, ours["both"]),
        (
            f"the commands: --paired-bs {compared} pairs; ours both tests, all {pairs}, slices",
            their_command,
            our_command,
        ),
        (f"the commands, all {pairs} pairs: --paired-bs {compared} times", compared * their_command, our_command),
        ("counting and both tests, all pairs", compared * (both + their_counting), ours["both"] + our_counting),
    ):
        print(f"sacrebleu {they:7.2f}   ours {we:6.2f}   {they / we:6.1f} times   {what}")
    agreement(tested, p_values)


def count_once(metric: SacrebleuMetric, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Let a metric of sacrebleu count now, so that its tests can be timed without counting."""
    metric._ref_cache = metric._cache_references(test.references)
    counted = {id(lines): metric._extract_corpus_statistics(lines, None) for lines in outputs.values()}
    metric._extract_corpus_statistics = lambda lines, _references: counted[id(lines)]


def agreement(tested: dict[str, Tested], p_values: dict[str, dict[str, list[Result]]]) -> None:
    print("\np-values against the middle system (ours/sacrebleu's)")
    largest = 0.0
    for kind, ours in (("bs", "bootstrap"), ("ar", "randomisation")):
        for name, theirs in (("bleu", "BLEU"), ("chrf", "chrF2")):
            mine = getattr(tested[name], ours)[0, 1:]
            other = np.array([result.p_value for result in p_values[kind][theirs][1:]])
            largest = max(largest, float(np.abs(mine - other).max()))
            print(f"{ours:14}{name:5}" + " ".join(f"{a:.4f}/{b:.4f}" for a, b in zip(mine, other, strict=True)))
    print(f"largest difference: {largest:.4f}")


def our_command_line(data: Path, names: list[str]) -> list[str]:
    systems = [part for name in names for part in ("--system", f"{name}={data / f'{STEM}hyp.{name}.uk'}")]
    sides = ["--source", str(data / f"{STEM}src.en"), "--reference", str(data / f"{STEM}ref.A.uk")]
    metrics = [part for name in METRICS for part in ("--metric", name)]
    return [str(Path(sys.executable).with_name("corpus-builder")), "evaluate", *sides, *systems, *metrics]


def metrics(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Seconds of processor time to count one output, for each metric that needs no model."""
    lines = next(iter(outputs.values()))
    for metric in make_metrics((*DEFAULT, "ter"), test, MetricSettings()):
        print(f"{metric.name:8}{clock(lambda metric=metric: metric.statistics(lines)):8.2f}")


def quotations(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Quotations at the same position of segments with equal numbers of them, and quotations paired at random."""
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


def names(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Names of the reference in its translations and in shuffled ones: by letters as the metric, and by sound."""
    (reference,) = test.references
    of_test_set = known_names(reference)
    expected = [names_in(text, of_test_set) for text in reference]
    shuffled = random.Random(1)
    print("rule              translations   at random")
    for rule, alike in (("letters (metric)", same_name), ("sound (score)", sounds_alike)):
        shares = []
        for mix in (lambda lines: lines, lambda lines: shuffled.sample(lines, len(lines))):
            rendered = sum(
                any(word == name or alike(name, word) for word in words)
                for lines in outputs.values()
                for line_names, line in zip(expected, mix(lines), strict=True)
                for words in [read_names(line).capitals if rule.startswith("letters") else read_names(line).words]
                for name in line_names
            )
            shares.append(rendered / (len(outputs) * sum(map(len, expected))))
        print(f"{rule:18}{shares[0]:12.1%}{shares[1]:12.1%}")


def slices(_data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Half of the 95 % interval of BLEU and chrF, mean over all systems and ten random slices per size."""
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


def official(data: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Over the systems: the greatest difference from the official BLEU and chrF, and of each metric Pearson's and
    Kendall's correlation with the official BLEU, chrF and COMET.
    """
    from scipy.stats import kendalltau, pearsonr

    with (data / "official-scores.en-uk.tsv").open(encoding="utf-8") as file:
        found = {(row["system"], row["metric"]): float(row["score"]) for row in csv.DictReader(file, delimiter="\t")}
    columns = {
        name: np.array([found[system, name] for system in outputs]) for name in ("bleu-all", "chrf-all", "COMET-A")
    }
    print("metric    " + "".join(f"{name:>18}" for name in columns) + "   (Pearson, Kendall)")
    for metric in make_metrics((*DEFAULT, "ter"), test, MetricSettings()):
        ours = np.array([float(metric.scores(metric.statistics(lines).sum(axis=0))) for lines in outputs.values()])
        if f"{metric.name}-all" in columns:
            print(f"{metric.name}: greatest difference {np.abs(ours - columns[f'{metric.name}-all']).max():.1e}")
        signed = ours if metric.higher_is_better else -ours
        pairs = [(pearsonr(signed, theirs)[0], kendalltau(signed, theirs)[0]) for theirs in columns.values()]
        print(f"{metric.name:10}" + "".join(f"{pearson:11.3f} {kendall:6.3f}" for pearson, kendall in pairs))


def units() -> None:
    """2,000 samples of a normal distribution per number of units, with the interval of compare_systems()."""
    drawn = np.random.default_rng(1)
    print("units   interval contains the mean")
    for count in (5, 10, 20, 40, 80):
        systems = [np.stack([drawn.normal(size=count), np.ones(count)], axis=1) for _ in range(2000)]
        contained = 0
        for start in range(0, len(systems), 2):  # two at a time: every two systems of a call are compared
            two = {"mean": systems[start : start + 2]}
            tested = compare_systems(two, {"mean": lambda t: t[..., 0] / t[..., 1]}, None, Resampling(trials=1))["mean"]
            contained += int(((tested.low <= 0) & (tested.high >= 0)).sum())
        print(f"{count:5}{contained / len(systems):14.1%}")


def clock(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process, so that other work on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def clock_command(command: list[str]) -> float:
    """Seconds of processor time of a command, including its start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
