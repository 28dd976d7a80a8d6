"""What all pages of the report share: templates, filters, styles and scripts.

Every text of a corpus is untrusted and is escaped. A page loads nothing from outside: its Content-Security-Policy
allows its script, identified by a hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus_builder.escape import html
from corpus_builder.model import LIKELY, RIGHT

if TYPE_CHECKING:
    from jinja2 import Environment

# Characters of a speaker's name that are shown. Chosen: longer ones are mistakes, and would break the layout.
NAME = 80
# What flags, reasons and levels are called on the pages, where the name itself does not say it.
_READABLE = {
    "direct_and_reported": "quoted in some, paraphrased in others",
    "insertion_one_sided": "editor's insertion in some languages only",
    "not_a_quote": "not speech (title, slogan)",
    "one_sided": "in one language only",
    "one_sided_block": "paragraphs with no counterpart in another edition",
    "one_sided_sentence": "sentences with no counterpart in another edition",
    "only_edition": "story exists in one language",
    "mispaired_edition": "edition is probably of another article than the others of its story",
    "said_and_mentioned": "speech in some languages only",
}
_LEVELS = {"block": "paragraphs", "sentence": "sentences"}


@cache
def environment() -> Environment:
    """The templates, with the filters and tests that they use."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("corpus_builder.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=html,
    )
    made.globals |= {"RIGHT": RIGHT, "LIKELY": LIKELY}
    made.filters["bound"] = bound
    made.filters["number"] = lambda value: f"{value:,}"
    made.filters["words"] = readable
    made.filters["level"] = level_name
    made.filters["percent"] = percent
    made.filters["short_name"] = short_name
    made.tests["web_address"] = is_web_address
    return made


def page_parts(style: str, script: str = "", *, languages: Sequence[str] = ()) -> dict[str, Any]:
    """The variables of base.html.j2: the style sheets of all pages and of this one, and its script with the hash.

    Where `languages` can be switched between on a narrow screen, the style sheet has the rules of each.
    """
    from markupsafe import Markup

    source = _source(script) if script else ""
    return {
        "style": Markup(_source("base.css") + _source(style) + _one_at_a_time(languages)),
        "script": Markup(source),
        "script_hash": base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() if source else "",
    }


def _one_at_a_time(languages: Sequence[str]) -> str:
    """On a narrow screen, the column of the chosen language alone; language codes are letters, digits and hyphens."""
    rules = []
    for language in languages:
        chosen = f"#only-{language}:checked ~"
        rules.append(f'{chosen} .desk [data-language]:not([data-language="{language}"]) {{ display: none; }}')
        label = f'.switches label[for="only-{language}"]'
        rules.append(f"{chosen} {label} {{ background: var(--ink); border-color: var(--ink); color: var(--paper); }}")
        rules.append(
            f"#only-{language}:focus-visible ~ {label} {{ outline: 2px solid var(--link); outline-offset: 2px; }}"
        )
    return "@media (max-width: 640px) {\n" + "\n".join(rules) + "\n}\n" if rules else ""


def _source(name: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def bound(probability: float) -> str:
    """A bound of a probability as texts have it: ".9"."""
    return f"{probability:g}".removeprefix("0")


def level_name(level: str) -> str:
    """A level as the pages call it: "paragraphs", "sentences"."""
    return _LEVELS.get(level, level)


def readable(name: str) -> str:
    """A flag or a reason in words."""
    return _READABLE.get(name) or str(name).replace("_", " ")


def percent(part: int, whole: int) -> str:
    """A share as "12.3%"; "–" where the whole is 0."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def is_web_address(url: str) -> bool:
    """Whether a URL may be linked to: "javascript:" and the like may not."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def short_name(name: str) -> str:
    """A speaker's name on one line."""
    return shortened(" ".join(name.split()), NAME)


def shortened(text: str, length: int) -> str:
    """A text cut to `length` characters, with " …" where it was cut."""
    return text if len(text) <= length else text[:length].rstrip() + " …"
