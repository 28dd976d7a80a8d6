"""Rules for articles whose text is in JSON: in the answer of an API, or in a script of the page itself.

Paths into JSON are JMESPath (https://jmespath.org/specification.html): `data.article.title`, `blocks[?type=='text']`.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import Annotated, Any, Literal, Self

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Field, model_validator

from corpus_builder.sites.selectors import Selector
from corpus_builder.toml import Strict

BlockRole = Literal["paragraph", "heading", "list_item", "blockquote", "lead", "caption", "html", "remove"]


def _compiles(path: str) -> str:
    try:
        jmespath.compile(path)
    except (JMESPathError, RecursionError, ValueError) as error:
        detail = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise ValueError(f"not a path into JSON: {path!r}: {detail}") from error
    return path


JsonPath = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class JsonRules(Strict):
    """How the article is read from JSON, on the pages where `match` selects something.

    The JSON is the answer at `url`, or the text of the script that `script` selects on the page. In `url` the names in
    braces are the named groups of the path that matched, `language` (as `languages` spells it) and `values`: texts or
    attributes that selectors find on the page.

    `body` is a text, HTML, or a list of them; of a list of objects, `text` is the path in each block, or `leaves` the
    key whose texts at any depth are the block's, `kind` the path of its kind, and `kinds` says what the kinds are.

    An API may give an article in several answers. Which is the next, one of these says: `next`, the path of its
    address, of a token for `next_url`, or of whether there are more; `next_link`, the header `Link` with rel="next";
    `pages`, the path of the number of answers; `total`, the path of the number of items of all bodies. In `next_url`
    there are also {next}, the token, {page}, the number of the answer where the first has `first_page`, and {offset},
    the number of items in the answers before.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = "json"
    match: Selector = "html"
    url: str | None = None
    script: Selector | None = None
    languages: dict[str, str] = {}
    values: dict[str, Selector] = {}
    body: JsonPath
    text: JsonPath | None = None
    leaves: str | None = None
    kind: JsonPath | None = None
    kinds: dict[str, BlockRole] = {}
    title: JsonPath | None = None
    lead: JsonPath | None = None
    authors: JsonPath | None = None
    published: JsonPath | None = None
    modified: JsonPath | None = None
    tags: JsonPath | None = None
    captions: JsonPath | None = None
    next: JsonPath | None = None
    next_link: bool = False
    next_url: str | None = None
    pages: JsonPath | None = None
    total: JsonPath | None = None
    first_page: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _says_where_the_json_is(self) -> Self:
        if (self.url is None) == (self.script is None):
            raise ValueError(f"the rules {self.name} need either `url`, an API's address, or `script`, a selector")
        if self.url is None and (self.values or self.languages):
            raise ValueError(f"the rules {self.name} have no `url` for `values` and `languages`")
        if self.text is not None and self.leaves is not None:
            raise ValueError(f"the rules {self.name} have both `text` and `leaves`; leave one out")
        if self.kinds and self.kind is None:
            raise ValueError(f"the rules {self.name} have `kinds`, but no `kind`: the path of a block's kind")
        for url in (self.url, self.next_url):
            if url is not None:
                _check_template(url)
        self._check_next()
        return self

    def _check_next(self) -> None:
        """What says which answer is the next is there once, with the address that it needs."""
        ways = [name for name in ("next", "next_link", "pages", "total") if getattr(self, name)]
        if len(ways) > 1:
            raise ValueError(f"the rules {self.name} have both `{ways[0]}` and `{ways[1]}`; leave one out")
        if ways and self.url is None:
            raise ValueError(f"the rules {self.name} have no `url` for `{ways[0]}`: only an API has further answers")
        names = set(template_names(self.next_url))
        if self.next_url is not None and ways not in (["next"], ["pages"], ["total"]):
            raise ValueError(f"the rules {self.name} have a `next_url`, but no `next`, `pages` or `total`")
        if ways in (["pages"], ["total"]) and not names & {"page", "offset"}:
            raise ValueError(f"the rules {self.name} need `next_url` with {{page}} or {{offset}} for `{ways[0]}`")
        if self.next_url is not None and not names & set(OF_NEXT):
            raise ValueError(f"the `next_url` of the rules {self.name} has none of {{next}}, {{page}} and {{offset}}")

    @property
    def has_parts(self) -> bool:
        """Whether an article may be in several answers."""
        return bool(self.next or self.next_link or self.pages or self.total)

    @property
    def names(self) -> list[str]:
        """The names in braces in the URLs that must be known of an article."""
        return [*template_names(self.url), *(name for name in template_names(self.next_url) if name not in OF_NEXT)]


OF_NEXT = ("next", "page", "offset")
"""The names of `next_url` that an answer gives, not the article."""


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


def _check_template(url: str) -> None:
    try:
        parts = list(Formatter().parse(url))
    except ValueError as error:
        raise ValueError(f"not a template of a URL: {url!r}: {error}") from error
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or not re.fullmatch(r"[A-Za-z_]\w*", name)):
            raise ValueError(f"not a name in braces: {name!r} in {url!r}; write e.g. {{id}}")
    if not re.match(r"https?://[^/{}]+/", url):
        raise ValueError(f"not the address of an API: {url!r}; begin it with https:// and its host, without braces")
