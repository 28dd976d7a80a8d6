"""Finding and reading the rules of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.resources import shipped
from corpus_builder.sites.rules import SiteRules
from corpus_builder.sites.site import Site
from corpus_builder.toml import read_toml, validated
from corpus_builder.web.links import is_url


def site_names() -> list[str]:
    """The names of the shipped sites."""
    return sorted(path.stem for path in shipped("configs/sites").glob("*.toml"))


def load_site(name: str, mirror: str | None = None) -> Site:
    """The site of a shipped name ("pravda") or of a rule file of your own ("my/site.toml").

    A file may extend another one with `extends`; `_merged` says how. Raises ConfigError where there is no such site,
    files extend each other in a circle, or the rules are invalid; UsageError where `mirror` is not a URL.
    """
    if mirror is not None and not is_url(mirror):
        raise UsageError(
            f"--base-url {mirror!r} is not the URL of a web server",
            next_step=f"begin it with http:// or https://, e.g. http://{mirror.split('://')[-1] or '127.0.0.1:8000'}",
        )
    path = _path(name, Path())
    data = _merged(name, path, ())
    return Site(validated(SiteRules, data, str(path), next_step="see docs/sites.md"), mirror)


def _merged(name: str, path: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    """The tables of a file over those of the file that it extends, which may extend a further one.

    A top-level key replaces that of the extended file. Layouts are added before the extended file's, since the first
    that matches a page is used; with `replace_layouts = true` they replace them. `extending` are the files that led
    here.
    """
    resolved = path.resolve()
    if resolved in extending:
        chain = " → ".join(str(file) for file in (*extending[extending.index(resolved) :], resolved))
        raise ConfigError(f"site rules extend each other in a circle: {chain}", next_step="remove one `extends`")
    data = _read(name, path)
    base_name, replace_layouts = data.pop("extends", None), data.pop("replace_layouts", False)
    for key, value, kind, example in (
        ("extends", base_name, str | None, '"pravda"'),
        ("replace_layouts", replace_layouts, bool, "true"),
    ):
        if not isinstance(value, kind):
            raise ConfigError(f"{path}, key {key}: not {value!r}, but e.g. {example}", next_step="see docs/sites.md")
    if base_name is None:
        if replace_layouts:
            raise ConfigError(
                f"{path}, key replace_layouts: there are no inherited layouts to replace",
                next_step='add `extends = "SITE"`, or remove the key',
            )
        return data
    base = _merged(base_name, _path(base_name, path.parent), (*extending, resolved))
    base.pop("checked", None)  # says nothing of another site
    merged = {**base, **data}
    if isinstance(data.get("layouts"), list) and not replace_layouts:
        merged["layouts"] = [*data["layouts"], *base.get("layouts", [])]
    return merged


def _path(name: str, folder: Path) -> Path:
    """The file of a site: a shipped one by name, else a path relative to the folder of the file that names it."""
    return folder / name if name.endswith(".toml") else shipped("configs/sites") / f"{name}.toml"


def _read(name: str, path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigError(
            f"no site rules {name!r}; there are {', '.join(site_names())}",
            next_step="give one of these names, or the path of a rule file of your own that ends in .toml",
        )
    return read_toml(path)
