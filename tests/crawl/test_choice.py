"""Several captures of one page: which of them is the page."""

from __future__ import annotations

from collections import Counter

import pytest

from corpus_builder.crawl import CrawlOptions, index_pages, index_warcs
from corpus_builder.crawl.choice import by_page
from corpus_builder.errors import SkipPage
from corpus_builder.sites import load_site
from corpus_builder.stages.page_editions import edition_of
from crawl.test_saved import HOME, record, write

SITE = load_site("pravda")
OPTIONS = CrawlOptions(languages=("uk", "ru", "en"))
URL = f"{HOME}/news/2025/01/1/70/"
TEXT = "Уряд ухвалив новий закон про місцеве самоврядування, повідомила прем'єр-міністерка. "


def article(text: str = "новини", head: str = "") -> bytes:
    """A page in Ukrainska Pravda's layout of 2020."""
    return (
        f'<!DOCTYPE html><html lang="uk"><head><title>{text}</title>{head}</head><body>'
        f'<article class="post"><h1 class="post_title">Заголовок {text}</h1>'
        f'<div class="post_text"><p>{TEXT * 4}</p><p>{text}</p></div></article></body></html>'
    ).encode()


AMP = f'<html amp lang="uk"><head><title>AMP</title></head><body><p>{TEXT * 6}</p></body></html>'.encode()
CHALLENGE = (
    f"<html><head><title>Just a moment...</title></head><body><p>{'Please wait. ' * 30}</p></body></html>".encode()
)
STATUS_200 = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body><h1>503</h1></body></html>"
COOKIES = (
    f"<html><head><title>Cookies</title></head><body><p>{'Ми використовуємо файли cookie. ' * 20}</p></body></html>"
)


def editions(path, index=index_warcs):
    """Layouts or drop reasons by page, the last paragraph of the editions, and the index's drops."""
    refs, drops = index(path, SITE, OPTIONS)
    layouts, texts = Counter(), []
    for captures in by_page(refs):
        try:
            edition = edition_of(captures, SITE)
            layouts[edition.layout] += 1
            texts.append(edition.blocks[-1].text)
        except SkipPage as skip:
            layouts[skip.reason] += 1
    return dict(layouts), texts, Counter(drop.reason for drop in drops)


def warc(tmp_path, *captures):
    """A WARC file of (month, body, options of `record`, URL) for one page."""

    def fill(writer):
        for month, body, more, url in captures:
            record(writer, url, body, f"2025-{month:02}-01T00:00:00Z", **more)

    return write(tmp_path / "a.warc.gz", fill)


@pytest.mark.parametrize(
    ("body", "url"),
    [(AMP, f"{URL}index.amp"), (AMP, URL), (article("копія"), f"{URL}index.amp"), (CHALLENGE, URL), (STATUS_200, URL),
     (COOKIES.encode(), URL), (b"<html><body></body></html>", URL), (b"", URL)],
    ids=["AMP", "AMP under the page's URL", "AMP by its URL alone", "challenge", "503 as 200", "cookie wall", "no text",
         "empty"],
)  # fmt: skip
def test_the_newest_capture_that_yields_an_edition_is_the_page(tmp_path, body, url):
    path = warc(tmp_path, (1, article("перша"), {}, URL), (2, article("друга"), {}, URL), (3, body, {}, url))
    layouts, texts, _ = editions(path)
    assert (layouts, texts) == ({"post-2020": 1}, ["друга"])


def test_an_amp_copy_is_used_where_there_is_nothing_else(tmp_path):
    refs, drops = index_warcs(warc(tmp_path, (1, AMP, {}, f"{URL}index.amp")), SITE, OPTIONS)
    assert (len(refs), drops) == (1, [])


@pytest.mark.parametrize("title", ["Just a moment...", "502 Bad Gateway", "a.example | 521: Web server is down"])
def test_error_pages_are_no_articles_and_articles_on_errors_are(tmp_path, title):
    body = article("текст").replace(b"<title>", f"<title>{title}</title><title>".encode())
    refs, drops = index_warcs(warc(tmp_path, (1, body, {}, URL)), SITE, OPTIONS)
    assert (refs, len(drops)) == ([], 1)
    about = article(f"500 днів війни: {title}")
    assert len(index_warcs(warc(tmp_path, (1, about, {}, URL)), SITE, OPTIONS)[0]) == 1


NOAI = '<meta name="robots" content="noai">'


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [((article("x", NOAI), {}, URL), "opt_out_noai"),
     ((article(), {"headers": [("X-Robots-Tag", "noai")]}, URL), "opt_out_noai"),
     ((AMP.replace(b"<head>", f"<head>{NOAI}".encode()), {}, f"{URL}index.amp"), "opt_out_noai"),
     ((article("x", NOAI), {"WARC-Truncated": "length"}, URL), "opt_out_noai"),
     ((b"", {"status": "404 Not Found"}, URL), "http_404"), ((b"", {"status": "410 Gone"}, URL), "http_410")],
    ids=["meta", "header", "AMP", "truncated", "404", "410"],
)  # fmt: skip
def test_a_newer_refusal_speaks_for_the_page(tmp_path, refusal, reason):
    older = (1, article("перша"), {}, URL)
    layouts, _, drops = editions(warc(tmp_path, older, (2, *refusal)))
    assert layouts == {}
    assert drops == {reason: 1, "earlier_capture": 1}
    layouts, texts, _ = editions(warc(tmp_path, older, (2, *refusal), (3, article("третя"), {}, URL)))
    assert (layouts, texts) == ({"post-2020": 1}, ["третя"])
    assert editions(warc(tmp_path, older, (2, *refusal), (3, CHALLENGE, {}, URL)))[0] == {}


