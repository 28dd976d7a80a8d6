"""robots.txt (RFC 9309). It fails closed: a host whose rules cannot be read is not crawled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from protego import Protego

from corpus_builder.crawl.fetch import Exchange
from corpus_builder.errors import RetryLater, SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.opt_out import PRODUCT_TOKEN
from corpus_builder.web.responses import REDIRECT_STATUSES, ROBOTS_BYTES

LIFETIME = 24 * 3600.0
"""Seconds after which rules are requested again (RFC 9309, 2.4)."""

_MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_MAX_DECODED = 16 * ROBOTS_BYTES  # chosen: a longer robots.txt is a mistake or an attack


class RobotsUnavailable(Exception):
    """There are no rules, so nothing may be fetched; the message says why."""


@dataclass(frozen=True)
class Robots:
    """The rules of one host."""

    rules: Protego

    @classmethod
    def parse(cls, text: str) -> Robots:
        """The rules of a robots.txt; other lines are ignored."""
        return cls(Protego.parse(text))

    def allows(self, url: str) -> bool:
        """Whether the crawler may request a URL."""
        return bool(self.rules.can_fetch(url, PRODUCT_TOKEN))

    @property
    def delay(self) -> float:
        """The Crawl-delay for the crawler, in seconds; 0 where there is none."""
        return float(self.rules.crawl_delay(PRODUCT_TOKEN) or 0.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names, in order."""
        return tuple(dict.fromkeys(self.rules.sitemaps))


async def load_robots(url: str, get: Callable[[str], Awaitable[Exchange]]) -> Robots:
    """The rules at a robots.txt URL.

    2xx: its rules. 4xx: no rules, everything is allowed. 429, 5xx, no response or too many redirects: raises
    RobotsUnavailable.
    """
    target = url
    for _ in range(_MAX_REDIRECTS + 1):
        try:
            exchange = await get(target)
        except SkipPage as error:
            raise RobotsUnavailable(f"robots.txt could not be read ({error})") from error
        except RetryLater as error:
            raise RobotsUnavailable(f"robots.txt could not be reached ({error.reason})") from error
        location = exchange.fields.get("location")
        if exchange.status in REDIRECT_STATUSES and location:
            try:
                target = urljoin(target, location)
            except ValueError as error:
                raise RobotsUnavailable(f"robots.txt redirects to {location!r}") from error
        elif 200 <= exchange.status < 300:
            return Robots.parse(_text(exchange))
        elif 400 <= exchange.status < 500 and exchange.status != 429:
            return Robots.parse("")
        else:
            raise RobotsUnavailable(f"robots.txt responded with {exchange.status}")
    raise RobotsUnavailable(f"robots.txt redirects more than {_MAX_REDIRECTS} times")


def _text(exchange: Exchange) -> str:
    try:
        body = decoded(exchange.body, exchange.fields.get("content-encoding"), _MAX_DECODED)
        text = to_utf8(body[:ROBOTS_BYTES], exchange.fields).decode()
    except SkipPage as error:
        raise RobotsUnavailable(f"robots.txt could not be read ({error})") from error
    return text
