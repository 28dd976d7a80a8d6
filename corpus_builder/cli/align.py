"""`align`: plain texts in, beads out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.errors import UsageError


def align(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of texts NAME.LANG.txt, one segment a line.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; a folder where a format needs one.")
    ],
    langs: Annotated[str | None, typer.Option(help="Languages, as uk,ru,en; by default all that there are.")] = None,
    levels: Annotated[
        str,
        typer.Option(help="`segment` (lines as they are), `sentence` or `clause` (split and joined again), `auto`."),
    ] = "auto",
    format_name: Annotated[str, typer.Option("--format", help="jsonl, ladder, vecalign, tmx or tsv.")] = "jsonl",
    together: Annotated[
        bool, typer.Option("--together", help="One bead over all languages instead of one for each two.")
    ] = False,
    seed: Annotated[
        str, typer.Option(help="A folder of seed lexicons (`lexicon train`), `shipped`, or `none`.")
    ] = "shipped",
    model: Annotated[
        Path | None, typer.Option(help="Keep what was learned in this folder, and begin with what lies there.")
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(help="Add the evidence of a sentence encoder: its name, as labse, or its folder."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add the words that carried each bead (jsonl).")] = False,
) -> None:
    """Align plain texts in two or more languages; nothing but the texts is needed.

    Every line lies in one bead of each two languages, one-sided beads included. Lines are numbered from 0.

    Example: `corpus-builder align texts -o beads.jsonl --langs uk,ru,en`
    """
    from corpus_builder.align.texts.formats import FORMATS
    from corpus_builder.align.texts.texts import LEVELS

    if format_name not in FORMATS:
        raise UsageError(f"no format {format_name!r}", next_step=f"choose one of {', '.join(FORMATS)}")
    if levels not in LEVELS:
        raise UsageError(f"no level {levels!r}", next_step=f"choose one of {', '.join(LEVELS)}")
    if explain and format_name != "jsonl":
        raise UsageError("--explain needs --format jsonl", next_step="leave one of the two out")
    from corpus_builder.align.texts.command import align_texts

    languages = [language.strip() for language in (langs or "").split(",") if language.strip()]
    if len(set(languages)) < len(languages):
        raise UsageError(f"--langs {langs} names a language twice", next_step="name each once")
    seeds = {"shipped": True, "none": None}.get(seed, Path(seed))
    counts = align_texts(folder, output, languages, level=levels, format_name=format_name, together=together,
                         seed=seeds, model=model, explain=explain, encoder=encoder)  # fmt: skip
    typer.echo(f"{counts['documents']} documents, {counts['beads']} beads ({counts['one_sided']} one-sided): {output}",
               err=True)  # fmt: skip
