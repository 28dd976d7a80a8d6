"""Pages that are sent in place of an article: by their words, and by standing at the addresses of several articles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.extract.page_text import page_text
from corpus_builder.extract.repeated import REPEATED
from corpus_builder.extract.stand_ins import check_stand_in
from corpus_builder.model import Block, BlockKind, Capture, Edition
from corpus_builder.sites import load_site
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import load_config
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.tables import read_drops, read_stories
from tests.extract.notes import repeated_texts

SENTENCE = "Міська рада повідомила, що новий міст через річку відкриють навесні наступного року. "
MISSING = "На жаль, сталося так, що за цією адресою зараз немає того, що ви шукали; спробуйте почати з головної. "
WALL = "Щоб показувати вам цей сайт, ми просимо дозволу зберігати деякі відомості на вашому пристрої. "
LAYOUT = '<article class="post_news"><h1 class="post_news_title">{title}</h1><div class="post_news_text">{body}</div>'


def url(day: int, number: int, language: str = "") -> str:
    return f"https://www.pravda.com.ua/{language}news/2025/{day // 28 + 1:02}/{day % 28 + 1:02}/{8000000 + number}/"


def page(title: str, *paragraphs: str, layout: str = LAYOUT, date: str = "") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    head = f'<meta property="article:published_time" content="{date}">' if date else ""
    return f'<html lang="uk"><head>{head}</head><body>{layout.format(title=title, body=body)}</body></html>'


def edition(address: str, markup: str) -> Edition:
    return extract_page(Capture(address, 200, {}, markup.encode(), None, "t"), load_site("pravda"))


def repeated(pages: Iterable[tuple[str, str]]) -> list[bool]:
    texts = [page_text(edition(address, markup)) for address, markup in pages]
    found = repeated_texts(texts)
    return [text.text in found for text in texts]


@pytest.mark.parametrize("sent", [MISSING * 2, WALL * 3, f"Немає сторінки {{url}}. {MISSING}", f"{MISSING} №{{id}}."])
def test_one_text_at_the_addresses_of_three_articles_is_none(sent: str) -> None:
    numbers = range(1, 4)
    walls = [
        (url(number, number), page("Газета", sent.format(url=url(number, number), id=8000000 + number)))
        for number in numbers
    ]
    articles = [(url(n, n), page(f"Новина {n}", SENTENCE * 2 + f"Це вже {n}-й міст.")) for n in range(10, 13)]
    assert repeated(walls + articles) == [True] * 3 + [False] * 3
    assert repeated(walls[:2] + articles) == [False] * 5  # in the layout of an article, two may be a reprint


def test_two_articles_are_enough_where_the_pages_do_not_say_what_they_are() -> None:
    pytest.importorskip("trafilatura")
    bare = "<div><h1>{title}</h1>{body}</div>"
    walls = [(url(n, n), page("Газета", WALL, MISSING, SENTENCE, layout=bare)) for n in (1, 2)]
    assert repeated(walls) == [True, True]
    dated = [(url(n, n), page("Газета", WALL, MISSING, SENTENCE, layout=bare, date=f"2025-01-0{n + 1}T10:00:00+02:00"))
             for n in (1, 2)]  # fmt: skip
    assert repeated(dated) == [False, False]


def test_the_same_text_in_the_editions_of_one_article_is_no_repetition() -> None:
    short = page("Новина", SENTENCE)
    assert repeated([(url(1, 1), short), (url(1, 1).replace("https", "http"), short)] * 3) == [False] * 6


def test_numbers_make_texts_different_and_long_texts_are_never_dropped() -> None:
    rates = [(url(n, n), page("Курс", f"Офіційний курс долара на сьогодні — 41,{n}0 гривні.")) for n in range(1, 6)]
    assert repeated(rates) == [False] * 5
    assert repeated([(url(n, n), page("Довгий текст", *[SENTENCE * 5] * 8)) for n in range(1, 6)]) == [False] * 5


def test_a_page_all_of_whose_paragraphs_are_those_of_others_is_no_article() -> None:
    parts = [MISSING, WALL, SENTENCE]
    stubs = [(url(n, n), page(f"Т{n}", *(parts[:2] if n % 2 else parts[1:]))) for n in range(1, 7)]
    own = (url(9, 9), page("Своє", WALL, "А це абзац, якого більше немає в жодній статті цього сайту."))
    assert repeated([*stubs, own]) == [True] * 6 + [False]


DATED = LAYOUT.replace("</h1>", '</h1><div class="post_news_date">{date}</div>')


def dated(number: int, title: str, *paragraphs: str) -> tuple[str, str]:
    """A page of the site's layout with a time."""
    layout = DATED.replace("{date}", f"{number} січня 2025, 10:{number:02}")
    return url(number - 1, number), page(title, *paragraphs, layout=layout)


