"""The stories of the sample newspaper as sites_draft_kinds.py serves them: their texts, words and days by language."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_builder.newspaper.stories import Story, load_newspaper

LANGUAGES = ("uk", "ru", "en")
_MONTHS = {
    "uk": [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_WORDS = {
    "uk": {"read": "Читайте також", "share": "Поділитися", "tags": "Теги", "comments": "Коментарі", "home": "Головна",
           "source": "Фото", "rights": "Усі права захищено", "subscribe": "Підпишіться на наш канал у Telegram"},
    "ru": {"read": "Читайте также", "share": "Поделиться", "tags": "Теги", "comments": "Комментарии", "home": "Главная",
           "source": "Фото", "rights": "Все права защищены", "subscribe": "Подпишитесь на наш канал в Telegram"},
    "en": {"read": "Read also", "share": "Share", "tags": "Tags", "comments": "Comments", "home": "Home",
           "source": "Photo", "rights": "All rights reserved", "subscribe": "Subscribe to our Telegram channel"},
}  # fmt: skip
_AUTHORS = {"uk": "Марія Ткаченко", "ru": "Мария Ткаченко", "en": "Mariia Tkachenko"}


@dataclass(frozen=True)
class Text:
    """A story in one language, and what is said of it in that language."""

    number: int
    language: str
    title: str
    lead: str
    body: list[str]
    others: list[str]
    day: tuple[int, int, int]

    @property
    def words(self) -> dict[str, str]:
        """The site's own words in the language."""
        return _WORDS[self.language]

    @property
    def author(self) -> str:
        """The author's name in the language."""
        return _AUTHORS[self.language]

    @property
    def iso(self) -> str:
        """The time of publication as machines write it."""
        return "{:04d}-{:02d}-{:02d}T10:20:00+02:00".format(*self.day)

    @property
    def written(self) -> str:
        """The day as newspapers write it."""
        year, month, day = self.day
        name = _MONTHS[self.language][month - 1]
        return f"{name} {day}, {year}" if self.language == "en" else f"{day} {name} {year}"

    @property
    def slug(self) -> str:
        """The headline in Latin letters for a URL."""
        table = str.maketrans("абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэъё", "abvgg'dezzyiijklmnoprstufhccsh'uaye'e"[:37])
        words = "".join(c if c.isalnum() else " " for c in self.title.lower().translate(table)).split()
        return "-".join(word for word in words if word.isascii())[:60]


def texts() -> dict[int, dict[str, Text]]:
    """The stories by number and language."""
    paper = load_newspaper()
    found: list[Story] = [
        story
        for story in paper.stories
        if set(story.editions) == set(LANGUAGES) and not story.shows and not story.opt_out and len(story.units) > 4
    ]
    made: dict[int, dict[str, Text]] = {}
    for number, story in enumerate(found):
        made[number] = {}
        for language in LANGUAGES:
            blocks = [" ".join(unit.texts[language].text for unit in each.units) for each in story.blocks(language)]
            blocks = [block for block in blocks if len(block) > 40 and block[-1] in '.?!"»”']
            others = [other.titles[language] for other in (found[number - 1], found[number - 2], found[number - 3])]
            day = (2025, 3 + number % 9, 3 + 2 * number)
            made[number][language] = Text(number, language, story.titles[language], blocks[0], blocks[1:], others, day)
    return made
