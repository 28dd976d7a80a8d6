"""The newspaper's pages as HTML, in the three page layouts that Ukrainska Pravda has had.

One template for each era in templates/ ("2019", "2022", "2025", and "2025-article" for long reads and columns of that
year), all based on base.html, which has what surrounds an article. Links lead to `base`, the URL that serves the site.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from corpus_builder.newspaper.inline import Inline
from corpus_builder.newspaper.stories import Block, Insert, Newspaper, Story

# A number and the word after it, between which editors put a no-break space.
_MEASURE = re.compile(r"(?<=\d) (?=тис|тыс|млн|млрд|грн|гривень|гривен|million|billion)")

# Characters that the editor of the 2019 layout wrote as named entities.
_ENTITIES_2019 = str.maketrans({"–": "&ndash;", "«": "&laquo;", "»": "&raquo;"})
_EMPTY = Markup()


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of an article's body for the templates; `items` are those of a list."""

    kind: str
    html: Markup = _EMPTY
    label: str | None = None
    speaker: str | None = None
    url: str = ""
    items: list[Element] = field(default_factory=list)


@dataclass(frozen=True)
class Renderer:
    """Renders the pages of a newspaper that is served at `base` (a URL without a slash at its end)."""

    newspaper: Newspaper
    base: str

    @cached_property
    def _templates(self) -> Environment:
        templates = Environment(
            loader=PackageLoader("corpus_builder.newspaper"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        templates.globals.update(paper=self.newspaper, base=self.base, url=self.url, day_url=self.day_url)
        templates.globals.update(titles=self._title, date_words=self._date_words, reporter=self._reporter)
        return templates

    def url(self, story: Story, language: str) -> str:
        """The address of an edition's page."""
        return self.base + self.newspaper.path(story, language)

    def day_url(self, day: date, language: str) -> str:
        """The address of the archive page that lists a day's stories."""
        return f"{self.base}/{self.newspaper.prefixes[language]}archives/date_{day:%d%m%Y}/"

    def render(self, template: str, **values: object) -> str:
        """Render one of the templates."""
        return self._templates.get_template(template).render(**values)

    def page(self, story: Story, language: str) -> str:
        """The page of an edition. It shows the text of another language if `story.shows` says so."""
        shown = story.shows.get(language, language)
        name = story.era if story.era != "2025" or story.section == "news" else "2025-article"
        return self.render(
            f"{name}.html",
            story=story,
            language=language,
            shown=shown,
            here=self.url(story, language),
            body=list(self._body(story, shown)),
            latest=self._latest(story, language),
            json_ld=self._json_ld(story, language, shown),
        )

    def index(self, language: str, heading: str, stories: Iterable[Story]) -> str:
        """A page that lists stories: a day's archive or a home page."""
        return self.render(
            "index.html",
            language=language,
            heading=heading,
            stories=[story for story in stories if language in story.editions],
        )

    def _body(self, story: Story, language: str) -> Iterable[Element]:
        items: list[Element] = []
        for item in story.editions[language]:
            element = (
                self._insert(story, item, language) if isinstance(item, Insert) else self._block(story, item, language)
            )
            if element.kind == "list_item":
                items.append(element)
                continue
            if items:
                yield Element("list", items=items)
                items = []
            yield element
        if items:
            yield Element("list", items=items)

    def _block(self, story: Story, block: Block, language: str) -> Element:
        text = Markup(" ").join(self._inline(unit.texts[language], story.era) for unit in block.units)
        return Element(block.kind.value, text, block.label, block.speaker)

    def _insert(self, story: Story, insert: Insert, language: str) -> Element:
        if insert.name == "also":
            other = self.newspaper.by_id[insert.argument]
            target = language if language in other.editions else next(iter(other.editions))
            return Element("also", escape(other.titles[target]), url=self.url(other, target))
        if insert.name == "photo" and insert.argument:
            return Element("photo", self._inline(story.units[insert.argument].texts[language], story.era))
        return Element(insert.name)

    def _inline(self, inline: Inline, era: str) -> Markup:
        """The HTML of a unit."""
        markup = _EMPTY
        for piece in inline.pieces:
            text = Markup(_markup(piece.text, era))
            if piece.bold:
                text = Markup("<strong>{}</strong>").format(text)
            if piece.url:
                href = self.base + piece.url if piece.url.startswith("/") else piece.url
                text = Markup('<a target="_blank" href="{}">{}</a>').format(href, text)
            markup += text
        return markup

    def _latest(self, story: Story, language: str) -> list[Story]:
        others = [other for other in self.newspaper.stories if language in other.editions and other is not story]
        return sorted(others, key=lambda other: abs(other.published - story.published))[:4]

    def _title(self, story: Story, language: str) -> str:
        return story.titles[story.shows.get(language, language)]

    def _reporter(self, key: str, language: str) -> str:
        return self.newspaper.people[key][language]

    def _date_words(self, when: datetime, language: str, year: bool) -> str:
        day = f"{when.day} {self.newspaper.months[language][when.month - 1]}"
        return f"{day} {when.year}, {when:%H:%M}" if year else f"{day}, {when:%H:%M}"

    def _json_ld(self, story: Story, language: str, shown: str) -> Markup:
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.titles[shown],
            "inLanguage": language,
            "mainEntityOfPage": self.url(story, language),
            "datePublished": story.published.isoformat(),
            "dateModified": story.published.isoformat(),
            "author": [{"@type": "Person", "name": self._reporter(key, shown)} for key in story.authors],
            "publisher": {"@type": "NewsMediaOrganization", "name": self.newspaper.names[language]},
        }
        if story.section == "news" and story.era == "2025":
            data["articleBody"] = "".join(
                f"\t{block.label_text + ': ' if block.label_text else ''}"
                + " ".join(unit.texts[shown].text for unit in block.units)
                for block in story.blocks(shown)
            )
        return Markup(json.dumps(data, ensure_ascii=False, indent=4).replace("</", "<\\/"))


def _markup(text: str, era: str) -> str:
    """Text as HTML, with the no-break spaces and the named entities that the editor of that era produced."""
    markup = _MEASURE.sub("&nbsp;", html.escape(text, quote=False))
    return markup.translate(_ENTITIES_2019) if era == "2019" else markup
