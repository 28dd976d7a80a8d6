"""The page: templates filled with ReportData. Every text of a corpus is untrusted and is escaped.

The page needs nothing from outside and may not ask for it: its Content-Security-Policy allows its own script, known by
its hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus_builder.report.data import Month, ReportData, SampleStory, dated

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# Bytes that the sample of stories may take; figures and style take some 150 kB more.
SAMPLE_BYTES = 2_600_000


def write_report(path: Path, data: ReportData) -> None:
    """Write the page to `path`. The same data give the same bytes."""
    path.write_text(render(data), encoding="utf-8")


def render(data: ReportData) -> str:
    """The page as HTML text, of at most some 3 MB."""
    from markupsafe import Markup

    environment = _environment()
    stories = _fitting(list(_stories(environment, data)))
    script = _template_text(environment, "report.js")
    return environment.get_template("report.html.j2").render(
        data=data,
        figures={name: Markup(svg) for name, svg in _figures(data)},
        stories=stories,
        **_totals(data),
        left_out=len(data.stories) - len(stories),
        style=Markup(_template_text(environment, "report.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("corpus_builder.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.filters["percent"] = percent
    environment.tests["web_address"] = is_web_address
    return environment


def _template_text(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _stories(environment: Environment, data: ReportData) -> Iterator[tuple[SampleStory, Markup]]:
    macro = environment.get_template("story.html.j2").module.story  # type: ignore[attr-defined]
    for story in data.stories:
        yield story, macro(story)


def _fitting(stories: Sequence[tuple[SampleStory, Markup]]) -> list[tuple[SampleStory, Markup]]:
    """The stories that the page has room for, in their order; the longest are left out first."""
    sizes = [len(html.encode()) for _, html in stories]
    room, kept = SAMPLE_BYTES, set()
    for i in sorted(range(len(stories)), key=sizes.__getitem__):
        room -= sizes[i]
        if room < 0:
            break
        kept.add(i)
    return [story for i, story in enumerate(stories) if i in kept]


def _totals(data: ReportData) -> dict[str, Any]:
    """What the tables need beside the data: their columns, and sums."""
    editions: Counter[str] = Counter()
    stories: Counter[int] = Counter()
    for month in data.months.values():
        editions.update(month.editions)
        stories.update(month.stories)
    months = dated(data.months)
    return {
        "totals": Month(editions, stories),
        "sizes": sorted(stories),
        "flags": list(dict.fromkeys(flag for beads in data.beads.values() for flag in beads.flags)),
        "splits": list(dict.fromkeys(split for counts in data.rows.values() for split in counts)),
        "period": " – ".join(dict.fromkeys((months[0], months[-1]))) if months else "",
    }


def _figures(data: ReportData) -> Iterator[tuple[str, str]]:
    from corpus_builder.report import figures

    if dated(data.months):
        yield "months", figures.by_month(data.months, data.languages)
    if any(histogram.counts for histogram in data.ratios.values()):
        yield "ratios", figures.length_ratios(data.ratios)
    if any(beads.probability.counts for beads in data.beads.values()):
        yield "probability", figures.probabilities({name: beads.probability for name, beads in data.beads.items()})
        yield "score", figures.scores({name: beads.score for name, beads in data.beads.items()})


def percent(part: int, whole: int) -> str:
    """A share as "12.3%"; "–" of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def is_web_address(url: str) -> bool:
    """Whether a URL may be linked to: "javascript:" and the like may not."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
