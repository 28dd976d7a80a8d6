"""The headline, the day, the authors and the tags of a page, from what it says about itself for machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from corpus_builder.extract.page_words import author_names, is_date_line
from corpus_builder.text.normalise import normalise
from corpus_builder.web.dates import any_datetime, is_placeholder
from corpus_builder.web.head import Head
from corpus_builder.web.html import Element

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "article:published", "pubdate",
    "publish-date", "publishdate", "publication_date", "dc.date.issued", "dcterms.created", "dc.date", "date",
    "sailthru.date", "parsely-pub-date",
)  # fmt: skip
"""Names of metas (property, name) with the time of publication, the usual ones first."""

_APART = timedelta(days=31)
"""How far a page's date may be from that in its URL. Chosen: an article is written some days before its URL's day or
published again some days later; what is further away is a default value, or the date of something else.
"""

_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
_TAGS = ("article:tag", "news_keywords", "parsely-tags", "keywords")

_MAX_TAG = 60
"""Most characters of a tag. Chosen: names of bodies are shorter, sentences longer."""

_MAX_TAGS = 30
"""Most tags from metas for search engines. Chosen: longer lists are the words of the text, made by a machine."""

_TAG_SEPARATORS = re.compile(r"(?:(?<!\s)\s++)?[,;|•]\s*")
_TAG_COUNT = re.compile(r"(?:(?<!\s)\s++)?\(\d{1,6}\)$")
_SEPARATOR = re.compile(r"(?<!\s)\s++[|–—\-/:»«·•~>]+\s+|(?:(?<!\s)\s++)?[|»•]\s*|(?<!\s)\s++::\s+")
_HOST_WORD = re.compile(r"[^\W_]+")


def published(head: Head, zone: tzinfo, day: date | None, written: Iterable[str] = ()) -> datetime | None:
    """When a page was published; the first that is no absurd date of JSON-LD, metas, and texts of the page.

    `day` is that of its URL. It wins against dates that are more than a month away from it (0001, 1970, 2099 are what
    programs write for no date), and is the date, at midnight, of a page that has no other.
    """
    stated = [head.article.text(name) for name in ("datePublished", "dateCreated", "uploadDate")]
    stated += [head.meta(name) for name in _PUBLISHED]
    for text in (*stated, *written):
        moment = any_datetime(text, zone, day.year if day else None) if text else None
        if moment and not is_placeholder(moment) and _is_near(moment, day):
            return moment
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day else None


def _is_near(moment: datetime, day: date | None) -> bool:
    return day is None or abs(moment.date() - day) <= _APART


def modified(head: Head, zone: tzinfo, since: datetime | None) -> datetime | None:
    """When a page was last changed; None for a date before it was published (less a day, for time zones)."""
    for text in (head.article.text("dateModified"), head.meta("article:modified_time")):
        moment = any_datetime(text, zone) if text else None
        if moment and not is_placeholder(moment) and (since is None or moment >= since - timedelta(days=1)):
            return moment
    return None


_MAX_SECTION = 30
"""Most characters of a section in a title. Chosen: two or three words, and at most half of the headline before it."""

_MAX_TITLE = 1000
"""Most characters of a title that may have parts to remove. Chosen: headlines have some 100."""


def headline(head: Head, root: Element, given: str, site_names: Sequence[str]) -> str:
    """The headline: without the site's name, the section and the date that pages put behind or before it.

    `given` is what a layout or extractor found; "" for none. What is shared is measured: where another headline of the
    page is the beginning or the end of this one, the rest is not part of it.
    """
    others = [given, head.article.text("headline"), head.meta("og:title"), head.meta("twitter:title")]
    others += [" ".join(element.itertext()) for element in root.iter("h1")][:1]
    others += [" ".join(element.itertext()) for element in root.iter("title")][:1]
    titles = [(title, as_written) for as_written in others if (title := normalise(as_written).text)]
    if not titles:
        return ""
    names = {_letters(name) for name in (*site_names, *_own_names(head)) if name}
    first, as_written = titles[0]
    bare = _bare(first, [title for title, _ in titles[1:]], names - {""})
    return as_written if bare == first else bare


def _own_names(head: Head) -> Iterator[str]:
    yield head.article.publisher()
    yield head.article.text("articleSection")
    for name in ("og:site_name", "application-name", "twitter:site", "article:section"):
        yield head.meta(name).lstrip("@")


def _bare(title: str, others: Sequence[str], names: set[str]) -> str:
    """A title without the parts at its ends that are names, dates, or missing in another title of the page."""
    known = {_letters(other) for other in others} - {_letters(title)}
    while True:
        cuts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
        if not cuts or len(title) > _MAX_TITLE:
            return title
        for start, end in cuts:
            if _letters(title[:start]) in known:
                return title[:start].rstrip()
            if _letters(title[end:]) in known:
                return title[end:].lstrip()
        last, first = cuts[-1], cuts[0]
        if _is_frame(title[last[1] :], names):
            title = _without_path(title[: last[0]].rstrip()) if "|" in title[last[0] : last[1]] else title[: last[0]]
        elif _is_frame(title[: first[0]], names):
            title = title[first[1] :].lstrip(" :|–—-")
        else:
            return title


def _without_path(title: str) -> str:
    """A title without the sections between it and the site's name: "Title | Economy | Site"."""
    head, bar, section = title.rpartition(" | ")
    return head.rstrip() if bar and len(section) * 2 <= len(head) and len(section) <= _MAX_SECTION else title


def _is_frame(part: str, names: set[str]) -> bool:
    return _letters(part) in names or is_date_line(part)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def names_of_site(title: str, domains: Iterable[str]) -> list[str]:
    """The names that a site puts into titles: its own, its hosts, and their first words ("pravda")."""
    hosts = [domain.removeprefix("www.") for domain in domains]
    return [title, *hosts, *(word for host in hosts for word in _HOST_WORD.findall(host)[:1])]


def authors(head: Head, found: Iterable[str] = ()) -> tuple[str, ...]:
    """The authors: those that a layout or extractor found, else of JSON-LD, else of metas."""
    return author_names(found) or author_names(head.article.authors()) or author_names(map(head.meta, _AUTHORS))


def tags(head: Head, found: Iterable[str] = ()) -> tuple[str, ...]:
    """The tags, one by one: those that a layout found, else of JSON-LD, else of the first meta that has any."""
    if given := _split(found) or _split(head.article.keywords()):
        return given
    for name in _TAGS:
        split = _split(content for known, content in head.metas if known == name)
        if split and len(split) <= _MAX_TAGS:
            return split
    return ()


def _split(texts: Iterable[str]) -> tuple[str, ...]:
    parts = (part for text in texts for part in _TAG_SEPARATORS.split(normalise(text).text))
    named = (_TAG_COUNT.sub("", part).strip(" #,.") for part in parts)
    tags: dict[str, str] = {}
    for tag in named:
        if tag and len(tag) <= _MAX_TAG:
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())
