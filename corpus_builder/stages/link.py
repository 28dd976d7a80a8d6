"""The stage "link": pages of a site whose URLs do not say so are put into stories, by the rules of the site.

It does nothing where the site's rules say that an id in the URL is all ([linking] by = ["id"]): extraction has put
those editions together already.

A task a shard writes what linking needs to know of its pages (link_pages.py), and compares them by content with those
of the shards near in time (link_content.py). Which pages are one story is found in this process, from arrays of a few
numbers a page (link_groups.py). A task a shard then writes the stories (link_stories.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

from corpus_builder.stages.jobs import ShardResult
from corpus_builder.stages.link_content import Near, compare_shard, learn_pairs, near_shards, weigh
from corpus_builder.stages.link_groups import Listed, group_pages
from corpus_builder.stages.link_pages import describe_pages
from corpus_builder.stages.link_parts import LinkTask, NearStage, page_file, pair_file, part_folder
from corpus_builder.stages.link_stories import files_of, write_stories
from corpus_builder.stages.stage import ALL, Figure, Run, Stage, join_drops, run_here, run_shards
from corpus_builder.workspace.drops import EXTRACT, LINK, shard_drops

_PARTS = ("pages", "groups", "weights", "candidates", "learned", "scores")


def link(run: Run) -> None:
    """Put the editions of editions/ into stories, and write these to articles/; skipped where nothing changed."""
    if not run.site.links_pages or run.source.articles:
        for part in _PARTS:
            run.manifest.stages.pop(_name(part), None)
        shutil.rmtree(part_folder(run.workspace, ""), ignore_errors=True)
        if run.manifest.stages.pop(LINK, None):  # its files are extraction's now, but for the notes
            shard_drops(run.workspace, LINK, ALL).unlink(missing_ok=True)
            join_drops(run.workspace, LINK)
        return
    shards = [path.stem for path in sorted(run.workspace.editions.glob("*.parquet"))]
    _describe(run, shards)
    near = _compare(run, shards) if "content" in run.site.rules.linking.by else _forget(run)
    _group(run, shards, near)
    join_drops(run.workspace, LINK)


def _name(part: str) -> str:
    return f"{LINK}.{part}"


def _part(part: str, read: Mapping[str, Sequence[str]]) -> NearStage:
    """A part of this stage, whose tasks read some files."""
    values: dict[str, Any] = {field.name: getattr(STAGE, field.name) for field in fields(STAGE)}
    return NearStage(**{**values, "name": _name(part) if part else LINK, "read": read})


def _tasks(run: Run, stage: Stage, shards: Sequence[str], near: Near | None = None, step: str = "") -> list[LinkTask]:
    rules = run.site.rules
    settings = [rules.linking.model_dump(mode="json"), list(rules.editions), rules.domains, run.languages]
    return [
        LinkTask(
            shard,
            stage.key(run.workspace, shard, *settings, *sorted(near[shard].items()) if near else ()),
            run.workspace,
            run.languages,
            run.site,
            near[shard] if near else {},
            step,
        )
        for shard in shards
    ]


def _describe(run: Run, shards: Sequence[str]) -> None:
    read = {
        shard: [
            run.workspace.relative(path)
            for path in (run.workspace.editions / f"{shard}.parquet", shard_drops(run.workspace, EXTRACT, shard))
            if path.is_file()
        ]
        for shard in shards
    }
    stage = _part("pages", read)
    run_shards(run, stage, _tasks(run, stage, shards), describe_pages)


def _compare(run: Run, shards: Sequence[str]) -> Near:
    """Compare the pages by their content; which shards were compared with which."""
    workspace, rules = run.workspace, run.site.rules.linking
    near = near_shards(workspace, shards, run.site.languages, rules.days)
    features = [path for shard in shards for path in page_file(workspace, shard, "").glob("*.npz")]
    _whole(run, "weights", list(map(workspace.relative, features)), weigh)
    _best(run, "candidates", "weights", near)
    found = list(map(workspace.relative, part_folder(workspace, "candidates").glob("*/*.npz")))
    _whole(run, "learned", [*found, *map(workspace.relative, features)], partial(learn_pairs, near=near))
    _best(run, "scores", "learned", near)
    return near


def _whole(run: Run, part: str, read: Sequence[str], function: Callable[[LinkTask], ShardResult]) -> None:
    stage = _part(part, {ALL: read})
    [task] = _tasks(run, stage, [ALL])
    run_here(run, stage, task, function)


def _best(run: Run, step: str, tables: str, near: Near) -> None:
    """Find the best pairs of the pages of each shard, by the tables of a part."""
    workspace = run.workspace
    read = {
        shard: [
            workspace.relative(path)
            for pair, others in pairs.items()
            for path in (
                page_file(workspace, shard, f"{pair[0]}.npz"),
                *(page_file(workspace, other, f"{pair[1]}.npz") for other in others),
                *(part_folder(workspace, "weights", f"{language}.npz") for language in pair),
                pair_file(workspace, tables, pair),
            )
        ]
        for shard, pairs in near.items()
    }
    stage = _part(step, read)
    run_shards(run, stage, _tasks(run, stage, sorted(near), near, step), compare_shard)


def _forget(run: Run) -> Near:
    """Remove what was compared while the rules of the site said so."""
    for part in _PARTS[2:]:
        run.manifest.keep_only(_name(part), ())
    return {}


def _group(run: Run, shards: Sequence[str], near: Near) -> None:
    """Find the stories of all pages, and write those of each shard."""
    workspace = run.workspace
    by_links = "hreflang" in run.site.rules.linking.by and (workspace.crawl / "state.sqlite").is_file()
    listed = Listed.of(workspace.crawl) if by_links else Listed.nothing()
    read = [
        workspace.relative(path)
        for pattern in ("pages/*/*.parquet", "scores/*/*.npz")
        for path in part_folder(workspace, "").glob(pattern)
    ]
    stage = _part("groups", {ALL: read})
    [task] = _tasks(run, stage, [ALL])
    task = replace(task, key=stage.key(workspace, ALL, task.key, listed.digest()))
    run_here(run, stage, task, partial(group_pages, shards=shards, listed=listed, near=near))
    counted = run.manifest.stages[stage.name][ALL]
    run.manifest.enter(LINK, ALL, task.key, {}, counted.counts, counted.seconds)  # with the stories, in the report
    with_stories = [path.stem for path in sorted(part_folder(workspace, "groups").glob("*.parquet"))]
    stage = _part("", {shard: files_of(workspace, shard) for shard in with_stories})
    run_shards(run, stage, [task, *_tasks(run, stage, with_stories)], write_stories)


STAGE = Stage(
    name=LINK,
    command="extract",
    about="puts the pages of sites without common ids into stories, by hreflang links or content",
    reads=("editions/*.parquet", "dropped/extract.parquet"),
    writes=("editions/linking/**", "articles/<shard>.parquet", "dropped/link.parquet"),
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
        "stages.link_content",
        "stages.link_groups",
        "stages.link_pages",
        "stages.link_parts",
        "stages.link_stories",
        "workspace.tables",
    ),
    data=("data/lexicon",),
    drops=(LINK,),
    figures=(Figure("stories", "stories", always=False),),
    nothing="no page is an edition of a story",
)
