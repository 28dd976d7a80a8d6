"""Finding and reading the rules of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped
from corpus_builder.sites.rules import SiteRules
from corpus_builder.sites.site import Site
from corpus_builder.toml import read_toml, validated


def site_names() -> list[str]:
    """The names of the shipped sites."""
    return sorted(path.stem for path in shipped("configs/sites").glob("*.toml"))


def load_site(name: str, mirror: str | None = None) -> Site:
    """The site of a shipped name ("pravda") or of a rule file of the user's own ("my/site.toml").

    A file may say `extends = "pravda"`: what it does not set itself is then taken from there, key by top-level key.
    Raises ConfigError where there is no such site or its file does not hold.
    """
    path = _path(name)
    data = _read(name, path)
    if isinstance(base := data.pop("extends", None), str):
        data = {**_read(base, _path(base)), **data}
    return Site(validated(SiteRules, data, str(path), next_step="see docs/sites.md"), mirror)


def _path(name: str) -> Path:
    return Path(name) if name.endswith(".toml") else shipped("configs/sites") / f"{name}.toml"


def _read(name: str, path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigError(
            f"no site rules {name!r}; there are {', '.join(site_names())}",
            next_step="name one of these, or the path of a rule file of your own that ends in .toml",
        )
    return read_toml(path)
