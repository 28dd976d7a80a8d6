"""Rules for articles whose text is in JSON: in the answer of an API, or in a script of the page itself."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from corpus_builder.sites.answer_rules import OF_NEXT, AnswerRules, JsonPath, check_template, template_names
from corpus_builder.sites.selectors import Selector

BlockRole = Literal["paragraph", "heading", "list_item", "blockquote", "lead", "caption", "html", "remove"]


class JsonRules(AnswerRules):
    """How the article is read from JSON, on the pages where `match` selects something.

    The JSON is the answer at `url`, or the text of the script that `script` selects on the page. In `url` the names in
    braces are the named groups of the path that matched, `language` (as `languages` spells it) and `values`: texts or
    attributes that selectors find on the page.

    `body` is a text, HTML, or a list of them; of a list of objects, `text` is the path in each block, or `leaves` the
    key whose texts at any depth are the block's, `kind` the path of its kind, and `kinds` says what the kinds are.

    An API may give an article in several answers, which follow one another as AnswerRules says.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = "json"
    match: Selector = "html"
    url: str | None = None
    script: Selector | None = None
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
        for url in (self.url, self.next_url):
            if url is not None:
                check_template(url)
        if len(self.ways) == 1 and self.url is None:
            raise ValueError(
                f"the rules {self.name} have no `url` for `{self.ways[0]}`: only an API has further answers"
            )
        self.check_next(f"the rules {self.name}", until_empty=False)
        return self

    @property
    def counted(self) -> str:
        """The path of the items that `total` and {offset} count."""
        return self.body

    @property
    def has_parts(self) -> bool:
        """Whether an article may be in several answers."""
        return bool(self.ways)

    @property
    def names(self) -> list[str]:
        """The names in braces in the URLs that must be known of an article."""
        return [*template_names(self.url), *(name for name in template_names(self.next_url) if name not in OF_NEXT)]
