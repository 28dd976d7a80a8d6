# ruff: noqa: E501 (markup is easier to read in the lines of its elements)
"""More made-up layouts for benchmarks/extraction.py: kinds of pages that the generic extractor was not developed on.

They were written before the extractor was run on them, and it was then changed for the kinds that it failed on, never
for a page: first for `kinds`, then for those of `later_kinds`, which were written in between. Figures of the first runs
are in docs/sites.md beside those of now. All texts are our own.
"""

from __future__ import annotations

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
    p,
    page,
)

QUESTIONS = ["Коли ви вирішили садити дерева?", "Хто заплатив за саджанці?", "І що каже міська рада?"]
ANSWERS = [
    "Ще торік, коли стоянку закрили. Ми зібралися у дворі, порахували вільні місця і зрозуміли, що їх вистачить на цілий сад.",
    "Мешканці дванадцяти будинків склалися, а решту дала місцева крамниця, власник якої сам живе поруч із колишньою стоянкою.",
    "Рада обіцяє передати ділянку громаді до кінця року, але паперів ми ще не бачили, тому чекаємо і поливаємо дерева.",
]
UPDATES = [
    (
        "12:40",
        "Прибули перші машини з саджанцями, їх розвантажують біля школи, де вже чекають тридцять мешканців кварталу.",
    ),
    (
        "11:15",
        "Поліція перекрила провулок на дві години, щоб вантажівки могли стати біля колишньої стоянки без затримок.",
    ),
    (
        "10:05",
        "Сусіди розмітили ями на ділянці, а школярі роздали всім рукавиці, воду та список сортів для кожного ряду.",
    ),
]
OTHER = [
    "Міська бібліотека відкрила у неділю новий зал, у якому читачі можуть працювати до дев’ятої вечора без запису.",
    "Зал облаштували за гроші, які громада виграла на конкурсі проєктів, а меблі зробили учні місцевого училища.",
    "Директорка каже, що найбільше до зали ходять студенти, бо вдома взимку часто немає ні світла, ні тиші.",
]
COMMENTS = [
    "Дуже гарний сад вийшов, я теж так хочу у своєму дворі, але сусіди поки що не погоджуються на жодні зміни.",
    "А хто поливатиме влітку, коли школярі на канікулах, хтось подумав? Торік у нас так само все засохло за місяць.",
]
CAPTIONS = [
    "Саджанці привезли зранку двома вантажівками з розсадника за містом.",
    "Учні сьомого класу копають ями біля огорожі, яку ще мають пофарбувати.",
    "Так ділянка виглядала ще навесні, коли на ній стояли покинуті автівки.",
]
ADVERT = "سيارات مستعملة بأفضل الأسعار في مدينتك، اتصل بنا اليوم واحصل على خصم كبير لفترة محدودة."
CITE = "Олена Коваль, голова будинкового комітету"


