"""Which addresses a redirect may lead to: never from a site into this machine or its network."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit


async def is_private(url: str) -> bool:
    """Whether the host of a URL is, or resolves to, an address that is not public: loopback, private, link-local."""
    host = urlsplit(url).hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):  # no such host: the request will fail, or a proxy resolves it
        return False
    # An IPv6 address may have a zone: "fe80::1%eth0".
    addresses = [ip_address(str(sockaddr[0]).split("%")[0]) for *_, sockaddr in found]
    return any(not address.is_global or address.is_multicast for address in addresses)


def without_user(url: str) -> str:
    """A URL without "user:password@", which a link must not make the crawler send."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
