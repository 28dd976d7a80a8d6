"""`rehydrate`: the texts of a stand-off dataset, from the user's own copy of the pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.progress import shown
from corpus_builder.errors import NothingProduced, UsageError


def rehydrate(
    standoff: Annotated[Path, typer.Argument(metavar="STANDOFF", help="A stand-off dataset.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="The dataset folder to write.")],
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Your own crawl of the site: a workspace with articles.")
    ] = None,
    warc: Annotated[str | None, typer.Option(metavar="GLOB", help="Your WARC files; needs --site.")] = None,
    pages: Annotated[Path | None, typer.Option(metavar="DIR", help="Your saved pages; needs --site.")] = None,
    site: Annotated[str | None, typer.Option(help="The site's rules: a name, or a TOML file.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The mirror that the pages were fetched from.")] = None,
) -> None:
    """Put the texts back into a stand-off dataset, and tell what has changed on the pages since.

    Example: `corpus-builder rehydrate standoff --workspace workspace -o dataset`
    """
    import tempfile

    from corpus_builder.dataset.folder import DatasetFolder
    from corpus_builder.dataset.rehydrate import rehydrate as put_back
    from corpus_builder.dataset.rehydrate import write_report
    from corpus_builder.files import replacing_folder
    from corpus_builder.stages.stage import Source
    from corpus_builder.stages.standoff_pages import extract_into, page_texts

    if sum(bool(source) for source in (workspace, warc, pages)) != 1:
        raise UsageError("where are the pages?", next_step="name one of --workspace, --warc and --pages")
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise UsageError(f"{out} is there already", next_step="name another place with --out")
    folder = DatasetFolder(standoff)
    with tempfile.TemporaryDirectory() as scratch, replacing_folder(out.absolute()) as part:
        if workspace is None:
            if site is None:
                raise UsageError(
                    "--warc and --pages need to know whose pages these are", next_step="name it with --site"
                )
            languages = sorted({part.name for part in folder.schema(folder.configs[0]).field("hashes").type})
            with shown() as progress:
                extract_into(Path(scratch), site, languages, Source(warc, pages), base_url, progress)
        result = put_back(folder, page_texts(workspace or Path(scratch)), part)
        write_report(result, part / "rehydrated.json")
        shutil.copyfile(standoff / "README.md", part / "README.md")
    for config, rows in result.rows.items():
        typer.echo(f"{config:20} {rows:,} rows")
    for reason, rows in sorted(result.lost.items()):
        typer.echo(f"lost: {reason} {rows:,} rows")
    typer.echo("editions: " + ", ".join(f"{state} {count:,}" for state, count in sorted(result.editions.items())))
    typer.echo(f"{out}; rehydrated.json in it names every page that has changed")
    if not any(result.rows.values()):
        raise NothingProduced("no row could be put back", next_step="are these the pages that the dataset was made of?")