def kinds() -> dict[str, tuple[str, list[str]]]:
    """The markup and the blocks of each kind; a lead comes first."""
    gallery = "".join(
        f"<li><figure><img src='/{i}.jpg'><figcaption>{text}</figcaption></figure></li>"
        for i, text in enumerate(CAPTIONS)
    )
    slides = "".join(
        f"<div class='slide'><img src='/{i}.jpg'><p class='slide-text'>{text}</p></div>"
        for i, text in enumerate(CAPTIONS)
    )
    comments = "".join(
        f"<li><b>Читач {i}</b><p>{text}</p><a href='#r'>Відповісти</a></li>" for i, text in enumerate(COMMENTS)
    )
    updates = "".join(f"<div class='post'><span class='ts'>{time}</span><p>{text}</p></div>" for time, text in UPDATES)
    interview = "".join(f"<p><strong>{q}</strong></p><p>{a}</p>" for q, a in zip(QUESTIONS, ANSWERS, strict=True))
    dashes = "".join(f"<p><b>– {q}</b><br>– {a}</p>" for q, a in zip(QUESTIONS, ANSWERS, strict=True))
    return {
        "block theme": (
            page(
                f"<div class='wp-site-blocks'><main class='wp-block-group is-layout-flow'><h1 class='wp-block-post-title'>{TITLE}</h1>"
                f"<div class='wp-block-post-date'><time>1 Грудня, 2025</time></div><div class='entry-content wp-block-post-content is-layout-constrained'>"
                f"<p class='has-medium-font-size'>{FIRST}</p><figure class='wp-block-image size-large'><img src='/a.jpg'><figcaption class='wp-element-caption'>{CAPTIONS[0]}</figcaption></figure>"
                f"{p(SECOND)}<h2 class='wp-block-heading'>{HEADING}</h2>{p(THIRD)}<ul class='wp-block-list'>{p(*ITEMS, tag='li')}</ul>"
                f"<blockquote class='wp-block-quote'><p>{QUOTE}</p><cite>{CITE}</cite></blockquote><div class='wp-block-buttons'><a class='wp-block-button__link' href='/x'>Читати далі</a></div>{p(LAST)}</div>"
                f"<div class='wp-block-post-terms'><a href='/t'>сад</a>, <a href='/u'>місто</a></div><div class='wp-block-query'><h2>Схожі записи</h2><ul class='wp-block-post-template'>{cards('li', 'wp-block-post')}</ul></div></main></div>"
            ),
            [FIRST, SECOND, HEADING, THIRD, *ITEMS, QUOTE, LAST],
        ),
        "AMP": (
            page(
                f"<main id='content'><article class='amp-wp-article'><header class='amp-wp-article-header'><h1 class='amp-wp-title'>{TITLE}</h1><div class='amp-wp-meta'>1 грудня 2025</div></header>"
                f"<div class='amp-wp-article-content'>{p(FIRST)}<amp-ad width='300' height='250' type='x'><div placeholder><p>Реклама завантажується, зачекайте кілька секунд.</p></div></amp-ad>{p(SECOND)}"
                f"<amp-img src='/a.jpg'></amp-img><amp-social-share type='facebook'></amp-social-share>{p(THIRD)}<amp-iframe src='/x'><p placeholder>Відео</p></amp-iframe>{p(LAST)}</div>"
                f"<amp-list src='/related.json'><template type='amp-mustache'><p>{{{{title}}}}</p></template></amp-list></article></main>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "tables of 2005": (
            page(
                f"<table width='780' cellpadding='0'><tr><td width='160' valign='top'><font size='1'>{cards('div')}</font></td><td valign='top'>"
                f"<table><tr><td><font size='4'><b>{TITLE}</b></font></td></tr><tr><td><font size='1'>01.12.2005, 10:30 | версія для друку</font></td></tr>"
                f"<tr><td class='text'><img align='left' src='/a.gif'><p align='justify'>{FIRST}<p align='justify'>{SECOND}<p align='justify'><b>{HEADING}</b><p align='justify'>{THIRD}<p align='justify'>{LAST}</td></tr></table>"
                f"</td><td width='160' valign='top'><b>Головне</b><br>{cards('p')}</td></tr></table>"
            ),
            [FIRST, SECOND, HEADING, THIRD, LAST],
        ),
        "div soup with spans": (
            page(
                f"<div class='css-1x'><div class='css-2y'><h1 class='css-3z'>{TITLE}</h1><div class='css-4'>{''.join(f'<div class=css-5><span class=css-6>{text}</span></div>' for text in (FIRST, SECOND, SHORT, THIRD, LAST))}"
                f"<div class='css-7'><span>Теги:</span> <a href='/t'>сад</a> <a href='/u'>місто</a></div></div></div><div class='css-8'>{''.join(f'<div class=css-9><a href=/n/{i}><div>{text}</div></a><div>2 години тому</div></div>' for i, text in enumerate(CARDS))}</div></div>"
            ),
            [FIRST, SECOND, SHORT, THIRD, LAST],
        ),
        "breaks in one paragraph": (
            page(
                f"<div class='news'><h1>{TITLE}</h1><p>{FIRST}<br /><br />{SECOND}<br><br><b>{HEADING}</b><br><br>{THIRD}<br>\n<br>{LAST}<br><br>Читайте також: <a href='/n/1'>{CARDS[0]}</a></p><p>{SHARE}</p></div>"
            ),
            [FIRST, SECOND, HEADING, THIRD, LAST],
        ),
        "live blog": (
            page(
                f"<article><h1>{TITLE}</h1>{p(LEAD)}<div class='liveblog'>{updates}</div><button>Показати ще</button></article>",
                f'<meta name="description" content="{LEAD}">',
            ),
            [LEAD, *(text for _, text in UPDATES)],
        ),
        "interview": (
            page(
                f"<article><h1>{TITLE}</h1>{p(LEAD)}<div class='body'>{interview}{p(LAST)}</div><div class='author-box'><img src='/a.jpg'><p>Анна Коваль пише про місто вже десять років і живе у сусідньому кварталі з двома котами.</p></div></article>"
            ),
            [LEAD, *(text for pair in zip(QUESTIONS, ANSWERS, strict=True) for text in pair), LAST],
        ),
        "interview with dashes": (
            page(
                f"<div class='material'><h1>{TITLE}</h1><div class='material__body'>{p(FIRST)}{dashes}{p(LAST)}</div></div>"
            ),
            [FIRST, *(f"– {q} – {a}" for q, a in zip(QUESTIONS, ANSWERS, strict=True)), LAST],
        ),
        "next article below": (
            page(
                f"<div class='infinite'><article class='full' data-url='/n/1'><h1>{TITLE}</h1>{p(FIRST, SECOND, THIRD, LAST)}</article>"
                f"<article class='full' data-url='/n/2'><h1>Бібліотека відкрила нічний зал для читачів</h1>{p(*OTHER)}</article></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "paywall over hidden text": (
            page(
                f"<article><h1>{TITLE}</h1><div class='teaser'>{p(FIRST)}</div><div class='paywall-banner'><p>Оформіть передплату, щоб читати далі без обмежень.</p><a href='/p'>Передплатити</a></div>"
                f"<div class='premium-content' style='display:none'>{p(SECOND, THIRD, LAST)}</div></article>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "comments below": (
            page(
                f"<div class='single'><h1>{TITLE}</h1><div class='single-text'>{p(FIRST, SECOND, THIRD, LAST)}</div><h3>Обговорення (2)</h3><ol class='commentlist'>{comments}</ol></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "comments of unknown names": (
            page(
                f"<div class='w'><h1>{TITLE}</h1><div class='t'>{p(FIRST, SECOND, THIRD, LAST)}</div><div class='d'><div class='dh'>Коментарі</div>{''.join(f'<div class=d1><div class=d2>Читач {i}</div><div class=d3>{text}</div></div>' for i, text in enumerate(COMMENTS))}</div></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "sidebar in the article": (
            page(
                f"<article class='grid'><h1>{TITLE}</h1><div class='col-main'>{p(FIRST, SECOND)}<div class='factbox'><h4>Довідка</h4>{p(THIRD)}</div>{p(LAST)}</div>"
                f"<div class='col-side'><h3>Найпопулярніше за тиждень</h3>{''.join(f'<div><a href=/n/{i}><h4>{text}</h4></a><p>Коротко про те, що сталося і чому про це говорять у місті вже другий тиждень поспіль.</p></div>' for i, text in enumerate(CARDS))}</div></article>"
            ),
            [FIRST, SECOND, "Довідка", THIRD, LAST],
        ),
        "right-to-left advert": (
            page(
                f"<div class='story-body'><h1>{TITLE}</h1>{p(FIRST)}<div dir='rtl' lang='ar' class='unit-300'>{p(ADVERT)}</div>{p(SECOND, THIRD, LAST)}</div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "paragraphs in items": (
            page(
                f"<article><h1>{TITLE}</h1>{p(FIRST)}<ol>{''.join(f'<li><p>{text}</p></li>' for text in (SECOND, THIRD, LAST))}</ol><p>{QUOTE}</p></article>"
            ),
            [FIRST, SECOND, THIRD, LAST, QUOTE],
        ),
        "quotation with its source": (
            page(
                f"<article><h1>{TITLE}</h1>{p(FIRST, SECOND)}<blockquote cite='/x'><p>{QUOTE}</p><footer>— <cite>{CITE}</cite></footer></blockquote>{p(THIRD, LAST)}</article>"
            ),
            [FIRST, SECOND, QUOTE, THIRD, LAST],
        ),
        "gallery": (
            page(
                f"<article><h1>{TITLE}</h1>{p(FIRST)}<ul class='gallery'>{gallery}</ul>{p(SECOND)}<div class='slider'>{slides}</div>{p(THIRD, LAST)}</article>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "consent first": (
            page(
                f"<div id='cc' role='dialog'><p>Ми використовуємо файли cookie, щоб сайт працював краще. Погоджуючись, ви дозволяєте нам і нашим партнерам обробляти дані.</p><button>Прийняти</button></div>"
                f"<main><div class='c'><h1>{TITLE}</h1>{p(FIRST, SECOND, THIRD, LAST)}</div></main>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
    }


SPEECHES = [
    ("Коваль", "Ми почали з розмови у дворі, а закінчили садом, і я досі дивуюся, як швидко все склалося."),
    ("Бондар", "Школярі самі попросили дати їм інструменти, і відтоді жодного дня ділянка не стояла без догляду."),
]
TERMS = [
    ("Яблуні", "Сорок саджанців чотирьох сортів посадили вздовж огорожі, де найбільше сонця протягом дня."),
    ("Смородина", "Сто кущів ростуть у три ряди між доріжками, і вже наступного літа з них збиратимуть ягоди."),
]


def later_kinds() -> dict[str, tuple[str, list[str]]]:
    """Kinds that were written when the extractor had been changed for the others."""
    terms = "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in TERMS)
    details = "".join(f"<details><summary>{term}</summary><p>{text}</p></details>" for term, text in TERMS)
    speeches = "".join(f"<p><span class='speaker'>{name}:</span> {text}</p>" for name, text in SPEECHES)
    summary = "Коротко про те, що сталося у сусідньому місті і чому про це говорять уже другий тиждень поспіль."
    return {
        "cards of unknown names": (
            page(
                f"<div class='k1'><h1>{TITLE}</h1><div class='k2'>{p(FIRST, SECOND)}<div class='k3'><a href='/n/1'><img src='/1.jpg'><span>{CARDS[0]}</span></a><p>{summary}</p></div>{p(THIRD, LAST)}</div>"
                f"<div class='k4'><div class='k5'>Ще за темою</div>{''.join(f'<div class=k6><a href=/n/{i}>{text}</a><p>{summary}</p></div>' for i, text in enumerate(CARDS))}</div></div>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "definitions": (
            page(f"<article><h1>{TITLE}</h1>{p(FIRST)}<dl>{terms}</dl>{p(LAST)}</article>"),
            [FIRST, *(text for pair in TERMS for text in pair), LAST],
        ),
        "folded answers": (
            page(f"<article><h1>{TITLE}</h1>{p(FIRST)}{details}{p(LAST)}</article>"),
            [FIRST, *(text for pair in TERMS for text in pair), LAST],
        ),
        "transcript": (
            page(f"<section class='transcript'><h1>{TITLE}</h1>{p(FIRST)}{speeches}{p(LAST)}</section>"),
            [FIRST, *(f"{name}: {text}" for name, text in SPEECHES), LAST],
        ),
        "notes of the editors": (
            page(
                f"<article><h1>{TITLE}</h1>{p(FIRST, SECOND, THIRD, LAST)}<p class='correction'><em>Виправлено: раніше тут ішлося про дев’яносто дерев, хоча їх посадили сто.</em></p><p>Підпишіться на нашу розсилку, щоб не пропустити головного.</p></article>"
            ),
            [FIRST, SECOND, THIRD, LAST, "Виправлено: раніше тут ішлося про дев’яносто дерев, хоча їх посадили сто."],
        ),
        "vote and embed": (
            page(
                f"<main><h1>{TITLE}</h1><div class='text'>{p(FIRST)}<div class='embed'><blockquote class='twitter-tweet'><p>Сад уже росте, приходьте подивитися у неділю, будемо раді всім сусідам і гостям!</p>&mdash; Олена (@olena) <a href='#'>1 грудня</a></blockquote></div>{p(SECOND)}<form class='opros'><p>Чи потрібен місту ще один сад на місці стоянки?</p><label>Так</label><label>Ні</label></form>{p(THIRD, LAST)}</div></main>"
            ),
            [FIRST, SECOND, THIRD, LAST],
        ),
        "no closing tags": (
            page(
                f"<div id=main><h1>{TITLE}</h1><div id=text><p>{FIRST}<p>{SECOND}<h3>{HEADING}</h3><p>{THIRD}<ul><li>{ITEMS[0]}<li>{ITEMS[1]}</ul><p>{LAST}</div><div id=more><p><a href=/n/1>{CARDS[0]}</a><p><a href=/n/2>{CARDS[1]}</a></div></div>"
            ),
            [FIRST, SECOND, HEADING, THIRD, ITEMS[0], ITEMS[1], LAST],
        ),
        "one long block": (
            page(
                f"<div class='content'><h1>{TITLE}</h1><div class='b'>{FIRST} {SECOND} {THIRD} {LAST}</div><div class='c'>{cards('span')}</div></div>"
            ),
            [f"{FIRST} {SECOND} {THIRD} {LAST}"],
        ),
    }
