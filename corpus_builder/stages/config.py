"""The config of a run: which site, which dates, how to crawl, what to publish. Unknown keys are errors.

A run config is a TOML file; every key but `site` has a default. Options of the command line override it. The workspace
keeps the config of its last build as config.json.
"""

from __future__ import annotations

import difflib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from corpus_builder.crawl import CrawlOptions
from corpus_builder.dataset.licences import LICENCES
from corpus_builder.errors import ConfigError, UsageError
from corpus_builder.files import json_of, replacing, shown
from corpus_builder.languages import add_folder
from corpus_builder.resources import shipped
from corpus_builder.sites import Site, load_site
from corpus_builder.toml import Strict, read_toml, validated
from corpus_builder.workspace.layout import Workspace

ColumnNames = str | dict[str, str] | None
"""A column of a table; or one for each language, by its code."""

MOST = 2**31 - 1
"""The greatest whole number of a config: what SQLite, Parquet and NumPy hold. Chosen: no site has so many stories."""


class CrawlConfig(Strict):
    """How to crawl. `delay` in seconds (None: the site's own); `contact` is where the site's owner can write to you.

    A contact must be set to crawl a site over the network; a mirror on loopback needs none.
    """

    contact: str | None = None
    delay: float | None = Field(default=CrawlOptions.delay, ge=0)
    connections: int = Field(default=CrawlOptions.connections, ge=1, le=16)
    timeout: float = Field(default=CrawlOptions.timeout, gt=0)
    retries: int = Field(default=CrawlOptions.retries, ge=0, le=MOST)
    max_bytes: int = Field(default=CrawlOptions.max_bytes, gt=0, le=MOST)
    sources: tuple[str, ...] = CrawlOptions.sources


class DatasetConfig(Strict):
    """What is published. `validation` and `test` are shares of the stories, the newest ones going to test. Each of them
    has `stories_per_pair` stories of each pair of languages, as far as that is a tenth of all stories.

    `max_leakage` is the share of test rows that may have a near-duplicate in train; `exclude` names files of test sets
    from elsewhere, which are kept out of train. `authors` are named in the citation; `takedown` is the mail or web
    address where a publisher can ask for a takedown. `licence` is a name of the Hub (dataset/licences.py); for "other",
    `license_name` and `license_link` say which. `gating` is what readers must agree to on the Hub, `citation` a BibTeX
    entry in place of the one that is made, `funding` who paid, `about` a Markdown file whose sections the card has
    (docs/dataset.md). `tokenizers` puts the corpus's sentencepiece models into the
    folder.
    """

    name: str = "news-parallel"
    version: str = Field(default="1.0.0", pattern=r"^\d+\.\d+\.\d+$")
    licence: str = "other"
    authors: tuple[str, ...] = ()
    takedown: str = ""
    license_name: str = ""
    license_link: str = ""
    gating: str = ""
    citation: str = ""
    funding: str = ""
    about: str = ""
    validation: float = Field(default=0.1, ge=0, le=0.5)
    test: float = Field(default=0.1, ge=0, le=0.5)
    stories_per_pair: int = Field(default=30, ge=0, le=MOST)
    max_leakage: float = Field(default=0.01, ge=0, le=1)
    exclude: tuple[str, ...] = ()
    min_probability: float = Field(default=0.0, ge=0, le=1)
    tokenizers: bool = True

    @field_validator("licence")
    @classmethod
    def _known_licence(cls, name: str) -> str:
        if name not in LICENCES:
            near = difflib.get_close_matches(name.lower(), LICENCES, 3) or ["cc-by-4.0", "cc-by-nc-4.0", "other"]
            raise ValueError(
                f"the Hub knows no licence {name!r}; did you mean {' or '.join(near)}? For one that is not listed: "
                'licence = "other" with license_name and license_link'
            )
        return name


class ArticlesConfig(Strict):
    """How to read a table of articles (`--articles`): the names of its columns, where they are not the usual ones.

    A column for each language, by its code, makes a wide table, which has a story a row. `encoding` is the charset of
    text files (None: it is found), `date_format` the form of dates, as Python's strptime has it (None: any known one).
    """

    id: str | None = None
    language: str | None = None
    text: ColumnNames = None
    paragraphs: ColumnNames = None
    title: ColumnNames = None
    url: ColumnNames = None
    date: ColumnNames = None
    section: ColumnNames = None
    authors: ColumnNames = None
    tags: ColumnNames = None
    encoding: str | None = None
    date_format: str | None = None

    @field_validator("encoding")
    @classmethod
    def _known_charset(cls, name: str | None) -> str | None:
        try:
            b"a".decode(name or "utf-8")
        except (LookupError, ValueError) as error:
            raise ValueError(f"unknown charset {name!r}; use a name such as windows-1251") from error
        return name

    @field_validator("date_format")
    @classmethod
    def _reads_dates(cls, form: str | None) -> str | None:
        if form:
            datetime.strptime(datetime(2025, 1, 3).strftime(form), form)  # raises ValueError
        return form

    def columns(self) -> dict[str, str | dict[str, str]]:
        """The names of columns by field, or by field and language; only those that are given."""
        return self.model_dump(exclude={"encoding", "date_format"}, exclude_none=True)


class AlignConfig(Strict):
    """How to align. `encoder` adds a sentence encoder's evidence: its name (`e5`, `use`, `labse`) or its folder."""

    encoder: str | None = Field(default=None, min_length=1)


