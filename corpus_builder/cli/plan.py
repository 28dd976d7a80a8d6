"""`plan`: what a crawl would ask of a site, from its robots.txt and listings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_builder.cli.build import BaseUrl, Config, Contact, Delay, Json, Limit, Since, Until, Verbose, run_settings
from corpus_builder.cli.log_lines import show_log_lines
from corpus_builder.cli.progress import shown
from corpus_builder.cli.terminal import say, say_json

if TYPE_CHECKING:
    from corpus_builder.crawl import CrawlPlan


def plan(
    config: Config,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    base_url: BaseUrl = None,
    contact: Contact = None,
    delay: Delay = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Say how long a crawl would take: stories a day, pages, hours at the delay in force, disk.

    Only robots.txt and listings are requested, no article page, and nothing is kept.

    Example: `corpus-builder plan pravda --since 2025-12-01 --until 2025-12-31 --contact mailto:you@example.org`
    """
    from corpus_builder.stages.plan import plan_crawl

    show_log_lines(verbose=verbose)
    settings = run_settings(config, since, until, limit, contact, delay)
    with shown() as progress:
        found = plan_crawl(settings, mirror=base_url, progress=progress)
    if json:
        say_json(_as_json(found))
    else:
        _print(found)


def _as_json(found: CrawlPlan) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(found), "stories_a_day": round(found.stories_a_day, 1), "hours": round(found.seconds / 3600, 2)}


def _print(found: CrawlPlan) -> None:
    from corpus_builder.stages.progress import duration

    days = list(found.days)
    what = "stories" if found.has_ids else "pages"
    listed = f"{found.stories:,}" + (f", {found.undated:,} of them without a date" if found.undated else "")
    lines = [
        ("stories", listed if found.has_ids else "unknown: what pages say tells which editions are one story"),
        ("days", f"{len(days)} with {what}, {days[0]} to {days[-1]}" if days else "unknown: no URL has a date"),
        (f"{what} a day", f"{found.stories_a_day:.1f} (most: {max(found.days.values()):,})" if days else "unknown"),
        ("pages", f"{found.pages:,} (" + ", ".join(f"{x} {n:,}" for x, n in found.languages.items()) + ")"),
        ("delay", f"{found.delay:.1f} s between requests, {found.response:.2f} s for a response"),
        ("time", duration(found.seconds)),
        ("disk", f"{found.bytes / 1e6:,.0f} MB of WARC files"),
    ]
    for name, value in lines:
        say(f"{name:14} {value}")
    for reason, count in found.listings_failed.items():
        say(f"note: {count} of the listings could not be read: {reason}")
    unlisted = [language for language, pages in found.languages.items() if not pages]
    if unlisted:
        say(
            f"note: no listing names pages in {', '.join(unlisted)}; links on pages may, "
            f"up to {found.stories * len(unlisted):,} more"
        )
