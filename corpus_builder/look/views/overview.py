"""The overview: the verdict on the dataset, its worst rows, and what filters would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corpus_builder.look.page import bench, chosen, render
from corpus_builder.look.store import Store
from corpus_builder.quality.filters import COMMON, Filter

TITLE = "Overview"
PATH = "/"
WORST = 20
"""Worst rows that are shown. Chosen: a screen; the stories' page sorts all."""
LOSSES = 10
"""Reasons for drops that are shown; the page of the drops has all."""
_LEVELS = ("sentences", "paragraphs")


@dataclass(frozen=True, slots=True)
class Slider:
    """The slider of one filter: its range, and where it stands. At `off` no row is rejected."""

    filter: Filter
    low: float
    high: float
    off: float
    value: float

    @property
    def bound(self) -> Filter | None:
        """The filter that the slider stands for; None at its end."""
        if self.value == self.off:
            return None
        least = self.value if self.filter.least is not None else None
        greatest = None if self.filter.least is not None else self.value
        return Filter(self.filter.score, least, greatest, absolute=self.filter.absolute)


def page(request: Request) -> Response:
    """The overview."""
    store = bench(request).store
    level = chosen(request, "level", [each for each in _LEVELS if each in store.levels], store.levels[0])
    with store.reading() as db:
        losses = db.execute(
            "SELECT stage, reason, count(*) FROM drops GROUP BY stage, reason ORDER BY 3 DESC, 1, 2"
        ).fetchall()
        worst = store.rows(db, _worst(store, level))
    sliders = _sliders(request, store, level)
    return render(
        request, "overview.html.j2", PATH, verdict=store.overview, losses=losses[:LOSSES],
        more_losses=sum(count for *_, count in losses[LOSSES:]), worst=worst, level=level, sliders=sliders,
        effect=_effect(store, level, sliders), filter_levels=[each for each in _LEVELS if each in store.levels],
    )  # fmt: skip


def _worst(store: Store, level: str) -> list[int]:
    """The numbers of the rows of lowest published probability."""
    column = store.column(level, "probability")
    if column is None:
        return []
    known = np.flatnonzero(np.isfinite(column))
    lowest = known[np.argsort(column[known], kind="stable")[:WORST]]
    return [store.ranges[level][0] + int(place) for place in lowest]


def effect(request: Request) -> Response:
    """What the filters would leave, as JSON, for the sliders."""
    store = bench(request).store
    level = chosen(request, "level", [each for each in _LEVELS if each in store.levels], store.levels[0])
    return JSONResponse(_effect(store, level, _sliders(request, store, level)))


def _sliders(request: Request, store: Store, level: str) -> list[Slider]:
    sliders = []
    for each in COMMON:
        values = store.column(level, each.score)
        if values is None or not np.isfinite(values).any():
            continue
        known = values[np.isfinite(values)]
        known = np.abs(known) if each.absolute else known
        usual = each.least if each.least is not None else each.greatest
        assert usual is not None  # a filter has a bound
        # Outwards to a step, so that the end of the slider rejects nothing; the usual bound is always within it.
        low = float(np.floor(min(known.min(), usual) * 100) / 100)
        high = float(np.ceil(max(known.max(), usual) * 100) / 100)
        if low == high:  # every row has the usual bound as its value
            low, high = min(low, 0.0), max(high, 1.0)
        off = low if each.least is not None else high
        sliders.append(Slider(each, low, high, off, _position(request, each.score, low, high, off)))
    return sliders


def _position(request: Request, name: str, low: float, high: float, off: float) -> float:
    try:
        value = float(request.query_params[name])
    except (KeyError, ValueError):
        return off
    return round(min(max(value, low), high), 4) if value == value else off  # NaN is not equal to itself


def _effect(store: Store, level: str, sliders: list[Slider]) -> dict[str, Any]:
    """Rows, those that pass all filters, how many each rejects alone, and the filters as TOML."""
    first, end = store.ranges[level]
    passing = np.ones(end - first, np.bool_)
    alone, toml = {}, []
    for slider in sliders:
        bound = slider.bound
        if bound is None:
            alone[slider.filter.score] = 0
            continue
        values = store.column(level, bound.score)
        assert values is not None  # a slider has a column
        rejected = bound.rejected(values, level)
        alone[bound.score] = int(rejected.sum())
        passing &= ~rejected
        toml.append(_toml(bound, level))
    return {"rows": end - first, "passing": int(passing.sum()), "alone": alone, "toml": "\n\n".join(toml)}


def _toml(bound: Filter, level: str) -> str:
    lines = ["[[filters]]", f'score = "{bound.score}"']
    lines += [f"min = {bound.least:g}"] if bound.least is not None else []
    lines += [f"max = {bound.greatest:g}"] if bound.greatest is not None else []
    lines += ["absolute = true"] if bound.absolute else []
    return "\n".join([*lines, f'configs = ["{level}"]'])


ROUTES = [Route("/", page), Route("/filters.json", effect)]
