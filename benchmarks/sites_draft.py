"""Rules that `sites draft` makes, against rules written by hand: F1 of the blocks that they read.

    python benchmarks/sites_draft.py [--shared ../shared] [--show]

sample      the sample newspaper, four layouts in three languages: drafted from every fourth page, measured on the
            others against the blocks that the rules of the site read
layouts     twelve made-up layouts (extraction_layouts.py and two more), each with three texts: drafted from two pages,
            measured on the third against the blocks that it was made of
real        pages of sites that have rules (needs ../shared): drafted from the same pages, as there is one of each kind,
            so that this shows how well a draft does on what it has seen, and nothing about other pages

A block is right if its letters and digits are equal; titles are not counted. `--show` prints the blocks that differ.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from extraction import SHARED, Score, squash
from extraction_layouts import (
    CARDS,
    FIRST,
    HEADING,
    ITEMS,
    LAST,
    LEAD,
    QUOTE,
    SECOND,
    SHARE,
    SHORT,
    THIRD,
    TITLE,
    cards,
    layouts,
    p,
)
from extraction_layouts import page as page_of

from corpus_builder.cli.sites import drafted_site
from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.extract.draft import draft_rules
from corpus_builder.model import BlockKind, Capture
from corpus_builder.newspaper.markup import Renderer
from corpus_builder.newspaper.stories import load_newspaper
from corpus_builder.sites import Site, load_site

REAL = {
    "babel": ["other/babel.uk.html"],
    "censor": ["other/cenzor.uk.html"],
    "hromadske": ["other/hromadske.uk.html"],
    "suspilne": ["other/suspilne.uk.html"],
    "slovoidilo": ["other/slovo_i_dilo.uk.html"],
    "radiosvoboda": ["other/svoboda.uk.html"],
    "unian": ["other/unian-2014.uk.html"],
    "epravda": ["pravda.com.ua/epravda-2025-10-24.uk.html"],
    "euronews": ["hreflang/uk-EuronewsEN_2026_01_06.html"],
    "pravda": [
        "pravda.com.ua/news-2025-12-01-8009697.uk.html",
        "pravda.com.ua/articles-2026-01-08-8015225.ru.html",
        "pravda.com.ua/news-2014-09-29-7039242.uk.html",
    ],
}
_TEXTS = (
    {
        TITLE: "Бібліотека на околиці відкрила двері після ремонту",
        LEAD: "Ремонт тривав два роки, а книжки весь цей час зберігали в трьох школах неподалік від старої будівлі.",
        FIRST: "Читачі знову можуть брати книжки додому. У перший же день до бібліотеки записалося понад двісті людей.",
        SECOND: "У залі з'явилися нові столи, а в підвалі облаштували укриття з полицями для книжок.",
        HEADING: "Чого чекають читачі",
        THIRD: "Навесні тут планують відкрити гурток для дітей, а для дорослих — вечори нових видань щосереди.",
        QUOTE: "«Без книжок було дуже тихо, навіть вулиця здавалася порожньою», — каже сусідка з будинку навпроти.",
        LAST: "Обласна рада пообіцяла купити ще тисячу томів до кінця наступного року, якщо знайде на це гроші.",
        SHORT: "Каву обіцяють згодом.",
        "Чого ще бракує": "Що подарували читачі",
        **dict(zip(ITEMS, ("сто романів;", "двадцять атласів;", "повну енциклопедію."), strict=True)),
        **{"Дерево": "Зала", "Саджанців": "Полиць", "Прижилося": "Зайнято", "Яблуня": "Дитяча", "Груша": "Читальна"},
        CARDS[0]: "На річці збудували новий міст для пішоходів і велосипедів",
        CARDS[1]: "Як пережити спеку в панельному будинку: сім порад від лікарів",
        CARDS[2]: "Скільки коштує квиток до моря цього літа й де його купити",
    },
    {
        TITLE: "Трамвай повернувся на правий берег через дев'ять років",
        LEAD: "Колію відновили за літо, а вагони місто купило вживаними в сусідній країні за кошти двох громад.",
        FIRST: "Перший вагон вийшов на лінію о шостій ранку. Водійка розповіла, що її вітали квітами на зупинках.",
        SECOND: "Маршрут має чотирнадцять зупинок і з'єднує вокзал з лікарнею, до якої добиралися двома автобусами.",
        HEADING: "Коли буде друга черга",
        THIRD: "Другу чергу добудують через рік: вона пройде через ринок і два квартали, де мешкає тридцять тисяч.",
        QUOTE: "«Я їздив цим трамваєм ще до школи, тепер їздитимуть мої онуки», — усміхнувся пасажир першого вагона.",
        LAST: "Проїзд коштує вісім гривень, а перший тиждень він безкоштовний для тих, хто має студентський квиток.",
        SHORT: "Кондукторів не буде.",
        "Чого ще бракує": "Що просять пасажири",
        **dict(zip(ITEMS, ("навіси на зупинках;", "розклад на табло;", "нижчі сходинки."), strict=True)),
        **{"Дерево": "Лінія", "Саджанців": "Вагонів", "Прижилося": "На лінії", "Яблуня": "Перша", "Груша": "Друга"},
        CARDS[0]: "Ціни на хліб у трьох областях зросли вдруге за місяць",
        CARDS[1]: "Музей показав колекцію годинників, яку збирали півстоліття",
        CARDS[2]: "Чому птахи не летять на південь: пояснює орнітологиня",
    },
)  # fmt: skip


def blocks(capture: Capture, site: Site) -> list[str]:
    """The blocks of a page without its title; none where the rules read none."""
    try:
        edition = extract_page(capture, site)
    except SkipPage as skipped:
        print(f"  {capture.url}: {skipped}")
        return []
    made = [f"{block.label_text or ''} {block.text}" for block in edition.blocks if block.kind is not BlockKind.TITLE]
    return [text for text in made if squash(text)]


def measured(name: str, drafted: str, cases: Sequence[tuple[Capture, list[str]]], show: bool) -> Score:
    site, total = drafted_site(drafted), Score(0, 0, 0)
    for capture, expected in cases:
        found = blocks(capture, site)
        have, want = Counter(map(squash, found)), Counter(map(squash, expected))
        total += Score((have & want).total(), have.total(), want.total())
        if show and have != want:
            print(f"  {name} {capture.url}")
            print("\n".join(f"    + {text[:90]}" for text in found if squash(text) not in want))
            print("\n".join(f"    - {text[:90]}" for text in expected if squash(text) not in have))
    return total


def sample(show: bool) -> Score:
    paper, site = load_newspaper(), load_site("sample")
    renderer = Renderer(paper, site.rules.homepage)
    captures = [
        Capture(renderer.url(story, language), 200, {}, renderer.page(story, language).encode(), None, "")
        for story in paper.stories
        if not story.opt_out and not story.shows and len(story.units) > 3
        for language in story.editions
    ]
    drafted = draft_rules(captures[::4]).toml
    cases = [(capture, blocks(capture, site)) for place, capture in enumerate(captures) if place % 4]
    return measured("sample", drafted, [case for case in cases if case[1]], show)


def more_layouts() -> dict[str, tuple[str, list[str]]]:
    """Two layouts with what the others lack: generated class names, and two columns in tables with ids."""
    return {
        "generated names": (
            page_of(
                f"<main><div class='css-1x2y3z'><h1 class='sc-a1b2c3'>{TITLE}</h1><div class='sc-9z8y7x article-body'>"
                f"{p(FIRST, SECOND)}<div class='css-77aa11 promo-box'>{cards('p')}</div>{p(THIRD)}<blockquote>{QUOTE}"
                f"</blockquote>{p(LAST)}</div><div class='css-5q6w7e'>{SHARE}</div></div></main>"
            ),
            [FIRST, SECOND, THIRD, QUOTE, LAST],
        ),
        "old tables": (
            page_of(
                f"<table><tr><td id='left'>{cards('p')}</td><td id='story'><h1>{TITLE}</h1><p class='intro'>{LEAD}</p>"
                f"{p(FIRST)}<h3>{HEADING}</h3>{p(SECOND, THIRD, LAST)}<div class='tools'>{SHARE}</div></td></tr>"
                "</table>"
            ),
            [LEAD, FIRST, HEADING, SECOND, THIRD, LAST],
        ),
    }


def made_up(show: bool) -> Iterator[tuple[str, Score]]:
    for name, (markup, expected) in {**layouts(), **more_layouts()}.items():
        versions = [(markup, expected)]
        for texts in _TEXTS:
            change: Callable[[str], str] = _replacing(texts)
            versions.append((change(markup), [change(block) for block in expected]))
        captures = [
            Capture(f"https://news.example/news/2025/12/{day}/{70000 + day}/", 200, {}, text.encode(), None, name)
            for day, (text, _) in enumerate(versions, 1)
        ]
        drafted = draft_rules(captures[:2]).toml
        yield name, measured(name, drafted, [(captures[2], versions[2][1])], show)


def _replacing(texts: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))
    return lambda text: pattern.sub(lambda match: texts[match[0]], text)


def real(shared: Path, show: bool) -> Iterator[tuple[str, Score]]:
    for name, files in REAL.items():
        site = load_site(name)
        captures = []
        for file in files:
            body = (shared / "data/html" / file).read_bytes()
            tag = re.search(rb'<link[^>]*rel="canonical"[^>]*>', body) or re.search(rb"<meta[^>]*og:url[^>]*>", body)
            address = re.search(rb'(?:href|content)="([^"]+)"', tag[0]) if tag else None
            assert address
            captures.append(Capture(address[1].decode(), 200, {}, body, None, file))
        drafted = draft_rules(captures).toml
        yield name, measured(name, drafted, [(capture, blocks(capture, site)) for capture in captures], show)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    _print("sample newspaper, pages not seen", sample(options.show))
    for title, scores in (
        ("made-up layouts", made_up(options.show)),
        ("real pages", real(options.shared, options.show)),
    ):
        if title == "real pages" and not options.shared.is_dir():
            continue
        total = Score(0, 0, 0)
        for name, score in scores:
            _print(f"  {name}", score)
            total += score
        _print(title, total)


def _print(name: str, score: Score) -> None:
    f1 = 2 * score.right / max(score.found + score.expected, 1)
    print(f"{name}: F1 {f1:.3f} ({score.right} right of {score.found} found and {score.expected} expected)")


if __name__ == "__main__":
    main()
