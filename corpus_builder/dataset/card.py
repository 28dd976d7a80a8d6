"""README.md of the dataset, its card: the YAML that `load_dataset` and the Hub read, and a description for readers.

Everything in it comes from the data and the config.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from corpus_builder.dataset.about import About
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.rows import LEVELS
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.dataset.statistics import Statistics, count
from corpus_builder.dataset.tokenizers import tokenizers
from corpus_builder.escape import bibtex, markdown, markdown_address, markdown_code, yaml
from corpus_builder.install import install_command
from corpus_builder.version import VERSION

# The classes of the Hub's `size_categories` (huggingface.co/docs/hub/datasets-cards), each with its upper limit.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
# Rows of the tables of months and sections; the rest is summed up. Chosen: five years, and a table that fits a screen.
MONTHS, SECTIONS = 60, 20


@dataclass(frozen=True)
class Meaning:
    """One family of scores: its `version` (None: it has none), what it is `of` (side, pair, direction or row), which of
    several values the row has (`worst`), and a line about it.
    """

    name: str
    version: int | None
    of: str
    worst: str
    about: str


def write_card(
    folder: DatasetFolder,
    about: About,
    calibration: Mapping[str, Any] | None = None,
    meanings: Sequence[Meaning] = (),
) -> Statistics:
    """Write README.md with its charts into a dataset folder; the figures in it.

    `calibration` has the measurements of the probability: rows, ece, brier, and bins with from, rows, mean and right.
    `meanings` are shown for the scores that the default config has.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from corpus_builder.dataset.plots import draw

    figures = count(folder)
    environment = Environment(
        loader=PackageLoader("corpus_builder.dataset"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the card is Markdown
    )
    environment.filters |= {"md": markdown, "address": markdown_address, "code": markdown_code, "bib": bibtex}
    languages = folder.languages(figures.default)
    pair = _example_pair(folder)
    text = environment.get_template("card.md.j2").render(
        about=about,
        figures=figures,
        languages=languages,
        levels=[config for config in figures.rows if "." not in config],
        pairs=sorted({config.partition(".")[2] for config in figures.rows if "." in config}),
        months=_shortened(dict(sorted(figures.months.items(), reverse=True)), MONTHS, "earlier"),
        sections=_shortened(_by_size(figures.sections), SECTIONS, "others"),
        size=_size(sum(figures.rows[figures.default].values())),
        splits=SPLITS,
        version=VERSION,
        install=install_command(),
        leakage=_leakage(folder),
        pictures=[path.relative_to(folder.path).as_posix() for path in draw(folder.path, figures)],
        pair=pair,
        key=re.sub(r"[^a-z0-9]+", "-", about.name.lower()).strip("-") or "dataset",
        bilingual=[config for config in LEVELS if any(name.startswith(f"{config}.") for name in figures.rows)],
        calibration=calibration,
        meanings=_of(meanings, folder.schema(figures.default)),
        tokenizers=tokenizers(folder.path),
        quote=yaml,
    )
    (folder.path / "README.md").write_text(text, encoding="utf-8")
    return figures


def _of(meanings: Sequence[Meaning], schema: pa.Schema) -> list[Meaning]:
    """Those that a config has scores of."""
    struct = schema.field("quality").type if "quality" in schema.names else ()
    there = {*schema.names, *(column.name for column in struct)}
    return [each for each in meanings if each.name in there]


def _example_pair(folder: DatasetFolder) -> str:
    """A direction to show evaluation with, as "en-uk"."""
    return next((config.partition(".")[2] for config in folder.configs if config.startswith("sentences.")), "")


def _by_size(counts: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    return dict(sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _shortened(counts: Mapping[str, Mapping[str, int]], most: int, rest: str) -> dict[str, Mapping[str, int]]:
    shown: dict[str, Mapping[str, int]] = dict(list(counts.items())[:most])
    if beyond := list(counts.values())[most:]:
        shown[rest] = {split: sum(counts_of.get(split, 0) for counts_of in beyond) for split in SPLITS}
    return shown


def _size(rows: int) -> str:
    return next((name for limit, name in SIZES if rows < limit), "n>1M")


def _leakage(folder: DatasetFolder) -> dict[str, Any] | None:
    """The head of leakage.json, without its rows; None where there is no such file."""
    path = folder.path / "leakage.json"
    if not path.is_file():
        return None
    head, _, _ = path.read_text(encoding="utf-8").partition(',\n "rows": {')
    summary: dict[str, Any] = json.loads(head + "\n}")
    return summary
