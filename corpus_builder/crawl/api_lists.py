"""The lists of articles that the APIs of a site have, for the editions and days that a crawl wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote

from corpus_builder.sites.answer_parts import Asked
from corpus_builder.sites.listing_rules import ListingRules
from corpus_builder.sites.site import URL_CHARACTERS


@dataclass(frozen=True)
class ApiList:
    """One list: its rules, and the edition and day that it has alone; None where it has all."""

    rules: ListingRules
    language: str | None
    day: date | None

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What stands in the braces of its templates."""
        return self.rules.names(self.language, self.day)

    @cached_property
    def url(self) -> str:
        """The address of its first answer."""
        return quote(self.rules.url.format_map(self.names), safe=URL_CHARACTERS)

    def asked(self, url: str, number: int, items: int, before: int | None) -> Asked:
        """The answer at a URL, the `number`-th of the list, which has so many items.

        Those `before` it are also known by {offset} in its address; else they are taken to have had as many items each.
        """
        template = self.rules.next_url or ""
        if "{offset}" in template and number > 1:
            parts = re.split(r"\{(\w+)\}", template)
            pattern = "".join(
                re.escape(part) if place % 2 == 0 else r"([0-9]+)" if part == "offset" else ".*?"
                for place, part in enumerate(parts)
            )
            if match := re.fullmatch(pattern, url):
                return Asked(url, number, int(match[1]))
        return Asked(url, number, (number - 1) * items if before is None else before)


def api_lists(apis: Sequence[ListingRules], languages: Sequence[str], days: Sequence[date]) -> Iterator[ApiList]:
    """The lists of all rules, for each language and day where they are in its address."""
    for rules in apis:
        for day in days if rules.by_day else (None,):
            for language in languages if rules.by_language else (None,):
                yield ApiList(rules, language, day)
