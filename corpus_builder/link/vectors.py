"""The features of the pages of one language and one shard in arrays, as they are kept between tasks.

A feature is known by the hash of its name over all shards, and by its number within one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_builder.link.features import Page
from corpus_builder.link.joins import Hashes, address_hash

UNDATED = -1
_BETWEEN = "\0"  # between the names of features in a file; no word or address has it


class Counts(NamedTuple):
    """How often each page has each feature: page i has `features[starts[i] : starts[i + 1]]`, in parallel `counts`.

    `names` are in the order of their `hashes`, which are sorted; features are numbers of these.
    """

    names: Sequence[str]
    hashes: Hashes
    starts: npt.NDArray[np.int64]
    features: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float32]

    @staticmethod
    def of(pages: Iterable[Mapping[str, float]]) -> Counts:
        """From the counts of each page by name."""
        number: dict[str, int] = {}
        features, counts, starts = [], [], [0]
        for page in pages:
            for name, count in page.items():
                features.append(number.setdefault(name, len(number)))
                counts.append(count)
            starts.append(len(features))
        hashes = np.fromiter(map(address_hash, number), np.uint64, len(number))
        order = np.argsort(hashes, kind="stable")
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        names = list(number)
        return Counts(
            [names[i] for i in order],
            hashes[order],
            np.array(starts, np.int64),
            place[np.array(features, np.int64)],
            np.array(counts, np.float32),
        )

    @property
    def pages(self) -> npt.NDArray[np.int64]:
        """[features] how many of the pages have each."""
        return np.bincount(self.features, minlength=len(self.hashes)).astype(np.int64)

    def names_of(self, page: int) -> list[str]:
        """The features of one page."""
        return [self.names[i] for i in self.features[self.starts[page] : self.starts[page + 1]]]

    def arrays(self, prefix: str) -> dict[str, npt.NDArray[Any]]:
        """The arrays to be saved, by name."""
        text = _BETWEEN.join(self.names).encode(errors="surrogatepass")
        own = {"names": np.frombuffer(text, np.uint8), **{x: getattr(self, x) for x in self._fields[1:]}}
        return {f"{prefix}_{name}": array for name, array in own.items()}

    @staticmethod
    def from_arrays(saved: Mapping[str, npt.NDArray[Any]], prefix: str) -> Counts:
        """From what `arrays` gave."""
        text = saved[f"{prefix}_names"].tobytes().decode(errors="surrogatepass")
        return Counts(text.split(_BETWEEN) if text else [], *(saved[f"{prefix}_{x}"] for x in Counts._fields[1:]))


class Vectors(NamedTuple):
    """The pages of one language in a shard: [pages] the day of publication (`UNDATED` where not known), and their
    features."""

    days: npt.NDArray[np.int32]
    sounds: Counts
    units: Counts

    @staticmethod
    def of(pages: Sequence[Page]) -> Vectors:
        """From the features of each page by name."""
        days = np.array([page.day.toordinal() if page.day else UNDATED for page in pages], np.int32)
        return Vectors(days, Counts.of(page.sounds for page in pages), Counts.of(page.units for page in pages))

    def save(self, path: Path) -> None:
        """Write them; the same pages give the same bytes."""
        arrays = {"days": self.days, **self.sounds.arrays("sounds"), **self.units.arrays("units")}
        with path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # its stubs take no mapping

    @staticmethod
    def load(path: Path) -> Vectors:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as saved:
            arrays = dict(saved)
        return Vectors(arrays["days"], Counts.from_arrays(arrays, "sounds"), Counts.from_arrays(arrays, "units"))
