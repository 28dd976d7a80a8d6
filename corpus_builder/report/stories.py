"""report/stories/: every aligned story side by side, `PAGE` a page, and an index of all their headlines.

index.html  the headlines in all languages, searchable
1.html, …   the stories, each with its paragraphs and its sentences
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_builder.report.data import ShownStory, StoryPage
from corpus_builder.report.templating import environment, page_parts

if TYPE_CHECKING:
    from markupsafe import Markup

# Stories a page, and bytes of their HTML at most but for one story. Chosen: stories of usual length make 6 MB, of which
# a browser draws one story at a time.
PAGE, BYTES = 200, 12_000_000


@dataclass(frozen=True, slots=True)
class _Headline:
    """A line of the index."""

    place: str
    article_id: str
    date: str | None
    titles: Mapping[str, str]
    odd: int


def write_stories(
    folder: Path, title: str, languages: Sequence[str], stories: Iterable[ShownStory], total: int, older: int = 0
) -> tuple[tuple[StoryPage, ...], dict[str, str]]:
    """Write the pages into an empty folder; the same stories give the same bytes. Memory holds one page of them.

    Args:
        folder: the folder.
        title: the name of the dataset.
        languages: the columns, in their order.
        stories: the stories in the order of the pages.
        total: how many they are.
        older: stories that are on no page, which the index says.

    Returns:
        The pages, and by article id the address of its story as seen from report/index.html.
    """
    parts = page_parts("report.css", "report.js", languages=languages)
    template = environment().get_template("stories.html.j2")
    pages: list[StoryPage] = []
    headlines: list[_Headline] = []
    for number, (shown, last) in enumerate(_pages(stories), 1):
        file, first = f"{number}.html", len(headlines) + 1
        text = template.render(
            title=title,
            languages=languages,
            stories=shown,
            first=first,
            total=total,
            earlier=f"{number - 1}.html" if number > 1 else "",
            later="" if last else f"{number + 1}.html",
            **parts,
        )
        (folder / file).write_text(text, encoding="utf-8")
        dates = sorted(story.date for story, _ in shown if story.date) or [""]
        pages.append(StoryPage(file, len(shown), dates[0], dates[-1]))
        headlines += [_headline(story, f"{file}#story-{place}") for place, (story, _) in enumerate(shown, 1)]
    index = environment().get_template("story_list.html.j2")
    text = index.render(title=title, headlines=headlines, older=older, **page_parts("report.css", "list.js"))
    (folder / "index.html").write_text(text, encoding="utf-8")
    return tuple(pages), {each.article_id: f"stories/{each.place}" for each in headlines}


def _pages(stories: Iterable[ShownStory]) -> Iterator[tuple[list[tuple[ShownStory, Markup]], bool]]:
    """The stories of each page with their HTML, and whether it is the last page."""
    view = environment().get_template("story.html.j2").module.story_view  # type: ignore[attr-defined]
    page: list[tuple[ShownStory, Markup]] = []
    size = 0
    for story in stories:
        html = view(story)
        if page and (len(page) == PAGE or size + len(html) > BYTES):
            yield page, False
            page, size = [], 0
        page.append((story, html))
        size += len(html)
    if page:
        yield page, True


def _headline(story: ShownStory, place: str) -> _Headline:
    titles = {edition.language: edition.title for edition in story.editions}
    return _Headline(place, story.article_id, story.date, titles, story.odd)
