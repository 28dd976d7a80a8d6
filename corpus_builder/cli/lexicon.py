"""`lexicon`: seed lexicons, what the aligner knows of two languages before the first document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Make and read seed lexicons for the aligner.")


@app.command("train")
def train(
    source: Annotated[Path, typer.Argument(help="Sentences of the first language, one a line.")],
    target: Annotated[Path, typer.Argument(help="Their translations, line by line.")],
    langs: Annotated[str, typer.Option(help="The two languages, as uk,en.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder that the lexicon is written into.")],
    origin: Annotated[str, typer.Option("--source", help="Where the pairs come from, for the file's head.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Their licence, for the file's head.")] = "",
) -> None:
    """Count a seed lexicon from sentence pairs; only statistics are kept.

    Example: `corpus-builder lexicon train pairs.uk pairs.en --langs uk,en -o lexicons`
    """
    languages = langs.split(",")
    if len(languages) != 2 or not all(languages):
        raise UsageError(f"--langs {langs} does not name two languages", next_step="write it as uk,en")
    from corpus_builder.align import seed_training as seeding
    from corpus_builder.align.words import seed_lexicon as seed

    left, right = _lines(source), _lines(target)
    if len(left) != len(right):
        raise UsageError(f"{source} has {len(left)} lines and {target} has {len(right)}",
                         next_step="line n of the one must translate line n of the other")  # fmt: skip
    about = [seeding.ABOUT, f"Source: {origin or source.name} ({len(left)} pairs)."]
    about += [f"Licence: {licence}."] if licence else []
    made = seeding.learn(zip(left, right, strict=True), about)
    path = output / f"{'-'.join(languages)}.tsv.gz"
    seed.write(made, path)
    typer.echo(f"{len(made.links)} links between {len(made.units_a)} and {len(made.units_b)} units: {path}", err=True)


@app.command("compose")
def compose(
    first: Annotated[Path, typer.Argument(help="The lexicon of A and C: A-C.tsv.gz.")],
    second: Annotated[Path, typer.Argument(help="The lexicon of B and C: B-C.tsv.gz.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder that A-B.tsv.gz is written into.")],
) -> None:
    """Make the lexicon of two languages from those of each with a third.

    Example: `corpus-builder lexicon compose lexicons/uk-ru.tsv.gz lexicons/uk-en.tsv.gz -o lexicons`
    """
    from corpus_builder.align import seed_training as seeding
    from corpus_builder.align.words import seed_lexicon as seed

    one, two = (path.name.removesuffix(".tsv.gz").split("-") for path in (first, second))
    third = sorted(set(one) & set(two))
    if len(one) != 2 or len(two) != 2 or len(third) != 1:
        raise UsageError(f"{first.name} and {second.name} do not share one language",
                         next_step="name them A-C.tsv.gz and B-C.tsv.gz")  # fmt: skip
    left, right = (next(x for x in names if x != third[0]) for names in (one, two))
    a, b = (seed.turned(seed.read(path), names[0] == third[0]) for path, names in ((first, one), (second, two)))
    made = seeding.through(
        a, b, [seeding.ABOUT, f"Source: composed of {first.name} and {second.name}.", *a.about[1:], *b.about[1:]]
    )
    path = output / f"{left}-{right}.tsv.gz"
    seed.write(made, path)
    typer.echo(f"{len(made.links)} links: {path}", err=True)


@app.command("inspect")
def inspect(
    path: Annotated[Path, typer.Argument(help="A lexicon, A-B.tsv.gz.")],
    word: Annotated[str | None, typer.Option(help="Only the links of this word (of its first letters).")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many links to show.")] = 20,
) -> None:
    """Show what a seed lexicon holds.

    Example: `corpus-builder lexicon inspect lexicons/uk-en.tsv.gz --word президент`
    """
    from corpus_builder.align.words import seed_lexicon as seed
    from corpus_builder.text.tokens import unit

    if not path.exists():
        raise UsageError(f"no file {path}", next_step="name a lexicon, A-B.tsv.gz")
    found = seed.read(path)
    for line in found.about:
        typer.echo(f"# {line}")
    typer.echo(f"# {len(found.units_a)} and {len(found.units_b)} units, {len(found.links)} links")
    key = unit(word.lower()) if word else None
    links = [link for link in found.links if key is None or key in link[:2]]
    for x, y, count in sorted(links, key=lambda link: (-link[2], link))[:top]:
        typer.echo(f"{x}\t{y}\t{count:g}")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UsageError(f"no file {path}", next_step="name a text file with one sentence a line") from None
    except UnicodeDecodeError as why:
        raise UsageError(f"{path} is not UTF-8: byte {why.start} cannot be read", next_step="convert it") from why
