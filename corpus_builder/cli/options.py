"""Options of a command in groups: dataclasses whose fields are typer's parameters.

A command with many options takes a few dataclasses instead. Each is one panel of `--help`, and functions that need some
of the options take the group.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, get_type_hints


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """Some options of a command. Each field is annotated with `typer.Option`; `panel` is the heading in `--help`."""

    panel: ClassVar[str]


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameters are option groups, as a function that typer can read: one parameter per option.

    The name of an option comes from its field, as usual, unless its annotation gives one.
    """
    hints = get_type_hints(command)
    groups: dict[str, type[OptionGroup]] = {name: hints[name] for name in inspect.signature(command).parameters}

    def run(**values: Any) -> None:
        command(
            **{
                name: group(**{field.name: values[field.name] for field in fields(group)})
                for name, group in groups.items()
            }
        )

    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    parameters = [parameter for group in groups.values() for parameter in _parameters(group)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect.signature reads it
    return run


def _parameters(group: type[OptionGroup]) -> list[inspect.Parameter]:
    annotations = get_type_hints(group, include_extras=True)
    parameters = []
    for field in fields(group):
        annotation = annotations[field.name]
        for option in annotation.__metadata__:
            option.rich_help_panel = group.panel
        default = inspect.Parameter.empty if field.default is MISSING else field.default
        parameters.append(
            inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )
    return parameters
