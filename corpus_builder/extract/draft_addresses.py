"""The URL patterns of a site's editions, from the URLs of a few pages and of the editions that these name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from urllib.parse import parse_qsl, urljoin, urlsplit

_NUMBER = re.compile(r"\d+")
_SHORTEST_ID = 4
"""Digits of an id. Chosen: what is shorter is a day, a month, or counts something in a headline."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAYS = (
    (
        re.compile(r"(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"),
        (r"(?P<year>\d{4})", r"(?P<month>\d\d)", r"(?P<day>\d\d)"),
    ),
    (
        re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-_.])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)"),
        (r"(?P<day>\d\d?)", r"(?P<month>\d\d?)", r"(?P<year>\d{4})"),
    ),
)
"""A day within a segment of a path, and the groups for its parts: 2025-03-31, 20250331, 31.03.2025."""
_WORD = re.compile(r"[a-z][a-z_]*")
_SECTION = re.compile(r"[a-z][a-z_-]*")
_LAST_CODE = re.compile(r"[-_.]([A-Za-z]{2,3})$")


@dataclass(frozen=True)
class Addresses:
    """The patterns by language, with the homepage of each where the hosts differ; whether all have a common id.

    `words` are the sections that tell the languages apart where nothing else does, `alike` the languages that nothing
    tells apart.
    """

    paths: Mapping[str, Sequence[str]]
    homepages: Mapping[str, str]
    has_id: bool
    trailing_slash: bool
    hosts: Sequence[str] = field(default=())
    with_query: bool = False
    words: Sequence[str] = field(default=())
    alike: Sequence[str] = field(default=())


@dataclass(frozen=True)
class _Marks:
    """What tells the languages of the addresses apart: a code in front of the path, one behind it, or a section.

    `days` says whether all addresses have a day within a segment, which is then no id.
    """

    prefixes: Mapping[str, str]
    suffixes: Mapping[str, str]
    words: Mapping[str, Sequence[str]]
    days: bool = False


def address_rules(stories: Sequence[Mapping[str, str]], later_pages: Sequence[str] = ()) -> Addresses:
    """The rules for the URLs of some stories, each with the URL of each edition that is known, by language.

    `later_pages` are what addresses of later pages of articles have behind those of the articles.
    """
    languages = list(dict.fromkeys(language for story in stories for language in story))
    urls = {each: sorted({story[each] for story in stories if each in story}) for each in languages}
    hosts = {each: sorted({urlsplit(url).netloc.lower() for url in urls[each]}) for each in languages}
    several = len({host for own in hosts.values() for host in own}) > 1
    days = all(_day_in(urlsplit(url).path) for own in urls.values() for url in own)
    has_id = any(len(story) > 1 for story in stories) and all(_common_ids(story.values(), days) for story in stories)
    marks = replace(_Marks({}, {}, {}) if several else _marks(stories), days=days)
    page = _page_group(later_pages)

    values = [value for own in urls.values() for url in own for _, value in parse_qsl(urlsplit(url).query)]
    with_query = any(language_of(value) or _NUMBER.fullmatch(value) for value in values) or r"=\d" in page

    def patterns() -> dict[str, list[str]]:
        ids = {url: _id_of(story.values(), days) if has_id else "" for story in stories for url in story.values()}
        return {
            each: sorted(
                {_pattern(url, each, marks, ids[url]) + _query(url, each, ids[url]) + page for url in urls[each]}
            )
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
        with_query=with_query,
        words=sorted({word for own in marks.words.values() for word in own}),
        alike=() if several else _alike(paths, urls),
    )


def _page_group(later_pages: Sequence[str]) -> str:
    """A group for what later pages have behind the address of the article; "" where there are none."""
    forms = {re.sub(r"\d+", r"\\d+", re.escape(each)) for each in later_pages}
    return f"(?P<page>{sorted(forms)[0]})?" if len(forms) == 1 else ""


def _alike(paths: Mapping[str, Sequence[str]], urls: Mapping[str, Sequence[str]]) -> list[str]:
    """The languages whose addresses the patterns of another take for their own."""

    def matches(language: str, url: str) -> bool:
        parts = urlsplit(url)
        text = parts.path + (f"?{parts.query}" if parts.query and r"\?" in paths[language][0] else "")
        return any(re.fullmatch(path, text) for path in paths[language])

    taken = {
        (each, other) for each in paths for other in urls if other != each for url in urls[other] if matches(each, url)
    }
    return sorted({language for pair in taken for language in pair})


def other_editions(url: str, links: Iterable[str]) -> dict[str, str]:
    """The links of a page that differ from its own URL in nothing but a code of a language, by language.

    The code is a part of the host, one of the first two segments of the path, or the value of a parameter. The page's
    own URL may lack it.
    """
    own, found = _without_code(url), dict[str, str]()
    for link in links:
        bare, language = _without_code(link)
        if bare == own[0] and language and language != own[1]:
            found.setdefault(language, link)
    return found


