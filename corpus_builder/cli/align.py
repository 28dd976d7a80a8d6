"""`align`: align plain texts."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from corpus_builder.cli.terminal import say, say_json
from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.align.texts.decoding import Mapper


class _TextsOrCommand(TyperGroup):
    """Takes a folder of texts, or the name of a subcommand in its place."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Leave the words of a subcommand to it."""
        if args and args[0] in self.commands:
            ctx.args = list(args)
            ctx.meta[_SUBCOMMAND] = True
            return args
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand, or align the folder."""
        if not ctx.meta.get(_SUBCOMMAND):
            return super().invoke(ctx)
        name, command, rest = self.resolve_command(ctx, ctx.args)
        assert command is not None  # parse_args looked it up
        with command.make_context(name, rest, parent=ctx) as own:
            return command.invoke(own)


GARBAGE = 50_000
"""New objects after which Python looks for unreachable ones (its own number is 700). Chosen: imports make many, none of
them unreachable, and the search takes a tenth of the time of a start."""
_SUBCOMMAND = "corpus_builder.align.subcommand"

app = typer.Typer(cls=_TextsOrCommand, invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.command("score")
def score(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Beads as JSON lines, as `align` writes them.")],
    gold: Annotated[Path, typer.Option(help="Folder of gold alignments NAME.en-uk.gold, with lines [0, 1]:[0].")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare an alignment with gold: strict and lax precision, recall and F1, as Vecalign defines them.

    Example: `corpus-builder align score beads.jsonl --gold texts`
    """
    from dataclasses import asdict

    from corpus_builder.align.texts.score import score as compare

    found = compare(output, gold)
    if json:
        say_json({pair: asdict(each) for pair, each in found.items()})
        return
    for pair, each in found.items():
        for kind, value in (("strict", each.strict), ("lax", each.lax)):
            say(f"{pair} {kind:6}  precision {value.precision:.4f}  recall {value.recall:.4f}  F1 {value.f1:.4f}")
        say(f"{pair} {each.beads:,} beads found, {each.gold:,} two-sided in gold, {each.documents:,} documents")


@app.callback()
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
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that align documents; the output is the same with any number.")
    ] = 1,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add to each bead the word pairs that contributed most (jsonl only).")
    ] = False,
) -> None:
    """Align plain texts in two or more languages. No model or dictionary is needed.

    Every line is in exactly one bead per language pair; lines without a counterpart are one-sided beads. Line numbers
    start at 0.

    Example: `corpus-builder align texts -o beads.jsonl --languages uk,ru,en`
    """
    _start_quickly()
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
    if isinstance(seed_lexicon, Path) and not seed_lexicon.is_dir():
        raise UsageError(
            f"no folder of seed lexicons: {lexicon}",
            next_step="give the folder that has the files A-B.tsv.gz, or `shipped`, or `none`",
        )
    counts = align_texts(folder, output, chosen, level=level, format_name=format_name, together=together,
                         seed_lexicon=seed_lexicon, model=model, explain=explain, encoder=encoder,
                         notify=lambda message: say(message, error=True), encoding=_tell,
                         mapper=_mapper(workers))  # fmt: skip
    say(f"{counts['documents']} documents, {counts['beads']} beads ({counts['one_sided']} one-sided): {output}",
        error=True)  # fmt: skip


def _start_quickly() -> None:
    gc.set_threshold(GARBAGE)
    from corpus_builder import jit

    jit.start_quickly()
    jit.when_compiling(lambda: say("compiling the inner loops, once; this takes about half a minute", error=True))


def _mapper(workers: int) -> Mapper:
    if workers == 1:
        return map
    from corpus_builder.stages.executor import Workers

    return Workers(workers).in_order


def _tell(done: int, total: int) -> None:
    """Show how many texts are encoded, in place on a terminal, once at the end elsewhere."""
    terminal = sys.stderr.isatty()
    if terminal or done == total:
        say(f"encoded {done:,} of {total:,} texts", error=True, over=terminal, end="\n" if done == total else "")
