"""The stage "link": pages of a site whose URLs do not say so are put into stories, by the rules of the site.

It does nothing where the site's rules say that an id in the URL is all ([linking] by = ["id"]): extraction has put
those editions together already.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby
from pathlib import Path

from corpus_builder.align.words.seed_lexicon import find
from corpus_builder.crawl.links import crawl_links
from corpus_builder.link.content import scored
from corpus_builder.link.features import Page, page_of
from corpus_builder.link.groups import Pair, stories
from corpus_builder.link.hreflang import mutual
from corpus_builder.model import Drop, Edition
from corpus_builder.parquet import read_rows, write_rows
from corpus_builder.sites import Site
from corpus_builder.stages.edition_links import tally
from corpus_builder.stages.stage import ALL, Figure, Run, Stage, join_drops
from corpus_builder.workspace.drops import LINK, shard_drops
from corpus_builder.workspace.tables import EDITIONS, DropWriter, edition_of, edition_row

_SURE = 0.9
"""Content links at least this probable are noted where they contradict another rule. Chosen: a reader looks at them."""


@dataclass
class _Pages:
    """What is known of every page, by its URL: `alternates` are the editions that it names, `listed` those that a
    sitemap names for it; `features` only where content is compared."""

    language: dict[str, str] = field(default_factory=dict)
    article_id: dict[str, str] = field(default_factory=dict)
    shard: dict[str, str] = field(default_factory=dict)
    alternates: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    listed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    features: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))


def link(run: Run) -> None:
    """Put the editions of editions/ into stories, and write these to articles/; skipped where nothing changed."""
    if not run.site.links_pages or run.source.articles:
        if run.manifest.stages.pop(LINK, None):  # its files are extraction's now, but for the notes
            shard_drops(run.workspace, LINK, ALL).unlink(missing_ok=True)
            join_drops(run.workspace, LINK)
        return
    rules = run.site.rules
    listed = _listed(run)
    settings = [rules.linking.model_dump(mode="json"), list(rules.editions), rules.domains, sorted(listed.items())]
    key = STAGE.key(run.workspace, ALL, *settings)
    if run.manifest.fresh(LINK, ALL, key):
        return
    started = time.monotonic()
    outputs, counts = _link(run, listed)
    run.manifest.keep_only(LINK, [ALL])
    run.manifest.record(LINK, ALL, key, outputs, counts, time.monotonic() - started)
    join_drops(run.workspace, LINK)


def _listed(run: Run) -> dict[str, list[tuple[str, str]]]:
    """The links between editions in the sitemaps that the workspace's own crawl has read, by page: "uk/…"."""
    listed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    if "hreflang" in run.site.rules.linking.by and (run.workspace.crawl / "state.sqlite").is_file():
        for link in crawl_links(run.workspace.crawl):
            if link.origin == "sitemap":
                listed[f"{link.page_language}/{link.page_article_id}"].append((link.language, link.url))
    return listed


def _link(run: Run, listed: Mapping[str, list[tuple[str, str]]]) -> tuple[list[Path], Counter[str]]:
    site, counts = run.site, Counter[str]()
    pages = _read(run)
    for url, language in pages.language.items():
        if links := listed.get(f"{language}/{pages.article_id[url]}"):
            pages.listed[url] = links
    notes = shard_drops(run.workspace, LINK, ALL)
    with DropWriter(notes) as drops:
        pairs = list(_pairs(pages, site, drops))
        linked, refused = stories(pages.language, pairs)
        for pair in refused:
            if pair.probability >= _SURE:
                drops.add(_note(pages, pair.one, f"{pair.by}_other_article", f"{pair.other} ({pair.probability:.2f})"))
        for one, links in pages.alternates.items():
            for language, url in links:
                key = site.identify(url)
                if key and key.language in run.languages and url not in pages.language:
                    drops.add(_note(pages, one, "edition_missing", f"{language}: {url}"))
        counts["disagreements"] = drops.count
    counts.update(f"linked_by_{pair.by}" for pair in pairs)
    counts.subtract(f"linked_by_{pair.by}" for pair in refused)
    return [notes, *_write(run, pages, linked, counts)], counts


def _read(run: Run) -> _Pages:
    pages, by_content = _Pages(), "content" in run.site.rules.linking.by
    for path in sorted(run.workspace.editions.glob("*.parquet")):
        for row in read_rows(path):
            edition = edition_of(row)
            pages.language[edition.url] = edition.language
            pages.article_id[edition.url] = edition.article_id
            pages.shard[edition.url] = path.stem
            pages.alternates[edition.url] = list(edition.alternates)
            if by_content:
                pages.features[edition.language].append(page_of(edition, run.site.rules.domains))
    return pages