NEWS = [dated(n, f"Новина {n}", SENTENCE * 2 + f"Це вже {n}-й міст.") for n in range(20, 26)]
ANSWERS = [
    "На жаль, «{title}» тут немає. Спробуйте пошук, або почніть з головної сторінки нашого сайту.",
    "Такого матеріалу у нас зараз немає. Запит №{id}, сьогодні 1{n} січня 2025, 12:0{n}. Почніть з головної.",
    "За адресою {url} нічого немає. Можливо, ви помилилися у слові {id}; почніть з головної сторінки.",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_two_are_enough_in_the_layout_of_the_site_where_its_articles_have_a_time(answer: str) -> None:
    sent = [
        (url(n, n), page(title, answer.format(title=title, n=n, url=url(n, n), id=8000000 + n)))
        for n, title in ((1, "Загублена новина 1"), (2, "Загублена новина 2"))
    ]
    assert repeated([*sent, *NEWS]) == [True, True] + [False] * 6
    assert repeated([sent[0], *NEWS]) == [False] * 7


def test_short_articles_with_a_time_may_be_alike() -> None:
    """Published twice, in two sections, as an update at another address, or daily with other figures."""
    twice = [dated(n, "Тривога", "У місті оголосили повітряну тривогу.") for n in (1, 2)]
    update = [(url(3, 3), page("Новина", SENTENCE, layout=DATED.replace("{date}", "3 січня 2025, 10:00")))] * 2
    daily = [dated(n, "Курс", f"Курс долара 1{n} січня 2025 року становить 41,{n}5 гривні.") for n in range(4, 9)]
    days = [dated(n, "Ніч", f"Ніч на 1{n} січня 2025 року минула без обстрілів.") for n in range(10, 15)]
    assert repeated([*twice, *update, *daily, *days, *NEWS]) == [False] * 20


def test_the_same_words_in_the_languages_of_two_articles_are_no_translations() -> None:
    text = "№ 1 2 3 4 5"
    both = [(url(n, n, language), page("Photo", text)) for n in (1, 2) for language in ("", "rus/", "eng/")]
    assert repeated([*both, *NEWS]) == [True] * 6 + [False] * 6
    assert repeated([*both[:3], *NEWS]) == [False] * 9  # the editions of one article


APPEALS = [
    "Щоб побачити решту, станьте нашим передплатником.",
    "Далі — для тих, хто має передплату.",
    "Це преміум-матеріал.",
    "Увійдіть до свого кабінету: решта тексту відкриється там.",
]
BEGINNINGS = [
    "Міст за рік виріс на третину.",
    "У порту зʼявився новий причал.",
    "Рада змінила правила торгів.",
    "Школу відкриють восени.",
]


@pytest.mark.parametrize("appeal", APPEALS)
def test_beginnings_with_one_appeal_to_subscribe_are_no_articles(appeal: str) -> None:
    stubs = [dated(n, f"Заголовок {n}", text, appeal) for n, text in enumerate(BEGINNINGS[:3], 1)]
    assert repeated([*stubs, *NEWS]) == [True] * 3 + [False] * 6
    assert repeated([*stubs[:2], *NEWS]) == [False] * 8  # two may be a coincidence


@pytest.mark.parametrize(
    "footer",
    [
        "Підписуйтеся на наш канал у Telegram.",
        "Підпишіться на нашу сторінку у Facebook!",
        "Тривога триває, будьте в укритті.",
    ],
)
def test_short_news_with_the_same_footer_are_articles(footer: str) -> None:
    assert repeated([dated(n, f"Т{n}", text, footer) for n, text in enumerate(BEGINNINGS, 1)]) == [False] * 4


def test_a_footer_that_asks_for_a_subscription_stands_below_whole_articles_too() -> None:
    footer = "Передплата коштує на місяць стільки, скільки дві кави."
    short = [dated(n, f"Т{n}", text, footer) for n, text in enumerate(BEGINNINGS, 1)]
    for texts in (["Про новий міст через річку розповіли мешканці. " * 30], [f"{n}. {SENTENCE * 5}" for n in range(6)]):
        assert repeated([*short, dated(9, "Довга", *texts, footer), *NEWS]) == [False] * 11
    assert repeated([*short, *NEWS])[:4] == [True] * 4


def test_what_stands_below_long_articles_is_no_article_by_itself() -> None:
    box = "Головне за день: у редакції чекають на ваші листи."
    long = [dated(n, f"Довга {n}", *[f"{n} {i} {SENTENCE * 3}" for i in range(12)], box) for n in range(1, 4)]
    assert repeated([*long, dated(5, "Порожня", box), *NEWS]) == [False] * 3 + [True] + [False] * 6


NOT_FOUND = ["Сторінку не знайдено", "Страница не найдена", "Page not found", "404", "404 – Not Found!",
             "Sorry, this page could not be found", "Ошибка 404", "Oops! Something is missing"]  # fmt: skip
CONSENT = [
    "Ми використовуємо файли cookie. Погоджуєтесь на обробку персональних даних? Прийняти всі.",
    "We and our 842 partners store cookies. You may withdraw your consent at any time. More in our privacy policy.",
    "Мы используем файлы cookie. Продолжая, вы даёте согласие на обработку персональных данных.",
]
PAYWALL = ["Subscribe to continue reading", "Щоб продовжити читання, оформіть підписку", "Чтобы дочитать, войдите",
           "This article is for subscribers only.", "Sign in or register to read the full story"]  # fmt: skip


def blocks(*texts: str) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, text) for text in texts]


