"""What installed packages add: entry points of the groups `corpus_builder.metrics`, `.translators`, `.exporters`,
`.scores`, `.filters`.

An `Extensible` is a mapping of what is built in and what packages add, by name. A package is imported only when
something of it is used, so that a broken one breaks nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from corpus_builder.errors import UsageError

Part = TypeVar("Part")


class Extensible(Mapping[str, Part]):
    """Parts by name: the built-in ones in their order, then those of installed packages by name.

    Args:
        group: the group of entry points, as "corpus_builder.metrics".
        what: what a part is, for messages: "metric".
        built_in: the parts of this program.
        accept: the part that an entry point refers to; raises TypeError or ValueError with what is wrong if it is none.
    """

    def __init__(
        self, group: str, what: str, built_in: Mapping[str, Part], accept: Callable[[str, object], Part]
    ) -> None:
        self._group, self._what, self._built_in, self._accept = group, what, built_in, accept
        self._loaded: dict[str, Part] = {}

    @cached_property
    def _added(self) -> dict[str, list[EntryPoint]]:
        """Per name the entry points that have it; the same one is found twice where a folder is on the path twice."""
        found: dict[str, list[EntryPoint]] = {}
        for point in sorted(entry_points(group=self._group), key=lambda point: (point.name, point.value)):
            if point.value not in (other.value for other in found.get(point.name, [])):
                found.setdefault(point.name, []).append(point)
        return found

    def __getitem__(self, name: str) -> Part:
        """A part by its name.

        Raises:
            KeyError: there is none.
            UsageError: several packages define it, it cannot be imported, or it is not what it should be.
        """
        points = self._added.get(name, [])
        if not points:
            return self._built_in[name]
        packages = [_package(point) for point in points]
        if name in self._built_in or len(points) > 1:
            owners = " and ".join((["this program"] if name in self._built_in else []) + packages)
            raise UsageError(
                f"the {self._what} {name!r} is defined by {owners}", next_step=f"uninstall {packages[-1]}, or rename it"
            )
        if name not in self._loaded:
            self._loaded[name] = self._load(name, points[0], packages[0])
        return self._loaded[name]

    def _load(self, name: str, point: EntryPoint, package: str) -> Part:
        try:
            made = point.load()
        except Exception as error:  # a stranger's code runs here, which may raise anything
            raise UsageError(
                f"the {self._what} {name!r} of {package} cannot be imported: {type(error).__name__}: {error}",
                next_step=f"update or uninstall {package}",
            ) from error
        try:
            return self._accept(name, made)
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"{point.value} of {package} is not a {self._what}: {error}", next_step="see docs/extending.md"
            ) from error

    @property
    def packages(self) -> dict[str, str]:
        """The package, with its version, of each part that is not built in."""
        return {name: " and ".join(map(_package, points)) for name, points in self._added.items()}

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from (name for name in self._added if name not in self._built_in)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self._added


def _package(point: EntryPoint) -> str:
    return point.value if point.dist is None else f"{point.dist.name} {point.dist.version}"
