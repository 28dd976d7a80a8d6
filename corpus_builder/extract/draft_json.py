"""Drafting rules for pages whose text is not on the page: in JSON-LD, or in the JSON of a script.

The place of the text in a JSON value is that of the most letters, where all pages have some; the headline is what the
title of the page has, days and authors are what is called so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.draft_page import letters
from corpus_builder.extract.json_article import body_blocks
from corpus_builder.sites.answer_rules import found
from corpus_builder.sites.json_rules import JsonRules
from corpus_builder.web.answers import json_in_script
from corpus_builder.web.dates import iso_datetime
from corpus_builder.web.html import Element
from corpus_builder.web.page import WebPage

_TEXT = 300
"""Fewest letters of an article that is taken from JSON. Chosen: summaries and menus are shorter."""
_SEEN = 100
"""Letters at the beginning of a text by which it is looked for on the page. Chosen: no other text begins so."""
_MOST_VALUES = 50_000
"""Most values of a script that are looked at. Chosen: the state of a page has some thousand."""
_DEEPEST = 30
"""How deep a value may be. Chosen: the state of a page has some ten levels."""
_TITLE = (15, 300)
"""Fewest and most letters of a headline."""
_ASSIGNED = re.compile(r"\s*(?:var\s+)?((?:window|self|globalThis)\.[\w$]+)\s*=")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_KINDS = (
    (re.compile(r"head(?:er|ing)?|title|h[2-6]", re.IGNORECASE), "heading"),
    (re.compile(r"list|ul|ol|item", re.IGNORECASE), "list_item"),
    (re.compile(r"quote|blockquote", re.IGNORECASE), "blockquote"),
    (re.compile(r"image|photo|picture|gallery|figure", re.IGNORECASE), "caption"),
    (re.compile(r"embed|ad|advert|banner|related|video|audio|widget|html_embed|script", re.IGNORECASE), "remove"),
)
"""Names that editors give to the kinds of blocks, and their roles in rules."""

Path = tuple[str | int, ...]


@dataclass
class StateRules:
    """Drafted rules for JSON: keys and values as in a rules file."""

    keys: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


def ld_text(web: WebPage) -> str:
    """The text of an article in JSON-LD that is not on the page itself; "" where there is none."""
    body = web.head.article.text("articleBody")
    if len(letters(body)) < _TEXT:
        return ""
    shown = letters("".join(block.text for block in raw_blocks(web.root)))
    return "" if letters(body)[:_SEEN] in shown else body


def state_rules(pages: Sequence[WebPage]) -> StateRules | None:
    """The rules for the JSON in a script of pages; None where they have no such script, or no text in one place."""
    for selector in _scripts(pages[0].root):
        values = [value for page in pages if (value := _value(page.root, selector)) is not None]
        if len(values) == len(pages) and (rules := _rules(values, pages)):
            rules.keys = {"match": selector, "script": selector, **rules.keys}
            return rules
    return None


def state_blocks(web: WebPage, rules: StateRules) -> list[RawBlock]:
    """The blocks that drafted rules find in a page."""
    value = _value(web.root, rules.keys["script"])
    given = JsonRules.model_validate({**rules.keys, "kinds": rules.kinds})
    return body_blocks(given, found(given.body, value))


def _scripts(root: Element) -> Iterator[str]:
    """Selectors of the scripts of a page that may have its state."""
    for script in root.iter("script"):
        own = script.get("id") or ""
        if "ld+json" in (script.get("type") or ""):
            continue
        if re.fullmatch(r"[\w-]+", own):
            yield f"script#{own}" if re.match(r"[A-Za-z]|_+[A-Za-z]", own) else f"script[id='{own}']"
        elif assigned := _ASSIGNED.match(script.text or ""):
            yield f"//script[contains(., '{assigned[1]}')]"
        elif (script.get("type") or "").strip() == "application/json":
            yield "script[type='application/json']"


def _value(root: Element, selector: str) -> Any:
    from corpus_builder.sites.selectors import Finder

    scripts = Finder([selector])(root)
    try:
        return json_in_script("".join(scripts[0].itertext())) if scripts else None
    except SkipPage:
        return None


def _rules(values: Sequence[Any], pages: Sequence[WebPage]) -> StateRules | None:
    walked = [list(islice(_walk(value, ()), _MOST_VALUES)) for value in values]
    body = _best([_bodies(each) for each in walked])
    if body is None:
        return None
    path, key = body
    rules = StateRules({"body": _written(path)})
    if key:
        rules.keys["text"] = _written(key)
        _add_kinds(rules, [item for each in walked for at, value in each if at == path for item in value])
    titles: list[dict[tuple[Path, Path], int]] = [
        {(at, ()): len(letters(text)) for at, text in each if _is_title(text, page)}
        for each, page in zip(walked, pages, strict=True)
    ]
    if title := _best(titles):
        rules.keys["title"] = _written(title[0])
    for part, names, accepts in (
        ("authors", ("author", "authors", "byline"), lambda value: isinstance(value, str | list | dict)),
        ("published", ("publish", "date", "created"), _is_time),
    ):
        if place := _named(walked, path, names, accepts):
            rules.keys[part] = _written(place) + ("" if part == "published" else _to_names(walked[0], place))
    return rules


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """All values with their paths, the outermost first."""
    yield path, value
    if len(path) < _DEEPEST:
        items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in items:
            yield from _walk(inner, (*path, key))


def _bodies(walked: Sequence[tuple[Path, Any]]) -> dict[tuple[Path, Path], int]:
    """The places that may be the text, with their letters: of one string, or of a list and the key of each item."""
    places: dict[tuple[Path, Path], int] = {}
    for path, value in walked:
        if isinstance(value, str):
            places[path, ()] = _letter_count(value)
        elif isinstance(value, list) and len(value) > 1:
            of_texts = sum(_letter_count(item) for item in value if isinstance(item, str))
            if of_texts:
                places[path, ()] = of_texts
            keys: Counter[Path] = Counter()
            for item in value:
                for key, text in islice(_walk(item, ()), 200):
                    if isinstance(text, str) and key and not any(isinstance(each, int) for each in key):
                        keys[key] += _letter_count(text)
            places |= {(path, key): count for key, count in keys.items()}
    return {place: count for place, count in places.items() if count >= _TEXT}


def _letter_count(text: str) -> int:
    return sum(map(str.isalpha, re.sub(r"<[^<>]*>", "", text)))


def _best(pages: Sequence[dict[tuple[Path, Path], int]]) -> tuple[Path, Path] | None:
    """The place that all pages have with the most letters; one without numbers in its path before one with."""
    shared = set.intersection(*map(set, pages)) if pages else set()

    def worth(place: tuple[Path, Path]) -> tuple[bool, int, int]:
        return not any(isinstance(each, int) for each in place[0]), sum(page[place] for page in pages), -len(place[0])

    return max(sorted(shared, key=repr), key=worth, default=None)


def _is_title(text: Any, page: WebPage) -> bool:
    if not isinstance(text, str) or len(text) > 2 * _TITLE[1] or not _TITLE[0] <= len(letters(text)) <= _TITLE[1]:
        return False
    said = (page.root.findtext(".//title") or "", page.head.meta("og:title"), page.head.article.text("headline"))
    return any(letters(text) in letters(each) for each in said)


def _is_time(value: Any) -> bool:
    from datetime import UTC

    if isinstance(value, str):
        return len(value) >= 10 and iso_datetime(value, UTC) is not None
    return isinstance(value, int) and not isinstance(value, bool) and value > 10**9


def _named(
    walked: Sequence[Sequence[tuple[Path, Any]]], body: Path, names: Sequence[str], accepts: Callable[[Any], bool]
) -> Path | None:
    """The place that all pages have, nearest to the text, whose last key has one of the names, the first preferred."""
    shared: set[Path] = set.intersection(
        *({path for path, value in each if path and accepts(value) and value} for each in walked)
    )
    for name in names:
        of_name = [
            path for path in shared if name in str(path[-1]).lower() and not any(isinstance(each, int) for each in path)
        ]
        if of_name:
            return max(sorted(of_name, key=repr), key=lambda path: (_together(path, body), -len(path)))
    return None


def _together(one: Path, other: Path) -> int:
    """How many keys two paths share from the beginning."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _to_names(walked: Sequence[tuple[Path, Any]], place: Path) -> str:
    """What leads from an author to the name: of an object, or of a list of objects."""
    value = next(value for path, value in walked if path == place)
    if isinstance(value, dict):
        return ".name" if "name" in value else ""
    return "[].name" if isinstance(value, list) and any(isinstance(each, dict) for each in value) else ""


def _add_kinds(rules: StateRules, items: Sequence[Any]) -> None:
    """The key of the kind of each block, and what its values stand for."""
    objects = [item for item in items if isinstance(item, dict)]
    for key in ("type", "kind", "name", "component", "__typename", "blockType"):
        values = {item[key] for item in objects if isinstance(item.get(key), str)}
        if values and all(isinstance(item.get(key), str) for item in objects) and len(values) < len(objects):
            rules.keys["kind"] = _written((key,))
            for pattern, role in reversed(_KINDS):
                rules.kinds |= dict.fromkeys(sorted(filter(pattern.fullmatch, values)), role)
            return


def _written(path: Path) -> str:
    """A path in JMESPath."""
    text = ""
    for each in path:
        if isinstance(each, int):
            text += f"[{each}]"
        else:
            plain = _IDENTIFIER.fullmatch(each)
            text += ("." if text else "") + (
                each if plain else '"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"'
            )
    return text