def reason(title: str, *texts: str, said: bool = False) -> str:
    try:
        check_stand_in(title, blocks(*texts), said)
    except SkipPage as skip:
        return skip.reason
    return ""


def test_stand_ins_by_their_words() -> None:
    assert {reason(title, SENTENCE) for title in NOT_FOUND} == {"error_page"}
    assert {reason("Газета", text) for text in CONSENT} == {"cookie_wall"}
    assert {reason("Новина", SENTENCE, text, said=True) for text in PAYWALL} == {"paywall"}


@pytest.mark.parametrize("title", NOT_FOUND[:5])
def test_a_page_in_the_layout_of_the_site_without_a_time_may_be_an_error(title: str) -> None:
    with pytest.raises(SkipPage, match="error_page"):
        edition(url(1, 1), page(title, SENTENCE))
    address, markup = dated(1, title, SENTENCE)
    assert edition(address, markup).title == title


def test_articles_about_what_stand_ins_say() -> None:
    assert {reason(title, SENTENCE, said=True) for title in NOT_FOUND} == {""}
    assert {reason("Газета", text, said=True) for text in CONSENT} == {""}
    for title in (
        "Чорну скриньку не знайдено",
        "404 дні війни: що змінилося",
        "Page turner: the book not found in shops",
    ):
        assert reason(title, SENTENCE) in ("", "error_page" if title.startswith("404") else "")
    assert reason("Cookies", CONSENT[1], *[SENTENCE * 3] * 3) == ""
    assert reason("Довга", *[SENTENCE * 5] * 3, PAYWALL[0]) == ""
    assert reason("Відкрита", SENTENCE, PAYWALL[0], *[SENTENCE * 5] * 3, said=True) == ""  # the text is in the page


# ------------------------------------------------------------------------------------------------------ the stage
def saved(folder: Path, address: str, markup: str) -> None:
    file = folder / address.removeprefix("https://") / "index.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(markup, encoding="utf-8")


def extracted(
    pages: Path, workspace: Path, *, replace: bool = False
) -> tuple[set[str], list[tuple[str, str]], dict[str, bytes]]:
    run = build_run(load_config("pravda"), workspace, source=Source(pages=pages), workers=1, replace=replace)
    build(run, stages_of("crawl", "extract"))
    ids = {story.article_id for path in run.workspace.shards().values() for story in read_stories(path)}
    drops = [(drop.reason, drop.detail) for drop in read_drops(run.workspace.dropped / "extract.parquet")]
    files = {path.name: path.read_bytes() for path in run.workspace.articles.iterdir()}
    return ids, drops, files


