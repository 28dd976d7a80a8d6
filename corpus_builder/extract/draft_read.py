"""What a draft knows of a page before it looks for selectors: its text, its language, what of it is article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from corpus_builder.errors import SkipPage
from corpus_builder.extract.article_element import ends_a_sentence, is_named_lead
from corpus_builder.extract.blocks import RawBlock, raw_blocks
from corpus_builder.extract.draft_addresses import language_of
from corpus_builder.extract.draft_json import StateRules, ld_text, state_blocks
from corpus_builder.extract.draft_page import DraftPage, first_of_several, letters
from corpus_builder.extract.draft_selectors import common_ancestor
from corpus_builder.extract.generic import by_generic_extractor
from corpus_builder.extract.json_ld_body import text_blocks
from corpus_builder.languages import known_languages
from corpus_builder.model import BlockKind, Capture
from corpus_builder.text.language import identify
from corpus_builder.web.guard import guarded
from corpus_builder.web.links import absolute, is_url
from corpus_builder.web.page import WebPage, parse_page

_SAID = 30
"""Letters from which on a block that articleBody has is article text. Chosen: a short one may be there by chance."""
_SHORT = 4
"""Characters that a code of a language has less than: uk, eng."""
FILES_ALONE = "files_alone"
"""The reason for a page that has its text in files alone: of PDF or of a word processor."""
CODES = {"ua": "uk"}
"""Codes that sites write for a language in place of its own."""


@contextmanager
def _naming(url: str) -> Iterator[None]:
    """Raises SkipPage, whose detail begins with the page's URL."""
    try:
        with guarded(url):
            yield
    except SkipPage as skipped:
        raise SkipPage(skipped.reason, f"{url}: {skipped.detail}" if skipped.detail else url) from skipped


def web_page(capture: Capture) -> WebPage:
    """The parsed page. Raises SkipPage where it is none, has no address, or is a homepage."""
    with _naming(capture.url):
        return _parsed(capture)


def _parsed(capture: Capture) -> WebPage:
    if not is_url(capture.url):
        raise SkipPage("bad_url", f"{capture.url!r} is no address of a page; give it with --url")
    if is_homepage(capture.url):
        raise SkipPage("not_an_article", "this is a homepage, and no article")
    return parse_page(capture.headers, capture.body, capture.url)


def is_homepage(url: str) -> bool:
    """Whether a URL leads to a homepage, or to that of an edition (/ru/, /index.php?lang=en)."""
    path, query = urlsplit(url).path.strip("/"), urlsplit(url).query
    is_first = not path or (len(path) < _SHORT and bool(language_of(path)))
    names_page = any(not language_of(value) for _, value in parse_qsl(query))
    return (is_first or re.fullmatch(r"(?:index|default)\.\w+", path) is not None) and not names_page


def shows_text(url: str, web: WebPage) -> bool:
    """Whether an article stands on the page itself, or in its JSON-LD."""
    with _naming(url):
        if ld_text(web):
            return True
        try:
            return bool(by_generic_extractor(web.markup, url, web.root, web.head).blocks)
        except SkipPage as skipped:
            if skipped.reason != "empty_body":
                raise
            return False


def draft_page(url: str, web: WebPage, state: StateRules | None) -> DraftPage:
    """What of a page is article: by its JSON-LD, by the rules for scripts, else by the generic extractor."""
    with _naming(url):
        return _understood(url, web, state)


def _understood(url: str, web: WebPage, state: StateRules | None) -> DraftPage:
    if text := ld_text(web):
        blocks = list(text_blocks(text))
        return DraftPage(url, _language(url, web, blocks), web, blocks, [], [], "json-ld")
    if state and (blocks := state_blocks(web, state)):
        return DraftPage(url, _language(url, web, blocks), web, blocks, [], [], "state")
    try:
        content = by_generic_extractor(web.markup, url, web.root, web.head)
    except SkipPage as skipped:
        if skipped.reason == "empty_body" and (files := _linked_files(url, web)):
            raise SkipPage(FILES_ALONE, f"no article on the page, but links to files: {', '.join(files)}") from skipped
        raise
    lead = [block for block in content.blocks if block.kind is BlockKind.LEAD]
    # The times of a live blog's entries say nothing of where the text is.
    worded = [block for block in content.blocks if any(map(str.isalpha, block.text))]
    blocks = [block for block in worded if block.kind is not BlockKind.LEAD]
    if not lead and len(blocks) > 1 and is_named_lead(blocks[0].element) and blocks[0].element is not blocks[1].element:
        lead, blocks = blocks[:1], blocks[1:]
    body = letters(web.head.article.text("articleBody"))
    have = {block.element for block in blocks}
    around = common_ancestor([block.element for block in blocks if block.element is not None])
    if body and around is not None:
        more = [
            block
            for block in raw_blocks(around)
            if block.element not in have
            and block.kind is not BlockKind.CAPTION
            and len(letters(block.text)) >= _SAID
            and letters(block.text) in body
        ]
        blocks += more
    page = DraftPage(url, _language(url, web, blocks), web, blocks, content.captions, lead)
    page.article = first_of_several(page)
    if page.article is not None:
        within = set(page.article.iter())
        page.blocks, page.captions, page.lead = (
            [block for block in each if block.element in within] for each in (blocks, content.captions, lead)
        )
        page.article = page.article if page.blocks else None
    return page


_FILE = re.compile(r"\.(?:pdf|docx?|rtf|odt)$", re.IGNORECASE)
_MOST_FILES = 3
"""Files that a message names. Chosen: they fit a line."""


def _linked_files(url: str, web: WebPage) -> list[str]:
    """The names of the first files with text that a page links to."""
    paths = (
        urlsplit(href).path for link in web.root.iter("a") if is_url(href := absolute(url, link.get("href") or ""))
    )
    return list(dict.fromkeys(path.rpartition("/")[2] for path in paths if _FILE.search(path)))[:_MOST_FILES]


_MOST_IDENTIFIED = 300
"""Blocks whose languages are looked at. Chosen: three editions of a long article; some tenths of a second."""


def other_languages(page: DraftPage) -> list[str]:
    """The languages in which as much stands beside the article on its page, as in columns or tabs."""
    counts: Counter[str] = Counter()
    long = (block for block in raw_blocks(page.root) if len(block.text) >= _SAID and not block.all_linked)
    for block in islice(long, _MOST_IDENTIFIED):
        if ends_a_sentence(block.text):
            counts[identify(block.text, known_languages()).language] += len(block.text)
    return sorted(
        each for each, size in counts.items() if each not in (page.language, "und") and size * 2 > counts[page.language]
    )


def _language(url: str, web: WebPage, blocks: Sequence[RawBlock]) -> str:
    """The language of a page: what it calls itself among its editions; else that of its text, unless the page says that
    it is one that is not known here."""
    own = {url, web.head.canonical}
    declared = (web.root.get("lang") or "").lower()
    named = next((code for code, other in web.head.alternates if other in own and code != "x-default"), "")
    declared, named = (CODES.get(code, code) for code in (declared.split("-")[0], named.split("-")[0]))
    found = identify(" ".join(block.text for block in blocks), known_languages()).language
    if named or (declared and declared not in known_languages()) or found == "und":
        return named or declared or "und"
    return found
