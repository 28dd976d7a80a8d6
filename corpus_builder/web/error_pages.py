"""Pages that a server or a proxy sends with status 200 in place of the article: challenges to browsers, error pages.

Only what no article has is matched: whole titles, and names in the scripts of the proxies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from corpus_builder.errors import SkipPage
from corpus_builder.web.html import Element

_CHALLENGE_TITLE = re.compile(
    r"just a moment\.*|attention required! \| cloudflare|please wait\.* \| cloudflare"
    r"|checking your browser before accessing .{1,100}|access denied \| .{1,100} used cloudflare to restrict access"
    r"|ddos-guard|are you a robot\?|robot or human\?|before you continue(?: to .{1,100})?"
    r"|pardon our interruption\.*|access to this page has been denied\.?|making sure you.re not a bot!"
    r"|sucuri website firewall - access denied|vercel security checkpoint|one moment, please\.*|client challenge",
    re.IGNORECASE,
)
_CHALLENGE_MARKUP = re.compile(
    rb"window\._cf_chl_opt\s*=|<iframe id=\"main-iframe\" src=\"/_Incapsula_Resource\?|\bid=[\"']?px-captcha\b"
    rb"|\bid=[\"']?anubis_challenge\b|window\.gokuProps\s*=|//(?:geo|ct)\.captcha-delivery\.com/"
    rb"|//errors\.edgesuite\.net/"
)
"""Options of a challenge of Cloudflare, the frame that is all of a page of Imperva, and what HUMAN, Anubis, the
firewall of AWS, DataDome and Akamai put into theirs alone.
"""

_MORE_PHRASES = (
    "Service Temporarily Unavailable",  # nginx, Apache
    "Gateway Time-out",  # nginx
    "Web server is down",  # these and the next: Cloudflare's 520 to 526
    "Web server is returning an unknown error",
    "Connection timed out",
    "Origin is unreachable",
    "A timeout occurred",
    "SSL handshake failed",
    "Invalid SSL certificate",
)
_PHRASES = "|".join(
    re.escape(phrase) for phrase in (*(status.phrase for status in HTTPStatus if status >= 400), *_MORE_PHRASES)
)
# "503 Service Temporarily Unavailable", "example.org | 502: Bad gateway". "500 днів війни" is an article.
_ERROR_TITLE = re.compile(
    rf"(?:\S{{1,100}} \| )?(?:http )?(?:error |status )?[45]\d\d\s?[:–—-]?\s?(?:{_PHRASES})", re.IGNORECASE
)


def check_error_page(headers: Mapping[str, str], markup: bytes, root: Element) -> None:
    """Raise SkipPage `challenge_page` or `error_page` where a page is one. Header names are lower case."""
    title = " ".join((root.findtext(".//title") or "").split())
    if (
        headers.get("cf-mitigated", "").strip().lower() == "challenge"
        or _CHALLENGE_TITLE.fullmatch(title)
        or _CHALLENGE_MARKUP.search(markup)
    ):
        raise SkipPage("challenge_page", title)
    if _ERROR_TITLE.fullmatch(title):
        raise SkipPage("error_page", title)
