"""What all views share: the workbench of one source, rendering a page, links with other parameters, paging.

Templates escape every text by themselves; no view builds HTML. A page has no style or script of its own, so that the
Content-Security-Policy allows none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corpus_builder.look.people import People
from corpus_builder.look.query import Query, QueryError, parse
from corpus_builder.look.source import Source
from corpus_builder.look.store import Store
from corpus_builder.report.templating import environment as report_environment

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = 50
"""Rows on a page of results. Chosen: a few screens, and a page that opens at once."""


@dataclass(frozen=True)
class Workbench:
    """What the views work with. `base` begins every address: "/TOKEN"."""

    source: Source
    store: Store
    base: str
    people: People = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", People(self.source.workspace))


def bench(request: Request) -> Workbench:
    """The workbench that a request is for."""
    found = request.app.state.workbench
    assert isinstance(found, Workbench)
    return found


@cache
def environment() -> Environment:
    """The templates of the workbench; macros and filters are those of the report."""
    from jinja2 import ChoiceLoader, PackageLoader

    shared = report_environment()
    assert shared.loader is not None
    made = shared.overlay(loader=ChoiceLoader([PackageLoader("corpus_builder.look"), shared.loader]))
    made.globals["bar"] = bar
    made.filters["pair_of"] = lambda value: (value, value)  # an option whose words are its value
    return made


def bar(probability: float | None) -> str:
    """The class of a probability's bar: a page has no inline style, so look.css has one class for each per cent."""
    return f"p{round(100 * min(max(probability or 0.0, 0.0), 1.0))}"


def render(request: Request, template: str, view: str, status: int = 200, **values: Any) -> Response:
    """A page. `view` is the path of the view that it belongs to, for the navigation."""
    from corpus_builder.look.views import VIEWS

    workbench = bench(request)
    text = environment().get_template(template).render(
        base=workbench.base,
        name=workbench.source.name,
        languages=workbench.store.languages,
        levels=workbench.store.levels,
        views=[(each.PATH, each.TITLE) for each in VIEWS],
        view=view,
        with_parameters=lambda **changed: link(request, **changed),
        **values,
    )  # fmt: skip
    return HTMLResponse(text, status)


def link(request: Request, **changed: Any) -> str:
    """The address of this page with some parameters changed; None removes one. Another parameter begins at page 1."""
    parameters = {name: value for name, value in request.query_params.multi_items() if name != "page"}
    parameters |= {name: value for name, value in changed.items() if value is not None}
    kept = {name: value for name, value in parameters.items() if changed.get(name, value) is not None}
    return f"?{urlencode(kept)}"


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of `total` items: those from `start` up to `end`, numbered from 0."""

    total: int
    page: int

    @staticmethod
    def of(request: Request, total: int) -> Paging:
        """The page that a request asks for; one that does not exist becomes the nearest that does."""
        asked = request.query_params.get("page", "1")
        page = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
        return Paging(total, min(max(page, 1), max(1, -(-total // PAGE))))

    @property
    def start(self) -> int:
        """The first item."""
        return (self.page - 1) * PAGE

    @property
    def end(self) -> int:
        """The item after the last one."""
        return min(self.start + PAGE, self.total)

    @property
    def last(self) -> int:
        """The number of pages."""
        return max(1, -(-self.total // PAGE))


def chosen(request: Request, name: str, choices: Sequence[str], default: str) -> str:
    """A parameter that has fixed choices; any other value is the default."""
    value = request.query_params.get(name, default)
    return value if value in choices else default


def search_of(request: Request, languages: Sequence[str]) -> tuple[str, Query | None, QueryError | None]:
    """The search of a request as typed, read, and what is wrong with it."""
    text = request.query_params.get("q", "").strip()
    try:
        return text, parse(text, languages) if text else None, None
    except QueryError as error:
        return text, None, error
