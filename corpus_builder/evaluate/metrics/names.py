"""Name accuracy: of the names in the reference, how many are in the output.

What a name is, and when two words of one language are the same name, is in text/names.py, as for the score
`names_agree` of a dataset's rows. Here the references together also tell whether a word is a name: one that they
capitalise inside sentences more often than they write it small. Such a name counts at the start of a sentence and in a
headline, too. A word with letters that the target language does not have, as a Ukrainian name in a Russian output, is
not a rendering.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus_builder.evaluate.metrics.base import Metric, MetricSettings, Signature, best_reference, percentage
from corpus_builder.evaluate.testset import Array, TestSet
from corpus_builder.languages import language
from corpus_builder.text.names import Names, read_names, same_name

VERSION = 2
"""Version 1 read names by rules of its own, and other spellings of a name were misses."""


class NameAccuracy(Metric):
    """Names of the reference that the output has, 0 to 100. Statistics: names found, names of the reference.

    With several references, each segment is compared with the one of which the output has the greatest share.
    """

    name = "name"
    title = "Names"
    miss = "name lost"

    def __init__(self, test: TestSet, settings: MetricSettings) -> None:  # noqa: ARG002 - all metrics take both
        names_of_test_set = known_names([text for side in test.references for text in side])
        self._references = [[names_in(text, names_of_test_set) for text in side] for side in test.references]
        facts = language(test.pair.target).letters
        self._foreign = facts.foreign if facts else ""
        self.signature = Signature.of(nrefs=len(self._references), match="letters", version=VERSION)

    def statistics(self, outputs: Sequence[str]) -> Array:
        """Additive statistics of a system's outputs, shape (segments, 2)."""
        read = [read_names(output) for output in outputs]
        return best_reference(
            [
                [(rendered(names, output, self._foreign), len(names)) for names, output in zip(side, read, strict=True)]
                for side in self._references
            ]
        )

    def scores(self, totals: Array) -> Array:
        """Names found in per cent of the reference's."""
        return percentage(totals[..., 0], totals[..., 1])


def known_names(texts: Sequence[str]) -> frozenset[str]:
    """The words, lower-cased, that more texts have as a name than in small letters.

    >>> sorted(known_names(["Учора Київ гучно святкував.", "Місто Київ уже спить. Учора місто спало."]))
    ['київ']
    """
    as_name: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        read = read_names(text)
        as_name.update(read.names)
        small.update(set(read.words).difference(read.capitals))
    return frozenset(word for word, count in as_name.items() if count > small[word])


def names_in(text: str, known: frozenset[str]) -> list[str]:
    """Those of the known names that a text has with a capital letter, lower-cased, each once and in order."""
    return [word for word in read_names(text).capitals if word in known]


def rendered(names: Sequence[str], output: Names, foreign: str = "") -> int:
    """How many of the names an output has: as the same word, or as a capitalised word that is the same name and has no
    foreign letters. Each word of the output counts for one name.

    >>> rendered(["володимир", "київ"], read_names("Там Владимир, Киева"))
    2
    >>> rendered(["владимир", "киев"], read_names("Там Володимир, Київ"), foreign="іїєґ")
    1
    """
    unused = list(output.words)
    capitals = frozenset(word for word in output.capitals if not any(letter in word for letter in foreign))
    count = 0
    for name in names:
        match = next((word for word in unused if word == name or (word in capitals and same_name(name, word))), None)
        if match is not None:
            unused.remove(match)
            count += 1
    return count
