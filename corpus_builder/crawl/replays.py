"""Single pages of an archive that hands out pages instead of records: the Internet Archive's Wayback Machine.

`…/web/20250115120000id_/URL` is the response as it was archived, without the archive's banner and with its own links.
The headers of the original come as `X-Archive-Orig-…`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from corpus_builder.crawl.archive_client import ArchiveClient
from corpus_builder.crawl.cdx_query import IndexEntry
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site
from corpus_builder.web.responses import REDIRECT_STATUSES

_ORIGINAL = "x-archive-orig-"
_PLACE = re.compile(r"/(\d{14})id_/(.+)", re.DOTALL)
_REL_ORIGINAL = re.compile(r'<([^>]*)>\s*;\s*rel="?original"?')


async def fetch_replay(client: ArchiveClient, base: str, entry: IndexEntry, site: Site) -> tuple[Exchange, str]:
    """The archived response of a capture as it was, with the time of the capture, and the URL that it came from.

    Raises SkipPage `record_unavailable`, `other_url` or `other_record` where the archive hands out something else, and
    what ArchiveClient does. A page near in time, to which the archive redirects, is not the capture that was asked for:
    it has an entry of its own.
    """
    url = f"{base.rstrip('/')}/{entry.timestamp}id_/{entry.url}"
    exchange = await client.get(url, {"Accept-Encoding": "identity"})
    fields = exchange.fields
    if exchange.status in REDIRECT_STATUSES:
        target = urljoin(url, fields.get("location", ""))
        place = _PLACE.search(target)
        if place and place[1] != entry.timestamp and site.same_response(place[2], entry.url):
            raise SkipPage("other_record", f"{url}: only the capture at {place[1]} is there")
        raise SkipPage("other_url", f"{url}: redirects to {target[:200]}")
    if not any(name.startswith(_ORIGINAL) for name in fields) and "memento-datetime" not in fields:
        raise SkipPage("record_unavailable", f"{url}: HTTP {exchange.status}, not an archived page")
    if entry.status.isdecimal() and int(entry.status) != exchange.status:
        raise SkipPage("other_record", f"{url}: HTTP {exchange.status} instead of {entry.status}")
    original = _REL_ORIGINAL.search(fields.get("link", ""))
    if original and not site.same_response(original[1], entry.url):
        raise SkipPage("other_url", f"{url}: {original[1][:200]}")
    return replace(
        exchange,
        url=entry.url,
        headers=_original_headers(exchange),
        fetched=datetime.fromisoformat(entry.fetched),
        protocol="HTTP/1.1",
    ), url


def _original_headers(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """The headers of the original, with the Content-Encoding that the body has now.

    Where the archive has decoded the body, its Content-Length and Content-Encoding are not true any more. Otherwise the
    original Content-Length stays, so that a body which was archived in part is found out.
    """
    fields = exchange.fields
    headers = [
        (name[len(_ORIGINAL) :], value) for name, value in exchange.headers if name.lower().startswith(_ORIGINAL)
    ]
    now = fields.get("content-encoding", "")
    recoded = fields.get(f"{_ORIGINAL}content-encoding", "") != now
    dropped = {"content-encoding", "transfer-encoding"} | ({"content-length"} if recoded else set())
    headers = [(name, value) for name, value in headers if name.lower() not in dropped]
    if not any(name.lower() == "content-type" for name, _ in headers) and "content-type" in fields:
        headers.append(("Content-Type", fields["content-type"]))
    return (*headers, *((("Content-Encoding", now),) if now else ()))
