"""Charsets: the bytes decide, then the declaration."""

from __future__ import annotations

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.web.charset import to_utf8
from corpus_builder.web.responses import media_type

TEXT = "Ігор Погрибниченко: у місті відкрили новий міст через річку. Якого чекали два роки!"
RUSSIAN = "Игорь Погребниченко: в городе открыли новый мост через реку, которого ждали два года"


def page(text: str, declared: str = "") -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-u"])
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "windows-1251", "koi8-r", "klingon", "hex"])
def test_bytes_decide_over_what_is_declared(charset, declared):
    markup = page(TEXT, declared)
    assert to_utf8(markup.encode(charset), {}).decode() == markup
    assert to_utf8(page(TEXT).encode(charset), {"content-type": f"text/html; charset={declared}"}).decode() == page(
        TEXT
    )


@pytest.mark.parametrize("charset", ["cp1251", "koi8-u", "koi8-r", "iso8859-5", "cp866"])
def test_cyrillic_charsets_are_told_apart(charset):
    assert to_utf8(RUSSIAN.encode(charset), {}).decode() == RUSSIAN


@pytest.mark.parametrize("text", [TEXT, f"{RUSSIAN}, и вся область. "])
@pytest.mark.parametrize("declared", ["", "windows-1251", "x-mac-cyrillic"])
def test_mac_cyrillic(text, declared):
    markup = page(text * 4, declared)
    assert to_utf8(markup.encode("mac-cyrillic"), {}).decode() == markup
    assert to_utf8(markup.encode("cp1251"), {}).decode() == markup


def test_a_utf_8_page_with_a_footer_in_windows_1251_is_utf_8():
    body = page(TEXT * 5).encode() + "Курс валют: долар".encode("cp1251")
    assert page(TEXT * 5) in to_utf8(body, {}).decode()


def test_a_page_cut_in_a_character_is_utf_8():
    body = page(TEXT).encode()
    cut = body[: body.rfind("и".encode()) + 1]
    assert to_utf8(cut, {}).decode().endswith("\ufffd")
    assert "Ігор Погрибниченко" in to_utf8(cut, {}).decode()


def test_a_declaration_decides_where_no_cyrillic_is():
    polish = page("Zażółć gęślą jaźń", "iso-8859-2")
    assert to_utf8(polish.encode("iso-8859-2"), {}).decode() == polish
    japanese = page("新しい橋が町に開通した", "shift_jis")
    assert to_utf8(japanese.encode("shift_jis"), {}).decode() == japanese


def test_quotation_marks_of_windows_1252_are_read_without_a_declaration():
    quoted = page("“So be it” – he said")
    assert to_utf8(quoted.encode("cp1252"), {}).decode() == quoted


def test_noise_is_undecodable():
    with pytest.raises(SkipPage, match="undecodable"):
        to_utf8(bytes([0x98]) * 100, {})


def test_real_pages(shared):
    """A front page in windows-1251 that declares it, and a feed in windows-1251."""
    body = (shared / "data/html/pravda.com.ua/front-2016.uk.windows-1251.html").read_bytes()
    assert to_utf8(body, {}).decode() == body.decode("cp1251", "replace")
    for name in ("ru", "uk"):
        case = shared / "cases/utf8-with-cp1251-widget" / f"{name}.html"
        text = to_utf8(case.read_bytes(), {}).decode()
        assert text.count("\ufffd") < 0.01 * len(text)
        assert text == case.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html, text/html", ("text/html", None)),
        ("text/html; charset=koi8-u, text/html", ("text/html", "koi8-u")),
        ("text/html;charset='UTF-8'", ("text/html", "UTF-8")),
        ("image/png, text/html", ("text/html", None)),
        ("text/html, bad", ("text/html", None)),
        ("charset=utf-8", ("", "utf-8")),
        ("", ("", None)),
    ],
)
def test_content_types(value, expected):
    assert media_type({"content-type": value}) == expected
