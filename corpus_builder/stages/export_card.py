"""The end of an export: card, plots, croissant.json, manifest.json and tokenizers of the dataset's folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus_builder.align.encoder.open import identity
from corpus_builder.audit.card import audit_summaries, audit_texts
from corpus_builder.dataset.about import About, Making, sections
from corpus_builder.dataset.card import Meaning, write_card
from corpus_builder.dataset.croissant import write_croissant
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import write_manifest
from corpus_builder.dataset.origins import BY_PEOPLE
from corpus_builder.dataset.tokenizers import copy_models
from corpus_builder.files import file_hash
from corpus_builder.quality.calibration import FILE as CALIBRATION
from corpus_builder.quality.calibration import load as load_calibration
from corpus_builder.quality.scores import SCORES
from corpus_builder.resources import shipped
from corpus_builder.stages.export_filters import configured_filters
from corpus_builder.stages.export_sources import linked_by, page_sources
from corpus_builder.stages.funnel import measure
from corpus_builder.stages.stage import Run
from corpus_builder.workspace.manifest import code_version

# The columns of `quality` that are of a row as a whole (quality/columns.py).
_OF_ROWS = {
    "probability": "how likely the sides are translations of each other, calibrated on all scores; `probability_en_uk` "
    "etc. are of one pair",
    "complete": "how likely it is, besides, that no side says more than the others, calibrated; `complete_en_uk` etc. "
    "are of one pair",
    "consistency": "how likely every side is a translation of at least one other",
    "weakest_pair": "the least likely pair",
    "weakest_reason": "what is wrong with that pair, or with a row of two languages: a side or the pair, and the score "
    "that shows it",
    "score": "the aligner's log-likelihood ratio; around 0 means no evidence",
    "near_duplicates": "number of near-duplicate rows in other stories",
    "duplicate_rank": "place of the row among them; 0 is the first",
}


def finish(run: Run, building: Path) -> None:
    """Write tokenizers, card, plots, croissant.json and manifest.json into a folder of rows."""
    folder, about = DatasetFolder(building), about_dataset(run)
    copy_models(tokenizer_models(run), building)
    figures = write_card(folder, about, _calibration(), _meanings(run.languages), audit_text(run))
    dates = figures.dates.values()
    period = (min(first for first, _ in dates), max(last for _, last in dates)) if dates else None
    corrected = figures.origins[BY_PEOPLE]
    write_croissant(folder, about, period, audit_summaries(run.workspace.audit), corrected)
    # The code that rows pass through; how pages were fetched leaves no trace in them.
    modules = sorted({module for stage in run.stages for module in stage.modules})
    write_manifest(folder, about, _config(run), code_version(*modules))


def tokenizer_models(run: Run) -> list[Path]:
    """The sentencepiece models that are published, those of the scores; none where the config does not want them."""
    if not run.config.dataset.tokenizers:
        return []
    return sorted((run.workspace.quality / "pieces").glob("*.model"))


def _meanings(languages: Sequence[str]) -> list[Meaning]:
    """What the columns of `quality` are: those of the whole row, then the families of scores."""
    rows = [Meaning(name, None, "row", "", about) for name, about in _OF_ROWS.items()]
    return rows + [
        Meaning(score.name, score.version, str(score.of), str(score.worst), score.about)
        for score in SCORES.values()
        if score.parts(languages)
    ]


def _calibration() -> dict[str, Any]:
    """What was measured of the probability of sentence rows on texts that it was not fitted on: by the name of each
    kind of text, with `on` in words."""
    described = json.loads(shipped(CALIBRATION).read_text(encoding="utf-8"))["from"]["measured_on"]
    measured = load_calibration().measured["sentence"]
    return {name: {"on": words, **measured[name]["rows"]} for name, words in described.items() if name in measured}


def audit_text(run: Run) -> str:
    """What people found who checked rows of this dataset, as Markdown; "" where nobody did. The card shows it in place
    of the calibration."""
    return audit_texts(run.workspace.audit)


def about_dataset(run: Run) -> About:
    """What the run config and the site's rules say of the dataset."""
    config, rules = run.config.dataset, run.site.rules
    return About(
        name=config.name,
        version=config.version,
        licence=config.licence,
        site=rules.title,
        homepage=rules.homepage,
        authors=config.authors,
        takedown=config.takedown,
        license_name=config.license_name,
        license_link=config.license_link,
        gating=config.gating,
        citation=config.citation,
        funding=config.funding,
        prose=sections(Path(config.about).read_text(encoding="utf-8")) if config.about else {},
        making=_making(run),
    )


def _making(run: Run) -> Making:
    """How the rows came about. The counts of a crawl are left out: they differ between a run and its repetition."""
    config, funnel = run.config, measure(run)
    filters = []
    for each in configured_filters(config):
        bounds = [
            f"{word} {value}"
            for word, value in (("at least", each.least), ("at most", each.greatest))
            if value is not None
        ]
        unsigned = ", without its sign," if each.absolute else ""
        of = f" ({', '.join(each.levels)})" if each.levels else ""
        filters.append(f"`{each.score}`{unsigned} {' and '.join(bounds)}{of}")
    shown = [stage.name for stage in run.stages if stage.name not in ("crawl", "export", "report")]
    return Making(
        steps=tuple((step.name, step.count) for step in funnel.steps if step.stage in shown),
        dropped={name: own for name, own in funnel.dropped.items() if name in (*shown, "export") and own},
        filters=tuple(filters),
        excluded=tuple(Path(name).name for name in config.dataset.exclude),
        sources=page_sources(run.workspace),
        linked_by=linked_by(run),
    )


def encoder_name(run: Run) -> str | None:
    """The identity of the sentence encoder that rows were aligned with."""
    return identity(run.config.align.encoder) if run.config.align.encoder else None


def _config(run: Run) -> dict[str, Any]:
    """The run config as far as rows depend on it, without addresses and paths of the person who ran it.

    The dates and the limit are those of the last run alone; the rows are of all runs, and say their dates.
    """
    kept = run.config.model_dump(mode="json", exclude={"crawl", "since", "until", "limit"})
    kept["site"], kept["languages"] = run.site.name, list(run.languages)
    if about := run.config.dataset.about:
        kept["dataset"]["about"] = {Path(about).name: file_hash(Path(about))}
    kept["dataset"]["exclude"] = {Path(name).name: file_hash(Path(name)) for name in run.config.dataset.exclude}
    if encoder := encoder_name(run):
        kept["align"]["encoder"] = encoder
    else:
        del kept["align"]
    return kept
