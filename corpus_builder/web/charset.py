"""The charset of a body: bytes decide over declarations, because servers declare one charset for pages of all times.

1. A byte order mark, or UTF-16 markup without one.
2. UTF-8, where the bytes are valid UTF-8, or where a page has more valid UTF-8 sequences than stray bytes: a page that
   was cut within a character, or one with a windows-1251 advertisement in it, is UTF-8 all the same.
3. Of the 8-bit Cyrillic charsets, that in which most bytes beyond ASCII are frequent small letters (`_LETTERS`), if
   that share is as high as in Ukrainian and Russian text. MacCyrillic has most of them where windows-1251 has them;
   the few others (`_MOVED`) tell the two apart.
4. What the HTTP header, else the page itself declares.
5. windows-1251, which has the quotation marks and dashes of windows-1252 at the same places.

Why not a library: `python benchmarks/charset.py` encodes real Ukrainian and Russian pages and passages of 40 to 2,000
characters in five charsets, without a declaration, and adds damaged UTF-8. docs/crawling.md has the figures.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from corpus_builder.errors import SkipPage
from corpus_builder.web.responses import media_type

_IN_MARKUP = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE
)
_DECLARED_WITHIN = 4096
"""Bytes in which a declaration is searched. HTML requires it in the first 1,024; many pages have it later."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED_UTF16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))  # XML 1.0, appendix F

# KOI8-U has all letters of KOI8-R at the same places (RFC 2319), so it is used for both.
_CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866")
_LETTERS = "оаеиінтсрвл"
_ENOUGH = 0.3
"""Share of `_LETTERS` among the bytes beyond ASCII from which on a body is Cyrillic in a charset. In the right charset
real pages have 0.56 to 0.66, in a wrong one at most 0.18 (`python benchmarks/charset.py --shares`).
"""

_MOVED, _MOVED_SHARE, _MOVED_FROM = "яіїє", 0.01, 200
"""Small letters that MacCyrillic has at other places than windows-1251, the least share of them among the bytes beyond
ASCII for MacCyrillic, and the least number of such bytes. Chosen: я alone is 2 % of the letters of Russian; in
windows-1251 these places have Я, ґ and marks, and a short text may have a few of them.
"""

_STRAY = 0.001
"""Share of stray bytes that a page may have and still be what it declares. Chosen: some ten bytes of a short page;
windows-1251 leaves one byte undefined, and old pages have it now and then.
"""

_NOT_OF_TEXTS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Codecs of Python that decode bytes to text but are no charsets; some raise on bytes even where told to replace."""

_ASCII = bytes(range(0x80))


def to_utf8(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body in UTF-8. Bytes that its charset does not have become U+FFFD. Raises SkipPage `undecodable`."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace").encode()
    for start, charset in _UNMARKED_UTF16:
        if body.startswith(start):
            return body.decode(charset, "replace").encode()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, headers).encode()
    return body


def _not_utf8(body: bytes, headers: Mapping[str, str]) -> str:
    """The text of a body that is not valid UTF-8 throughout."""
    if is_damaged_utf8(body):
        return body.decode("utf-8", "replace")
    if likeliest := cyrillic_charset(body):
        return body.decode(likeliest, "replace")
    declared = _declared(body, headers)
    for charset in (*declared, "cp1251"):
        text = body.decode(charset, "replace")
        if text.count("\ufffd") <= _STRAY * len(text):
            return text
    raise SkipPage("undecodable", f"not in {', '.join(dict.fromkeys(('utf-8', *declared, 'windows-1251')))}")


def is_damaged_utf8(body: bytes) -> bool:
    """Whether a body that is not valid UTF-8 has more characters beyond ASCII in UTF-8 than stray bytes."""
    text = body.decode("utf-8", "ignore")
    multibyte = len(text) - len(text.encode("ascii", "ignore"))
    return multibyte > len(body) - len(text.encode())


def cyrillic_charset(body: bytes) -> str | None:
    """The 8-bit Cyrillic charset of a body that is not in UTF-8; None where it is in none."""
    shares = cyrillic_shares(body)
    likeliest = max(shares, key=shares.__getitem__)
    if shares[likeliest] < _ENOUGH:
        return None
    return "mac-cyrillic" if likeliest == "cp1251" and _is_mac_cyrillic(body) else likeliest


def _is_mac_cyrillic(body: bytes) -> bool:
    """Whether a body that looks like windows-1251 is in MacCyrillic."""
    mac, windows = (
        sum(map(body.count, (letter.encode(name) for letter in _MOVED))) for name in ("mac-cyrillic", "cp1251")
    )
    high = len(body.translate(None, _ASCII))
    return mac > windows and high >= _MOVED_FROM and mac >= _MOVED_SHARE * high


def cyrillic_shares(body: bytes) -> dict[str, float]:
    """By charset, which share of the bytes beyond ASCII would be frequent small Cyrillic letters, 0 to 1."""
    high = body.translate(None, _ASCII)
    counts = {
        charset: sum(map(high.count, (letter.encode(charset) for letter in _LETTERS if _has(charset, letter))))
        for charset in _CYRILLIC
    }
    return {charset: count / max(len(high), 1) for charset, count in counts.items()}


def _has(charset: str, letter: str) -> bool:
    """cp866 lacks the Ukrainian і."""
    return bool(letter.encode(charset, "ignore"))


def _declared(body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
    """The charsets that the header and the page declare, by Python's names, without unknown ones."""
    names = [media_type(headers).charset or ""]
    names += [match[1].decode("ascii") for match in [_IN_MARKUP.search(body[:_DECLARED_WITHIN])] if match]
    charsets = []
    for name in names:
        try:
            b"a".decode(name)
        except (LookupError, ValueError):  # no charset of that name, or one that is none of texts
            continue
        charset = codecs.lookup(name).name
        if charset.replace("-", "_") not in _NOT_OF_TEXTS:
            charsets.append(charset)
    return tuple(dict.fromkeys(charsets))
