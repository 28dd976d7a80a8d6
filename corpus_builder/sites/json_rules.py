"""Rules for articles whose text is in JSON: in the answer of an API, or in a script of the page itself.

Paths into JSON are JMESPath (https://jmespath.org/specification.html): `data.article.title`, `blocks[?type=='text']`.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated, Literal, Self

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
        if self.url is not None:
            _check_template(self.url)
        return self

    @property
    def names(self) -> list[str]:
        """The names in braces in the URL."""
        return [name for _, name, _, _ in Formatter().parse(self.url or "") if name is not None]


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
