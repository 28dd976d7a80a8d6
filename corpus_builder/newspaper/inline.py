"""The markup inside a unit's text: quotations, links, bold.

    "{q1:Ми не чекатимемо}", – {q1.cue:сказала} {q1.speaker:Вербицька} [на сесії](/news/2019/11/05/7231071/)

`{q1:…}` are words of quotation q1 (several pieces if an attribution interrupts them), `{q1.cue:…}` and
`{q1.speaker:…}` the words that attribute it; `[…](…)` is a link and `**…**` is bold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus_builder.errors import ConfigError

_TOKEN = re.compile(
    r"\{(?P<quote>q\d+)(?:\.(?P<role>cue|speaker))?:|(?P<close>\})|\[(?P<anchor>[^\[\]]+)\]\((?P<url>[^()\s]+)\)|(?P<bold>\*\*)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the same formatting: plain, bold or a link."""

    text: str
    url: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` of the unit is a quotation's words, its cue or its speaker."""

    quote: str
    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Inline:
    """A unit's text in one language, its runs with their formatting, and the marks in it."""

    text: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]


def parse_inline(source: str) -> Inline:
    """Parse a unit's text.

    >>> parse_inline('"{q1:So be it}", {q1.speaker:she} said').text
    '"So be it", she said'

    Raises ConfigError for a brace that is not closed or closes nothing.
    """
    pieces: list[Piece] = []
    marks: list[Mark] = []
    open_marks: list[tuple[str, str, int]] = []
    length = position = 0
    bold = False

    def add(text: str, url: str | None = None) -> None:
        nonlocal length
        if text:
            pieces.append(Piece(text, url, bold))
            length += len(text)

    for token in _TOKEN.finditer(source):
        add(source[position : token.start()])
        position = token.end()
        if token["quote"]:
            open_marks.append((token["quote"], token["role"] or "words", length))
        elif token["close"]:
            if not open_marks:
                raise ConfigError(f"a closing brace closes nothing: {source!r}")
            marks.append(Mark(*open_marks.pop(), length))
        elif token["bold"]:
            bold = not bold
        else:
            add(token["anchor"], token["url"])
    add(source[position:])
    if open_marks or bold:
        raise ConfigError(f"a mark is not closed: {source!r}")
    return Inline(
        "".join(piece.text for piece in pieces), tuple(pieces), tuple(sorted(marks, key=lambda mark: mark.start))
    )
