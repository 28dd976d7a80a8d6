"""The options of `evaluate`, in the groups that its `--help` shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Option

from corpus_builder.cli.options import OptionGroup
from corpus_builder.cli.places import dataset_name
from corpus_builder.evaluate.choices import Level, SignificanceTest, Unit


@dataclass(frozen=True, kw_only=True)
class TestSetOptions(OptionGroup):
    """What is translated, and from and into which language."""

    __test__ = False  # not a test, although pytest takes the name for one
    panel = "Test set"

    source: Annotated[Path | None, Option(metavar="FILE", help="Source text, one segment per line.")] = None
    reference: Annotated[
        list[Path] | None,
        Option(metavar="FILE", help="Reference translation, one segment per line. Repeat for more references."),
    ] = None
    dataset: Annotated[
        str | None,
        Option(
            metavar="FOLDER|NS/NAME",
            parser=dataset_name,
            help="Test set from a dataset: a folder, or a name on the Hugging Face Hub.",
        ),
    ] = None
    config: Annotated[
        list[str] | None,
        Option(help="Dataset config: sentences (default), paragraphs, quotes or documents. Repeat for several."),
    ] = None
    level: Annotated[
        Level,
        Option(
            help="documents: score whole documents, and translate them with their context. Dataset: the config "
            "`documents`; files and other configs: the segments of each document joined."
        ),
    ] = Level.SEGMENTS
    min_probability: Annotated[
        float | None,
        Option(min=0, max=1, metavar="P", help="Only rows of a dataset that are aligned right with this probability."),
    ] = None
    complete: Annotated[
        bool, Option("--complete", help="Only rows of a dataset of which no side lacks anything (score `complete`).")
    ] = False
    audited_only: Annotated[
        bool, Option("--audited-only", help="Only rows of a dataset that people judged right (column `audited`).")
    ] = False
    split: Annotated[str, Option(help="Dataset split.")] = "test"
    pair: Annotated[
        str | None,
        Option(
            metavar="SRC-TGT",
            help="Direction of translation; en-uk is English to Ukrainian. "
            "Default: taken from the file extensions (.en, .uk).",
        ),
    ] = None
    documents: Annotated[
        Path | None,
        Option(metavar="FILE", help="Document name of each segment, one per line. Datasets have their own."),
    ] = None
    limit: Annotated[int | None, Option(min=1, help="Maximum number of segments.")] = None
    no_language_check: Annotated[
        bool, Option("--no-language-check", help="Do not check which language the files are in.")
    ] = False
    trained_on: Annotated[
        list[str] | None,
        Option(
            metavar="[NAME=]PLACE",
            help="Training data (file, folder or dataset) to search for segments of the test set. Repeat for several.",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class SystemOptions(OptionGroup):
    """The systems that are compared."""

    panel = "Systems"

    system: Annotated[
        list[str] | None,
        Option(
            metavar="NAME=SYSTEM",
            help="A file of translations, or a system to run: cmd:COMMAND (lines in, lines out), http:URL (chat "
            "endpoint), hf:MODEL, ct2:FOLDER, copy: (the source unchanged). Repeat for several.",
        ),
    ] = None
    systems_config: Annotated[
        Path | None, Option(metavar="FILE", help="Options of the systems to run: TOML, one table per NAME.")
    ] = None
    cache: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            help="Cache of translations, scores and judgements. [default: ~/.cache/corpus-builder/translations.sqlite]",
        ),
    ] = None
    allow_empty: Annotated[bool, Option("--allow-empty", help="Accept empty lines in the output of a system.")] = False


@dataclass(frozen=True, kw_only=True)
class MetricOptions(OptionGroup):
    """The metrics, and what some of them need."""

    panel = "Metrics"

    metric: Annotated[
        list[str] | None,
        Option(
            metavar="M",
            help="bleu, chrf, chrf++, ter, spbleu, comet, cometkiwi, name, number, quote; NAME=cmd:COMMAND, a scorer "
            "that reads source, output and references between tabs and writes a number per line; or NAME=http:URL, a "
            "language model that judges. Repeat for several. Default: bleu, chrf, chrf++, name, number, quote.",
        ),
    ] = None
    lower_is_better: Annotated[
        list[str] | None,
        Option(metavar="NAME", help="A metric NAME=cmd:COMMAND of which less is better (MetricX). Repeat for several."),
    ] = None
    sentencepiece: Annotated[
        str | None, Option(metavar="FILE|flores200", help="Model for spBLEU. Default: the model of the dataset.")
    ] = None
    comet_model: Annotated[
        str | None, Option(metavar="MODEL", help="Model for COMET, e.g. Unbabel/wmt22-comet-da.")
    ] = None
    cometkiwi_model: Annotated[
        str | None, Option(metavar="MODEL", help="Model for CometKiwi. [default: Unbabel/wmt22-cometkiwi-da]")
    ] = None
    metrics_config: Annotated[
        Path | None, Option(metavar="FILE", help="Options of the metrics NAME=http:URL: TOML, one table per NAME.")
    ] = None
    comet_gpus: Annotated[int, Option(min=0, help="Number of GPUs for COMET.")] = 0
    smallest_slice: Annotated[
        int | None, Option(min=1, help="Minimum number of segments for a slice to be scored. [default: 50]")
    ] = None


@dataclass(frozen=True, kw_only=True)
class SignificanceOptions(OptionGroup):
    """How differences are tested."""

    panel = "Significance"

    no_significance: Annotated[bool, Option("--no-significance", help="Scores only: no tests, no intervals.")] = False
    test: Annotated[SignificanceTest, Option(help="Significance test for the ranks.")] = SignificanceTest.BOOTSTRAP
    unit: Annotated[
        Unit | None,
        Option(help="Resampling unit: segments or documents. Default: documents if there are at least 20."),
    ] = None
    resamples: Annotated[int, Option(min=100, help="Number of bootstrap resamples.")] = 1000
    trials: Annotated[int, Option(min=100, help="Number of trials of approximate randomisation.")] = 10_000
    alpha: Annotated[float, Option(min=0, max=1, help="Significance level: p-values below it count.")] = 0.05
    seed: Annotated[int, Option(min=0, help="Random seed.")] = 12345


@dataclass(frozen=True, kw_only=True)
class OutputOptions(OptionGroup):
    """The files that are written."""

    panel = "Output"

    json: Annotated[Path | None, Option(metavar="FILE", help="Write all results as JSON (- for stdout).")] = None
    csv: Annotated[Path | None, Option(metavar="FILE", help="Write all scores as CSV.")] = None
    latex: Annotated[Path | None, Option(metavar="FILE", help="Write the table of results as LaTeX.")] = None
    html: Annotated[Path | None, Option(metavar="FILE", help="Write a report as one self-contained HTML file.")] = None
    out: Annotated[
        Path | None,
        Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Write the source, the references, all outputs, ids and documents to text files, one row per line.",
        ),
    ] = None
