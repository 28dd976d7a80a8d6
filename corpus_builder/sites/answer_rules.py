"""What rules for the answers of an API have in common: its address, and how the answer after the next is found.

Paths into JSON are JMESPath (https://jmespath.org/specification.html): `data.article.title`, `blocks[?type=='text']`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import cache
from string import Formatter
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Field

from corpus_builder.toml import Strict


def _compiles(path: str) -> str:
    try:
        jmespath.compile(path)
    except (JMESPathError, RecursionError, ValueError) as error:
        detail = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise ValueError(f"not a path into JSON: {path!r}: {detail}") from error
    return path


JsonPath = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]

OF_NEXT = ("next", "page", "offset")
"""The names of `next_url` that an answer gives."""


class AnswerRules(Strict, ABC):
    """How the answers of an API follow one another, of an article or of a list of articles.

    Which is the next, one of these says: `next`, the path of its address, of a token for `next_url`, or of whether
    there are more; `next_link`, the header `Link` with rel="next"; `pages`, the path of the number of answers; `total`,
    the path of the number of items in all of them. In `next_url` there are {next}, the token, {page}, the number of the
    answer where the first has `first_page`, and {offset}, the number of items in the answers before.
    """

    languages: dict[str, str] = {}
    next: JsonPath | None = None
    next_link: bool = False
    next_url: str | None = None
    pages: JsonPath | None = None
    total: JsonPath | None = None
    first_page: int = Field(default=1, ge=0)

    @property
    @abstractmethod
    def counted(self) -> str:
        """The path of the items that `total` and {offset} count."""

    @property
    def ways(self) -> list[str]:
        """Which of the keys say which answer is the next."""
        return [name for name in ("next", "next_link", "pages", "total") if getattr(self, name)]

    def spelled(self, language: str) -> str:
        """How the API writes a language."""
        return self.languages.get(language, language)

    def check_next(self, rules: str, *, until_empty: bool) -> None:
        """What says which answer is the next is there once, with the address that it needs. Raises ValueError.

        With `until_empty` a `next_url` is enough: answers are then asked for until one has no item. `rules` names them.
        """
        ways = self.ways
        if len(ways) > 1:
            raise ValueError(f"{rules} have both `{ways[0]}` and `{ways[1]}`; leave one out")
        names = set(template_names(self.next_url))
        if self.next_url is not None and (ways == ["next_link"] or not (ways or until_empty)):
            raise ValueError(f"{rules} have a `next_url`, but no `next`, `pages` or `total`")
        if ways in (["pages"], ["total"]) and not names & {"page", "offset"}:
            raise ValueError(f"{rules} need `next_url` with {{page}} or {{offset}} for `{ways[0]}`")
        if self.next_url is not None and not ways and not names & {"page", "offset"}:
            raise ValueError(f"the `next_url` of {rules} needs {{page}} or {{offset}}, or there must be a `next`")
        if self.next_url is not None and not names & set(OF_NEXT):
            raise ValueError(f"the `next_url` of {rules} has none of {{next}}, {{page}} and {{offset}}")


def template_names(url: str | None) -> list[str]:
    """The names in braces in a template of a URL."""
    return [name for _, name, _, _ in Formatter().parse(url or "") if name is not None]


def found(path: str | None, value: Any) -> Any:
    """What a path finds in a value; None where there is no path, or nothing."""
    if path is None:
        return None
    try:
        return _compiled(path).search(value)
    except JMESPathError:  # a function is given what it does not take: the value has another shape
        return None


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def items_of(body: Any) -> int:
    """The number of items of a body: a text is one."""
    return len(body) if isinstance(body, list) else int(body is not None)


def check_template(url: str) -> None:
    """Raise ValueError where a text is no template of a URL with names in braces."""
    try:
        parts = list(Formatter().parse(url))
    except ValueError as error:
        raise ValueError(f"not a template of a URL: {url!r}: {error}") from error
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or not re.fullmatch(r"[A-Za-z_]\w*", name)):
            raise ValueError(f"not a name in braces: {name!r} in {url!r}; write e.g. {{id}}")
    if not re.match(r"https?://[^/{}]+/", url):
        raise ValueError(f"not the address of an API: {url!r}; begin it with https:// and its host, without braces")
