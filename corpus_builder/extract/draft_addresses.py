"""The URL patterns of a site's editions, from the URLs of a few pages and of the editions that these name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from urllib.parse import urljoin, urlsplit

_NUMBER = re.compile(r"\d+")
_SHORTEST_ID = 4
"""Digits of an id. Chosen: what is shorter is a day, a month, or counts something in a headline."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True)
class Addresses:
    """The patterns by language, with the homepage of each where the hosts differ; whether all have a common id."""

    paths: Mapping[str, Sequence[str]]
    homepages: Mapping[str, str]
    has_id: bool
    trailing_slash: bool
    hosts: Sequence[str] = field(default=())


def address_rules(stories: Sequence[Mapping[str, str]]) -> Addresses:
    """The rules for the URLs of some stories, each with the URL of each edition that is known, by language."""
    languages = list(dict.fromkeys(language for story in stories for language in story))
    urls = {each: sorted({story[each] for story in stories if each in story}) for each in languages}
    hosts = {each: sorted({urlsplit(url).netloc.lower() for url in urls[each]}) for each in languages}
    several = len({host for own in hosts.values() for host in own}) > 1
    has_id = any(len(story) > 1 for story in stories) and all(_common_ids(story.values()) for story in stories)
    prefixes = {} if several else _prefixes(stories)
    others = sorted({prefix for prefix in prefixes.values() if prefix})

    def patterns() -> dict[str, list[str]]:
        ids = {url: _id_of(story.values()) if has_id else "" for story in stories for url in story.values()}
        return {
            each: sorted({_pattern(url, prefixes.get(each, ""), others, ids[url]) for url in urls[each]})
            for each in languages
        }

    paths = patterns()
    if has_id and not all("(?P<id>" in path for own in paths.values() for path in own):
        has_id = False  # the number stands where a day or a section does
        paths = patterns()
    return Addresses(
        paths=paths,
        homepages={each: urljoin(urls[each][0], "/") for each in languages} if several else {},
        has_id=has_id,
        trailing_slash=all(urlsplit(url).path.endswith("/") for own in urls.values() for url in own),
        hosts=sorted({host for own in hosts.values() for host in own}),
    )


def _numbers(url: str) -> list[str]:
    """The numbers in a path that may be an id: long enough, and no year with a month behind it."""
    path = re.sub(r"/(?:19|20)\d\d/\d\d?(?=/)", "/", urlsplit(url).path)
    return [number for number in _NUMBER.findall(path) if len(number) >= _SHORTEST_ID and not _YEAR.fullmatch(number)]


def _common_ids(urls: Iterable[str]) -> set[str]:
    return reduce(set.intersection, (set(_numbers(url)) for url in urls))


def _id_of(urls: Iterable[str]) -> str:
    """The number that the URLs of a story share; the longest, as a headline may have one as well."""
    return max(_common_ids(urls), key=lambda number: (len(number), number))


def _prefixes(stories: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The first segment of the paths of each language where it stands for the language: "ru" or "eng"."""
    found: dict[str, set[str]] = {}
    for story in stories:
        for language, url in story.items():
            found.setdefault(language, set()).add(urlsplit(url).path.split("/")[1])
    named = {}
    for language, first in found.items():
        elsewhere = set().union(*(segments for other, segments in found.items() if other != language))
        (only,) = first if len(first) == 1 else ("",)
        named[language] = only if _stands_for(only, language) and only not in elsewhere else ""
    return named


def _stands_for(segment: str, language: str) -> bool:
    """Whether a segment is the code of a language, in two or three letters: uk, ua, ukr; ru, rus; en, eng."""
    codes = {"uk": ("uk", "ua", "ukr", "ukrainian")}.get(language, (language,))
    return 2 <= len(segment) <= 3 and segment.startswith(tuple(codes))


def _pattern(url: str, prefix: str, prefixes: Sequence[str], article_id: str) -> str:
    """A regular expression for the path of a URL and those like it."""
    segments = urlsplit(url).path.split("/")[1:]
    made, rest = [], segments
    if prefix:
        made, rest = [prefix], segments[1:]
    elif prefixes:
        made.append("(?!" + "|".join(f"{each}/" for each in prefixes) + ")")
    wants_id, dated, has_section = bool(article_id), 0, False
    for place, segment in enumerate(rest):
        last = place >= len(rest) - 1 - (not rest[-1])
        if dated == 0 and re.fullmatch(r"(?:19|20)\d\d", segment):
            made.append(r"(?P<year>\d{4})")
            dated = 1
        elif dated in (1, 2) and re.fullmatch(r"\d\d?", segment):
            made.append((r"(?P<month>\d\d?)", r"(?P<day>\d\d?)")[dated - 1])
            dated += 1
        elif not last and _WORD.fullmatch(segment) and not has_section:
            made.append("(?P<section>[a-z][a-z0-9_-]*)")
            has_section = True
        elif wants_id and article_id in _NUMBER.findall(segment):
            made.append(_with_id(segment, article_id))
            wants_id = False
        else:
            made.append(_slug(segment))
    path = "/" + "/".join(made)
    return path.replace(")/", ")", 1) if path.startswith("/(?!") else path


def _with_id(segment: str, article_id: str) -> str:
    before, _, after = segment.partition(article_id)
    if article_id not in _NUMBER.findall(segment[: len(before) + len(article_id)]):
        return _slug(segment)
    return _part(before) + r"(?P<id>\d+)" + _part(after)


def _part(text: str) -> str:
    """What stands before or behind an id: one letter and a hyphen, an ending, or words of the headline."""
    if len(text) <= 2 or re.fullmatch(r"\.\w+", text):
        return re.escape(text)
    ending = re.search(r"\.\w+$", text)
    edge = "-" if text.endswith("-") else ""
    start = "-" if text.startswith("-") else ""
    return start + "[^/]+" + (edge if not start else "") + (re.escape(ending[0]) if ending else "")


def _slug(segment: str) -> str:
    if not segment:
        return ""
    ending = re.search(r"\.[a-z]{2,5}$", segment)
    if re.fullmatch(r"\d+", segment):
        return r"\d+"
    return "[^/]+" + (re.escape(ending[0]) if ending else "")
