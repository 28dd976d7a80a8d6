"""robots.txt (RFC 9309). It fails closed: a host whose rules cannot be read is not crawled."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from protego import Protego

from corpus_builder.crawl.addresses import without_user
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.errors import RetryLater, SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.content_encoding import decoded
from corpus_builder.web.guard import guarded
from corpus_builder.web.opt_out import PRODUCT_TOKEN, SIGNAL_FIELDS, signals_refusal
from corpus_builder.web.responses import REDIRECT_STATUSES, ROBOTS_BYTES

LIFETIME = 24 * 3600.0
"""Seconds after which rules are requested again (RFC 9309, 2.4)."""

_MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_MAX_DECODED = 16 * ROBOTS_BYTES  # chosen: a longer robots.txt is a mistake or an attack


# "User-agent: corpus-builder/0.3 (+mailto:…)", as the name is in a server's log.
_AGENT = re.compile(r"\s*user-?\s?agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)
_NAME = re.compile(rf"{re.escape(PRODUCT_TOKEN)}(?![\w-])", re.IGNORECASE)

# "Crawl-delay: 0.5s", "1,5", "2 sec", "500 ms", "1 minute".
_DELAY = re.compile(
    r"\s*crawl-?\s?delay\s*[:\s]\s*(?P<number>\d{1,12}(?:[.,]\d{1,6})?)\s*(?P<unit>ms|milli|m|)", re.IGNORECASE
)
_UNITS = {"": 1.0, "ms": 0.001, "milli": 0.001, "m": 60.0}
_PLAIN_DELAY = re.compile(r"[^:]*:\s*[\d.]+(?:e\d+)?\s*(?:#.*)?$", re.IGNORECASE)

# "Content-Signal: ai-train=no", with an optional path in front: "Content-Signal: /blog/ ai-train=no".
_SIGNAL = re.compile(rf"\s*(?:{'|'.join(SIGNAL_FIELDS)})\s*:\s*(?P<path>/\S*(?=\s))?(?P<signals>[^#]*)", re.IGNORECASE)


class RobotsUnavailable(Exception):
    """There are no rules, so nothing may be fetched; the message says why."""


@dataclass(frozen=True)
class Robots:
    """The rules of one host; `signals` are its content signals as rules: what they refuse is disallowed."""

    rules: Protego
    signals: Protego

    @classmethod
    def parse(cls, text: str) -> Robots:
        """The rules of a robots.txt; other lines are ignored."""
        # Without NUL characters, UTF-16 and UTF-32 that have no byte order mark are read, too.
        lines = [_plain(line) for line in text.replace("\0", "").replace("\ufeff", "").splitlines()]
        signals = ["User-agent: *", *map(_signal_rule, lines)]  # signals before the first group are for all
        return cls(Protego.parse("\n".join(lines)), Protego.parse("\n".join(signals)))

    def reserves(self, url: str) -> bool:
        """Whether content signals refuse the use of a URL's page."""
        return not self.signals.can_fetch(url, PRODUCT_TOKEN)

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
                target = without_user(urljoin(target, location))
            except ValueError as error:
                raise RobotsUnavailable(f"robots.txt redirects to {location!r}") from error
        elif 200 <= exchange.status < 300:
            return _read(exchange)
        elif 400 <= exchange.status < 500 and exchange.status != 429:
            return Robots.parse("")
        else:
            raise RobotsUnavailable(f"robots.txt responded with {exchange.status}")
    raise RobotsUnavailable(f"robots.txt redirects more than {_MAX_REDIRECTS} times")


def _read(exchange: Exchange) -> Robots:
    try:
        with guarded(exchange.url):
            body = decoded(exchange.body, exchange.fields.get("content-encoding"), _MAX_DECODED)
            return Robots.parse(to_utf8(body[:ROBOTS_BYTES], exchange.fields).decode())
    except SkipPage as error:
        raise RobotsUnavailable(f"robots.txt could not be read ({error})") from error


def _plain(line: str) -> str:
    """A line as Protego reads it: the crawler without its version, a delay in seconds."""
    if (agent := _AGENT.match(line)) and _NAME.match(agent[1]):
        return f"User-agent: {PRODUCT_TOKEN}"
    if (delay := _DELAY.match(line)) and not _PLAIN_DELAY.match(line):
        seconds = float(delay["number"].replace(",", ".")) * _UNITS[delay["unit"].lower()]
        return f"Crawl-delay: {seconds:f}"
    return line


def _signal_rule(line: str) -> str:
    """A line of robots.txt as a rule about content signals; other rules than those become an empty one.

    >>> _signal_rule("Content-Signal: /blog/ ai-train=no"), _signal_rule("Content-Signal: search=yes, ai-input=no")
    ('Disallow: /blog/', 'Disallow: /')
    """
    signal = _SIGNAL.match(line)
    if signal and signals_refusal(signal["signals"]):
        return f"Disallow: {signal['path'] or '/'}"
    if signal and signal["path"]:
        return f"Allow: {signal['path']}"
    # An empty rule ends the list of robots of a group, as the line itself does.
    return line if _AGENT.match(line) or not line.split("#")[0].strip() else "Allow:"