def test_shards_agree_on_what_is_repeated_whatever_was_extracted_before(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    for number in range(1, 4):
        saved(pages, url(30 * number, number), page(f"Новина {number}", SENTENCE * 4 + f"Це {number}-й."))
    for number in (11, 12):  # two months, too few to tell
        saved(pages, url(30 * (number - 10), number), page("Газета", WALL * 2))
    ids, drops, _ = extracted(pages, tmp_path / "grown")
    assert ("8000011" in ids, drops) == (True, [])
    saved(pages, url(90, 13), page("Газета", WALL * 2))  # a third, in another month
    grown = extracted(pages, tmp_path / "grown")
    whole = extracted(pages, tmp_path / "whole")
    assert grown == whole
    assert whole[0] == {"8000001", "8000002", "8000003"}
    assert whole[1] == [(REPEATED, "the same text at 3 addresses, of 3 articles")] * 3
    (pages / url(90, 13).removeprefix("https://") / "index.html").unlink()
    ids, drops, _ = extracted(pages, tmp_path / "grown", replace=True)
    assert ("8000011" in ids, drops) == (True, [])
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "whole/articles").iterdir()}
    saved(pages, url(90, 13), page("Газета", WALL * 2))
    assert extracted(pages, tmp_path / "whole") == whole  # and nothing ran again
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "whole/articles").iterdir()} == written


# ------------------------------------------------------------------------------------------- checks and closed doors
BARRED = (
    "Checking if the site connection is secure. news.example needs to review the security of your connection. "
    "Verifying you are human may take a few seconds. Ray ID: 8f3a.",
    "Please turn JavaScript on and reload the page. Your browser is being checked, and you will be redirected shortly.",
    "Our systems have detected unusual traffic from your network. Please solve the CAPTCHA to continue.",
    "We are down for maintenance. Sorry for the inconvenience, please come back soon.",
    "Перевіряємо, чи ви людина. Для продовження увімкніть JavaScript і файли cookie. Ваш браузер буде перенаправлено.",
    "На сайті тривають планові технічні роботи. Вибачте за тимчасові незручності. Спробуйте зайти пізніше.",
    "Доступ до сайту заборонено. Вашу IP-адресу заблоковано, вас було заблоковано через підозрілі запити.",
    "Пожалуйста, подтвердите, что вы не робот. Мы зафиксировали необычный трафик. Введите символы, чтобы пройти капчу.",
    "Доступ к ресурсу ограничен. Ваш IP заблокирован. Обновите страницу через несколько минут.",
    "Сайт временно недоступен: проводятся технические работы. Приносим извинения за доставленные неудобства.",
)
TITLES = ("Access denied", "Security check", "Under maintenance", "Please wait…", "Log in", "Доступ заборонено")
TITLES += ("Технічні роботи на сайті", "Перевірка браузера", "Трохи зачекайте…", "Доступ ограничен", "Вы не робот?")


def test_checks_for_robots_and_closed_sites() -> None:
    assert [text for text in BARRED if reason("Газета", text) != "challenge_page"] == []
    assert {reason(title, SENTENCE) for title in TITLES} == {"error_page"}
    assert {reason("Газета", text, said=True) for text in BARRED} == {""}


def test_articles_on_robots_and_outages() -> None:
    about = "Хакери заблокували доступ до порталу міністерства, повідомили у відомстві. "
    assert reason("Доступ до порталу відновили", about, SENTENCE) == ""
    captcha = "Google retires the CAPTCHA that has annoyed users for years. Automated tools solve the puzzles faster."
    assert reason("The end of the CAPTCHA", captcha, "Bitcoin's proof of work costs more than that.") == ""
    assert (
        reason("Reactor", "The reactor was closed for planned maintenance, and its protection service checked.") == ""
    )
    assert reason("Access denied: how Kyiv lost its river banks", SENTENCE, SENTENCE) == ""
    assert reason("Технічні роботи на сайті «Дії»", "У «Дії» тривають технічні роботи.", SENTENCE * 2) == ""
