"""`rehydrate`: the texts of a stand-off dataset, from the user's copy of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.cli.terminal import say
from corpus_builder.errors import NothingProduced, UsageError


def rehydrate(
    standoff: Annotated[Path, typer.Argument(metavar="STANDOFF", help="Stand-off dataset.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Dataset folder to write.")],
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Your crawl of the site: a workspace with articles.")
    ] = None,
    warc: Annotated[str | None, typer.Option(metavar="GLOB", help="Your WARC files; requires --site.")] = None,
    pages: Annotated[Path | None, typer.Option(metavar="DIR", help="Your saved pages; requires --site.")] = None,
    site: Annotated[str | None, typer.Option(help="Site rules: a name or a TOML file.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Mirror that the pages were fetched from.")] = None,
) -> None:
    """Put the texts back into a stand-off dataset, and report what has changed on the pages since.

    Example: `corpus-builder rehydrate standoff --workspace workspace -o dataset`
    """
    import tempfile

    from corpus_builder.dataset.folder import DatasetFolder
    from corpus_builder.dataset.rehydrate import REPORT, finish, write_report
    from corpus_builder.dataset.rehydrate import rehydrate as put_back
    from corpus_builder.files import replacing_folder
    from corpus_builder.stages.stage import Source
    from corpus_builder.stages.standoff_pages import extract_into, page_texts

    if sum(bool(source) for source in (workspace, warc, pages)) != 1:
        raise UsageError("no pages given", next_step="give one of --workspace, --warc and --pages")
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise UsageError(f"{out} already exists", next_step="choose another folder with --out")
    folder = DatasetFolder(standoff)
    with tempfile.TemporaryDirectory() as scratch, replacing_folder(out.absolute()) as part:
        if workspace is None:
            if site is None:
                raise UsageError(
                    "--warc and --pages require the rules of the site", next_step="add --site, e.g. --site pravda"
                )
            languages = sorted({part.name for part in folder.schema(folder.configs[0]).field("hashes").type})
            with shown() as progress:
                extract_into(Path(scratch), site, languages, Source(warc, pages), base_url, progress)
        result = put_back(folder, page_texts(workspace or Path(scratch)), part)
        if not any(result.rows.values()):
            reasons = out.absolute().with_name(f"{out.absolute().name}.{REPORT}")
            write_report(result, reasons)
            raise NothingProduced(
                f"no row could be restored: {_counts(result.lost)}; editions: {_counts(result.editions)}",
                next_step=f"{reasons} names every page that has changed; check that these are the pages of the dataset",
            )
        finish(standoff, part, result)
    for config, rows in result.rows.items():
        say(f"{config:20} {rows:,} rows")
    for reason, rows in sorted(result.lost.items()):
        say(f"lost: {reason} {rows:,} rows")
    say(f"editions: {_counts(result.editions)}")
    say(f"{out}; its rehydrated.json lists every page that has changed")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"
