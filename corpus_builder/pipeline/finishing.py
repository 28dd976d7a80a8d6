"""The last of an export: what the folder tells about its data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_builder.align.encoder import identity
from corpus_builder.dataset.about import About
from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.croissant import write_croissant
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import write_manifest
from corpus_builder.pipeline.manifest import code_version
from corpus_builder.pipeline.run import Run
from corpus_builder.pipeline.workspace import file_hash
from corpus_builder.quality.calibration import load as load_calibration

# All code that rows pass through; how pages were fetched leaves no trace in them.
_CODE = ("align", "dataset", "extract", "model", "pipeline", "quality", "sites", "text")


def finish(run: Run, building: Path) -> None:
    """Write card, plots, croissant.json and manifest.json into a folder of rows."""
    folder, about = DatasetFolder(building), about_dataset(run)
    write_card(folder, about, _calibration())
    write_croissant(folder, about)
    write_manifest(folder, about, _config(run), code_version(*_CODE))


def _calibration() -> dict[str, Any]:
    """What was measured of the probability of sentence rows on sites that it was not fitted on."""
    rows: dict[str, Any] = load_calibration().measured["sentence"]["held-back"]["rows"]
    return rows


def about_dataset(run: Run) -> About:
    """What the run config and the site's rules say of the dataset."""
    config, rules = run.config.dataset, run.site.rules
    return About(
        config.name, config.version, config.licence, rules.title, rules.homepage, config.authors, config.takedown
    )


def _config(run: Run) -> dict[str, Any]:
    """The run config as far as rows depend on it, without addresses and paths of whoever ran it."""
    kept = run.config.model_dump(mode="json", exclude={"crawl"})
    kept["site"], kept["languages"] = run.site.name, list(run.languages)
    kept["dataset"]["exclude"] = {Path(name).name: file_hash(Path(name)) for name in run.config.dataset.exclude}
    if run.config.align.encoder:
        kept["align"]["encoder"] = identity(run.config.align.encoder)
    else:
        del kept["align"]
    return kept
