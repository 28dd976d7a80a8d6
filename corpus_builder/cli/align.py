"""`align`: align plain texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.terminal import say
from corpus_builder.errors import UsageError


def align(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of texts NAME.LANG.txt, one segment a line.")],
    output: Annotated[
        Path, typer.Option("--out", "-o", help="Output file (a folder where the format writes several files).")
    ],
    languages: Annotated[
        str | None, typer.Option(help="Languages, e.g. uk,ru,en (default: all languages in DIR).")
    ] = None,
    level: Annotated[
        str,
        typer.Option(help="Unit of alignment: segment (lines as they are), sentence, clause, or auto."),
    ] = "auto",
    format_name: Annotated[str, typer.Option("--format", help="jsonl, ladder, vecalign, tmx or tsv.")] = "jsonl",
    together: Annotated[
        bool, typer.Option("--together", help="Write one bead over all languages instead of one per language pair.")
    ] = False,
    lexicon: Annotated[
        str, typer.Option(help="Seed lexicons: a folder (see `lexicon train`), `shipped`, or `none`.")
    ] = "shipped",
    model: Annotated[
        Path | None, typer.Option(help="Folder of the trained aligner: loaded if it exists, saved afterwards.")
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(help="Add a sentence encoder: e5, use, labse, a model name, or a folder."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add to each bead the word pairs that contributed most (jsonl only).")
    ] = False,
) -> None:
    """Align plain texts in two or more languages. No model or dictionary is needed.

    Every line is in exactly one bead per language pair; lines without a counterpart are one-sided beads. Line numbers
    start at 0.

    Example: `corpus-builder align texts -o beads.jsonl --languages uk,ru,en`
    """
    from corpus_builder.align.texts.formats import FORMATS
    from corpus_builder.align.texts.lines import LEVELS

    if format_name not in FORMATS:
        raise UsageError(f"unknown format: {format_name}", next_step=f"choose one of {', '.join(FORMATS)}")
    if level not in LEVELS:
        raise UsageError(f"unknown level: {level}", next_step=f"choose one of {', '.join(LEVELS)}")
    if explain and format_name != "jsonl":
        raise UsageError("--explain needs --format jsonl", next_step="remove one of the two options")
    from corpus_builder.align.texts.command import align_texts

    chosen = [language.strip() for language in (languages or "").split(",") if language.strip()]
    if len(set(chosen)) < len(chosen):
        raise UsageError(f"--languages {languages} names a language twice", next_step="name each language once")
    seed_lexicon = {"shipped": True, "none": None}.get(lexicon, Path(lexicon))
    counts = align_texts(folder, output, chosen, level=level, format_name=format_name, together=together,
                         seed_lexicon=seed_lexicon, model=model, explain=explain, encoder=encoder,
                         notify=lambda message: say(message, error=True), encoding=_tell)  # fmt: skip
    say(f"{counts['documents']} documents, {counts['beads']} beads ({counts['one_sided']} one-sided): {output}",
        error=True)  # fmt: skip


def _tell(done: int, total: int) -> None:
    """Show how many texts are encoded, in place on a terminal, once at the end elsewhere."""
    terminal = sys.stderr.isatty()
    if terminal or done == total:
        say(f"encoded {done:,} of {total:,} texts", error=True, over=terminal, end="\n" if done == total else "")
