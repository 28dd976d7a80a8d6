"""The query language of the searches, and its translation into the match expressions of SQLite's FTS5.

    uk:заяв* AND ru:заяв* NOT en:said        words, beginnings of words (*), AND, OR, NOT in capitals
    "last night" OR uk:(вчора вночі)         a phrase; a language before brackets; words side by side mean AND

A search is parsed here and written anew: nothing of what was typed reaches SQLite but words in quotation marks.
Grammar, in the notation of RFC 5234:

    either = both *("OR" both)
    both   = part *(["AND"] part / ["AND"] "NOT" part)
    part   = [language ":"] ( word ["*"] / DQUOTE phrase DQUOTE ["*"] / "(" either ")" )
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters of a search. Chosen: more is no search that a person types."""
TERMS = 30
"""Words and phrases of a search. Chosen, as it bounds the time that one takes."""
DEPTH = 20
"""Brackets within brackets. Chosen: it bounds the recursion."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<language>[^\W\d_]{2,3}(?:-[^\W_]+)?):(?=\S)
      | (?P<open>\() | (?P<close>\))
      | ["“”«»„](?P<phrase>[^"“”«»„]*)["“”«»„](?P<phrase_star>\*?)
      | (?P<unclosed>["“”«»„])
      | (?P<word>[^\s()"“”«»„]+)
    )""",
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "NOT")


class QueryError(ValueError):
    """A search that cannot be read: `at` is the character (from 0) where, `help` says what to write instead."""

    def __init__(self, message: str, at: int, help_text: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.help = help_text


@dataclass(frozen=True, slots=True)
class Query:
    """A search as an FTS5 expression over the columns l0, l1, … of the languages in their order.

    `wanted` has the languages of words that must or may occur, in the order of the search; "" is any language.
    """

    match: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    star: bool = False


def parse(text: str, languages: Sequence[str]) -> Query:
    """Read a search. Raises QueryError where it cannot be read.

    >>> parse("uk:заяв* NOT en:said", ["uk", "ru", "en"]).match
    '(l0 : ("заяв" *) NOT l2 : ("said"))'
    """
    if len(text) > LONGEST:
        raise QueryError(f"the search is longer than {LONGEST} characters", LONGEST, "shorten it")
    parser = _Parser(list(_tokens(text)), languages, len(text))
    match = parser.either("", 0)
    if (rest := parser.peek()) is not None:
        raise QueryError("this bracket closes nothing", rest.at, "remove it, or open one before")
    return Query(match, tuple(parser.wanted))


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # every character but white space begins a token
            raise QueryError("this cannot be read", at)
        kind = found.lastgroup or ""
        at = found.end()
        if kind == "phrase_star":
            tokens.append(_Token("phrase", found["phrase"], found.start("phrase"), star=bool(found["phrase_star"])))
        elif kind == "unclosed":
            raise QueryError("this quotation mark is not closed", found.start(kind), "add the closing one")
        elif kind == "word" and found["word"] in _OPERATORS:
            tokens.append(_Token(found["word"], found["word"], found.start(kind)))
        elif kind == "word":
            tokens.append(_word(found["word"], found.start(kind)))
        else:
            tokens.append(_Token(kind, found[kind], found.start(kind)))
    return tokens


def _word(word: str, at: int) -> _Token:
    stem = word.rstrip("*")
    if "*" in stem:
        where = at + stem.index("*")
        raise QueryError("* may only end a word", where, "it stands for any letters that follow: заяв*")
    return _Token("word", stem, at, star=stem != word)


class _Parser:
    """Recursive descent; each rule gives an FTS5 expression."""

    def __init__(self, tokens: list[_Token], languages: Sequence[str], end: int) -> None:
        self._tokens = tokens
        self._languages = list(languages)
        self._end = end
        self._next = 0
        self._terms = 0
        self._negated = 0
        self.wanted: list[str] = []

    def peek(self) -> _Token | None:
        """The next token; None at the end."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self._next += 1
        return token

    def either(self, language: str, depth: int) -> str:
        """Alternatives."""
        if depth > DEPTH:
            raise QueryError(f"more than {DEPTH} brackets within one another", self._at(), "simplify the search")
        parts = [self._both(language, depth)]
        while self._take("OR"):
            parts.append(self._both(language, depth))
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _both(self, language: str, depth: int) -> str:
        if (first := self.peek()) is not None and first.kind == "NOT":
            raise QueryError(
                "NOT needs something before it", first.at, "write what to find first: ru:город NOT en:city"
            )
        match = self._part(language, depth)
        while (token := self.peek()) is not None and token.kind not in ("OR", "close"):
            self._take("AND")
            operator = "NOT" if self._take("NOT") else "AND"
            self._negated += operator == "NOT"
            match = f"({match} {operator} {self._part(language, depth)})"
            self._negated -= operator == "NOT"
        return match

    def _part(self, language: str, depth: int) -> str:
        if prefix := self._take("language"):
            if prefix.text.lower() not in self._languages:
                raise QueryError(
                    f"there is no language {prefix.text!r} here", prefix.at,
                    f"choose from {', '.join(self._languages)}; to search for a colon, use quotation marks",
                )  # fmt: skip
            language = prefix.text.lower()
        token = self._take("word", "phrase", "open")
        if token is None:
            wrong = self.peek()
            what = f"before {wrong.text}" if wrong else "at the end"
            raise QueryError(f"a word is missing {what}", self._at(), 'write a word, a beginning* or a "phrase"')
        if token.kind == "open":
            inner = self.either(language, depth + 1)
            if not self._take("close"):
                raise QueryError("this bracket is not closed", token.at, "add the closing one")
            return inner
        return self._term(token, language)

    def _term(self, token: _Token, language: str) -> str:
        if not any(character.isalnum() for character in token.text):
            shown = token.text or ("*" if token.star else "an empty phrase")
            raise QueryError(f"{shown} has no letter or digit", token.at, "only words and numbers can be found")
        self._terms += 1
        if self._terms > TERMS:
            raise QueryError(f"more than {TERMS} words", token.at, "simplify the search")
        if not self._negated:
            self.wanted.append(language)
        # Within quotation marks FTS5 knows one special character, the mark itself, and no token has it.
        words = '"' + token.text.replace('"', " ").replace("\0", " ") + '"'
        term = f"({words} *)" if token.star else f"({words})"
        return f"l{self._languages.index(language)} : {term}" if language else term

    def _at(self) -> int:
        token = self.peek()
        return token.at if token else self._end