def _pairs(pages: _Pages, site: Site, drops: DropWriter) -> Iterator[Pair]:
    """The pairs by each rule of the site, in the order of the rules."""
    for by in site.rules.linking.by:
        if by == "id":
            ordered = sorted(pages.language, key=lambda url: (pages.article_id[url], url))
            for _, same in groupby(ordered, key=lambda url: pages.article_id[url]):
                first, *others = same
                yield from (Pair(first, other, 1.0, by) for other in others)
        elif by == "hreflang":
            found, _ = mutual(pages.alternates, pages.language)
            yield from (Pair(one, other, 1.0, by) for one, other in found)
            # Sitemaps promise editions that do not exist, so what pages say of each other comes first; what a page says
            # may be answered by a sitemap, and two entries of sitemaps that name each other are a link as well.
            every = {url: [*links, *pages.listed.get(url, ())] for url, links in pages.alternates.items()}
            more, unanswered = mutual(every, pages.language)
            known = set(found)
            yield from (Pair(one, other, 1.0, "sitemap") for one, other in more if (one, other) not in known)
            own = {url: {other for _, other in links} for url, links in pages.alternates.items()}
            for one, other in unanswered:
                if other in own[one]:
                    drops.add(_note(pages, one, "hreflang_not_mutual", other))
        else:
            yield from _by_content(pages.features, site)


def _by_content(features: Mapping[str, Sequence[Page]], site: Site) -> list[Pair]:
    """The pairs of each two languages by what they say, the surest first."""
    rules = site.rules.linking
    found: list[Pair] = []
    for one, other in combinations([language for language in site.languages if language in features], 2):
        a, b = features[one], features[other]
        lexicon = find(True, one, other)
        found += [
            Pair(a[pair.a].name, b[pair.b].name, pair.probability, "content")
            for pair in scored(a, b, lexicon.links if lexicon else (), rules.days)
            if pair.probability >= rules.probability
        ]
    return sorted(found, key=lambda pair: (-pair.probability, pair.one, pair.other))


def _note(pages: _Pages, url: str, reason: str, detail: str) -> Drop:
    return Drop(LINK, url, reason, detail, pages.language[url], pages.article_id[url])


def _write(run: Run, pages: _Pages, linked: Sequence[Sequence[str]], counts: Counter[str]) -> Iterator[Path]:
    """Write the stories, each to the shard of its first edition in the order of the site's languages, with its id."""
    order = {language: i for i, language in enumerate(run.site.languages)}
    target: dict[str, tuple[str, str]] = {}
    sources: dict[str, set[str]] = defaultdict(set)
    for story in linked:
        first = min(story, key=lambda url: (order[pages.language[url]], url))
        for url in story:
            target[url] = pages.shard[first], pages.article_id[first]
            sources[pages.shard[first]].add(pages.shard[url])
    for shard in sorted(sources):
        editions: list[Edition] = []
        for source in sorted(sources[shard]):
            rows = read_rows(run.workspace.editions / f"{source}.parquet")
            here = (row for row in rows if target[row["url"]][0] == shard)
            editions += [replace(edition_of(row), article_id=target[row["url"]][1]) for row in here]
        editions.sort(key=lambda edition: (edition.article_id, edition.language))
        for _, same in groupby(editions, key=lambda edition: edition.article_id):
            counts.update(tally(list(same)))
        path = run.workspace.articles / f"{shard}.parquet"
        write_rows(path, EDITIONS, map(edition_row, editions))
        yield path


STAGE = Stage(
    name=LINK,
    command="extract",
    about="puts the pages of sites without common ids into stories, by hreflang links or content",
    reads=("editions/*.parquet",),
    writes=("articles/<shard>.parquet", "dropped/link.parquet"),
    run=link,
    modules=(
        "align.arcs",
        "align.bead_shapes",
        "align.words",
        "crawl.links",
        "crawl.state_file",
        "crawl.options",
        "crawl.state_file",
        "jit",
        "languages",
        "link",
        "model",
        "ragged",
        "sites",
        "text",
        "web.charset",
        "web.html",
        "web.links",
        "web.responses",
        "stages.edition_links",
        "stages.link",
        "workspace.tables",
    ),
    data=("data/lexicon",),
    drops=(LINK,),
    figures=(Figure("stories", "stories", always=False),),
    nothing="no page is an edition of a story",
)
