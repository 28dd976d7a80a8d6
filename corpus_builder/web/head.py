"""What a page says about itself for machines: its links to other editions, its address, its metas, its JSON-LD.

The whole page is read: libxml2 ends the head at the first element that does not belong there (an <img> in a
<noscript>), and an opt-out behind it must not be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from corpus_builder.web.html import Element
from corpus_builder.web.json_ld import NO_ARTICLE, JsonLdArticle, find_article
from corpus_builder.web.links import absolute, base_url, header_links, original

_SAVED_FROM = re.compile(
    rb"<!--\s{0,20}(?:saved from url=\(\d{1,9}\)|page saved with SingleFile\s{1,20}url:\s{0,20})(https?://[^\s<>]{1,4000})"
    rb"|<!--\s{0,20}saved from (https?://[^\s<>]{1,4000}) at [^<>]{1,60}using monolith",
    re.IGNORECASE,
)
"""The comments of browsers (the number is the URL's length), of the extension SingleFile, and of monolith."""
_MIRRORED_FROM = re.compile(rb"<!--\s{0,20}mirrored from ([^\s<>]{1,4000}) by HTTrack", re.IGNORECASE)
"""HTTrack's comment, whose URL has no scheme."""
_SAVED_FROM_WITHIN = 4096
"""Bytes in which a browser's "saved from url=" is searched; it is written before or behind the <html> tag."""

_ALTERNATES = 1_000
"""Links to other editions that are read. Chosen: a page in all languages of the world and most regions has some 200."""

_TITLES = 10
"""Titles and headings of the first level that are read. Chosen: pages have one of each, some have one a section."""


@dataclass(frozen=True, slots=True)
class Head:
    """The links, metas and JSON-LD of a page; names are lower case, URLs absolute.

    `alternates` are hreflang links of the page and its Link header as (language, URL), in order, then the translations
    that JSON-LD names, whose language is "" where it does not say. `metas` are (name, content), with `property` and
    `http-equiv` as names too. `canonical` is rel=canonical, else og:url. `saved_from` is the URL that a browser,
    SingleFile or HTTrack wrote into a page when it saved it.
    """

    alternates: tuple[tuple[str, str], ...] = ()
    metas: tuple[tuple[str, str], ...] = ()
    canonical: str | None = None
    saved_from: str | None = None
    article: JsonLdArticle = NO_ARTICLE

    def meta(self, name: str) -> str:
        """The content of the first meta of a name that has any; "" where there is none."""
        return next((content for known, content in self.metas if known == name and content), "")


def read_head(root: Element, markup: bytes, url: str, link_header: str = "") -> Head:
    """The head of a parsed page, with its markup, its URL, and the Link header of its response."""
    base = base_url(root, url)
    alternates: list[tuple[str, str]] = []
    canonicals: list[str] = []
    for element in root.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        language = element.get("hreflang") if "alternate" in relations else None
        if language and len(alternates) < _ALTERNATES and (href := absolute(base, element.get("href") or "")):
            alternates.append((language.strip().lower(), href))
        elif not language and "canonical" in relations and (href := absolute(base, element.get("href") or "")):
            canonicals.append(href)
    for relation, language, href in header_links(link_header, url):
        if "alternate" in relation.split() and language:
            alternates.append((language, href))
        elif "canonical" in relation.split():
            canonicals.append(href)
    metas = tuple(_metas(root))
    canonicals += [href for name, content in metas if name == "og:url" and (href := absolute(base, content))]
    article = find_article(
        (element.text or "" for element in root.iter("script") if _is_json_ld(element)),
        [url, *canonicals],
        _titles(root, metas),
    )
    translations = islice(article.translations(), _ALTERNATES)
    alternates += [(language, href) for language, given in translations if (href := absolute(base, given))]
    return Head(
        alternates=tuple((language, original(href)) for language, href in alternates),
        metas=metas,
        canonical=original(canonicals[0]) if canonicals else None,
        saved_from=_saved_from(markup) or absolute("", dict(reversed(metas)).get("savepage-url", "")) or None,
        article=article,
    )


def _is_json_ld(script: Element) -> bool:
    return (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"


def _titles(root: Element, metas: Iterable[tuple[str, str]]) -> list[str]:
    """The texts on a page that are or hold its headline."""
    named = [content for name, content in metas if name in ("og:title", "twitter:title")]
    return [*named, *(" ".join(element.itertext()) for element in islice(root.iter("h1", "title"), _TITLES))]


def _saved_from(markup: bytes) -> str | None:
    if saved := _SAVED_FROM.search(markup, 0, _SAVED_FROM_WITHIN):
        return original(absolute("", (saved[1] or saved[2]).decode(errors="replace"))) or None
    if mirrored := _MIRRORED_FROM.search(markup, 0, _SAVED_FROM_WITHIN):
        return absolute("", f"https://{mirrored[1].decode(errors='replace')}") or None
    return None


def _metas(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        for attribute in ("name", "property", "http-equiv"):
            if name := element.get(attribute):
                yield name.strip().lower(), (element.get("content") or "").strip()
