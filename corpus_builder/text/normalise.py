"""Text as a page has it -> text to work with, and back.

`normalise` does, in one pass over the text:
    whitespace      every run of it, no-break spaces included, is one space; none at the ends
    invisible       soft hyphens, zero-width characters, byte order marks and control characters go
    mojibake        UTF-8 that was read as another charset is read again (ftfy's rules; nothing else of ftfy is used,
                    so quotation marks, ligatures and widths stay as the author set them)
    quotation marks a quotation that opens with one kind of mark and closes with another closes with its own
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
_SPACE = re.compile(r"\s")
_TOKEN = re.compile(rf"[\s{_IGNORABLE}{_CONTROL}]+|[^\s{_IGNORABLE}{_CONTROL}]+")
_ASCII_TOKEN = re.compile(r"[ \t\n\r\f\v]+|[^ \t\n\r\f\v]+")

# What the commonest letters of Ukrainian, Russian and English punctuation look like when UTF-8 was read as
# windows-1252 or as windows-1251, and C1 controls, which are windows-1252 read as Latin-1.
_MOJIBAKE_HINTS = ("Ð", "Ñ", "Ã", "Â", "â€", "Р°", "Рѕ", "Рё", "Рµ", "С‚", "СЂ", "вЂ")
_C1 = re.compile("[\x80-\x9f]")

# A quotation that holds no other marks, opened before a word and closed by the mark of another kind.
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
    if _plain(text):
        return Normalised(text, _edges(raw, text)) if len(raw) != len(text) else Normalised(text)
    return _joined(_pieces(raw))


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


def _edges(raw: str, text: str) -> tuple[Edit, ...]:
    before = len(raw) - len(raw.lstrip())
    after = before + len(text)
    edits = []
    if before:
        edits.append(Edit(0, 0, raw[:before]))
    if after < len(raw):
        edits.append(Edit(len(text), len(text), raw[after:]))
    return tuple(edits)


def _pieces(raw: str) -> Iterable[tuple[str, str]]:
    """The text in pieces, each as it was and as it is to be."""
    marks = _other_closing_marks(raw)
    if _C1.search(raw) or any(hint in raw for hint in _MOJIBAKE_HINTS):
        yield from _reread(raw, marks)
    else:
        yield from _tokens(raw, marks, 0)


def _reread(raw: str, marks: dict[int, str]) -> Iterable[tuple[str, str]]:
    """Pieces of text that may hold mojibake, word by word where ftfy left the words apart."""
    from ftfy import fix_encoding
    from ftfy.fixes import fix_c1_controls

    fixed = fix_c1_controls(fix_encoding(raw))
    before, after = _ASCII_TOKEN.findall(raw), _ASCII_TOKEN.findall(fixed)
    if fixed == raw:
        yield from _tokens(raw, marks, 0)
    elif len(before) != len(after):
        yield raw, _cleaned(fixed)
    else:
        place = 0
        for was, now in zip(before, after, strict=True):
            if was == now:
                yield from _tokens(was, marks, place)
            else:
                yield was, _cleaned(now)
            place += len(was)


def _tokens(raw: str, marks: dict[int, str], offset: int) -> Iterable[tuple[str, str]]:
    place = offset
    for token in _TOKEN.findall(raw):
        if _RUN.match(token):
            yield token, " " if _SPACE.search(token) else ""
        else:
            yield from _word(token, marks, place)
        place += len(token)


def _word(token: str, marks: dict[int, str], offset: int) -> Iterable[tuple[str, str]]:
    start = 0
    for place in range(len(token)) if marks else ():
        if (mark := marks.get(offset + place)) is not None:
            yield token[start:place], unicodedata.normalize("NFC", token[start:place])
            yield token[place], mark
            start = place + 1
    yield token[start:], unicodedata.normalize("NFC", token[start:])


def _cleaned(text: str) -> str:
    text = _RUN.sub(lambda run: " " if _SPACE.search(run[0]) else "", text).strip()
    return unicodedata.normalize("NFC", text)


def _other_closing_marks(raw: str) -> dict[int, str]:
    """Offsets of closing marks that are not the partner of their opening mark, and the mark that is to stand there."""
    if not _mixed_quotation_marks(raw):
        return {}
    return {
        found.start(3): _CLOSING[found[1]] for found in _QUOTATION.finditer(raw) if found[3] not in _PARTNERS[found[1]]
    }


def _joined(pieces: Iterable[tuple[str, str]]) -> Normalised:
    """Pieces put together: no space at the ends, none behind another; what changed is an edit."""
    done: list[tuple[str, str]] = []
    last = " "  # the last character of the text so far; a space at the very start is as one too many
    for was, now in pieces:
        piece = now.lstrip(" ") if last == " " else now
        done.append((was, piece))
        last = piece[-1:] or last
    for place in range(len(done) - 1, -1, -1):  # what is left of a text's end may be one space
        was, now = done[place]
        if now:
            done[place] = (was, now.rstrip(" "))
            if done[place][1]:
                break
    edits: list[Edit] = []
    place = 0
    for was, now in done:
        if was != now:
            edits.append(Edit(place, place + len(now), was))
        place += len(now)
    return Normalised("".join(now for _, now in done), tuple(edits))
