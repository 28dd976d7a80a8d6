"""Rules for lists of articles in the answers of an API: the archive of a site whose pages of news scripts fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from pydantic import model_validator

from corpus_builder.sites.answer_rules import OF_NEXT, AnswerRules, JsonPath, check_template, found, template_names

_DAY = ("year", "month", "day")


class ListingRules(AnswerRules):
    """Where an API lists articles: the address of its first answer, and where the articles are in it.

    In `url` there may be {language}, as `languages` spells it: then each edition has a list; and {year}, {month} and
    {day}, the latter two with two digits: then each day has one. `items` is the path of the list of articles, `page`
    the path of the address in an item (or of several: of its editions). Instead `page_url` is a template of the
    address, with the names of `values`, which are paths in an item, and those of `url`. `published` and `modified` are
    paths of dates in an item. The answers follow one another as AnswerRules says; with a `next_url` alone they are
    asked for until one has no item.
    """

    url: str
    items: JsonPath
    page: JsonPath | None = None
    page_url: str | None = None
    values: dict[str, JsonPath] = {}
    published: JsonPath | None = None
    modified: JsonPath | None = None

    @model_validator(mode="after")
    def _says_what_an_item_is(self) -> Self:
        rules = f"the rules for the list at {self.url}"
        for url in filter(None, (self.url, self.next_url, self.page_url)):
            check_template(url)
        if (self.page is None) == (self.page_url is None):
            raise ValueError(
                f"{rules} need either `page`, the path of an address in an item, or `page_url`, a template"
            )
        if self.values and self.page_url is None:
            raise ValueError(f"{rules} have `values`, but no `page_url` for them")
        self.check_next(rules, until_empty=True)
        known = {"language", *_DAY}
        for key, more in (("url", ()), ("next_url", OF_NEXT), ("page_url", tuple(self.values))):
            if unknown := sorted(set(template_names(getattr(self, key))) - {*known, *more}):
                choices = ", ".join(sorted({*known, *more}))
                raise ValueError(f"the `{key}` of {rules} has {{{unknown[0]}}}, but there is only {choices}")
        own = set(template_names(self.url))
        if unknown := sorted((set(template_names(self.next_url)) | set(template_names(self.page_url))) & known - own):
            raise ValueError(f"{rules}: {{{unknown[0]}}} is in another address of the list, but not in its `url`")
        if 0 < len(own & set(_DAY)) < len(_DAY):
            raise ValueError(f"{rules} need all of {{year}}, {{month}} and {{day}}, or none")
        return self

    @property
    def counted(self) -> str:
        """The path of the items that `total` and {offset} count."""
        return self.items

    @property
    def by_language(self) -> bool:
        """Whether each edition has a list of its own."""
        return "language" in template_names(self.url)

    @property
    def by_day(self) -> bool:
        """Whether each day has a list of its own."""
        return "day" in template_names(self.url)

    def names(self, language: str | None, day: date | None) -> dict[str, str]:
        """What stands in the braces of the templates for an edition and a day."""
        made = {"language": self.spelled(language)} if language else {}
        return made | ({"year": f"{day.year}", "month": f"{day:%m}", "day": f"{day:%d}"} if day else {})


class Item(NamedTuple):
    """An article in a list: the addresses of its pages, its dates as written; "" where it has none."""

    urls: tuple[str, ...]
    published: str
    modified: str


def listed_items(rules: ListingRules, value: Any, names: Mapping[str, str]) -> Iterator[Item]:
    """The articles in an answer; `names` is what rules.names() gives. One without an address has no `urls`."""
    items = found(rules.items, value)
    for item in items if isinstance(items, list) else []:
        yield Item(
            tuple(_urls(rules, item, names)), _text(found(rules.published, item)), _text(found(rules.modified, item))
        )


def _urls(rules: ListingRules, item: Any, names: Mapping[str, str]) -> Iterator[str]:
    if rules.page_url:
        values = {name: _text(found(path, item)) for name, path in rules.values.items()}
        if all(values.values()):
            yield rules.page_url.format_map({**names, **{name: quote(text, safe="/") for name, text in values.items()}})
        return
    given = found(rules.page, item)
    yield from filter(None, map(_text, given if isinstance(given, list) else [given]))


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
