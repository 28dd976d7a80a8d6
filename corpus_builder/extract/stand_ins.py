"""Pages with status 200 that stand in for an article: "not found", a check for robots, a consent wall, the free
beginning of an article.

What they say is matched only where the page does not say that it is an article: an article about cookies does.
repeated.py finds those that are sent for several articles, whatever they say.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus_builder.errors import SkipPage
from corpus_builder.extract.page_words import is_paywall, says_missing, share_about_consent, share_that_bars
from corpus_builder.model import Block

_ABOUT_CONSENT = 0.5
"""Share of a text in sentences about cookies and personal data from which on it is a consent wall. Chosen: half."""

_BARS, _BARS_WITHIN = 0.5, 3_000
"""Share of a text in sentences that keep a reader out from which on it is no article, and most characters of such a
text. Chosen: half; Cloudflare's block page has some 800.
"""

_STUB = 1000
"""Most characters before "subscribe to read", and behind it, for a page to be no article. Chosen: free beginnings are
one to three paragraphs; behind a longer text the words are an appeal, and before one they cover what the page has.
"""


def check_stand_in(title: str, body: Sequence[Block], said: bool) -> None:
    """Raise SkipPage `error_page`, `challenge_page`, `cookie_wall` or `paywall` where a page is one.

    `said`: the page says that it is an article, by JSON-LD, a date, or an author in a layout of the site.
    """
    texts = [block.text for block in body]
    whole = sum(map(len, texts))
    if not said and says_missing(title):
        raise SkipPage("error_page", title)
    if not said and whole <= _BARS_WITHIN and share_that_bars("\n".join(texts)) >= _BARS:
        raise SkipPage("challenge_page", texts[0])
    if not said and share_about_consent("\n".join(texts)) >= _ABOUT_CONSENT:
        raise SkipPage("cookie_wall", texts[0])
    free = 0
    for text in texts:
        if is_paywall(text) and free <= _STUB and whole - free - len(text) <= _STUB:
            raise SkipPage("paywall", text)
        free += len(text)
