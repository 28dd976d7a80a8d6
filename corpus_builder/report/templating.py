"""What all pages of the report share: their templates, and what makes a page need nothing from outside.

Every text of a corpus is untrusted and is escaped. A page may not ask for anything: its Content-Security-Policy allows
its own script, known by its hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from jinja2 import Environment

# Characters of a speaker's name that are shown.
NAME = 80


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
    )
    made.filters["number"] = lambda value: f"{value:,}"
    made.filters["words"] = lambda name: str(name).replace("_", " ")
    made.filters["percent"] = percent
    made.filters["short_name"] = short_name
    made.tests["web_address"] = is_web_address
    return made


def page_parts(style: str, script: str = "") -> dict[str, Any]:
    """What base.html.j2 needs: the style sheets of all pages and of this one, and its script with its hash."""
    from markupsafe import Markup

    source = _source(script) if script else ""
    return {
        "style": Markup(_source("base.css") + _source(style)),
        "script": Markup(source),
        "script_hash": base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() if source else "",
    }


def _source(name: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def percent(part: int, whole: int) -> str:
    """A share as "12.3%"; "–" of nothing."""
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
    """A text of at most so many characters, and a sign where it was cut."""
    return text if len(text) <= length else text[:length].rstrip() + " …"
