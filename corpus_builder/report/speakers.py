"""report/speakers/: an index of the speakers, and a page per speaker with their quotations in every language.

index.html      the speakers by number of quotations
NAME-HASH.html  the newest quotations of one, `PAGE` a page; NAME-HASH-2.html and so on have older ones
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from corpus_builder.report.data import ShownQuotation
from corpus_builder.report.people import Person
from corpus_builder.report.templating import environment, page_parts, short_name

# Quotations per page, pages per speaker, and speakers, at most; the dataset has the rest. Chosen: a page of a hundred
# quotations in three languages has some 150 kB.
PAGE, PAGES, SPEAKERS = 100, 10, 5_000
# Names per language at the head of a page. Chosen: one line.
NAMES = 6

Read = Callable[[Sequence[int]], Iterator[ShownQuotation]]
"""Gives quotations by their numbers, in the order of these."""


def write_speakers(folder: Path, title: str, languages: Sequence[str], people: Sequence[Person], read: Read) -> None:
    """Write the pages into an empty folder; the same data give the same bytes.

    `people` are in the order of the index, their quotations newest first. `read` is asked once, for all that is shown.
    """
    parts = page_parts("speakers.css")
    template = environment().get_template("speaker.html.j2")
    shown = [(person, person.quotes[: PAGE * PAGES]) for person in people[:SPEAKERS]]
    quotations = read([number for _, numbers in shown for number in numbers])
    for person, numbers in shown:
        starts = range(0, len(numbers), PAGE)
        files = [f"{person.file}{f'-{start // PAGE + 1}' if start else ''}.html" for start in starts]
        for number, (file, start) in enumerate(zip(files, starts, strict=True), 1):
            text = template.render(
                title=title,
                name=short_name(person.name),
                person=person,
                shown_names=NAMES,
                languages=languages,
                quotations=list(islice(quotations, min(PAGE, len(numbers) - start))),
                number=number,
                page_files=files,
                left_out=len(person.quotes) - len(numbers),
                **parts,
            )
            (folder / file).write_text(text, encoding="utf-8")
    index = environment().get_template("speakers.html.j2")
    text = index.render(
        title=title, people=people[:SPEAKERS], total=len(people), **page_parts("speakers.css", "list.js")
    )
    (folder / "index.html").write_text(text, encoding="utf-8")
