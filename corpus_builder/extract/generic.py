"""Pages that no layout of their site matches: trafilatura extracts the article (the optional extra "generic").

Its result is a small tree with tags of TEI, which are renamed to those of HTML and read like an article's element.
Labels, boilerplate and languages are then handled as for any page.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpus_builder.errors import SkipPage
from corpus_builder.extract.blocks import raw_blocks
from corpus_builder.extract.content import GENERIC, Content
from corpus_builder.install import install_command
from corpus_builder.text.language import identify
from corpus_builder.web.guard import guarded
from corpus_builder.web.html import html_markup, parse_html

_MIN_CHARACTERS = 250
"""Below this, trafilatura itself does not take its result for an article (MIN_EXTRACTED_SIZE in its settings), but
still returns the text that it has, mostly menus.
"""

_HTML = {
    "head": "h2",
    "list": "ul",
    "item": "li",
    "quote": "blockquote",
    "lb": "br",
    "row": "tr",
    "cell": "td",
    "hi": "span",
    "graphic": "img",
    "code": "p",
}


def page_language(body: bytes, headers: Mapping[str, str]) -> str:
    """The language of a page without rules: that of its text, else that of its html tag."""
    with guarded("the page"):
        root = parse_html(html_markup(body, headers))
        detected = identify(" ".join(block.text for block in raw_blocks(root)))
    declared = (root.get("lang") or "").lower().split("-")[0]
    return detected.language if detected.language != "und" else declared or "en"


def by_generic_extractor(markup: bytes, url: str) -> Content:
    """The article that trafilatura extracts from a page.

    Raises SkipPage: no_layout where trafilatura is not installed, empty_body where it finds no article.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise SkipPage(
            "no_layout",
            f"no layout of the site matches; the extra `generic` reads such pages: {install_command('generic')}",
        ) from error
    article = bare_extraction(
        markup.decode(),
        url=url,
        include_comments=False,
        include_formatting=True,
        include_links=True,
        with_metadata=True,
    )
    if (
        article is None
        or isinstance(article, dict)
        or article.body is None
        or len(article.text or "") < _MIN_CHARACTERS
    ):
        raise SkipPage("empty_body", "the generic extractor found no article in the page")
    for element in article.body.iter():
        if element.tag == "ref":
            element.tag = "a"
            element.set("href", element.get("target", ""))
        elif element.tag == "hi" and element.get("rend") == "#b":
            element.tag = "b"
        elif element.tag in _HTML:
            element.tag = _HTML[element.tag]
    return Content(
        layout=GENERIC,
        title=article.title or "",
        blocks=raw_blocks(article.body),
        captions=[],
        published=(article.date or "",),
    )
