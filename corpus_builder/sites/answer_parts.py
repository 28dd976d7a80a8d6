"""An article, or a list of articles, in several answers of an API: what each says of the next, and its address.

The crawler, the indexes of stored responses and extraction follow the answers of articles by the same steps
(further.py); discovery those of lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from corpus_builder.errors import SkipPage
from corpus_builder.sites.answer_rules import AnswerRules, found, items_of, template_names
from corpus_builder.sites.site import URL_CHARACTERS, Site
from corpus_builder.web.links import absolute, header_links, is_url
from corpus_builder.web.responses import whole_number

INCOMPLETE = "incomplete"
"""The reason for dropping an article one of whose pages, or whose answer of an API, is missing."""

MOST_PAGES = 100
"""Most later pages or answers of an article. Chosen: long reads and galleries have ten; endless ones are faults."""


class Asked(NamedTuple):
    """An answer among those of an article: its address, its number from 1 on, and the items in those before it."""

    url: str
    number: int = 1
    before: int = 0


class Told(NamedTuple):
    """What an answer says of the next: its address or the token for it, or how many answers or items there are.

    `more` is whether there is a next one where only that is said. `items` is how many this answer has. `fault` says why
    it cannot be told; "" where it can.
    """

    next: str = ""
    more: bool = False
    pages: int = 0
    total: int = 0
    items: int = 0
    fault: str = ""


def told_by(rules: AnswerRules, value: Any, headers: Mapping[str, str], served: str, url: str) -> Told:
    """What an answer says of the next. It is that at `url` by the rules of its site, and was sent from `served`.

    Header names are lower case. Whoever sent it, perhaps a mirror, stands for the host of `url` in what it names.
    """
    items = items_of(found(rules.counted, value))
    if rules.next_link:
        links = header_links(headers.get("link", ""), served)
        named = next((target for rel, _, target in links if "next" in rel.split()), "")
        return Told(_at_home(named, served, url), items=items)
    if path := rules.pages or rules.total:
        number = _number(found(path, value))
        if number is None:
            return Told(items=items, fault=f"{path} is no number: {str(found(path, value))[:80]!r}")
        return Told(pages=number, items=items) if rules.pages else Told(total=number, items=items)
    if rules.next is None:
        return Told(more=items > 0 and rules.next_url is not None, items=items)  # until one has none
    given = found(rules.next, value)
    if given is True:
        return Told(more=True, items=items)
    if given in (None, False, "", 0, "0", [], {}):
        return Told(items=items)
    if not isinstance(given, str | int | float):
        return Told(items=items, fault=f"{rules.next} is neither an address nor a token: {str(given)[:80]!r}")
    if rules.next_url:
        return Told(str(given), items=items)
    target = absolute(served, str(given))
    fault = "" if target else f"{rules.next} is no address: {str(given)[:80]!r}"
    return Told(_at_home(target, served, url), items=items, fault=fault)


def next_answer(
    site: Site, rules: AnswerRules, names: Mapping[str, str], asked: Asked, told: Told, most: int | None = MOST_PAGES
) -> Asked | None:
    """The answer after the one that was asked for and said `told`; None where it is the last.

    `names` are what is given for the templates, `most` is how many further answers there may be. Raises SkipPage
    `incomplete` where the next cannot be told, is not on the site, or is one too many.
    """
    if told.fault:
        raise SkipPage(INCOMPLETE, f"{asked.url}: {told.fault}")
    here = asked.before + told.items
    if not (told.next or told.more or asked.number < told.pages or here < told.total):
        return None
    if here < told.total and not told.items:
        raise SkipPage(INCOMPLETE, f"{asked.url} has nothing, but there are {told.total} items, and {here} before it")
    if most is not None and max(told.pages - 1, asked.number) > most:
        raise SkipPage(INCOMPLETE, f"more than {most} further answers")
    url = told.next
    if rules.next_url:
        if not told.next and "next" in template_names(rules.next_url):
            raise SkipPage(INCOMPLETE, f"{asked.url} has no token for the next answer")
        given = {"next": quote(told.next, safe=""), "page": rules.first_page + asked.number, "offset": here}
        url = quote(rules.next_url.format_map({**names, **given}), safe=URL_CHARACTERS)
    if not url:
        raise SkipPage(INCOMPLETE, f"{asked.url} says that there are more, but not where: the rules have no `next_url`")
    if not is_url(url) or not site.owns(url):
        raise SkipPage(INCOMPLETE, f"the next answer is not on a host of the site: {url[:200]}")
    return Asked(url, asked.number + 1, here)


def _number(value: Any) -> int | None:
    """A number of answers or items, 0 where none is said; None where it is something else."""
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return whole_number(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else None


def _at_home(target: str, served: str, url: str) -> str:
    """An address in an answer from `served`, as the site spells it, whose rules have the answer at `url`.

    Behind a proxy an API often names itself with http.
    """
    if not target:
        return ""
    parts, home = urlsplit(target), urlsplit(url)
    if parts.netloc.lower() in (urlsplit(served).netloc.lower(), home.netloc.lower()):
        parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
    return quote(urlunsplit(parts._replace(fragment="")), safe=URL_CHARACTERS)
