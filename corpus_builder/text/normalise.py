"""Text as a page has it -> text to work with, and back.

`normalise` does, in one pass over the text:
    whitespace      every run of it, no-break spaces included, is one space; none at the ends
    invisible       soft hyphens, zero-width characters, byte order marks and control characters go
    mojibake        UTF-8 that was read as another charset is read again (ftfy's rules; nothing else of ftfy is used,
                    so quotation marks, ligatures and widths stay as the author set them)
    quotation marks a quotation that opens with one kind of mark and closes with another gets the matching closing mark
    accents         composed (Unicode NFC)
Every change is an Edit, so that `original` gives the page's text back, character by character.

Most text needs none of it; `_plain` finds that out with a few scans in C.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus_builder.model import Edit

# Marks of direction and joiners are invisible too, but U+200D joins emoji and must stay.
_IGNORABLE = "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_CONTROL = r"\x00-\x08\x0e-\x1b\x7f"
_RUN = re.compile(rf"[\s{_IGNORABLE}{_CONTROL}]+")
# The runs that are not yet one space.
_UNTIDY = re.compile(rf"[\s{_IGNORABLE}{_CONTROL}]{{2,}}|[^\S ]|[{_IGNORABLE}{_CONTROL}]")
_SPACE = re.compile(r"\s")
_WORD = re.compile(r"\S+")
_ASCII_WORD = re.compile(r"[^ \t\n\r\f\v]+")

# UTF-8 read as windows-1252 or Latin-1 has one of the first five in nearly every word, UTF-8 read as windows-1251 one
# of the others, which are half of its o, a, r and t. Whether it is mojibake ftfy decides.
_MOJIBAKE_HINTS = "ÐÑÃÂâѕ°Ђ‚"
_C1 = re.compile("[\x80-\x9f]")

# A quotation without other marks in it, opened before a word and closed by the mark of another kind.
_QUOTATION = re.compile(r"""(?<![^\s([{—–-])([«„“"])(?=\S)([^«»„“”"]*)(?<=\S)([»“”"])(?!\w)""")
_CLOSING = {"«": "»", "„": "“", "“": "”", '"': '"'}
_PARTNERS = {"«": "»", "„": "“”", "“": "”", '"': '"'}


@dataclass(frozen=True, slots=True)
class Normalised:
    """Normalised text, and the edits that lead back to what it was."""

    text: str
    edits: tuple[Edit, ...] = ()

    def places(self, offsets: Iterable[int]) -> list[int]:
        """Where offsets into the original lie in the text; one inside an edit lies at the edit's end, or at its start
        where the edit has nothing left of it. `offsets` must rise.
        """
        out: list[int] = []
        edits = iter(self.edits)
        edit = next(edits, None)
        shift = 0  # text offset minus original offset, behind the edits passed so far
        for offset in offsets:
            while edit is not None and edit.start - shift + len(edit.original) <= offset:
                shift = edit.end - (edit.start - shift + len(edit.original))
                edit = next(edits, None)
            inside = edit is not None and edit.start - shift < offset
            out.append(edit.end if edit is not None and inside else offset + shift)
        return out

    def without_head(self, length: int) -> Normalised:
        """The same without its first `length` characters and their edits."""
        if not length:
            return self
        kept = (Edit(e.start - length, e.end - length, e.original) for e in self.edits if e.start >= length)
        return Normalised(self.text[length:], tuple(kept))


def normalise(raw: str) -> Normalised:
    """The text normalised.

    >>> normalise("Київ\\u00a0— сто\\u00adлиця ")
    Normalised(text='Київ — столиця', edits=(Edit(start=4, end=5, original='\\xa0'), Edit(start=10, end=10, original='\\xad'), Edit(start=14, end=14, original=' ')))
    """  # noqa: E501 (a doctest's answer is one line)
    text = raw.strip()
    if not text:
        return Normalised("", (Edit(0, 0, raw),) if raw else ())
    start = len(raw) - len(raw.lstrip())
    end = start + len(text)
    done = Normalised(text) if _plain(text) else _changed(text, _changes(text))
    if done.edits and (_UNTIDY.search(done.text) or not unicodedata.is_normalized("NFC", done.text)):
        # Changes touched one another, as with an invisible character between a letter and its accent.
        done = _changed(text, [(0, len(text), _tidied(_reread(text)))])
    if len(raw) == len(text):
        return done
    before = (Edit(0, 0, raw[:start]),) if start else ()
    behind = (Edit(len(done.text), len(done.text), raw[end:]),) if end < len(raw) else ()
    return Normalised(done.text, before + done.edits + behind)


def original(text: str, edits: Sequence[Edit]) -> str:
    """The text as it was before `normalise`: `original(n.text, n.edits)` is what `n` was made of."""
    out: list[str] = []
    place = 0
    for edit in edits:
        out += (text[place : edit.start], edit.original)
        place = edit.end
    return "".join([*out, text[place:]])


def _plain(text: str) -> bool:
    """Whether stripped text needs nothing; `isprintable` rules out all whitespace but " ", and what is invisible."""
    return (
        text.isprintable()
        and "  " not in text
        and (
            text.isascii()
            or (
                unicodedata.is_normalized("NFC", text)
                and not any(hint in text for hint in _MOJIBAKE_HINTS)
                and not _mixed_quotation_marks(text)
            )
        )
    )


def _mixed_quotation_marks(text: str) -> bool:
    return sum((('"' in text), ("«" in text or "»" in text), ("„" in text or "“" in text or "”" in text))) > 1


def _changes(raw: str) -> list[tuple[int, int, str]]:
    """The changes, in order and without overlaps: (start, end, replacement)."""
    changes = [(place, place + 1, mark) for place, mark in _other_closing_marks(raw)]
    changes += [(run.start(), run.end(), _tidy(run)) for run in _UNTIDY.finditer(raw)]
    if not unicodedata.is_normalized("NFC", raw):
        words = ((word.start(), word.end(), _tidied(word[0])) for word in _WORD.finditer(raw))
        changes = _over(changes, [word for word in words if raw[word[0] : word[1]] != word[2]])
    if (reread := _reread(raw)) != raw:
        changes = _over(changes, _by_word(raw, reread))
    return sorted(changes)


def _over(changes: list[tuple[int, int, str]], wider: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Both kinds of changes, without those that lie in a wider one."""
    return [
        change for change in changes if not any(start < change[1] and change[0] < end for start, end, _ in wider)
    ] + wider


def _reread(raw: str) -> str:
    """The text with mojibake undone."""
    if not (_C1.search(raw) or any(hint in raw for hint in _MOJIBAKE_HINTS)):
        return raw
    from ftfy import fix_encoding
    from ftfy.fixes import fix_c1_controls

    return fix_c1_controls(fix_encoding(raw))


def _by_word(raw: str, reread: str) -> list[tuple[int, int, str]]:
    """The changes that undo mojibake: word by word where the words stayed apart, else all in one."""
    before, after = list(_ASCII_WORD.finditer(raw)), _ASCII_WORD.findall(reread)
    if len(before) != len(after):
        return [(0, len(raw), _tidied(reread))]
    return [(was.start(), was.end(), _tidied(now)) for was, now in zip(before, after, strict=True) if was[0] != now]


def _tidied(text: str) -> str:
    return unicodedata.normalize("NFC", _RUN.sub(_tidy, text).strip())


def _tidy(run: re.Match[str]) -> str:
    return " " if _SPACE.search(run[0]) else ""


def _other_closing_marks(raw: str) -> list[tuple[int, str]]:
    """Offsets of closing marks that do not match their opening mark, and the marks that do."""
    if not _mixed_quotation_marks(raw):
        return []
    return [
        (quotation.start(3), _CLOSING[quotation[1]])
        for quotation in _QUOTATION.finditer(raw)
        if quotation[3] not in _PARTNERS[quotation[1]]
    ]


def _changed(raw: str, changes: list[tuple[int, int, str]]) -> Normalised:
    """The text with its changes made; no space at its ends, and none behind another."""
    pieces: list[tuple[str, str]] = []
    place = 0
    for start, end, instead in changes:
        pieces += ((raw[place:start],) * 2, (raw[start:end], instead))
        place = end
    pieces.append((raw[place:],) * 2)
    last = " "  # the last character so far; at the very start a space is one too many, too
    for number, (was, now) in enumerate(pieces):
        if last == " " and now[:1] == " ":
            pieces[number] = (was, now := now[1:])
        last = now[-1:] or last
    for number in range(len(pieces) - 1, -1, -1):
        was, now = pieces[number]
        pieces[number] = (was, now.rstrip(" "))
        if pieces[number][1]:
            break
    edits: list[Edit] = []
    place = 0
    for was, now in pieces:
        if was != now:
            edits.append(Edit(place, place + len(now), was))
        place += len(now)
    return Normalised("".join(now for _, now in pieces), tuple(edits))
