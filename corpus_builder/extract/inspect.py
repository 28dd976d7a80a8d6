"""For authors of site rules: what each layout and selector selects on a page, without making an edition of it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_builder.extract.compiled import compiled_site
from corpus_builder.extract.page import Article, page_date
from corpus_builder.extract.selectors import Finder
from corpus_builder.model import Capture
from corpus_builder.sites import Site
from corpus_builder.text.normalise import normalise
from corpus_builder.web.guard import guarded
from corpus_builder.web.html import Element
from corpus_builder.web.page import parse_page

_SAMPLE = 80  # characters; chosen: fits a line of a terminal beside the selector
_INSIDE = ("lead", "captions", "remove")


@dataclass(frozen=True, slots=True)
class Selected:
    """What one selector selects: the number of elements, and the beginning of the first one's text."""

    part: str
    selector: str
    count: int
    sample: str


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """One layout on a page: whether it was in use on the page's day, and what its selectors select."""

    layout: str
    in_use: bool
    matches: bool
    selected: tuple[Selected, ...]


def inspect_layouts(capture: Capture, site: Site) -> list[LayoutReport]:
    """What every layout of a site selects on a page. Extraction uses the first one that is in use and matches.

    Raises SkipPage where the page is not HTML, or `extractor_error` where the code fails on it.
    """
    with guarded(capture.url):
        return _inspected(capture, site)


def _inspected(capture: Capture, site: Site) -> list[LayoutReport]:
    rules = compiled_site(site)
    page = parse_page(capture.headers, capture.body, capture.url)
    address = site.address(capture.url)
    day = page_date(page.head, rules, address)
    reports = []
    for layout in rules.layouts:
        matched = layout.match(page.root)
        selected = [_selected("match", layout.match, matched)]
        if matched:
            article = Article(layout, matched[0], page.root)
            for part in ("title", "lead", "body", "authors", "published", "tags", "captions", "remove"):
                finder: Finder | None = getattr(layout, part)
                if finder:
                    select = article.select_inside if part in _INSIDE else article.select
                    selected.append(_selected(part, finder, select(finder)))
        reports.append(LayoutReport(layout.rules.name, layout.covers(day), bool(matched), tuple(selected)))
    return reports


def _selected(part: str, finder: Finder, elements: list[Element]) -> Selected:
    sample = normalise("".join(elements[0].itertext())).text if elements else ""
    return Selected(part, finder.selector, len(elements), sample[:_SAMPLE])
