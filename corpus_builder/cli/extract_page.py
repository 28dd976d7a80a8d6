"""`extract-page`: shows the edition that a site's rules extract from one saved page."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.sites import complete_site
from corpus_builder.cli.terminal import console, say_json
from corpus_builder.errors import NothingProduced, SkipPage

if TYPE_CHECKING:
    from corpus_builder.model import Block, Edition


def extract_page(
    file: Annotated[Path, typer.Argument(help="A saved page.")],
    url: Annotated[str | None, typer.Option(help="URL of the page. Default: the canonical URL in the page.")] = None,
    site: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete_site, help="Site name or rule file (.toml). Default: the site whose host it is."
        ),
    ] = None,
    part: Annotated[
        list[Path] | None,
        typer.Option(help="A later page of the article, or the API's answer with its text, saved; once for each."),
    ] = None,
    generic: Annotated[
        bool, typer.Option("--generic", help="Ignore site rules and use the generic extractor.")
    ] = False,
    language: Annotated[
        str | None, typer.Option(help="With --generic: language of the page, e.g. uk. Default: detected.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the edition as JSON.")] = False,
) -> None:
    """Extract one saved page and print it block by block, with labels.

    Example: `corpus-builder extract-page saved.html --url https://www.pravda.com.ua/news/2025/12/01/8009697/`
    """
    from corpus_builder.cli.page_questions import EditionQuestion, NamedPage, edition_of_page
    from corpus_builder.sites.answer_parts import INCOMPLETE
    from corpus_builder.web.page_process import read_apart

    question = EditionQuestion(NamedPage(str(file), url, parts=tuple(part or ())), site, generic, language)
    try:
        edition, rules = read_apart(edition_of_page, str(file), question)
    except SkipPage as skipped:  # it ended the process
        raise NothingProduced(f"no edition in {file}: {skipped}", next_step="a build drops such a page") from skipped
    if isinstance(edition, SkipPage):
        raise NothingProduced(
            f"no edition in {file}: {edition}",
            next_step="save what is missing, and give it with --part"
            if edition.reason == INCOMPLETE
            else f"corpus-builder sites check {site or rules} {file} shows what each selector finds",
        ) from edition
    if json:
        _print_json(edition)
    else:
        _print(edition)


def _print_json(edition: Edition) -> None:
    say_json(asdict(edition))


def _print(edition: Edition) -> None:
    from rich.text import Text

    screen = console()
    facts = {
        "url": edition.url,
        "edition": f"{edition.language} of {edition.article_id}, layout {edition.layout}",
        "language": edition.detected_language,
        "published": edition.published,
        "modified": edition.modified,
        "authors": ", ".join(edition.authors),
        "section": edition.section,
        "tags": ", ".join(edition.tags),
        "alternates": " ".join(f"{language} {url}" for language, url in edition.alternates),
    }
    for name, value in facts.items():
        if value:
            screen.print(Text.assemble((f"{name:10} ", "bold"), str(value)), soft_wrap=True)
    for block in (*edition.blocks, *edition.captions):
        screen.print(_line(block), soft_wrap=True)


def _line(block: Block) -> object:
    from rich.text import Text

    label = f"{block.label}{f' ({block.speaker})' if block.speaker else ''}: " if block.label else ""
    return Text.assemble((f"{block.kind:10} ", "bold"), (label, "green"), block.text)
