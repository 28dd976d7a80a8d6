"""The rules of a site, compiled: selectors as XPath, labels and boilerplate as one regular expression each.

They are compiled once per site and process (`compiled_site`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from corpus_builder.extract.labels import LabelBook
from corpus_builder.languages import language, read_from_languages
from corpus_builder.sites import Site, SiteRules
from corpus_builder.sites.rules import Layout
from corpus_builder.sites.selectors import Finder


@dataclass(frozen=True)
class CompiledLayout:
    """A layout's selectors, compiled; None where the rules give none."""

    rules: Layout
    match: Finder
    title: Finder
    body: Finder | None
    lead: Finder | None
    authors: Finder | None
    published: Finder | None
    tags: Finder | None
    captions: Finder | None
    remove: Finder | None

    def covers(self, published: date | None) -> bool:
        """Whether the layout was in use on a day; True for an unknown day."""
        if published is None:
            return True
        return (self.rules.since or published) <= published <= (self.rules.until or published)


@dataclass(frozen=True)
class CompiledSite:
    """A site's rules, compiled."""

    rules: SiteRules
    layouts: tuple[CompiledLayout, ...]
    labels: dict[str, LabelBook]
    boilerplate: re.Pattern[str] | None
    zone: ZoneInfo = field(compare=False)

    def is_boilerplate(self, text: str) -> bool:
        """Whether a block's text is inserted by the site and not part of the article."""
        return self.boilerplate is not None and self.boilerplate.match(text) is not None


class _Compiled(dict[str, CompiledSite]):
    """By the name of the site; emptied where a folder of languages is added, whose labels are compiled with a site."""

    cache_clear = dict.clear


_COMPILED = read_from_languages(_Compiled())


def compiled_site(site: Site) -> CompiledSite:
    """The compiled rules of a site; compiled again only if a site of that name has changed rules."""
    compiled = _COMPILED.get(site.name)
    if compiled is None or (compiled.rules is not site.rules and compiled.rules != site.rules):
        compiled = _COMPILED[site.name] = _compile(site.rules)
    return compiled


def _compile(rules: SiteRules) -> CompiledSite:
    layouts = tuple(_layout(layout) for layout in rules.layouts)
    return CompiledSite(
        rules=rules,
        layouts=layouts,
        labels={code: LabelBook({**language(code).labels, **rules.labels.get(code, {})}) for code in rules.editions},
        boilerplate=_any_of(rules.boilerplate),
        zone=ZoneInfo(rules.timezone),
    )


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    alternatives = "|".join(f"(?:{pattern.removeprefix('(?i)')})" for pattern in patterns)
    return re.compile(alternatives, re.IGNORECASE) if patterns else None


def _layout(layout: Layout) -> CompiledLayout:
    return CompiledLayout(
        rules=layout,
        match=Finder([layout.match]),
        title=Finder([layout.title]),
        body=_optional(layout.body),
        lead=_optional(layout.lead),
        authors=_optional(layout.authors),
        published=_optional(layout.published),
        tags=_optional(layout.tags),
        captions=_optional(layout.captions),
        remove=Finder(layout.remove) if layout.remove else None,
    )


def _optional(selector: str | None) -> Finder | None:
    return Finder([selector]) if selector else None
