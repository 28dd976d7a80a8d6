"""What linking needs to know of the pages of a shard: addresses as hashes, and features where content is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus_builder.files import replacing
from corpus_builder.link.features import Page, page_of
from corpus_builder.link.joins import address_hash
from corpus_builder.link.vectors import UNDATED, Vectors
from corpus_builder.model import Edition
from corpus_builder.parquet import RowWriter, read_rows, write_rows
from corpus_builder.sites import Site
from corpus_builder.sites.site import CANONICAL_IS, NOT_CANONICAL
from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.link_parts import ALIASES, ALTERNATES, PAGES, LinkTask, page_file
from corpus_builder.workspace.drops import EXTRACT, shard_drops
from corpus_builder.workspace.tables import edition_of, read_drops


@dataclass
class _Features:
    """The pages of each language, where content is compared."""

    by_language: dict[str, list[Page]] = field(default_factory=dict)

    def add(self, edition: Edition, site: Site) -> None:
        self.by_language.setdefault(edition.language, []).append(page_of(edition, site.rules.domains))


def describe_pages(task: LinkTask) -> ShardResult:
    """Write what linking needs to know of the pages of one shard."""
    site, workspace, features = task.site, task.workspace, _Features()
    by_content = "content" in site.rules.linking.by
    paths = [page_file(workspace, task.shard, name) for name in ("pages.parquet", "alternates.parquet")]
    with RowWriter(paths[0], PAGES) as pages, RowWriter(paths[1], ALTERNATES) as alternates:
        for number, row in enumerate(read_rows(workspace.editions / f"{task.shard}.parquet")):
            edition = edition_of(row)
            pages.write(_page(edition, site))
            for alternate in _alternates(edition, task):
                alternates.write({"page": number, **alternate})
            if by_content:
                features.add(edition, site)
    outputs = [*paths, page_file(workspace, task.shard, "aliases.parquet")]
    write_rows(outputs[-1], ALIASES, _aliases(task))
    for language, own in sorted(features.by_language.items()):
        outputs.append(page_file(workspace, task.shard, f"{language}.npz"))
        with replacing(outputs[-1]) as part:
            Vectors.of(own).save(part)
    return ShardResult(tuple(outputs))


def _page(edition: Edition, site: Site) -> dict[str, Any]:
    return {
        "url": edition.url,
        "article_id": edition.article_id,
        "language": site.languages.index(edition.language),
        "day": edition.published.date().toordinal() if edition.published else UNDATED,
        "address": address_hash(edition.url),
        "id": address_hash(edition.article_id),
        "key": address_hash(f"{edition.language}/{edition.article_id}"),
    }


def _alternates(edition: Edition, task: LinkTask) -> Iterator[dict[str, Any]]:
    keys = [task.site.identify(url) for _, url in edition.alternates]
    named = {key.language for key in keys if key}
    for (language, url), key in zip(edition.alternates, keys, strict=True):
        edition_of_it = language in task.languages and language not in named and language != edition.language
        yield {
            "language": language,
            "url": url,
            "address": address_hash(url),
            "bare": address_hash(url.partition("?")[0]),
            "is_article": bool(key and key.language in task.languages),
            "is_elsewhere": key is None and edition_of_it and task.site.owns(url),
        }


def _aliases(task: LinkTask) -> Iterator[dict[str, int]]:
    """The copies of articles that extraction dropped, with the addresses of these."""
    drops = shard_drops(task.workspace, EXTRACT, task.shard)
    for drop in read_drops(drops) if drops.is_file() else ():
        if drop.reason == NOT_CANONICAL and drop.detail.startswith(CANONICAL_IS):
            of_article = task.site.clean(drop.detail.removeprefix(CANONICAL_IS))
            yield {"address": address_hash(task.site.clean(drop.item)), "leads_to": address_hash(of_article)}
