"""For authors of site rules: what each layout and selector selects on a page, without making an edition of it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_builder.errors import SkipPage
from corpus_builder.extract.compiled import compiled_site
from corpus_builder.extract.json_article import BodyReport, body_blocks
from corpus_builder.extract.page import Article, page_date
from corpus_builder.extract.whole import FurtherCapture, article_json, not_at_hand
from corpus_builder.model import Capture
from corpus_builder.sites import Site
from corpus_builder.sites.answer_rules import found
from corpus_builder.sites.further import json_rules
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.sites.selectors import Finder
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


def inspect_layouts(capture: Capture, site: Site, further: FurtherCapture | None = None) -> list[LayoutReport]:
    """What all rules for JSON and layouts of a site select on a page. Extraction uses the first one that is in use and
    matches. `further` gives the answer of an API.

    Raises SkipPage where the page is not HTML, or `extractor_error` where the code fails on it.
    """
    with guarded(capture.url):
        return _inspected(capture, site, further or not_at_hand)


def _inspected(capture: Capture, site: Site, further: FurtherCapture) -> list[LayoutReport]:
    rules = compiled_site(site)
    page = parse_page(capture.headers, capture.body, capture.url)
    address = site.address(capture.url)
    day = page_date(page.head, rules, address)
    reports = [
        _json_report(each, each is json_rules(site, page.root), site, capture, page.root, further)
        for each in site.rules.from_json
    ]
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


def _json_report(
    rules: JsonRules, used: bool, site: Site, capture: Capture, root: Element, further: FurtherCapture
) -> LayoutReport:
    """What the paths of rules for JSON find where the page is theirs; of a body's objects also by their kind."""
    finder = Finder([rules.match])
    selected = [_selected("match", finder, finder(root))]
    if not used or not site.address(capture.url):
        return LayoutReport(rules.name, True, used, tuple(selected))
    try:
        values = list(article_json(rules, site, capture.url, root, further))
    except SkipPage as skipped:
        selected.append(Selected("answer" if rules.url else "script", rules.url or rules.script or "", 0, str(skipped)))
        return LayoutReport(rules.name, True, used, tuple(selected))
    if rules.has_parts:
        selected.append(Selected("answers", rules.next_url or rules.url or "", len(values), ""))
    for part in ("title", "lead", "body", "authors", "published", "modified", "tags", "captions"):
        if path := getattr(rules, part):
            given = found(path, values[0])
            many = len(given) if isinstance(given, list) else int(given is not None)
            selected.append(Selected(part, path, many, normalise(str(given)).text[:_SAMPLE] if many else ""))
    report = BodyReport()
    for value in values:
        body_blocks(rules, found(rules.body, value), report)
    for kind, count in report.kinds.items():
        role = rules.kinds.get(kind, "paragraph")
        lost = f"{count.without_text} without text" if count.without_text and role != "remove" else ""
        sample = normalise(count.sample).text[:_SAMPLE]
        selected.append(Selected(f"kind {kind}".rstrip(), role, count.objects, lost or sample))
    return LayoutReport(rules.name, True, used, tuple(selected))


def _selected(part: str, finder: Finder, elements: list[Element]) -> Selected:
    sample = normalise("".join(elements[0].itertext())).text if elements else ""
    return Selected(part, finder.selector, len(elements), sample[:_SAMPLE])
