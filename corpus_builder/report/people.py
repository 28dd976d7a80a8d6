"""Groups the names of speakers in all languages into people, by the rows that share a quotation.

A row with the speakers "Пєсков", "Песков" and "Peskov" links the three names. Links are sometimes wrong, two people may
share a surname, and a name occurs in several cases ("Пєскова"). So names are joined one link at a time, the most
reliable first (as Kruskal 1956 builds a spanning tree), under two conditions:

- a link between names that look alike in a common spelling needs one story; any other needs two stories, and most of
  those in which either name has a counterpart in the other's language;
- two people stay apart if joining them would give one of them two full names in one language.

The second condition is why a library's connected components do not serve here. Then full names of one language that
differ only in their endings are joined, and at last a bare surname with the one person quoted under it.

A quotation belongs to the person that most of its sides name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from corpus_builder.text.person_names import cases_of_one, is_name, name_parts, names_alike, same_part, two_people
from corpus_builder.text.transliteration import readable

STORIES = 2
"""Stories that must have a link between names that do not look alike. Chosen: one wrong alignment makes one story."""
BEARER = 0.9
"""A bare surname is taken for the person with this share of the quotations under full names with that surname. Chosen:
nine of ten, as for rows at p ≥ .9."""
NAMESAKES = 200
"""Names with the same beginning that are compared with one another, at most. Chosen: it bounds the work at 20,000
comparisons for each beginning."""
SLUG, DIGITS = 40, 8
"""Characters of a file name that come from the person's name, and hexadecimal digits of a hash that tell namesakes
apart. Chosen: file names stay readable, and among 10,000 people two share the 32 bits with a probability of .01."""

Name = tuple[str, str]
"""A language, and a speaker's name as an edition in it has it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A speaker with the numbers of their quotations. `names` has for each language the names and how many quotations
    have each, the most frequent first.
    """

    names: Mapping[str, tuple[tuple[str, int], ...]]
    quotes: tuple[int, ...]

    @property
    def name(self) -> str:
        """The name of the first language that has one."""
        return next(iter(self.names.values()))[0][0]

    @property
    def file(self) -> str:
        """A name for files, of a-z, 0-9 and hyphens only; that of the same person in the same corpus is the same."""
        language = "en" if "en" in self.names else next(iter(self.names))
        words = re.findall("[a-z0-9]+", readable(self.names[language][0][0], language))
        slug = "-".join(words)[:SLUG].strip("-") or "speaker"
        key = "\0".join((next(iter(self.names)), self.name))
        return f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:DIGITS]}"


def find_people(
    stories: Sequence[str], speakers: Sequence[Mapping[str, str | None]], same: Iterable[Sequence[Name]] = ()
) -> list[Person]:
    """The people who said some quotations, who said most first; a quotation without a name on any side is nobody's.

    `stories` has the article of each quotation, `speakers` who said it in each language. The order of quotations does
    not matter, but for their numbers. Each of `same` are names that a person said are one speaker's: they are joined
    first, whatever they look like.
    """
    named = [{language: name for language, name in sides.items() if name and is_name(name)} for sides in speakers]
    quotes = Counter((language, name) for sides in named for language, name in sides.items())
    groups = _Groups(quotes)
    for names_of_one in same:
        known = [name for name in names_of_one if name in quotes]
        for name in known[1:]:
            groups.join(known[0], name, certain=True)
    for one, other in chain(_links(stories, named), _declined(quotes)):
        groups.join(one, other)
    for one, other in list(_surnames(quotes, groups)):
        groups.join(one, other)
    quotes_of: dict[Name, list[int]] = defaultdict(list)
    names: dict[Name, Counter[Name]] = defaultdict(Counter)
    for number, sides in enumerate(named):
        if sides:
            root = groups.of_quote(sides)
            quotes_of[root].append(number)
            names[root].update((x, name) for x, name in sides.items() if groups.root((x, name)) == root)
    languages = list(dict.fromkeys(language for sides in speakers for language in sides))
    people = [Person(_by_language(names[root], languages), tuple(numbers)) for root, numbers in quotes_of.items()]
    return sorted(people, key=lambda person: (-len(person.quotes), list(person.names.items())))


def _by_language(names: Counter[Name], languages: Sequence[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    ranked = sorted(names.items(), key=lambda item: (-item[1], -len(name_parts(item[0][1])), item[0]))
    by_language = {x: tuple((name, count) for (language, name), count in ranked if language == x) for x in languages}
    return {language: names_there for language, names_there in by_language.items() if names_there}


def _links(stories: Sequence[str], named: Sequence[Mapping[str, str]]) -> list[tuple[Name, Name]]:
    """The links that hold, the surest first."""
    linked: dict[tuple[Name, Name], set[str]] = defaultdict(set)
    counterparts: dict[tuple[Name, str], set[str]] = defaultdict(set)
    for story, sides in zip(stories, named, strict=True):
        for one, other in combinations(sorted(sides.items()), 2):
            linked[one, other].add(story)
            counterparts[one, other[0]].add(story)
            counterparts[other, one[0]].add(story)
    ranked = []
    for (one, other), stories_of in linked.items():
        alike = names_alike(one[1], other[1])
        most = max(len(counterparts[one, other[0]]), len(counterparts[other, one[0]]))
        if alike or (len(stories_of) >= STORIES and 2 * len(stories_of) > most):
            ranked.append((not alike, -len(stories_of), one, other))
    return [(one, other) for _, _, one, other in sorted(ranked)]


def _declined(names: Iterable[Name]) -> Iterator[tuple[Name, Name]]:
    """Pairs of full names in one language that may be cases of one name."""
    buckets: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for language, name in sorted(names):
        if len(parts := name_parts(name)) > 1:
            buckets[language, *(part[:3] for part in parts)].append((language, name))
    for bucket in buckets.values():
        for one, other in combinations(bucket[:NAMESAKES], 2):
            if cases_of_one(one[1], other[1]):
                yield one, other


def _surnames(quotes: Mapping[Name, int], groups: _Groups) -> Iterator[tuple[Name, Name]]:
    """Pairs of a bare surname and a full name in one language, where nearly all who bear it are one person."""
    full: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for language, name in quotes:
        if len(parts := name_parts(name)) > 1:
            full[language, parts[-1][:3]].append((language, name))
    for bare in sorted(quotes):
        parts = name_parts(bare[1])
        if len(parts) != 1 or groups.has_full_name(bare):
            continue
        bearers: dict[Name, int] = defaultdict(int)
        for bearer in full.get((bare[0], parts[0][:3]), ()):
            if same_part(parts[0], name_parts(bearer[1])[-1]):
                bearers[groups.root(bearer)] += quotes[bearer]
        likeliest = max(sorted(bearers), key=lambda root: bearers[root], default=None)
        if likeliest and bearers[likeliest] >= BEARER * sum(bearers.values()):
            yield bare, likeliest


class _Groups:
    """Names that are one person's: disjoint sets (Tarjan 1975), each with the fullest name of each language."""

    def __init__(self, quotes: Mapping[Name, int]) -> None:
        self._quotes = quotes
        self._parent = {name: name for name in quotes}
        self._full = {name: {name[0]: name} if len(name_parts(name[1])) > 1 else {} for name in quotes}

    def root(self, name: Name) -> Name:
        """The name that stands for all of its group."""
        while self._parent[name] != name:
            self._parent[name] = name = self._parent[self._parent[name]]
        return name

    def has_full_name(self, name: Name) -> bool:
        """Whether a name's group has a full name in any language."""
        return bool(self._full[self.root(name)])

    def join(self, one: Name, other: Name, *, certain: bool = False) -> None:
        """Make one group of two names' groups, unless they have full names in one language that are two people's;
        where that is `certain`, in any case.
        """
        kept, gone = sorted((self.root(one), self.root(other)), key=self._rank)
        mine, theirs = self._full[kept], self._full[gone]
        if kept == gone:
            return
        if not certain and any(two_people(mine[x][1], theirs[x][1]) for x in mine.keys() & theirs.keys()):
            return
        self._parent[gone] = kept
        for language, name in self._full.pop(gone).items():
            mine[language] = min(mine.get(language, name), name, key=self._rank)

    def of_quote(self, sides: Mapping[str, str]) -> Name:
        """The group that most sides of a quotation name; of several, one with a full name here, then the first."""
        votes, full = Counter[Name](), Counter[Name]()
        for side in sides.items():
            root = self.root(side)
            votes[root] += 1
            full[root] += len(name_parts(side[1])) > 1
        return min(votes, key=lambda root: (-votes[root], -full[root]))

    def _rank(self, name: Name) -> tuple[int, Name]:
        return -self._quotes[name], name
