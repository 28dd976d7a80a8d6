"""Pages that name each other as editions of one article, in their hreflang links: the slow and obvious way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def mutual(
    alternates: Mapping[str, Sequence[tuple[str, str]]], languages: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs of pages that name each other, and the links that are not answered: (page, what it names).

    `alternates` has the hreflang links of each page, `languages` its language, both by normalised URL. The language of
    the page that a link leads to counts, not the code of the link: sites write "ua" for Ukrainian. A link to a page of
    the same language, or to one that is not there, is in neither list.
    """
    named = {
        url: {other for _, other in links if languages.get(other, languages[url]) != languages[url]}
        for url, links in alternates.items()
    }
    pairs, unanswered = [], []
    for url in sorted(named):
        for other in sorted(named[url]):
            if url not in named.get(other, ()):
                unanswered.append((url, other))
            elif url < other:
                pairs.append((url, other))
    return pairs, unanswered
