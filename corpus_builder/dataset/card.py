"""README.md of the dataset, its card: the YAML that `load_dataset` and the Hub read, and a description for readers.

Everything in it comes from the data and the config.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import pyarrow as pa

from corpus_builder.dataset.about import REPOSITORY, About, citation
from corpus_builder.dataset.dataset_info import dataset_info
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.licences import licence_url
from corpus_builder.dataset.rows import LEVELS, MONOLINGUAL
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.dataset.statistics import Statistics, count
from corpus_builder.dataset.tokenizers import tokenizers
from corpus_builder.escape import markdown, markdown_address, markdown_code
from corpus_builder.escape import yaml as quoted
from corpus_builder.files import json_of
from corpus_builder.install import install_command
from corpus_builder.languages import language
from corpus_builder.model import LIKELY, RIGHT
from corpus_builder.version import VERSION

# The classes of the Hub's `size_categories` (huggingface.co/docs/hub/datasets-cards), each with its upper limit.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
# Rows of the tables of months and sections; the rest is summed up. Chosen: five years, and a table that fits a screen.
MONTHS, SECTIONS = 60, 20
# Stories of a pair below which the card warns. Chosen: the usual rule of thumb for a mean.
FEW = 30


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
    audit: str = "",
) -> Statistics:
    """Write README.md with its charts, and the page of scores in docs/, into a dataset folder; the figures in them.

    `calibration` has, by the name of each kind of text that the probability was measured on, what that is in words
    (`on`), rows, ece, brier, and bins with from, rows, mean and right. `audit` is Markdown about a check of this very
    dataset by people, which replaces it. `meanings` are shown for the scores that the default config has.
    """
    import yaml
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
    environment.filters |= {"md": markdown, "address": markdown_address, "code": markdown_code, "listed": _listed}
    languages = folder.languages(figures.default)
    newest = max((last for _, last in figures.dates.values()), default="")
    known = {heading.casefold(): text for heading, text in about.prose.items()}
    values: dict[str, Any] = {
        "about": about,
        "prose": lambda heading: known.pop(heading.casefold(), ""),
        "figures": figures,
        "languages": languages,
        "language_names": [language(code).name or code for code in languages],
        "few": FEW,
        "right": RIGHT,
        "likely": LIKELY,
        "levels": [config for config in figures.rows if "." not in config],
        "pairs": sorted({x.partition(".")[2] for x in figures.rows if "." in x and not x.startswith(MONOLINGUAL)}),
        "months": _shortened(dict(sorted(figures.months.items(), reverse=True)), MONTHS, "earlier"),
        "sections": _shortened(_by_size(figures.sections), SECTIONS, "others"),
        "size": _size(sum(figures.rows[figures.default].values())),
        "splits": SPLITS,
        "version": VERSION,
        "install": install_command(),
        "leakage": _leakage(folder),
        "pictures": [path.relative_to(folder.path).as_posix() for path in draw(folder.path, figures)],
        "pair": _example_pair(folder),
        "bilingual": [config for config in LEVELS if any(name.startswith(f"{config}.") for name in figures.rows)],
        "calibration": calibration or {},
        "audit": audit,
        "meanings": _of(meanings, folder.schema(figures.default)),
        "tokenizers": tokenizers(folder.path),
        "bibtex": citation(about, newest[:4]),
        "licence_url": licence_url(about.licence, about.license_link),
        "unnamed": about.licence.casefold() == "other" and not about.license_name,
        "repository": REPOSITORY,
        "quote": quoted,
        "info": yaml.safe_dump(
            {"dataset_info": dataset_info(folder)}, sort_keys=False, allow_unicode=True, default_flow_style=False
        ),
        # Called last in the template, when the sections that have a place were taken.
        "others": lambda: [(heading, text) for heading, text in about.prose.items() if heading.casefold() in known],
        "few_test_stories": any(0 < counts.get("test", 0) < FEW for counts in figures.pairs.values()),
    }
    scores = folder.path / "docs" / "scores.md"
    scores.parent.mkdir(exist_ok=True)
    for template, path in (("scores.md.j2", scores), ("card.md.j2", folder.path / "README.md")):
        text = environment.get_template(template).render(values)
        path.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
    return figures


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


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
    with path.open(encoding="utf-8") as lines:  # there is a line for each held-out row
        head = "".join(takewhile(lambda line: not line.startswith(' "rows": {'), lines))
    summary: dict[str, Any] = json_of(head.rstrip().removesuffix(",") + "\n}")
    # In the order of the configs; all have the same.
    summary["trained"] = list(dict.fromkeys(x for own in summary["summary"].values() for found in own.values()
                                            for x in found["in_train"]))  # fmt: skip
    return summary
