"""`sites` lists the sites that have rules; `sites check` shows how rules read a page, `sites draft` makes rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.errors import NothingProduced, RunError, SkipPage, UsageError
from corpus_builder.files import replacing

if TYPE_CHECKING:
    from corpus_builder.cli.page_questions import NamedPage
    from corpus_builder.extract import LayoutReport
    from corpus_builder.model import Capture
    from corpus_builder.sites import Site

app = typer.Typer(invoke_without_command=True)


def complete_site(incomplete: str) -> list[str]:
    """The names of shipped sites that begin with what was typed, for the completion of a shell."""
    from corpus_builder.sites import site_names

    return [name for name in site_names() if name.startswith(incomplete)]


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def sites(context: typer.Context, json: Json = False) -> None:
    """List the sites that have rules: their languages, how their editions are linked, when they were last checked.

    Example: `corpus-builder sites`
    """
    if context.invoked_subcommand:
        return
    from corpus_builder.sites import load_site, site_names

    rules = [load_site(name).rules for name in site_names()]
    if json:
        rows = [
            {
                "name": site.name,
                "title": site.title,
                "languages": list(site.editions),
                "linking": site.linking.by,
                "checked": site.checked and site.checked.model_dump(mode="json"),
                "domains": site.domains,
            }
            for site in rules
        ]
        say_json(rows)
        return
    from rich.table import Table

    table = Table("name", "title", "languages", "linked by", "checked", box=None, header_style="bold")
    for site in rules:
        day = site.checked.date if site.checked else None
        linked = ", ".join(site.linking.by)
        table.add_row(site.name, site.title, " ".join(site.editions), linked, str(day or "on no page"))
    console().print(table)


@app.command("check")
def check(
    site: Annotated[
        str,
        typer.Argument(autocompletion=complete_site, help="Name of a shipped site, or path of a rule file (.toml)."),
    ],
    page: Annotated[str, typer.Argument(metavar="URL-OR-FILE", help="A page of the site: its URL, or a saved file.")],
    url: Annotated[
        str | None, typer.Option(help="URL of the saved page. Default: the canonical URL in the page.")
    ] = None,
    part: Annotated[
        list[Path] | None,
        typer.Option(help="A later page of the article, or the API's answer with its text, saved; once for each."),
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="Fetch the page from this mirror or test server.")] = None,
    json: Json = False,
) -> None:
    """Show which layout of a site matches a page, and what each selector finds in it.

    Example: `corpus-builder sites check pravda saved.html --url https://www.pravda.com.ua/news/2025/12/01/8009697/`
    """
    from corpus_builder.cli.page_questions import CheckQuestion, check_of_page, named_page
    from corpus_builder.sites import load_site
    from corpus_builder.web.page_process import read_apart

    rules = load_site(site, base_url)
    question = CheckQuestion(named_page(page, url, rules, part or ()), rules)
    try:
        own_url, reports, verdict = read_apart(check_of_page, page, question)
    except SkipPage as skipped:
        raise NothingProduced(f"{page} cannot be checked: {skipped}") from skipped
    address = rules.address(own_url)
    used = next((report.layout for report in reports if report.in_use and report.matches), None)
    if json:
        from dataclasses import asdict

        result = {
            "url": own_url,
            "language": address.key.language if address else None,
            "article_id": address.key.article_id if address else None,
            "layout": used,
            "verdict": verdict,
            "layouts": [asdict(report) for report in reports],
        }
        say_json(result)
        return
    say(own_url)
    if address:
        day = f", {address.date}" if address.date else ""
        say(f"  edition {address.key.language}, article {address.key.article_id}{day}")
    else:
        say(f"  not an article of {site}: no path pattern of its editions matches", colour="yellow")
    for report in reports:
        _print_layout(report, report.layout == used)
    say(f"{'layout ' + used if used else 'no layout matches'}; {verdict}")


@app.command("draft")
def draft(
    pages: Annotated[
        list[str], typer.Argument(metavar="PAGE…", help="Two or more articles of the site: saved files, or URLs.")
    ],
    url: Annotated[
        list[str] | None,
        typer.Option(help="URL of a saved page; once for each page, in their order. Default: its canonical URL."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File for the rules. Default: print them.")] = None,
) -> None:
    """Draft the rules of a site from a few of its articles, best two or more of each kind and language.

    Then correct the file: it ends with what `sites check` makes of each page, and what the pages do not tell.

    Example: `corpus-builder sites draft one.html two.html three.html -o my/site.toml`
    """
    from corpus_builder.cli.page_questions import (
        CheckQuestion,
        DraftQuestion,
        draft_of_pages,
        named_page,
        verdict_on_page,
    )
    from corpus_builder.web.page_process import read_apart

    if url and len(url) != len(pages):
        raise UsageError(
            f"{len(url)} --url for {len(pages)} pages", next_step="give --url once for each page, in the same order"
        )
    named = [named_page(page, url[place] if url else None) for place, page in enumerate(pages)]
    captures, robots = tuple(map(_captured, named)), _robots(pages)
    try:
        drafted = read_apart(draft_of_pages, ", ".join(pages), DraftQuestion(captures, robots))
    except SkipPage as skipped:
        next_step = _OF_PAGES.get(skipped.reason, "give pages of articles")
        raise NothingProduced(f"no rules can be drafted: {skipped}", next_step=next_step) from skipped
    if out:
        with replacing(out) as part:
            part.write_text(drafted.toml, encoding="utf-8")
        say(f"wrote {out}")
    else:
        say(drafted.toml)
    rules = drafted_site(drafted.toml)
    for page, capture in zip(named, captures, strict=True):
        key = rules.identify(capture.url)
        try:
            verdict = read_apart(verdict_on_page, page.name, CheckQuestion(replace(page, fetched=capture), rules))
        except SkipPage as skipped:
            verdict = f"dropped: {skipped}"
        say(f"{page.name}: {key.language + ', ' if key else ''}{verdict}")
    for sentence in drafted.untold:
        say(f"not told by the pages: {sentence}", colour="yellow")


_OF_PAGES = {
    "empty_body": "give pages of articles; where scripts fill them from an API, docs/sites.md says how [[from_json]] "
    "reads it",
    "files_alone": "give pages that have the text themselves; the text of such files goes into a table of articles "
    "(--articles, docs/build.md)",
    "several_sites": "draft each site from its own pages; editions on other hosts belong to it where a page names the "
    "others by hreflang",
    "bad_url": "give the whole address of the page, with https://",
    "no_layout": "install it, then run the same command again",
}
"""What to do where no rules can be drafted, by the reason."""


def drafted_site(text: str) -> Site:
    """The site of drafted rules."""
    import tomllib

    from corpus_builder.sites import Site
    from corpus_builder.sites.rules import SiteRules

    return Site(SiteRules.model_validate(tomllib.loads(text)))


def _captured(page: NamedPage) -> Capture:
    from corpus_builder.cli.page_questions import capture_of
    from corpus_builder.web.page_process import read_apart

    try:
        return read_apart(capture_of, page.name, page)
    except SkipPage as skipped:
        raise NothingProduced(f"{page.name} cannot be read: {skipped}", next_step="leave it out") from skipped


def _robots(pages: list[str]) -> str:
    """The robots.txt of the site where a page was given by its URL; "" where there is none, or all are files."""
    from urllib.parse import urljoin

    from corpus_builder.cli.saved_page import fetched, is_address

    address = next(filter(is_address, pages), None)
    if address is None:
        return ""
    try:
        robots = fetched(urljoin(address, "/robots.txt"), urljoin(address, "/robots.txt"))
    except (RunError, NothingProduced):
        return ""  # said as "no sitemap is named"
    return robots.body.decode(errors="replace") if robots.status == 200 else ""


def _print_layout(report: LayoutReport, used: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    state = "used" if used else "matches" if report.matches else "does not match"
    if not report.in_use:
        state += ", not in use on the date of the page"
    say(f"layout {report.layout}: {state}", colour="green" if used else None)
    if not report.matches:
        return
    table = Table("part", "selector", "matches", "first match", box=None, header_style="bold", pad_edge=True)
    table.columns[2].justify = "right"
    for selected in report.selected:
        style = "" if selected.count else "yellow"
        table.add_row(selected.part, Text(selected.selector), str(selected.count), Text(selected.sample), style=style)
    console().print(table)
