"""Rules that `sites draft` makes for sites in three languages by usual systems, measured on pages not seen.

    python benchmarks/sites_draft_kinds.py [NAME…] [--show]

Each kind is a site of the sample newspaper's stories in three languages, made after what such systems send. The rules
are drafted from three pages (the first story in Ukrainian, the second in Russian, the third in English) and measured on
all others: the blocks, in their letters and digits; the headline, the day, the author; the language, and whether the
editions of a story have one id where the site has any. Each group of kinds was written when the draft had been changed
for those before it, so that its first figures (docs/sites.md) say what to expect of others.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from extraction import squash
from sites_draft_fresh import FRESH, FRESH_LATER
from sites_draft_layouts import HELD_OUT, KINDS, Kind
from sites_draft_more import MORE
from sites_draft_texts import Text, texts

from corpus_builder.cli.sites import drafted_site
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.extract.draft import draft_rules
from corpus_builder.extract.whole import not_at_hand
from corpus_builder.model import BlockKind, Capture
from corpus_builder.sites.further import Further


@dataclass
class Result:
    """Counts of one kind."""

    right: int = 0
    found: int = 0
    expected: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    pages: int = 0

    @property
    def f1(self) -> float:
        """F1 of the blocks."""
        return 2 * self.right / max(self.found + self.expected, 1)


def captures_of(kind: Kind, stories: dict[int, dict[str, Text]]) -> dict[tuple[int, str], Capture]:
    """All pages of a site."""
    made = {}
    for number, editions in stories.items():
        own = {language: editions[language] for language in kind.languages}
        urls = {language: kind.url(text) for language, text in own.items()}
        for language, text in own.items():
            markup = kind.page(text, urls).encode(kind.charset, "xmlcharrefreplace")
            made[number, language] = Capture(urls[language], 200, {}, markup, None, "")
    return made


def later_page(kind: Kind, editions: dict[str, Text], language: str, wanted: Further) -> Capture:
    """A later page of an article. Raises SkipPage where the kind has none."""
    if kind.later is None:
        return not_at_hand(wanted)
    urls = {each: kind.url(editions[each]) for each in kind.languages}
    markup = kind.later(editions[language], urls, wanted.page).encode(kind.charset, "xmlcharrefreplace")
    return Capture(wanted.url, 200, {}, markup, None, "")


def measured(kind: Kind, show: bool) -> Result:
    """What rules drafted from three pages read on all others."""
    stories = texts()
    captures = captures_of(kind, stories)
    seen = [key for key in ((0, "uk"), (1, "ru"), (2, "en")) if key in captures]
    draft = draft_rules([captures[key] for key in seen])
    if show:
        print(draft.toml, *draft.untold, sep="\n")
    site, result = drafted_site(draft.toml), Result()
    ids: dict[int, set[str]] = {}
    for key, capture in captures.items():
        number, language = key
        text = stories[number][language]
        if key in seen:
            continue
        result.pages += 1
        want = [text.lead, *text.body]
        result.expected += len(want)
        try:
            edition = extract_page(capture, site, partial(later_page, kind, stories[number], language))
        except SkipPage as skipped:
            result.wrong[skipped.reason] += 1
            if show:
                print(f"  {capture.url}: {skipped}")
            continue
        have = [f"{b.label_text or ''} {b.text}" for b in edition.blocks if b.kind is not BlockKind.TITLE]
        right = (Counter(map(squash, have)) & Counter(map(squash, want))).total()
        result.right, result.found = result.right + right, result.found + len(have)
        ids.setdefault(number, set()).add(edition.article_id)
        day = edition.published and (edition.published.year, edition.published.month, edition.published.day)
        result.wrong["title"] += squash(edition.title) != squash(text.title)
        result.wrong["language"] += edition.language != language
        result.wrong["day"] += kind.has_day and day != text.day
        result.wrong["author"] += kind.has_author and edition.authors != (text.author,)
        if show and right < max(len(have), len(want)):
            print(f"  {capture.url} ({edition.layout})")
            print("\n".join(f"    + {each[:100]}" for each in have if squash(each) not in map(squash, want)))
            print("\n".join(f"    - {each[:100]}" for each in want if squash(each) not in map(squash, have)))
        if (show and kind.has_day and day != text.day) or (
            show and kind.has_author and edition.authors != (text.author,)
        ):
            print(f"    {edition.published} {text.day} {edition.authors} {edition.title!r}")
    if kind.has_ids:
        shared = list(ids.values())
        result.wrong["ids"] = sum(len(own) > 1 for own in shared)
        result.wrong["same id"] = len(shared) - len({min(own) for own in shared})
    result.wrong = +result.wrong
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    total = Result()
    for name, kind in {**KINDS, **HELD_OUT, **MORE, **FRESH, **FRESH_LATER}.items():
        if options.names and not any(each in name for each in options.names):
            continue
        try:
            result = measured(kind, options.show)
        except (SkipPage, ValueError) as error:
            print(f"{name}: {error}")
            continue
        total.right, total.found, total.expected = (
            total.right + result.right,
            total.found + result.found,
            total.expected + result.expected,
        )
        counts = f"{result.right} right of {result.found} found and {result.expected} expected, {result.pages} pages"
        wrong = "".join(f"; wrong {what} {count}" for what, count in result.wrong.items())
        print(f"{name}: F1 {result.f1:.3f} ({counts}){wrong}")
    print(f"all: F1 {total.f1:.3f}")


if __name__ == "__main__":
    main()
