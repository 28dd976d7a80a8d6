"""`takedown`: removes a story from a workspace for good."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.cli.terminal import say


def takedown(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="Workspace of a build.")],
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="URL of any edition of each story.")],
) -> None:
    """Remove all editions of stories from a workspace, and keep them out of every later build.

    The records of their pages are removed from the crawl's WARC files, the rest of the workspace is built again without
    them, and tombstones.json lists them. Files outside the workspace (--warc, --pages, --articles) are not changed.

    Example: `corpus-builder takedown workspace https://www.pravda.com.ua/news/2025/12/1/8009700/`
    """
    from corpus_builder.stages.takedown import take_down

    with shown() as progress:
        done = take_down(workspace, urls, progress)
    for article_id, editions in done.stories.items():
        say(f"{article_id}: " + ", ".join(editions))
    say(f"taken down: {done.editions} editions, {done.records} WARC records")
