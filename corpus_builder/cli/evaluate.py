"""`evaluate`: compares MT systems: scores, significance of differences, and the kinds of text where each fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_builder.cli.evaluate_options import (
    MetricOptions,
    OutputOptions,
    SignificanceOptions,
    SystemOptions,
    TestSetOptions,
)
from corpus_builder.cli.options import grouped
from corpus_builder.cli.progress import shown
from corpus_builder.cli.terminal import console, put, say
from corpus_builder.errors import UsageError
from corpus_builder.evaluate.choices import Level

if TYPE_CHECKING:
    from corpus_builder.evaluate.cache import AnswerCache
    from corpus_builder.evaluate.contamination import Contamination
    from corpus_builder.evaluate.evaluation import Evaluation, Settings
    from corpus_builder.evaluate.metrics import Metric
    from corpus_builder.evaluate.testset import Pair, TestSet


@grouped
def evaluate(
    inputs: TestSetOptions,
    compared: SystemOptions,
    scoring: MetricOptions,
    significance: SignificanceOptions,
    output: OutputOptions,
) -> None:
    """Compare MT systems: which is best, is the difference significant, and on which kinds of text does each fail?

    Examples:

    corpus-builder evaluate --source test.en --reference test.uk --system a=a.uk --system b=b.uk --html report.html

    corpus-builder evaluate --dataset workspace/dataset --pair uk-ru --system copy=copy: --system mine=cmd:./mt.sh
    """
    from corpus_builder.evaluate.cache import AnswerCache
    from corpus_builder.evaluate.evaluation import evaluate as run_evaluation
    from corpus_builder.evaluate.outputs.lines import write_lines
    from corpus_builder.evaluate.systems import describe, open_systems, parse_names, read_outputs, run_translators
    from corpus_builder.evaluate.translators import read_options

    named = parse_names(compared.system or [])
    if not named and output.out is None:
        raise UsageError(
            "no system to evaluate",
            next_step="add --system NAME=FILE, or only write the source and the references with --out DIR",
        )
    pair = _pair(inputs)
    systems = open_systems(named, pair, read_options(compared.systems_config, tuple(named)))
    segments = _test_set(inputs, pair)
    joined = inputs.level is Level.DOCUMENTS and not any(row.lines for row in segments.rows)
    whole = segments.joined() if joined else segments
    test = whole if inputs.limit is None else whole.first(inputs.limit)
    outputs = read_outputs(
        systems,
        test,
        len(whole),
        segments=segments if joined else None,
        allow_empty=compared.allow_empty,
        check_languages=not inputs.no_language_check,
    )
    with ExitStack() as stack:
        cache = None
        if systems.translators or any("=" in name for name in scoring.metric or []):
            cache = stack.enter_context(AnswerCache(compared.cache or _default_cache()))
        # Wrong options of metrics end the run before systems are run.
        metrics = _metrics(scoring, inputs.dataset, test, cache)
        progress = stack.enter_context(shown())
        if cache is not None:
            outputs |= run_translators(systems, test, cache, progress, allow_empty=compared.allow_empty)
        outputs = {name: outputs[name] for name in systems.names}
        if output.out is not None:
            write_lines(output.out, test, outputs)
        if not outputs:
            return
        evaluation = run_evaluation(
            test,
            outputs,
            metrics,
            _settings(significance, scoring.smallest_slice),
            _contamination(test, inputs.trained_on or []),
            lambda done, total: progress("evaluate", done, total),
        )
    _write(evaluation, output, describe(systems))


def _pair(options: TestSetOptions) -> Pair:
    """The direction of translation: --pair, or the extensions of the files."""
    from corpus_builder.evaluate.lines import language_of
    from corpus_builder.evaluate.testset import Pair

    files = [path for path in (options.source, *(options.reference or [])) if path is not None]
    if options.dataset is not None and files:
        raise UsageError("--dataset cannot be combined with --source or --reference", next_step="give one of them")
    if options.dataset is None and (options.source is None or not options.reference):
        raise UsageError("no test set", next_step="give --dataset FOLDER, or --source FILE and --reference FILE")
    if options.pair is not None:
        return Pair.parse(options.pair)
    source, *targets = [language_of(path) for path in files] or [None]
    if source and len(set(targets)) == 1 and targets[0] and targets[0] != source:
        return Pair(source, targets[0])
    raise UsageError(
        "the direction of translation is not known", next_step="give --pair SOURCE-TARGET, e.g. --pair en-uk"
    )


def _test_set(options: TestSetOptions, pair: Pair) -> TestSet:
    """The whole test set, from a dataset or from files, with its languages checked."""
    from corpus_builder.evaluate.dataset import DOCUMENTS, Choice, read_dataset
    from corpus_builder.evaluate.lines import check_language, read_test_set

    choice = Choice(options.min_probability, options.complete, options.audited_only)
    if options.dataset is not None:
        default = DOCUMENTS if options.level is Level.DOCUMENTS else "sentences"
        configs = list(dict.fromkeys(options.config or [default]))
        if DOCUMENTS in configs and len(configs) > 1:
            raise UsageError(
                "--config documents: whole documents cannot be tested together with segments",
                next_step="evaluate them in a run of their own",
            )
        test = read_dataset(options.dataset, configs, options.split, pair, choice)
    else:
        for option in choice.options().values():
            raise UsageError(
                f"{option} chooses rows of a dataset; files have no scores", next_step="give --dataset FOLDER"
            )
        assert options.source is not None  # _pair has checked it
        test = read_test_set(options.source, options.reference or [], pair, options.documents)
    if not options.no_language_check:
        check_language(test.sources, pair.source, "the source side")
        for number, texts in enumerate(test.references, 1):
            side = f"reference {number}" if len(test.references) > 1 else "the reference side"
            check_language(texts, pair.target, side)
    return test


def _metrics(options: MetricOptions, dataset: str | None, test: TestSet, cache: AnswerCache | None) -> list[Metric]:
    from corpus_builder.evaluate.dataset import find_sentencepiece
    from corpus_builder.evaluate.metrics import DEFAULT, MetricSettings, make_metrics
    from corpus_builder.evaluate.translators import read_options

    sentencepiece = options.sentencepiece
    if sentencepiece is None and dataset is not None:
        sentencepiece = find_sentencepiece(dataset, test.pair)
    names = [name.partition("=")[0].lower() for name in options.metric or () if "=" in name]
    settings = MetricSettings(
        sentencepiece,
        options.comet_model,
        options.comet_gpus,
        tuple(options.lower_is_better or ()),
        options.cometkiwi_model,
        read_options(options.metrics_config, names, "--metrics-config", "metric"),
        cache,
        lambda line: say(line, error=True),
    )
    return make_metrics(options.metric or DEFAULT, test, settings)


def _settings(options: SignificanceOptions, smallest_slice: int | None) -> Settings:
    from corpus_builder.evaluate.evaluation import Settings
    from corpus_builder.evaluate.significance import Resampling
    from corpus_builder.evaluate.slices import SMALLEST

    resampling = None
    if not options.no_significance:
        resampling = Resampling(options.resamples, options.trials, seed=options.seed)
    return Settings(resampling, options.unit, options.test, options.alpha, smallest_slice or SMALLEST)


def _contamination(test: TestSet, trained_on: list[str]) -> dict[str, Contamination]:
    """The overlap of each training set with the test set, by the name given to it or else its file name."""
    from corpus_builder.evaluate.contamination import find_contamination
    from corpus_builder.evaluate.training import training_texts
    from corpus_builder.files import shown

    overlaps = {}
    for option in trained_on:
        name, equals, place = option.partition("=")
        if not equals or Path(option).exists():
            name, place = shown(Path(option).name), option
        overlaps[name] = find_contamination(test, training_texts(place))
    return overlaps


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "corpus-builder" / "translations.sqlite"


def _write(evaluation: Evaluation, output: OutputOptions, inputs: Mapping[str, Mapping[str, object]]) -> None:
    """Write all files that were asked for; print the table unless stdout is needed for JSON, CSV, LaTeX or HTML."""
    from corpus_builder.evaluate.outputs.machine import to_csv, to_json
    from corpus_builder.evaluate.outputs.report import to_html
    from corpus_builder.evaluate.outputs.tables import to_latex

    writers: list[tuple[Path | None, Callable[[], str]]] = [
        (output.json, lambda: to_json(evaluation, inputs)),
        (output.csv, lambda: to_csv(evaluation)),
        (output.latex, lambda: to_latex(evaluation)),
        (output.html, lambda: to_html(evaluation)),
    ]
    for path, text in writers:
        if path is None:
            continue
        if str(path) == "-":
            put(text())
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(), encoding="utf-8", newline="\n")
    if "-" not in (str(path) for path, _ in writers):
        _print(evaluation)


def _print(evaluation: Evaluation) -> None:
    from corpus_builder.evaluate.differences import cautions
    from corpus_builder.evaluate.outputs.tables import footnote, matrix_to_terminal, pairs_to_terminal, to_terminal

    screen = console()
    screen.print(to_terminal(evaluation))
    for table in (pairs_to_terminal(evaluation), matrix_to_terminal(evaluation)):
        if table is not None:
            screen.print()
            screen.print(table)
    if evaluation.settings.resampling is not None:
        screen.print()
        screen.print(
            footnote(evaluation),
            "Bold system scores: no system is significantly better. Bold or * differences: significant.",
            style="dim",
        )
    for caution in cautions(evaluation):
        screen.print(f"Caution: {caution}", style="yellow")
    if evaluation.test.dropped:
        reasons = ", ".join(
            f"{count:,} ({reason.replace('_', ' ')})" for reason, count in evaluation.test.dropped.items()
        )
        screen.print(f"Rows not used: {reasons}.")
    for name, overlap in evaluation.contamination.items():
        share = len(overlap.any) / len(evaluation.test)
        screen.print(
            f"{name} ({overlap.training_segments:,} segments) contains {len(overlap.any):,} test segments "
            f"({share:.1%}): "
            f"{len(overlap.both):,} on both sides, {len(overlap.source):,} on the source side, "
            f"{len(overlap.reference):,} on the reference side, {len(overlap.near):,} nearly.",
        )