def _without_code(url: str) -> tuple[object, str]:
    """A URL without its code of a language, for comparison, and the language; "" where it has none."""
    parts = urlsplit(url)
    labels = parts.netloc.lower().removeprefix("www.").split(".")
    segments = parts.path.split("/")
    query = parse_qsl(parts.query)
    codes = [(name, language_of(value)) for name, value in query]
    if any(language for _, language in codes):
        query = [pair for pair, (_, language) in zip(query, codes, strict=True) if not language]
        return (labels, segments, sorted(query)), next(language for _, language in codes if language)
    for place in (1, 2):
        if len(segments) > place + 1 and (language := language_of(segments[place])):
            return (labels, [*segments[:place], *segments[place + 1 :]], sorted(query)), language
    if len(labels) > 2 and (language := language_of(labels[0])):
        return (labels[1:], segments, sorted(query)), language
    return (labels, segments, sorted(query)), ""


def language_of(code: str) -> str:
    """The language that a code in a URL stands for: uk, ua, ukr; ru, rus; en, eng. "" where it is none."""
    return next((language for language in ("uk", "ru", "en") if _stands_for(code.lower(), language)), "")


def _query(url: str, language: str, article_id: str) -> str:
    """A regular expression for the query of a URL: the code of its language as it is, the id, other numbers, words."""
    made = []
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if language_of(value) == language:
            made.append(f"{re.escape(name)}={re.escape(value)}")
        elif article_id and value == article_id:
            made.append(f"{re.escape(name)}=(?P<id>\\d+)")
        elif _NUMBER.fullmatch(value):
            made.append(rf"{re.escape(name)}=\d+")
        else:
            made.append(
                f"{re.escape(name)}=[^&]*" if len(value) > _SHORTEST_ID else f"{re.escape(name)}={re.escape(value)}"
            )
    return rf"\?{'&'.join(made)}" if made else ""


def _day_in(text: str) -> tuple[re.Match[str], str] | None:
    """The day in a text, and a regular expression for it and others like it; None where there is none."""
    for form, groups in _DAYS:
        if found := form.search(text):
            return found, _literal(found[1]).join(groups)
    return None


def _numbers(url: str, days: bool) -> list[str]:
    """The numbers in a path or query that may be an id: no year with a month behind it, and long enough, or at the end
    of the path with nothing beside it, or the value of a parameter. With `days`, that within a segment is none."""
    parts = urlsplit(url)
    path = re.sub(r"/(?:19|20)\d\d/\d\d?(?:/\d\d?)?(?=/)", "/", parts.path)
    if days and (day := _day_in(path)):
        path = path[: day[0].start()] + path[day[0].end() :]
    whole = re.search(r"/(\d+)(?:\.\w+)?/?$", path)
    numbers = [
        number for number in _NUMBER.findall(path) if len(number) >= _SHORTEST_ID and not _YEAR.fullmatch(number)
    ]
    values = [value for _, value in parse_qsl(parts.query) if _NUMBER.fullmatch(value)]
    return [*numbers, *([whole[1]] if whole else []), *values]


def _common_ids(urls: Iterable[str], days: bool) -> set[str]:
    return reduce(set.intersection, (set(_numbers(url, days)) for url in urls))


def _id_of(urls: Iterable[str], days: bool) -> str:
    """The number that the URLs of a story share; the longest, as a headline may have one as well."""
    return max(_common_ids(urls, days), key=lambda number: (len(number), number))


