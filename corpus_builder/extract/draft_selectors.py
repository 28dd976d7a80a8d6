"""CSS selectors for elements that are known on a few pages: the simplest ones that select them on all, and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from corpus_builder.sites.selectors import Finder
from corpus_builder.web.html import Element

_CLEAN = re.compile(r"[A-Za-z][\w-]*")
_GENERATED = re.compile(r"\d{3,}|^(?:sc|css|jsx|svelte|emotion)-|^w\d+$|[0-9][a-zA-Z]+[0-9]")
"""Names that a tool makes and that change with every release, or that number an article."""
_SHORT_MIXED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[A-Za-z]{4,8}")
_CAMEL_PART = re.compile(r"[A-Z]?[a-z]*[aeiouy][a-z]*")
"""Tools also make short names in mixed case ("cmjZrf"); the parts of "newsText" can be spoken, those of such cannot."""
_STATES = frozenset({"active", "clearfix", "row", "container", "relative", "hidden", "show", "flex", "grid", "wrap"})
"""Classes that say how an element looks, not what it is."""
_LABEL = re.compile(r"[^\W\d_][^\d:'\"]{1,30}")
_MOST_LABELS = 9
"""Words before a colon that are a label, and most of them. Chosen: three words in three languages."""
_MOST_CLASSES = 6
_MOST_ANCESTORS = 4
_DEEPEST = 40
"""Bounds on what is tried for one element. Chosen: names further out say nothing of it."""


def common_ancestor(elements: Sequence[Element]) -> Element | None:
    """The innermost element that all of these are in; itself where there is one."""
    if not elements:
        return None
    lines = [[*reversed(list(each.iterancestors())), each] for each in elements]
    shared = None
    for level in zip(*lines, strict=False):
        if any(each is not level[0] for each in level):
            break
        shared = level[0]
    return shared


def simple_names(element: Element) -> Iterator[str]:
    """Selectors of an element by what it is called: its id, a class, an attribute, a pair of classes."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if not _CLEAN.fullmatch(tag):
        return
    own = element.get("id") or ""
    if _is_name(own) and not own[-1].isdigit():  # an id with a number is that of one of many
        yield f"{tag}#{own}"
    classes = [name for name in (element.get("class") or "").split() if _is_name(name)][:_MOST_CLASSES]
    yield from (f"{tag}.{name}" for name in classes)
    for attribute in ("itemprop", "role", "data-testid", "data-component", "rel"):
        value = element.get(attribute) or ""
        if _CLEAN.fullmatch(value):
            yield f'{tag}[{attribute}="{value}"]'
    yield from (f"{tag}.{one}.{other}" for one in classes for other in classes if one < other)


def candidates(element: Element) -> Iterator[str]:
    """Selectors of an element, the simplest first: its names, then names of elements around it with its own or tag."""
    own = list(simple_names(element))
    yield from own
    if element.tag in ("h1", "article", "main", "time", "figcaption"):
        yield str(element.tag)
    around = []
    for ancestor in list(element.iterancestors())[:_MOST_ANCESTORS]:
        around += list(simple_names(ancestor))[:3]
        if ancestor.tag in ("article", "main", "header"):
            around.append(str(ancestor.tag))
    for outer in around:
        yield from (f"{outer} {inner}" for inner in own[:3])
        yield f"{outer} > {element.tag}"
        yield f"{outer} {element.tag}"
    yield from by_place(element)


def by_place(element: Element) -> Iterator[str]:
    """The selector of an element without a name: its place in the nearest one with a name, else in <body>."""
    places: list[str] = []
    for each in (element, *element.iterancestors()):
        named = next(simple_names(each), "") if places else ""
        if named or each.tag in ("body", "main", "article"):
            yield " > ".join([named or str(each.tag), *reversed(places)])
        if each.tag == "body" or len(places) == _DEEPEST or not isinstance(each.tag, str) or ":" in each.tag:
            return
        places.append(f"{each.tag}:nth-of-type({1 + sum(1 for _ in each.itersiblings(each.tag, preceding=True))})")


def by_label(targets: Sequence[tuple[Element, Sequence[Element]]]) -> str:
    """An XPath for elements that have nothing but what they say: "Author: …", in each language. "" where some say less.

    `targets` are those of best_selector().
    """
    labels: dict[str, None] = {}
    tags = {str(wanted[0].tag) for _, wanted in targets}
    for _, wanted in targets:
        label, colon, _ = " ".join("".join(wanted[0].itertext()).split()).partition(":")
        if not colon or not _LABEL.fullmatch(label):
            return ""
        labels[label] = None
    if len(tags) != 1 or len(labels) > _MOST_LABELS:
        return ""
    said = " or ".join(f"starts-with(normalize-space(.), '{label}:')" for label in labels)
    selector = f".//{tags.pop()}[{said}]"
    finder = Finder([selector])
    return selector if all(only(finder(root), wanted) for root, wanted in targets) else ""


def best_selector(
    targets: Sequence[tuple[Element, Sequence[Element]]],
    allowed: Callable[[Sequence[Element], Sequence[Element]], bool],
) -> tuple[str, list[int]]:
    """The selector that fits most pages, and which: of those that fit as many, the first that `candidates` gives.

    `targets` has the root of each page and the elements that are meant on it; `allowed` says whether what a selector
    selects there is what is meant. ("", []) where no selector fits any page.
    """
    votes: Counter[str] = Counter()
    order: dict[str, int] = {}
    for _, wanted in targets:
        for element in wanted[:1]:
            for place, name in enumerate(candidates(element)):
                votes[name] += 1
                order[name] = min(place, order.get(name, place))
    best: tuple[str, list[int]] = ("", [])
    for name in sorted(votes, key=lambda name: (-votes[name], order[name], name)):
        if votes[name] <= len(best[1]):
            break
        finder = Finder([name])
        fits = [place for place, (root, wanted) in enumerate(targets) if wanted and allowed(finder(root), wanted)]
        if len(fits) > len(best[1]):
            best = (name, fits)
    return best


def only(found: Sequence[Element], wanted: Sequence[Element]) -> bool:
    """Whether exactly the wanted elements are found."""
    return len(found) == len(wanted) and all(each is other for each, other in zip(found, wanted, strict=True))


def first(found: Sequence[Element], wanted: Sequence[Element]) -> bool:
    """Whether the first of what is found is wanted."""
    return bool(found) and found[0] is wanted[0]


def _is_name(name: str) -> bool:
    if not _CLEAN.fullmatch(name) or _GENERATED.search(name) or name.lower() in _STATES:
        return False
    return not _SHORT_MIXED.fullmatch(name) or re.fullmatch(f"(?:{_CAMEL_PART.pattern})+", name) is not None


def first_around(found: Sequence[Element], wanted: Sequence[Element]) -> bool:
    """Whether the first of what is found is wanted, or has what is wanted in it."""
    return bool(found) and (found[0] is wanted[0] or found[0] in wanted[0].iterancestors())
