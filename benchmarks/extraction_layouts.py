# ruff: noqa: E501 (markup is easier to read in the lines of its elements)
"""Pages of made-up layouts for benchmarks/extraction.py, with the blocks of their articles. All texts are our own.

Each layout has what real ones put around and into a text: menus, bylines, shares, captions, cards, appeals, comments.
"""

from __future__ import annotations

TITLE = "Місто посадило сад на місці старої стоянки"
LEAD = "За три вихідні сусіди з дванадцяти будинків посадили сто дерев, а гроші на саджанці зібрали самі."
FIRST = (
    "Мешканці кварталу на околиці міста посадили сад на місці покинутої стоянки. Роботи тривали три вихідні, "
    "а долучилися до них майже всі сусіди з навколишніх будинків."
)
SECOND = (
    "Тепер тут ростуть яблуні, груші та кілька рядів смородини. За поливом стежать школярі, які самі склали графік, "
    "а інструменти зберігають у найближчій школі."
)
SHORT = "Так вирішили збори."
HEADING = "Що буде далі"
THIRD = (
    "Восени квартал планує облаштувати ще й невелику альтанку, де взимку проводитимуть читання для дітей і дорослих, "
    "розповіла голова будинкового комітету."
)
QUOTE = "«Ми чекали на дозвіл два роки, а тоді вирішили, що дерева чекати не будуть», — сказала вона журналістам."
LAST = (
    "Міська рада обіцяє передати ділянку громаді до кінця року. Якщо так станеться, сад стане першим у місті, "
    "за який повністю відповідають мешканці."
)
ITEMS = ["сорок яблунь чотирьох сортів;", "тридцять груш і слив;", "сто кущів смородини."]
ROWS = [("Дерево", "Саджанців", "Прижилося"), ("Яблуня", "40", "38"), ("Груша", "30", "27")]
ROW_TEXTS = [" | ".join(row) for row in ROWS]
CARDS = [
    "У сусідньому місті відкрили бібліотеку на колесах для віддалених сіл",
    "Скільки коштує полагодити дорогу: пояснюємо на прикладі однієї вулиці",
    "Чому взимку дорожчають огірки, і чи можна цього уникнути",
]
PICTURE = '<img src="/s.jpg" alt="Сад"><{0} class="{1}">Сусіди садять дерева біля школи. Фото: Петро Бондар</{0}>'
MENU = "".join(f'<li><a href="/{word}/">{word}</a></li>' for word in ("Новини", "Світ", "Культура", "Спорт", "Погода"))
SHARE = '<a href="#f">Facebook</a> <a href="#t">Telegram</a> <a href="#x">X</a>'