def _prefixes(stories: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The beginning of the paths of each language where it stands for the language: "ru", "eng", "index.php/ru"."""
    found: dict[str, set[str]] = {}
    for story in stories:
        for language, url in story.items():
            segments = urlsplit(url).path.split("/")[1:]
            second = len(segments) > 2 and not _stands_for(segments[0], language) and _stands_for(segments[1], language)
            found.setdefault(language, set()).add("/".join(segments[: 1 + second]))
    named = {}
    for language, first in found.items():
        elsewhere = set().union(*(segments for other, segments in found.items() if other != language))
        (only,) = first if len(first) == 1 else ("",)
        named[language] = only if _stands_for(only.rpartition("/")[2], language) and only not in elsewhere else ""
    return named


def _marks(stories: Sequence[Mapping[str, str]]) -> _Marks:
    """What tells the languages of some stories apart in their addresses."""
    prefixes = _prefixes(stories)
    if any(prefixes.values()):
        return _Marks(prefixes, {}, {})
    suffixes = _suffixes(stories)
    if any(suffixes.values()):
        return _Marks({}, suffixes, {})
    return _Marks({}, {}, _words(stories))


def _suffixes(stories: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The end of the last segment of each language where it stands for the language: "_ru", ".en", "-ua"."""
    found: dict[str, set[str]] = {}
    for story in stories:
        for language, url in story.items():
            stem, _ = _stem(urlsplit(url).path)
            match = _LAST_CODE.search(stem)
            own = match[0] if match and _stands_for(match[1].lower(), language) else ""
            found.setdefault(language, set()).add(own)
    named = {language: only for language, (only, *more) in ((each, [*own]) for each, own in found.items()) if not more}
    return named if len(named) == len(found) and len(set(named.values())) == len(named) else {}


def _words(stories: Sequence[Mapping[str, str]]) -> dict[str, Sequence[str]]:
    """The first segments of each language where these are words that no other language has: novyny, novosti, news."""
    found: dict[str, set[str]] = {}
    for story in stories:
        for language, url in story.items():
            segments = urlsplit(url).path.split("/")[1:]
            found.setdefault(language, set()).add(segments[0] if len(segments) > 1 and segments[1] else "")
    words = [word for own in found.values() for word in own]
    if len(found) < 2 or len(set(words)) < len(words) or not all(map(_SECTION.fullmatch, words)):
        return {}
    return {language: sorted(own) for language, own in found.items()}


def _stem(path: str) -> tuple[str, str]:
    """The last segment of a path without its ending, and the ending with the slash at the end."""
    last = path.rstrip("/").rpartition("/")[2]
    ending = re.search(r"\.(?:s?html?|php|aspx?|jsp)$", last)
    stem = last[: ending.start()] if ending else last
    return stem, path[len(path.rstrip("/")) - len(last) + len(stem) :]


def _stands_for(segment: str, language: str) -> bool:
    """Whether a segment is the code of a language, in two or three letters: uk, ua, ukr; ru, rus; en, eng."""
    codes = {"uk": ("uk", "ua", "ukr", "ukrainian")}.get(language, (language,))
    return 2 <= len(segment) <= 3 and segment.startswith(tuple(codes))


def _pattern(url: str, language: str, marks: _Marks, article_id: str) -> str:
    """A regular expression for the path of a URL and those like it."""
    path, end = urlsplit(url).path, ""
    if marks.suffixes:
        _, ending = _stem(path)
        own = marks.suffixes[language]
        others = [suffix for suffix in marks.suffixes.values() if suffix and suffix != own]
        end = (re.escape(own) if own else "".join(f"(?<!{re.escape(each)})" for each in others)) + re.escape(ending)
        path = path[: len(path) - len(ending)].removesuffix(own)
    return _path_pattern(path, language, marks, article_id) + end


def _path_pattern(path: str, language: str, marks: _Marks, article_id: str) -> str:
    segments = path.split("/")[1:]
    prefix, prefixes = marks.prefixes.get(language, ""), sorted({each for each in marks.prefixes.values() if each})
    made, rest = [], segments
    if prefix:
        made, rest = [re.escape(prefix)], segments[1 + prefix.count("/") :]
    elif prefixes:
        made.append("(?!" + "|".join(f"{re.escape(each)}/" for each in prefixes) + ")")
    elif words := marks.words.get(language):
        made, rest = [f"(?P<section>{'|'.join(map(re.escape, words))})"], segments[1:]
    wants_id, dated, has_section = bool(article_id), 0, bool(marks.words)
    for place, segment in enumerate(rest):
        last = place >= len(rest) - 1 - (not rest[-1])
        if dated == 0 and not last and re.fullmatch(r"(?:19|20)\d\d", segment):
            made.append(r"(?P<year>\d{4})")
            dated = 1
        elif dated == 0 and marks.days and (day := _day_in(segment)):
            before, after = segment[: day[0].start()], segment[day[0].end() :]
            made.append(_around(before, article_id) + day[1] + _around(after, article_id))
            wants_id, dated = wants_id and article_id not in _NUMBER.findall(before + after), 3
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
    pattern = "/" + "/".join(made)
    return pattern.replace(")/", ")", 1) if pattern.startswith("/(?!") else pattern


def _with_id(segment: str, article_id: str) -> str:
    before, _, after = segment.partition(article_id)
    if article_id not in _NUMBER.findall(segment[: len(before) + len(article_id)]):
        return _slug(segment)
    return _part(before) + r"(?P<id>\d+)" + _part(after)


def _around(text: str, article_id: str) -> str:
    """What stands before or behind a day, perhaps with the id in it."""
    if article_id and article_id in _NUMBER.findall(text):
        return _with_id(text, article_id)
    return _part(text) if text else ""


def _part(text: str) -> str:
    """What stands before or behind an id: one letter and a hyphen, an ending, or words of the headline."""
    if len(text) <= 2 or re.fullmatch(r"\.\w+", text):
        return "".join(map(_literal, text))
    ending = re.search(r"\.\w+$", text)
    start = _literal(text[0]) if not text[0].isalnum() else ""
    # What stands before an id ends with what is no digit, so that all digits are the id's.
    edge = "" if start or ending else _literal(text[-1])
    return start + ("[^/]*" if edge else "[^/]+") + edge + (re.escape(ending[0]) if ending else "")


def _literal(character: str) -> str:
    return character if character in "-_" else re.escape(character)


def _slug(segment: str) -> str:
    if not segment:
        return ""
    ending = re.search(r"\.[a-z]{2,5}$", segment)
    if re.fullmatch(r"\d+", segment):
        return r"\d+"
    return "[^/]+" + (re.escape(ending[0]) if ending else "")
