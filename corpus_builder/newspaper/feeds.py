"""Where a crawler finds the newspaper's articles: robots.txt, sitemaps, feeds.

As on the real site, the sitemaps also list editions that do not exist (`promised`).
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import format_datetime

from corpus_builder.newspaper.markup import Renderer
from corpus_builder.newspaper.stories import LANGUAGES

# Chosen: fewer than the newspaper has, so that a feed alone does not lead to every story.
_FEED_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a sitemap, with its links to other editions as (language, URL)."""

    url: str
    modified: str
    alternates: tuple[tuple[str, str], ...] = ()


def robots(base: str) -> str:
    """The robots.txt of the newspaper."""
    return (
        "User-agent: *\nDisallow: /search/\nDisallow: /support/\nCrawl-delay: 0\n\n"
        f"Sitemap: {base}/sitemap/sitemap.xml\n"
    )


def sitemaps(renderer: Renderer) -> dict[str, str]:
    """The sitemap index as "sitemap.xml" and the monthly sitemaps as "sitemap-2025-12.xml", newest month first."""
    months: dict[str, list[Listed]] = {}
    for story in renderer.newspaper.stories:
        listed = [language for language in LANGUAGES if language in story.editions or language in story.promised]
        urls = [(language, renderer.url(story, language)) for language in listed]
        months.setdefault(f"{story.published:%Y-%m}", []).extend(
            Listed(url, story.published.isoformat(), tuple(other for other in urls if other[1] != url))
            for _, url in urls
        )
    for path in renderer.newspaper.offsite:
        year, month, day = path.split("/")[2:5]
        months.setdefault(f"{year}-{month}", []).append(Listed(renderer.base + path, f"{year}-{month}-{day}"))
    newest_first = sorted(months, reverse=True)
    return {"sitemap.xml": renderer.render("sitemap-index.xml", months=newest_first)} | {
        f"sitemap-{month}.xml": renderer.render("sitemap.xml", pages=months[month]) for month in newest_first
    }


def feed(renderer: Renderer, language: str) -> bytes:
    """The RSS feed of an edition: the newest stories. The Russian one is in windows-1251."""
    encoding = "windows-1251" if language == "ru" else "utf-8"
    newest = [story for story in reversed(renderer.newspaper.stories) if language in story.editions][:_FEED_LENGTH]
    text = renderer.render("rss.xml", language=language, stories=newest, rfc822=format_datetime)
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding, "xmlcharrefreplace")
