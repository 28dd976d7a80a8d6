"""Rows of which it is known whether they are complete: right rows of a site, and the same with something taken away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from gold import LANGUAGES, GoldSite, Judged
from omissions import Omissions

from corpus_builder.quality import calibration as c
from corpus_builder.quality import completeness
from corpus_builder.quality.batch import Batch, RowTexts
from corpus_builder.quality.context import Context
from corpus_builder.quality.score import column
from corpus_builder.quality.scores import compute

COMPLETE = "complete"
PAIRS = [(a, b) for a in sorted(LANGUAGES) for b in sorted(LANGUAGES) if a < b]


@dataclass(frozen=True)
class Row:
    """A row, what was taken from one side of it, and which ("" for a complete row)."""

    row: RowTexts
    kind: str = COMPLETE
    side: str = ""


def omission_rows(site: GoldSite, level: str, seed: int = 1) -> list[Row]:
    """The right and whole rows of a site, each two neighbouring ones joined, and of all of them incomplete ones."""
    whole = [judged for judged in site.rows if judged.row.level == level and judged.whole]
    omissions, made = Omissions(seed), list[Row]()
    for judged in whole:
        made.append(Row(judged.row))
        for kind, without in omissions.kinds.items():
            side = omissions.random.choice(sorted(judged.row.texts))
            shorter = without(judged.row.texts[side])
            if shorter:
                texts = {**judged.row.texts, side: shorter}
                made.append(Row(replace(judged.row, texts=texts), kind, side))
    for first, second in pairwise(whole):
        if omissions.random.random() < 0.5 or not _neighbours(first, second):
            continue
        one, other = first.row.texts, second.row.texts
        joined = {language: f"{one[language]} {other[language]}" for language in one}
        side = omissions.random.choice(sorted(joined))
        left = omissions.random.choice([one, other])
        made.append(Row(replace(first.row, texts=joined)))
        made.append(Row(replace(first.row, texts={**joined, side: left[side]}), "sentence", side))
    return made


def _neighbours(first: Judged, second: Judged) -> bool:
    one, other = first.row, second.row
    return one.article_id == other.article_id and one.texts.keys() == other.texts.keys()


def table(rows: list[Row], level: str, context: Context) -> dict[str, Any]:
    """By pair of a row: the features of completeness and of the evidence, the kind, whether the pair is complete, and
    the number of its row.
    """
    found = compute(Batch([each.row for each in rows], LANGUAGES, context.vocabulary), level, context)
    scores = np.array([each.row.score for each in rows])
    parts: dict[str, list[Any]] = defaultdict(list)
    tables, evidence = [], []
    for pair in PAIRS:
        at = np.array([i for i, each in enumerate(rows) if all(side in each.row.texts for side in pair)], int)
        tables.append({name: own[at] for name, own in completeness.features(found, pair, level, context).items()})
        evidence.append({name: own[at] for name, own in c.features(found, pair, level, context).items()})
        parts["alignment"].append(found[column("alignment", pair)][at])
        parts["score"].append(scores[at])
        parts["kind"].append(np.array([rows[i].kind if rows[i].side in pair else COMPLETE for i in at], object))
        parts["row"].append(at)
    joined = {key: np.concatenate(own) for key, own in parts.items()}
    joined["complete"] = (joined["kind"] == COMPLETE).astype(float)
    for name, own in (("values", tables), ("evidence", evidence)):
        joined[name] = {key: np.concatenate([each[key] for each in own]) for key in own[0]}
    return joined