def test_what_does_not_speak_for_the_page(tmp_path):
    """A 404 of the AMP copy or of another variant of the URL, a 503."""
    path = warc(
        tmp_path,
        (1, article("перша"), {}, URL),
        (2, b"", {"status": "404 Not Found"}, f"{URL}index.amp"),
        (3, b"", {"status": "404 Not Found"}, URL.replace("/1/70/", "/01/70/")),
        (4, b"", {"status": "503 Service Unavailable"}, URL),
    )
    assert editions(path)[1] == ["перша"]


@pytest.mark.parametrize(("month", "reason"), [(2, "robots"), (1, None)], ids=["newer", "older"])
def test_a_newer_robots_txt_speaks_for_its_pages(tmp_path, month, reason):
    rules = b"User-agent: *\nAllow: /\n\nUser-agent: corpus-builder\nDisallow: /news/\n"
    path = warc(
        tmp_path,
        (month, rules, {}, "http://pravda.com.ua/robots.txt"),
        (2 if month == 1 else 1, article(), {}, URL),
        (1, article(), {}, URL.replace("/news/", "/eng/news/")),
    )
    refs, drops = index_warcs(path, SITE, OPTIONS)
    assert [drop.reason for drop in drops] == ([reason] if reason else [])
    assert len(refs) == (1 if reason else 2)


FOLDER = "www.pravda.com.ua/news/2025/01/1/70"
NAMED = f'<link rel="canonical" href="{URL}">'
STUB = b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>"


@pytest.mark.parametrize(
    ("name", "other"),
    [("photo.html", STUB), ("photo.html", article("підпис")), ("zoo.htm", b"<html><p>a stub</p></html>"),
     ("index.amp.html", AMP.replace(b"<head>", f"<head>{NAMED}".encode())), ("later.html", article("без адреси"))],
    ids=["error page", "a page without a URL", "stub", "AMP", "named after nothing"],
)  # fmt: skip
@pytest.mark.parametrize("head", [NAMED, ""], ids=["names its URL", "by folder"])
def test_saved_pages_of_one_article(tmp_path, name, other, head):
    """The index of the article's folder beats what else is in the folder."""
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(article("справжня", head))
    (folder / name).write_bytes(other)
    layouts, texts, _ = editions(tmp_path, index_pages)
    assert (layouts, texts) == ({"post-2020": 1}, ["справжня"])


def test_a_saved_page_that_names_its_url_beats_one_placed_by_its_folder(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (tmp_path / "a.html").write_bytes(article("названа", NAMED))
    (folder / "index.html").write_bytes(article("за текою"))
    assert editions(tmp_path, index_pages)[1] == ["названа"]


@pytest.mark.parametrize(
    "comment",
    [f"<!-- saved from url=(0043){URL} -->",
     f"<!-- Mirrored from {URL[8:]} by HTTrack Website Copier/3.x [XR&CO'2014], Wed, 01 Jan 2025 10:00:00 GMT -->",
     f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Wed Jan 01 2025\n-->"],
    ids=["browser", "HTTrack", "SingleFile"],
)  # fmt: skip
def test_who_saved_a_page_wrote_its_url(tmp_path, comment):
    (tmp_path / "a.html").write_bytes(article("збережена").replace(b"<head>", f"{comment}<head>".encode()))
    assert editions(tmp_path, index_pages)[1] == ["збережена"]


def test_the_listed_case_of_saved_pages(shared):
    folder = shared / "cases" / "pages-error-stub-in-article-folder" / "site"
    assert editions(folder, index_pages)[0] == {"news-2025": 6}


@pytest.mark.parametrize(
    ("case", "layouts"),
    [("warc-amp-newer", {"news-2025": 6}), ("wget-warc-with-amp", {"news-2025": 6}), ("warc-noindex-newer", {})],
)
def test_the_listed_cases(shared, case, layouts):
    file = next((shared / "cases" / case).glob("*.warc.gz"))
    assert editions(file)[0] == layouts


def test_a_capture_with_a_repeated_text_gives_way_to_an_older_one(tmp_path):
    refs, _ = index_warcs(warc(tmp_path, (1, article("перша"), {}, URL), (2, article("стіна"), {}, URL)), SITE, OPTIONS)
    texts = []
    assert edition_of(refs, SITE, {}, texts).blocks[-1].text == "стіна"
    repeated = {texts[0].text: "at 9 addresses"}
    again = []
    assert edition_of(refs, SITE, repeated, again).blocks[-1].text == "перша"
    assert again == texts  # what is noted does not depend on what is known
    with pytest.raises(SkipPage, match="at 9 addresses"):
        edition_of(refs, SITE, {text.text: "at 9 addresses" for text in texts})


def test_a_cookie_wall_that_is_the_only_capture_is_no_article(tmp_path):
    pytest.importorskip("trafilatura")
    assert editions(warc(tmp_path, (1, COOKIES.encode(), {}, URL)))[0] == {"cookie_wall": 1}