class CorrectionsConfig(Strict):
    """What corrections are used for. `held_out` is the share of the corrected stories that do not teach the aligner but
    measure it; `seed` chooses them."""

    held_out: float = Field(default=0.2, ge=0, le=1)
    seed: int = 1


class FilterConfig(Strict):
    """One filter: the least or greatest value of a score that a row may have, in all configs or those of `configs`.

    `absolute` compares the value without its sign, as for length_ratio. With `named` it stands for the filters of that
    name: "common", or those that an installed package adds.
    """

    score: str = ""
    named: str = ""
    min: float | None = None
    max: float | None = None
    configs: tuple[str, ...] = ()
    absolute: bool = False

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.named:
            if self.model_fields_set - {"named", "configs"}:
                raise ValueError(f"the filters named {self.named} have scores and bounds of their own")
        elif not self.score:
            raise ValueError("a filter needs a score, or the name of filters (named)")
        elif self.min is None and self.max is None:
            raise ValueError(f"the filter of {self.score} needs min or max")
        return self


class RunConfig(Strict):
    """One run. `languages` are those of the site where none are named; `since` and `until` both count in.

    `languages_folder` has language files of your own (docs/languages.md).
    """

    site: str
    languages: tuple[str, ...] = ()
    languages_folder: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int | None = Field(default=None, ge=1, le=MOST)
    crawl: CrawlConfig = CrawlConfig()
    articles: ArticlesConfig = ArticlesConfig()
    align: AlignConfig = AlignConfig()
    corrections: CorrectionsConfig = CorrectionsConfig()
    dataset: DatasetConfig = DatasetConfig()
    filters: tuple[FilterConfig, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since {self.since} is later than until {self.until}")
        if len(set(self.languages)) != len(self.languages) or len(self.languages) == 1:
            raise ValueError('languages must be two or more different ones, as ["uk", "ru", "en"]')
        return self


_OF_SITES = frozenset({"domains", "editions", "layouts", "homepage"})
"""Keys of the rules of a site that no run config has."""


def load_config(name: str, **over: Any) -> RunConfig:
    """The run config of a file, or a shipped one by its name.

    `over` overrides its keys, and a mapping those of a table; None leaves a key as it is.

    Raises ConfigError with every fault and its place.
    """
    path = Path(name)
    if not path.is_file() and not name.endswith(".toml"):
        path = shipped("configs") / f"{name}.toml"
    if not path.is_file():
        raise ConfigError(
            f"no run config {name!r}; shipped ones are {', '.join(config_names())}",
            next_step='choose one of these, or write a TOML file: `site = "pravda"` is enough to begin with',
        )
    data = read_toml(path)
    if "site" not in data and _OF_SITES & data.keys():
        raise ConfigError(
            f"{path} has the rules of a site, not a run config",
            next_step=f'`corpus-builder init {path}` writes one for it; `site = "{path.resolve()}"` is enough',
        )
    for key, value in over.items():
        if isinstance(value, dict):
            data[key] = {**data.get(key, {}), **{name: v for name, v in value.items() if v is not None}}
        elif value is not None:
            data[key] = value
    _check_names(data)
    config = validated(RunConfig, data, str(path), next_step="docs/build.md lists all keys")
    about = config.dataset.about
    if about and not Path(about).is_absolute():
        about = next((str(each) for each in (path.parent / about, Path(about)) if each.is_file()), about)
        config = config.model_copy(update={"dataset": config.dataset.model_copy(update={"about": about})})
    if about and not Path(about).is_file():
        raise ConfigError(
            f"{path}, key dataset.about: file not found: {about}", next_step="write it, or remove the key"
        )
    return config


def _check_names(value: Any) -> None:
    """Raise ConfigError for a file whose name is not UTF-8: the config is kept with the workspace, as JSON."""
    if isinstance(value, str) and (name := shown(value)) != value:
        raise ConfigError(f"the name of the file is not UTF-8: {name}", next_step="rename the file")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_names(part)


def site_of(config: RunConfig, mirror: str | None = None) -> Site:
    """The site of a run, with the language files of its config; `mirror` is a base URL that serves it.

    Raises ConfigError for a site without rules, or a language that it does not have.
    """
    if config.languages_folder:
        add_folder(Path(config.languages_folder))
    site = load_site(config.site, mirror)
    if unknown := set(config.languages) - set(site.languages):
        raise ConfigError(
            f"{config.site} has no edition in {', '.join(sorted(unknown))}; it has {', '.join(site.languages)}"
        )
    return site


def config_names() -> list[str]:
    """The names of the shipped run configs."""
    return sorted(path.stem for path in shipped("configs").glob("*.toml"))


def save_config(workspace: Workspace, config: RunConfig) -> None:
    """Write the workspace's config.json."""
    with replacing(workspace.config) as part:
        part.write_text(
            json.dumps(config.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def saved_config(workspace: Workspace) -> RunConfig | None:
    """The run config of the workspace's last build; None where nothing was built.

    Raises UsageError for a damaged one, or one of another version of the program.
    """
    try:
        data = json_of(workspace.config.read_text(encoding="utf-8"))
        return RunConfig.model_validate(data if isinstance(data, dict) else {})
    except FileNotFoundError:
        return None
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"])) or "its keys"
        raise UsageError(f"{workspace.config} cannot be read: {place}: {fault['msg']}", next_step=_AGAIN) from error
    except ValueError as error:
        raise UsageError(f"{workspace.config} cannot be read: {error}", next_step=_AGAIN) from error


_AGAIN = "remove it and run `corpus-builder build` there once more"
