"""Stories of editions that share the site's article id: counted, and compared with their hreflang links.

A disagreement does not undo the link; it is written to dropped/link.parquet as a note and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from corpus_builder.model import Drop, Edition
from corpus_builder.sites import Site
from corpus_builder.workspace.drops import LINK
from corpus_builder.workspace.tables import DropWriter


def noted(story: Sequence[Edition], site: Site, notes: DropWriter, counts: Counter[str]) -> Sequence[Edition]:
    """The editions of one story as given, after counting them and noting where their links disagree."""
    counts.update(tally(story))
    for note in disagreements({edition.language: edition for edition in story}, site):
        counts["disagreements"] += 1
        notes.add(note)
    return story


def tally(story: Sequence[Edition]) -> Counter[str]:
    """The counts of one story."""
    counts = Counter({"stories": 1, f"stories_of_{len(story)}": 1})
    for edition in story:
        counts[f"editions_{edition.language}"] += 1
        counts[f"layout_{edition.layout}"] += 1
        counts["blocks"] += len(edition.blocks)
    return counts


def disagreements(editions: Mapping[str, Edition], site: Site) -> Iterator[Drop]:
    """Where the pages' own hreflang links disagree with the article id.

    `hreflang_other_article`: a page names, as its edition in another language, an article with another id.
    `edition_missing`: a page names an edition that was not found.
    `hreflang_silent`: two editions share the id, and neither page names the other although it names some.
    """
    named: set[tuple[str, str]] = set()
    for language, edition in editions.items():
        for _, url in edition.alternates:
            key = site.identify(url)
            if key is None:
                continue
            other = key.language  # sites write "ua" for Ukrainian
            if other == language:
                continue
            if key.article_id != edition.article_id:
                yield _drop(edition, "hreflang_other_article", f"{other}: {url}")
                continue
            named.add((language, other))
            if other not in editions:
                yield _drop(edition, "edition_missing", f"{other}: {url}")
    for language, edition in editions.items():
        for other in editions:
            if language < other and edition.alternates and not {(language, other), (other, language)} & named:
                yield _drop(edition, "hreflang_silent", f"{other}: {editions[other].url}")


def _drop(edition: Edition, reason: str, detail: str) -> Drop:
    return Drop(LINK, edition.url, reason, detail, edition.language, edition.article_id)