def p(*texts: str, tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


def cards(tag: str = "div", name: str = "item") -> str:
    return "".join(f'<{tag} class="{name}"><a href="/n/{i}/">{text}</a></{tag}>' for i, text in enumerate(CARDS))


def page(body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="uk"><head><meta charset="utf-8"><title>{TITLE} | Вісник</title>'
        f'<meta property="og:title" content="{TITLE}">{head}</head><body><header><nav><ul>{MENU}</ul></nav></header>{body}'
        "<footer><p>© Вісник, 2025. Передрук лише з дозволу редакції та з посиланням на сайт.</p></footer></body></html>"
    )


def table() -> str:
    rows = "".join(f"<tr>{p(*row, tag='td')}</tr>" for row in ROWS)
    return f"<table><tbody>{rows}</tbody></table>"


def layouts() -> dict[str, tuple[str, list[str]]]:
    """The markup and the blocks of each layout; a lead comes first."""
    items = f"<ul>{p(*ITEMS, tag='li')}</ul>"
    return {
        "semantic": (
            page(
                f"<main><article><h1>{TITLE}</h1><time>1 грудня 2025, 10:30</time><p class='standfirst'>{LEAD}</p>"
                f"<figure>{PICTURE.format('figcaption', 'c')}</figure>{p(FIRST, SECOND)}<h2>{HEADING}</h2>{p(THIRD, LAST)}"
                f"</article><aside><h3>Читайте також</h3>{cards()}</aside></main>"
            ),
            [LEAD, FIRST, SECOND, HEADING, THIRD, LAST],
        ),
        "div soup": (
            page(
                f"<div class='l1'><div class='l2'><div class='ttl'>{TITLE}</div><div class='txt'><div>{FIRST}</div>"
                f"<div>{SECOND}</div><div>{SHORT}</div><div>{THIRD}</div><div>{LAST}</div></div>"
                f"<div class='l3'>{SHARE}</div></div><div class='l4'>{cards()}</div></div>"
            ),
            [FIRST, SECOND, SHORT, THIRD, LAST],
        ),
        "breaks": (
            page(
                f"<table width='100%'><tr><td class='side'>{cards('p')}</td><td class='main'><h1>{TITLE}</h1>"
                f"<span class='date'>01.12.2025 10:30</span><br><br>{FIRST}<br><br>{SECOND}<br><br>{THIRD}<br><br>{LAST}"
                f"</td></tr></table>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "card inside": (
            page(
                f"<div class='post'><h1>{TITLE}</h1><div class='post-content'>{p(FIRST)}"
                f"<div class='related-card'><a href='/n/1/'><b>Читайте також</b>{CARDS[0]}</a><p>Про це за день дізналися "
                f"тисячі читачів, і ось що з того вийшло далі за рік по тому.</p></div>{p(SECOND)}"
                f"<p><a href='/n/2/'>{CARDS[1]}</a></p><p>Читайте також: <a href='/n/3/'>{CARDS[2]}</a></p>{p(THIRD, LAST)}"
                "</div></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "shares and counts": (
            page(
                f"<div id='content'><h1>{TITLE}</h1><div>1 грудня 2025, 10:30</div><div>1 234 перегляди</div>"
                f"<div class='sharing'>Поділитися: {SHARE}</div><div class='body'>{p(FIRST, SECOND, THIRD, LAST)}"
                f"<p>Підписуйтеся на наш канал у Telegram, щоб не пропустити головного.</p></div>"
                f"<div>15 коментарів</div><div class='comments'><p>Дуже гарний сад вийшов, я теж так хочу у своєму дворі!"
                f"</p><p>А хто поливатиме влітку, коли школярі на канікулах, хтось подумав?</p></div></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "captions": (
            page(
                f"<article class='story'><h1>{TITLE}</h1>{p(FIRST)}<div class='image'>{PICTURE.format('p', 'caption')}</div>"
                f"{p(SECOND)}<div>{PICTURE.format('div', 'img_credit')}</div>{p(THIRD)}<p>Фото: Петро Бондар, «Вісник»</p>"
                f"{p(LAST)}</article>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "headings and lists": (
            page(
                f"<section class='entry'><h1>{TITLE}</h1><div class='entry-body'>{p(LEAD, FIRST)}<h3>{HEADING}</h3>"
                f"{p(THIRD)}{items}<p><strong>Чого ще бракує</strong></p>{p(SECOND)}<blockquote>{QUOTE}</blockquote>{p(LAST)}"
                f"</div></section><section class='popular'><h2>Популярне</h2>{cards('article')}</section>"
            ),
            [LEAD, FIRST, HEADING, THIRD, *ITEMS, "Чого ще бракує", SECOND, QUOTE, LAST],
        ),
        "table": (
            page(
                f"<article><h1>{TITLE}</h1>{p(FIRST, SECOND)}{table()}{p(THIRD, LAST)}</article><div>{cards('p')}</div>"
            ),
            [FIRST, SECOND, *ROW_TEXTS, THIRD, LAST],
        ),
        "lead above": (
            page(
                f"<div class='hero'><h1>{TITLE}</h1><h2 class='hero__subtitle'>{LEAD}</h2><p class='hero__by'>Автор: Анна "
                f"Коваль</p></div><div class='cols'><div class='article__text'>{p(FIRST, SECOND, SHORT, THIRD, LAST)}"
                f"<p>Автор: Анна Коваль</p></div><div class='rail'>{cards('div', 'rail__title')}</div></div>",
                f'<meta name="description" content="{LEAD}">',
            ),
            [LEAD, FIRST, SECOND, SHORT, THIRD, LAST],
        ),
        "sharing wrapper": (
            page(
                f"<div class='article-with-sidebar sharing-on'><h1>{TITLE}</h1><div class='c-9f'>{p(FIRST)}"
                f"<div class='ads-slot'><p>Реклама</p></div>{p(SECOND)}<div class='newsletter'><p>Лист щонеділі: головне за "
                f"тиждень у вашій пошті, без реклами та зайвих слів.</p></div>{p(THIRD, LAST)}</div>"
                f"<ul class='tags'><li><a href='/t/1'>сади</a></li><li><a href='/t/2'>місто</a></li></ul></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
    }
