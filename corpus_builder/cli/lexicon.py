"""`lexicon`: make and inspect seed lexicons, the aligner's word statistics before it has seen a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.terminal import say
from corpus_builder.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Make and inspect seed lexicons for the aligner.")


@app.command("train")
def train(
    source: Annotated[Path, typer.Argument(help="Sentences of the first language, one a line.")],
    target: Annotated[Path, typer.Argument(help="Their translations, line by line.")],
    languages: Annotated[str, typer.Option(help="The two languages, e.g. uk,en.")],
    output: Annotated[Path, typer.Option("--out", "-o", help="Output folder.")],
    origin: Annotated[str, typer.Option("--source", help="Source of the pairs, recorded in the file header.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Licence, recorded in the file header.")] = "",
) -> None:
    """Count a seed lexicon from sentence pairs. Only statistics are stored, no sentences.

    Example: `corpus-builder lexicon train pairs.uk pairs.en --languages uk,en -o lexicons`
    """
    names = languages.split(",")
    if len(names) != 2 or not all(names):
        raise UsageError(f"--languages must name two languages, not {languages}", next_step="write it as uk,en")
    from corpus_builder.align import seed_training
    from corpus_builder.align.words import seed_lexicon
    from corpus_builder.escape import one_line
    from corpus_builder.files import shown

    left, right = _lines(source), _lines(target)
    if len(left) != len(right):
        raise UsageError(f"{source} has {len(left)} lines and {target} has {len(right)}",
                         next_step="line n of one file must translate line n of the other")  # fmt: skip
    about = [seed_training.ABOUT, f"Source: {one_line(origin or shown(source.name))} ({len(left)} pairs)."]
    about += [f"Licence: {one_line(licence)}."] if licence else []
    learned = seed_training.learn(zip(left, right, strict=True), about)
    path = output / f"{'-'.join(names)}.tsv.gz"
    seed_lexicon.write(learned, path)
    units = f"{len(learned.units_a)} and {len(learned.units_b)} units"
    say(f"{len(learned.links)} links between {units}: {path}", error=True)


@app.command("compose")
def compose(
    first: Annotated[Path, typer.Argument(help="Lexicon of languages A and C: A-C.tsv.gz.")],
    second: Annotated[Path, typer.Argument(help="Lexicon of languages B and C: B-C.tsv.gz.")],
    output: Annotated[Path, typer.Option("--out", "-o", help="Output folder for A-B.tsv.gz.")],
) -> None:
    """Compose the lexicon of two languages from their lexicons with a third language.

    Example: `corpus-builder lexicon compose lexicons/uk-ru.tsv.gz lexicons/uk-en.tsv.gz -o lexicons`
    """
    from corpus_builder.align import seed_training
    from corpus_builder.align.words import seed_lexicon

    pairs = [path.name.removesuffix(".tsv.gz").split("-") for path in (first, second)]
    common = sorted(set(pairs[0]) & set(pairs[1]))
    if any(len(pair) != 2 for pair in pairs) or len(common) != 1:
        raise UsageError(f"{first.name} and {second.name} have no language in common",
                         next_step="rename the files to A-C.tsv.gz and B-C.tsv.gz")  # fmt: skip
    shared = common[0]
    left, right = (next(language for language in pair if language != shared) for pair in pairs)
    a, b = (
        lexicon if pair[1] == shared else lexicon.turned()
        for pair, lexicon in zip(pairs, map(seed_lexicon.read, (first, second)), strict=True)
    )
    about = [seed_training.ABOUT, f"Source: composed of {first.name} and {second.name}.", *a.about[1:], *b.about[1:]]
    composed = seed_training.compose(a, b, about)
    path = output / f"{left}-{right}.tsv.gz"
    seed_lexicon.write(composed, path)
    say(f"{len(composed.links)} links: {path}", error=True)


@app.command("inspect")
def inspect(
    path: Annotated[Path, typer.Argument(help="Seed lexicon, A-B.tsv.gz.")],
    word: Annotated[
        str | None, typer.Option(help="Show only links of this word (matched by its first letters).")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Number of links to show.")] = 20,
) -> None:
    """Show the header and the most frequent links of a seed lexicon.

    Example: `corpus-builder lexicon inspect lexicons/uk-en.tsv.gz --word президент`
    """
    from corpus_builder.align.words import seed_lexicon
    from corpus_builder.text.tokens import unit

    if not path.exists():
        raise UsageError(f"file not found: {path}", next_step="name a seed lexicon, A-B.tsv.gz")
    lexicon = seed_lexicon.read(path)
    for line in lexicon.about:
        say(f"# {line}")
    say(f"# {len(lexicon.units_a)} and {len(lexicon.units_b)} units, {len(lexicon.links)} links")
    key = unit(word.lower()) if word else None
    links = [link for link in lexicon.links if key is None or key in link[:2]]
    for x, y, count in sorted(links, key=lambda link: (-link[2], link))[:top]:
        say(f"{x}\t{y}\t{count:g}")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UsageError(f"file not found: {path}", next_step="name a text file with one sentence a line") from None
    except UnicodeDecodeError as why:
        raise UsageError(f"{path} is not UTF-8: byte {why.start} cannot be read", next_step="convert it") from why
