"""Finding and reading the rules of a site."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus_builder.errors import ConfigError
from corpus_builder.resources import shipped
from corpus_builder.sites.rules import SiteRules
from corpus_builder.sites.site import Site


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
    try:
        return Site(SiteRules.model_validate(data), mirror)
    except ValidationError as error:
        raise ConfigError(f"{path} does not hold: {describe(error)}", next_step="see docs/sites.md") from error


def _path(name: str) -> Path:
    return Path(name) if name.endswith(".toml") else shipped("configs/sites") / f"{name}.toml"


def _read(name: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ConfigError(
            f"no site rules {name!r}; there are {', '.join(site_names())}",
            next_step="name one of these, or the path of a rule file of your own that ends in .toml",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", next_step="mend the line that the message names") from error


def describe(error: ValidationError) -> str:
    """What pydantic found, one line a fault, each with the place it means."""
    lines = [f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors()]
    return lines[0] if len(lines) == 1 else "".join(f"\n  {line}" for line in lines)
