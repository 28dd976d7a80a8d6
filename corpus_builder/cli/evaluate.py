"""`evaluate`: which system translates this best, is the difference real, and where does it fail?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.evaluate.evaluation import Evaluation
    from corpus_builder.evaluate.testset import Pair, TestSet

Source = Annotated[Path | None, typer.Option(metavar="FILE", help="What is translated, one segment a line.")]
References = Annotated[
    list[Path] | None, typer.Option("--reference", metavar="FILE", help="Its translation; repeat for more.")
]
SystemOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--system",
        "--translator",
        metavar="NAME=SYSTEM",
        help="A file of translations, or a system to run: cmd:COMMAND (lines in, lines out), http:URL (chat endpoint), "
        "hf:MODEL, ct2:FOLDER, copy: (the source as it is). Repeat.",
    ),
]
SystemsConfig = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Options of systems that are run: TOML, a table per NAME.")
]
Dataset = Annotated[
    str | None, typer.Option(metavar="FOLDER|NS/NAME", help="Take the test set from a dataset instead of files.")
]
Configs = Annotated[
    list[str] | None,
    typer.Option("--config", help="sentences (the default), paragraphs or quotes. Repeat for several."),
]
Split = Annotated[str, typer.Option(help="The dataset's split.")]
PairOption = Annotated[
    str | None,
    typer.Option("--pair", metavar="SRC-TGT", help="en-uk: from English into Ukrainian. Of files, their endings tell."),
]
Documents = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The document of each segment, one a line; datasets know theirs.")
]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first so many segments.")]
MetricNames = Annotated[
    list[str] | None,
    typer.Option("--metric", metavar="M", help="bleu, chrf, chrf++, ter, spbleu, comet, name, number, quote. Repeat."),
]
SentencePiece = Annotated[
    str | None,
    typer.Option(metavar="FILE|flores200", help="The model of spBLEU; by default the dataset's own."),
]
CometModel = Annotated[str | None, typer.Option(metavar="MODEL", help="The model of COMET: Unbabel/wmt22-comet-da.")]
CometGpus = Annotated[int, typer.Option(min=0, help="GPUs for COMET.")]
NoSignificance = Annotated[bool, typer.Option("--no-significance", help="Scores only, no tests and no intervals.")]
TestName = Annotated[str, typer.Option("--test", metavar="TEST", help="What ranks go by: bootstrap or randomisation.")]
Unit = Annotated[
    str | None, typer.Option(help="… over segments or documents; by default documents where there are 20 or more.")
]
Resamples = Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")]
Trials = Annotated[int, typer.Option(min=100, help="Trials of approximate randomisation.")]
Alpha = Annotated[float, typer.Option(min=0, max=1, help="A difference counts where its p-value is below this.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of resampling.")]
SmallestSlice = Annotated[int | None, typer.Option(min=1, help="Slices with fewer segments get no figure.")]
TrainedOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[NAME=]PLACE", help="Training data (file, folder, dataset): which test rows does it hold? Repeat."
    ),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON (- for stdout).")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write all figures as CSV.")]
Latex = Annotated[Path | None, typer.Option("--latex", metavar="FILE", help="Write the table for a paper.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the report, one page that needs nothing else.")
]
Save = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write source, references and all outputs there, one segment a line.")
]
Cache = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where translations are kept. [~/.cache/corpus-builder/translations.sqlite]"),
]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Score empty lines of a system as nothing said.")]
NoLanguageCheck = Annotated[bool, typer.Option("--no-language-check", help="Trust the languages of all files.")]


def evaluate(
    source: Source = None,
    reference: References = None,
    system: SystemOptions = None,
    systems_config: SystemsConfig = None,
    dataset: Dataset = None,
    config: Configs = None,
    split: Split = "test",
    pair: PairOption = None,
    documents: Documents = None,
    limit: Limit = None,
    metric: MetricNames = None,
    sentencepiece: SentencePiece = None,
    comet_model: CometModel = None,
    comet_gpus: CometGpus = 0,
    no_significance: NoSignificance = False,
    test: TestName = "bootstrap",
    unit: Unit = None,
    resamples: Resamples = 1000,
    trials: Trials = 10_000,
    alpha: Alpha = 0.05,
    seed: Seed = 12345,
    smallest_slice: SmallestSlice = None,
    trained_on: TrainedOn = None,
    json: Json = None,
    csv: Csv = None,
    latex: Latex = None,
    html: Html = None,
    save: Save = None,
    cache: Cache = None,
    allow_empty: AllowEmpty = False,
    no_language_check: NoLanguageCheck = False,
) -> None:
    """Which system translates this best, is the difference real, and where does it fail?

    Examples:

    corpus-builder evaluate --source test.en --reference test.uk --system a=a.uk --system b=b.uk --html report.html

    corpus-builder evaluate --dataset workspace/dataset --pair uk-ru --system copy=copy: --system mine=cmd:./mt.sh
    """
    from corpus_builder.evaluate.evaluation import TESTS, UNITS, Settings
    from corpus_builder.evaluate.evaluation import evaluate as run_evaluation
    from corpus_builder.evaluate.metrics import DEFAULT, MetricSettings, make_metrics
    from corpus_builder.evaluate.significance import Resampling
    from corpus_builder.evaluate.slices import SMALLEST
    from corpus_builder.evaluate.systems import describe, open_systems, parse_names, read_outputs, run_translators
    from corpus_builder.evaluate.translators import TranslationCache, read_systems_config

    _one_of("--test", test, TESTS)
    if unit is not None:
        _one_of("--unit", unit, UNITS)
    named = parse_names(system or [])
    if not named and save is None:
        raise UsageError(
            "which systems? there is no --system", next_step="give --system NAME=FILE, or --save DIR alone"
        )
    direction = _pair(pair, source, reference or [], dataset)
    systems = open_systems(named, direction, read_systems_config(systems_config, tuple(named)))
    whole = _test_set(source, reference or [], dataset, config or ["sentences"], split, direction, documents)
    if not no_language_check:
        _check_languages(whole)
    rows = whole if limit is None else _first(whole, limit)
    metrics = make_metrics(
        metric or DEFAULT,
        rows,
        MetricSettings(_sentencepiece(sentencepiece, dataset, direction), comet_model, comet_gpus),
    )
    outputs = read_outputs(systems, rows, len(whole), allow_empty=allow_empty, check_languages=not no_language_check)
    with shown() as progress:
        if systems.translators:
            with TranslationCache(cache or _default_cache()) as translations:
                outputs |= run_translators(systems, rows, translations, progress, allow_empty=allow_empty)
        outputs = {name: outputs[name] for name in systems.names}
        if save is not None:
            _save(save, rows, outputs)
        if not outputs:
            return
        steps = len(metrics) * len(outputs) + 3
        done = iter(range(steps))
        evaluation = run_evaluation(
            rows,
            outputs,
            metrics,
            Settings(
                resampling=None if no_significance else Resampling(resamples, trials, seed=seed),
                unit=unit,
                test=test,
                alpha=alpha,
                smallest_slice=smallest_slice or SMALLEST,
            ),
            _contamination(rows, trained_on or []),
            lambda _step: progress("metrics", next(done), steps),
        )
        progress("metrics", steps, steps)
    _write(evaluation, {"json": json, "csv": csv, "latex": latex, "html": html}, describe(systems))


def _pair(pair: str | None, source: Path | None, references: Sequence[Path], dataset: str | None) -> Pair:
    """The direction of translation: --pair, or what the names of the files end in."""
    from corpus_builder.evaluate.lines import language_of
    from corpus_builder.evaluate.testset import Pair

    if dataset is not None and (source or references):
        raise UsageError("--dataset and --source/--reference exclude one another", next_step="give one of them")
    if dataset is None and (source is None or not references):
        raise UsageError("what is the test set?", next_step="give --dataset FOLDER, or --source FILE --reference FILE")
    if pair is not None:
        return Pair.parse(pair)
    languages = [language_of(path) for path in (source, *references) if path is not None] if source else []
    if len(set(languages)) == 2 and None not in languages and languages[0] not in languages[1:]:
        return Pair(str(languages[0]), str(languages[1]))
    raise UsageError("which languages?", next_step="give --pair SOURCE-TARGET, as en-uk for English into Ukrainian")


def _test_set(
    source: Path | None,
    references: Sequence[Path],
    dataset: str | None,
    configs: Sequence[str],
    split: str,
    pair: Pair,
    documents: Path | None,
) -> TestSet:
    if dataset is not None:
        from corpus_builder.evaluate.dataset import read_dataset

        return read_dataset(dataset, list(dict.fromkeys(configs)), split, pair)
    from corpus_builder.evaluate.lines import read_test_set

    assert source is not None  # _pair has seen to it
    return read_test_set(source, references, pair, documents)


def _first(test: TestSet, limit: int) -> TestSet:
    from dataclasses import replace

    return replace(test, rows=test.rows[:limit], origin={**test.origin, "limit": limit})


def _check_languages(test: TestSet) -> None:
    from corpus_builder.evaluate.lines import check_language

    check_language(test.sources, test.pair.source, "the source side")
    for number, texts in enumerate(test.references, 1):
        check_language(
            texts, test.pair.target, f"reference {number}" if len(test.references) > 1 else "the reference side"
        )


def _sentencepiece(asked: str | None, dataset: str | None, pair: Pair) -> str | None:
    if asked is not None or dataset is None:
        return asked
    from corpus_builder.evaluate.dataset import own_sentencepiece

    return own_sentencepiece(dataset, pair)


def _contamination(test: TestSet, places: Sequence[str]) -> dict[str, Any]:
    """What training data holds of the test set, by the name it was given, or by its place."""
    from corpus_builder.evaluate.contamination import find_contamination
    from corpus_builder.evaluate.training import training_texts

    found = {}
    for option in places:
        name, equals, rest = option.partition("=")
        place = rest if equals and not Path(option).exists() else option
        found[name if place == rest else Path(option).name] = find_contamination(test, training_texts(place))
    return found


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "corpus-builder" / "translations.sqlite"


def _save(folder: Path, test: TestSet, outputs: dict[str, list[str]]) -> None:
    """Write all sides as files of lines, named NAME.LANGUAGE."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [""] if len(test.references) == 1 else [str(number) for number in range(1, len(test.references) + 1)]
    sides = {f"source.{test.pair.source}": test.sources}
    sides |= {
        f"reference{number}.{test.pair.target}": texts for number, texts in zip(numbers, test.references, strict=True)
    }
    sides |= {f"{name}.{test.pair.target}": lines for name, lines in outputs.items()}
    for name, lines in sides.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _write(evaluation: Evaluation, places: dict[str, Path | None], inputs: dict[str, Any]) -> None:
    from corpus_builder.evaluate.outputs.machine import to_csv, to_json
    from corpus_builder.evaluate.outputs.report import to_html
    from corpus_builder.evaluate.outputs.tables import to_latex

    writers = {"json": lambda: to_json(evaluation, inputs), "csv": lambda: to_csv(evaluation)}
    writers |= {"latex": lambda: to_latex(evaluation), "html": lambda: to_html(evaluation)}
    on_stdout = False
    for kind, place in places.items():
        if place is None:
            continue
        if str(place) == "-":
            on_stdout = True
            typer.echo(writers[kind](), nl=False)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(writers[kind](), encoding="utf-8", newline="\n")
    if not on_stdout:
        _print(evaluation)


def _print(evaluation: Evaluation) -> None:
    from rich.console import Console

    from corpus_builder.evaluate.outputs.tables import footnote, to_terminal

    console = Console()
    console.print(to_terminal(evaluation))
    if evaluation.settings.resampling is not None:
        console.print(footnote(evaluation), "Bold: no system is significantly better.", style="dim")
    if evaluation.test.dropped:
        reasons = ", ".join(
            f"{count:,} {reason.replace('_', ' ')}" for reason, count in evaluation.test.dropped.items()
        )
        console.print(f"Left out: {reasons}.")
    for name, found in evaluation.contamination.items():
        share = len(found.any) / len(evaluation.test)
        console.print(
            f"{name} ({found.training_segments:,} segments) holds {len(found.any):,} test rows ({share:.1%}): "
            f"{len(found.both):,} on both sides, {len(found.source):,} by source, "
            f"{len(found.reference):,} by reference, {len(found.near):,} nearly.",
            markup=False,
            highlight=False,
        )


def _one_of(option: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise UsageError(f"{option} {value!r} is unknown", next_step=f"choose from {', '.join(choices)}")
