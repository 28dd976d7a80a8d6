"""Reading TOML files that a user writes: their faults become ConfigErrors that name the file and the place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corpus_builder.errors import ConfigError

M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises ConfigError where it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", next_step="check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", next_step="mend the line that the message names") from error


def validated(model: type[M], data: Mapping[str, Any], source: str, next_step: str) -> M:
    """The model of some tables. Raises ConfigError with all of their faults, a line each; `source` is what they are."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{source} does not hold: {faults(error)}", next_step=next_step) from error


def faults(error: ValidationError) -> str:
    """What pydantic found, one line a fault, each with the place it means."""
    lines = [f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors()]
    return lines[0] if len(lines) == 1 else "".join(f"\n  {line}" for line in lines)
