"""README.md of the dataset: the YAML that `load_dataset` and the Hub read, and what a reader wants to know first.

Everything in it comes from the data and the config.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_builder import __version__
from corpus_builder.dataset.splits import SPLITS
from corpus_builder.sites import SiteRules

# The classes of the Hub's `size_categories`, each with the least number of rows above it.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write_card(
    folder: Path,
    name: str,
    licence: str,
    rules: SiteRules,
    languages: Sequence[str],
    counts: Mapping[tuple[str, str], int],
) -> None:
    """Write README.md into a dataset folder; `counts` is rows by (config, split)."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("corpus_builder.dataset"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the card is Markdown
    )
    configs = {config: _splits(config, counts) for config in dict.fromkeys(config for config, _ in counts)}
    default = "sentences" if "sentences" in configs else next(iter(configs), "")
    text = environment.get_template("card.md.j2").render(
        name=name,
        licence=licence,
        site=rules,
        languages=sorted(languages),
        configs=configs,
        default=default,
        size=_size(sum(configs.get(default, {}).values())),
        splits=SPLITS,
        version=__version__,
        quote=lambda value: json.dumps(value, ensure_ascii=False),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(text, encoding="utf-8")


def _splits(config: str, counts: Mapping[tuple[str, str], int]) -> dict[str, int]:
    return {split: counts[config, split] for split in SPLITS if counts.get((config, split))}


def _size(rows: int) -> str:
    return next((name for limit, name in SIZES if rows < limit), "n>1M")
