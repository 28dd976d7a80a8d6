"""Reading TOML files that a user writes. A mistake in one becomes a ConfigError that names the file and the key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from corpus_builder.errors import ConfigError

_SHOWN = 100
"""Most characters of a value in a message. Chosen: a line of a terminal."""

M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """A frozen model that rejects unknown keys, and numbers that are none (nan, inf)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {pattern!r}: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression, checked when the file is read."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises ConfigError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ConfigError(f"{path} is not valid TOML: brackets are nested too deep", next_step="remove them") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", next_step="check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: {error}", next_step="convert the file to UTF-8") from error
    except ValueError as error:  # TOMLDecodeError; numbers of thousands of digits raise other ones
        raise ConfigError(f"{path} is not valid TOML: {error}", next_step="fix that line") from error


def validated(model: type[M], data: Mapping[str, Any], source: str, next_step: str) -> M:
    """A model of the tables in `data`; `source` names them in messages, usually by their file.

    Raises ConfigError that lists every problem, one a line, each with its key:

        my.toml, key dataset.min_probabilty: unknown key (did you mean min_probability?)
    """
    try:
        return model.model_validate(data)
    except RecursionError as error:
        raise ConfigError(f"{source} has a pattern or selector that is nested too deep", next_step=next_step) from error
    except ValidationError as error:
        problems = [_problem(model, details) for details in error.errors()]
        message = (
            f"{source}, {problems[0]}"
            if len(problems) == 1
            else f"{source} has {len(problems)} problems:" + "".join(f"\n  {problem}" for problem in problems)
        )
        raise ConfigError(message, next_step=next_step) from error


def _problem(model: type[BaseModel], details: ErrorDetails) -> str:
    """One problem that pydantic reports, as "key dataset.test: …"."""
    path = details["loc"]
    where = f"key {'.'.join(map(str, path))}: " if path else ""
    kind = details["type"]
    if kind == "extra_forbidden":
        return f"{where}unknown key{_suggestion(str(path[-1]), _keys(model, path[:-1]))}"
    if kind == "missing":
        return f"{where}this key is required"
    if kind == "value_error":
        return where + str(details["ctx"]["error"])
    value = details["input"]
    return where + details["msg"] + (f", not {_shown(value)}" if isinstance(value, str | int | float) else "")


def _shown(value: str | int | float) -> str:
    """A value as written, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _suggestion(key: str, keys: list[str]) -> str:
    """The key that was probably meant, or all that are possible."""
    if similar := difflib.get_close_matches(key, keys, n=1):
        return f" (did you mean {similar[0]}?)"
    return f" (possible keys: {', '.join(keys)})" if keys else ""


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that a model allows in the table at `path`; none where any key is allowed."""
    annotation: object = model
    for part in path:
        table = _table(annotation)
        if table is not None and part in table.model_fields:
            annotation = table.model_fields[str(part)].annotation
        elif values := get_args(annotation):
            annotation = next((value for value in reversed(values) if value is not Ellipsis), None)
    table = _table(annotation)
    return list(table.model_fields) if table else []


def _table(annotation: object) -> type[BaseModel] | None:
    """The model of a table, where an annotation is one or `… | None`."""
    for choice in (annotation, *(get_args(annotation) if isinstance(annotation, UnionType) else ())):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return None
