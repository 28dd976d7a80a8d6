"""The TOML of drafted rules: the site and its editions, where its articles are listed, and how values are written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from corpus_builder.extract.draft_addresses import Addresses
from corpus_builder.extract.draft_json import StateRules
from corpus_builder.extract.draft_page import DraftPage

_BAR = re.compile(r" (?:[|—–·•»:-]|::) ")


def state_lines(state: StateRules | None) -> Iterator[str]:
    """The rules for the JSON in a script, where there are any."""
    if state:
        yield '\n[[from_json]]\nname = "state"\n'
        yield from (f"{key} = {quoted(value)}\n" for key, value in state.keys.items())
        if state.kinds:
            kinds = ", ".join(f"{quoted(kind)} = {quoted(role)}" for kind, role in state.kinds.items())
            yield f"kinds = {{ {kinds} }}\n"


def boilerplate_lines(texts: Sequence[str]) -> Iterator[str]:
    """The beginnings of blocks that are no article text, as patterns."""
    if texts:
        yield "\nboilerplate = ["
        yield from (f"    {quoted(re.escape(text).replace(chr(92) + ' ', ' '))}," for text in texts)
        yield "]"


def site_lines(pages: Sequence[DraftPage], addresses: Addresses) -> Iterator[str]:
    """The name, the hosts and the time zone of a site."""
    page = pages[0]
    host = urlsplit(page.url).netloc.lower()
    titles = (
        page.web.head.meta("og:site_name"),
        page.web.head.article.publisher(),
        _shared_title(pages),
        host.removeprefix("www."),
    )
    hosts = sorted({host, *addresses.hosts} | {_twin(each) for each in (host, *addresses.hosts)})
    zone = "Europe/Kyiv" if {"uk", "ru"} & set(addresses.paths) else "UTC"
    yield "# Drafted from pages. Correct it, then run `corpus-builder sites check FILE PAGE` on more pages."
    name = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.").rpartition(".")[0]).strip("-")
    yield f"name = {quoted(name or 'site')}"
    yield f"title = {quoted(next(filter(None, titles)))}"
    yield f"homepage = {quoted(f'{urlsplit(page.url).scheme}://{host}')}"
    yield f"domains = {listed(hosts)}"
    yield f"timezone = {quoted(zone)}"
    if addresses.trailing_slash:
        yield "trailing_slash = true"
    if addresses.with_query:
        yield "drop_query = false"


def _shared_title(pages: Sequence[DraftPage]) -> str:
    """The part behind a dash or a bar that the titles of all pages have: mostly the name of the site."""
    titles = [" ".join((page.root.findtext(".//title") or "").split()) for page in pages]
    parts = [_BAR.split(title)[1:] for title in titles]
    shared = [part for part in parts[0] if all(part in own for own in parts)] if len(set(titles)) > 1 else []
    return shared[-1] if shared else ""


def _twin(host: str) -> str:
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}" if host.count(".") == 1 else host


def edition_lines(addresses: Addresses, names_others: bool) -> Iterator[str]:
    """How editions are linked, and the patterns of each."""
    if not addresses.has_id:
        yield "\n[linking]"
        yield 'by = ["hreflang", "content"]' if names_others else 'by = ["content"]'
    for language, paths in addresses.paths.items():
        yield f"\n[editions.{language}]"
        if homepage := addresses.homepages.get(language):
            yield f"homepage = {quoted(homepage)}"
        if addresses.with_query:
            yield "with_query = true"
        yield f"paths = {listed(paths)}"


def crawl_lines(pages: Sequence[DraftPage], robots: str, untold: list[str]) -> Iterator[str]:
    """Where articles are listed; what is not known of that is added to `untold`."""
    sitemaps = re.findall(r"(?im)^\s*sitemap\s*:\s*(https?://\S+)", robots)
    feeds: dict[str, list[str]] = {}
    for page in pages:
        for link in page.root.iter("link"):
            href = urljoin(page.url, (link.get("href") or "").strip())
            kind = (link.get("type") or "").lower()
            if "sitemap" in (link.get("rel") or "").lower():
                sitemaps.append(href)
            elif kind in ("application/rss+xml", "application/atom+xml") and "comment" not in href:
                feeds.setdefault(page.language, []).append(href)
    if not sitemaps and not feeds:
        untold.append("where articles are listed: no sitemap or feed is named; robots.txt is read when you crawl")
    yield "\n\n[crawl]\ndelay = 1.0"
    if sitemaps:
        yield f"sitemaps = {listed(dict.fromkeys(sitemaps))}"
    if feeds:
        yield "[crawl.feeds]"
        yield from (f"{language} = {listed(dict.fromkeys(own))}" for language, own in feeds.items())
    yield ""


def quoted(text: str) -> str:
    """A TOML string: literal where that is possible, so that regular expressions stay readable."""
    simple = "'" not in text and text.isprintable()
    return f"'{text}'" if simple and "\\" in text else json.dumps(text, ensure_ascii=False)


def listed(texts: Iterable[str]) -> str:
    """A TOML list of strings."""
    return "[" + ", ".join(map(quoted, texts)) + "]"
