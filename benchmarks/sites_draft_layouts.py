"""Pages of sites_draft_kinds.py, made after what usual systems send."""

# ruff: noqa: E501 - lines of markup

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sites_draft_texts import LANGUAGES, Text


@dataclass
class Kind:
    """A kind of site: the URL of an edition, its page, and whether the editions of a story have one id in their URLs.

    `has_day` and `has_author` say whether day and author are on the page, `languages` in which languages the site is.
    `later` makes the later pages of an article, by their number.
    """

    url: Callable[[Text], str]
    page: Callable[[Text, dict[str, str]], str]
    has_ids: bool
    has_day: bool = True
    has_author: bool = True
    charset: str = "utf-8"
    languages: tuple[str, ...] = LANGUAGES
    later: Callable[[Text, dict[str, str], int], str] | None = None


def p(*blocks: str) -> str:
    return "".join(f"<p>{block}</p>" for block in blocks)


def hreflang(urls: dict[str, str], codes: dict[str, str] | None = None) -> str:
    return "".join(
        f'<link rel="alternate" hreflang="{(codes or {}).get(language, language)}" href="{url}">'
        for language, url in urls.items()
    )


def ld(text: Text, url: str, **more: object) -> str:
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": text.title,
        "datePublished": text.iso,
        "author": {"@type": "Person", "name": text.author},
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(article, ensure_ascii=False)}</script>'


def related(text: Text, item: str = '<li><a href="/x{n}">{title}</a></li>') -> str:
    return "".join(item.format(n=n, title=title) for n, title in enumerate(text.others))


def document(text: Text, head: str, body: str, attributes: str = "") -> str:
    return (
        f'<!doctype html><html lang="{text.language}" {attributes}><head><meta charset="utf-8">'
        f"<title>{text.title} — Visnyk</title>{head}</head><body>{body}</body></html>"
    )


def _wpml_url(text: Text) -> str:
    return f"https://visnyk.example/{'' if text.language == 'uk' else text.language + '/'}{text.slug}/"


def _wpml(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    half = len(text.body) // 2
    caption = f"<figure class='wp-caption aligncenter'><img src=a.jpg><figcaption class='wp-caption-text'>{w['source']}: UNN</figcaption></figure>"
    return document(
        text,
        hreflang(urls, {"uk": "uk-UA", "ru": "ru-RU", "en": "en-US"})
        + '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        + ld(text, urls[text.language]),
        f"<div id='page' class='site'><header id='masthead'><nav><ul><li><a href='/'>{w['home']}</a></li></ul></nav></header>"
        f"<main id='main' class='site-main'><article id='post-{1200 + text.number}' class='post-{1200 + text.number} post type-post hentry'>"
        f"<header class='entry-header'><h1 class='entry-title'>{text.title}</h1><div class='entry-meta'><time class='entry-date published' "
        f"datetime='{text.iso}'>{text.written}</time> <span class='author vcard'><a href='/author/m'>{text.author}</a></span></div></header>"
        f"<div class='entry-content'><p class='has-medium-font-size'><strong>{text.lead}</strong></p>{p(*text.body[:half])}{caption}"
        f"<div class='wp-block-embed'><blockquote class='twitter-tweet'><p>Tweet {text.number} https://t.co/x</p></blockquote></div>"
        f"<p><strong>{w['read']}:</strong> <a href='/x1'>{text.others[0]}</a></p>{p(*text.body[half:])}"
        f"<div class='sharedaddy sd-sharing-enabled'><h3 class='sd-title'>{w['share']}:</h3><ul><li><a>Facebook</a></li></ul></div>"
        f"<div id='jp-relatedposts' class='jp-relatedposts'><h3>{w['read']}</h3><ul>{related(text)}</ul></div></div>"
        f"<footer class='entry-footer'><span class='tags-links'><a rel='tag' href='/tag/a'>Місто</a></span></footer></article>"
        f"<div id='comments' class='comments-area'><h2>{w['comments']}</h2><ol><li><p>{'Дуже цікаво, дякую авторам за таку новину!'}</p></li></ol></div>"
        f"</main><aside id='secondary'><section class='widget'><ul>{related(text)}</ul></section></aside></div>",
    )


def _drupal_url(text: Text) -> str:
    return f"https://oblast.example/{text.language}/node/{4100 + text.number}"


def _drupal(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    return document(
        text,
        hreflang(urls)
        + f'<link rel="canonical" href="{urls[text.language]}"><meta name="Generator" content="Drupal 9">',
        f"<div class='dialog-off-canvas-main-canvas'><main role='main'><div class='region region-content'><div id='block-title'><h1 class='page-header'>"
        f"<span class='field field--name-title'>{text.title}</span></h1></div><article class='node node--type-news node--view-mode-full'>"
        f"<footer class='node__meta'><div class='node__submitted'><span class='field--name-uid'>{text.author}</span> — "
        f"<span class='field--name-created'>{text.day[2]:02d}.{text.day[1]:02d}.{text.day[0]} - 10:20</span></div></footer>"
        f"<div class='node__content'><div class='field field--name-field-image'><img src=a.jpg></div>"
        f"<div class='field field--name-field-lead field__item'>{text.lead}</div>"
        f"<div class='clearfix text-formatted field field--name-body field--type-text-with-summary'>{p(*text.body)}</div>"
        f"<div class='field field--name-field-tags'><div class='field__label'>{w['tags']}</div><a href='/t'>Місто</a></div>"
        f"<ul class='links inline'><li><a href='/print/{text.number}'>Print</a></li></ul></div></article>"
        f"<div class='views-element-container'><h2>{w['read']}</h2><div class='view-content'>{related(text, '<div class=views-row><a href=/n{n}>{title}</a></div>')}"
        f"</div></div></div></main></div>",
    )


def _next_url(text: Text) -> str:
    return f"https://app.example/{text.language}/news/{text.slug}-{58000 + text.number}"


def _next(text: Text, urls: dict[str, str]) -> str:
    body = [{"type": "paragraph", "html": f"<p>{block}</p>"} for block in [text.lead, *text.body]]
    state = {"props": {"pageProps": {"article": {"id": 58000 + text.number, "title": text.title, "blocks": body}}}}
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language], articleBody="\n".join([text.lead, *text.body])),
        f"<div id='__next'><div class='css-1x2y3z'><div class='Skeleton_root__3kXzP'></div></div></div>"
        f"<script id='__NEXT_DATA__' type='application/json'>{json.dumps(state, ensure_ascii=False)}</script>",
    )


def _next_without_ld(text: Text, urls: dict[str, str]) -> str:
    body = "".join(f"<p>{block}</p>" for block in [text.lead, *text.body])
    state = {
        "props": {
            "pageProps": {
                "menu": [{"title": title} for title in text.others],
                "data": {
                    "headline": text.title,
                    "content": body,
                    "author": {"name": text.author},
                    "publishedAt": text.iso,
                },
            }
        }
    }
    return document(
        text,
        hreflang(urls) + f'<meta property="og:title" content="{text.title.replace(chr(34), "&quot;")}">',
        f"<div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>{json.dumps(state, ensure_ascii=False)}</script>",
    )


def _bitrix_url(text: Text) -> str:
    lang = {"uk": "ua", "ru": "ru", "en": "en"}[text.language]
    return f"https://rada.example/news/detail.php?lang={lang}&ELEMENT_ID={7300 + text.number}"


def _bitrix(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    switch = "".join(f"<a href='{url.replace('&', '&amp;')}'>{language.upper()}</a> " for language, url in urls.items())
    return document(
        text,
        "",
        f"<div id='header'><div class='langs'>{switch}</div></div><div id='workarea'><h1 id='pagetitle'>{text.title}</h1>"
        f"<div class='news-detail'><span class='news-date-time'>{text.day[2]:02d}.{text.day[1]:02d}.{text.day[0]}</span>"
        f"<img class='detail_picture' src=a.jpg>{'<br><br>'.join([text.lead, *text.body])}<div style='clear:both'></div><br>"
        f"<div class='news-detail-share'><noindex>{w['share']}</noindex></div></div><p><a href='/news/'>{w['home']}</a></p></div>"
        f"<div id='sidebar'><ul>{related(text)}</ul></div>",
    )


def _hosts_url(text: Text) -> str:
    return f"https://{ {'uk': 'ua.', 'ru': '', 'en': 'en.'}[text.language] }port.example/{text.day[0]}/{text.day[1]:02d}/{text.day[2]:02d}/{910 + text.number}.html"


def _hosts(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    third = max(1, len(text.body) // 3)
    parts = [text.body[:third], text.body[third : 2 * third], text.body[2 * third :]]
    banner = f"<div class='banner-inline'><a href='/adv'>{w['subscribe']}</a></div>"
    split = banner.join(f"<div class='article-text'>{p(*part)}</div>" for part in parts if part)
    return document(
        text,
        hreflang({**urls, "x-default": urls["uk"]}) + ld(text, urls[text.language]),
        f"<div class='wrap'><div class='article'><h1 class='article-title'>{text.title}</h1><div class='article-info'><span class='article-date'>"
        f"{text.written}, 10:20</span><span class='article-author'>{text.author}</span></div><div class='article-lead'>{text.lead}</div>"
        f"{split}<div class='article-share'>{w['share']}</div></div><div class='news-list'>{related(text, '<div class=news-item><a href=/n{n}>{title}</a></div>')}</div></div>",
    )


def _amp_url(text: Text) -> str:
    return f"https://amp.example/{text.language}/story/{text.day[0]}{text.day[1]:02d}{text.day[2]:02d}-{30500 + text.number}"


def _amp(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    half = len(text.body) // 2
    return document(
        text,
        hreflang(urls) + f"<link rel=canonical href='{urls[text.language]}'>" + ld(text, urls[text.language]),
        f"<amp-sidebar id=sb layout=nodisplay><ul>{related(text)}</ul></amp-sidebar><article class='amp-wp-article'><header class='amp-wp-article-header'>"
        f"<h1 class='amp-wp-title'>{text.title}</h1><div class='amp-wp-meta amp-wp-byline'>{text.author}</div><div class='amp-wp-meta amp-wp-posted-on'>"
        f"<time datetime='{text.iso}'>{text.written}</time></div></header><div class='amp-wp-article-content'>{p(text.lead, *text.body[:half])}"
        f"<amp-ad width=300 height=250></amp-ad><amp-img src=a.jpg width=600 height=400></amp-img>{p(*text.body[half:])}"
        f"<amp-social-share type=twitter></amp-social-share></div><footer class='amp-wp-article-footer'><div class='amp-wp-tax-category'>Місто</div></footer></article>"
        f"<footer class='amp-wp-footer'><p>{w['rights']}</p></footer>",
        "amp",
    )


def _tables_url(text: Text) -> str:
    folder = {"uk": "ukr", "ru": "rus", "en": "eng"}[text.language]
    return f"http://www.kurier.example/{folder}/{text.day[0]}/{text.day[1]}/{text.day[2]}/{text.number + 61}.htm"


def _tables(text: Text, _: dict[str, str]) -> str:
    w = text.words
    menu = "".join(f"<tr><td class=menu><a href='/{n}'>{title}</a></td></tr>" for n, title in enumerate(text.others))
    return (
        f"<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'><title>Kurier :: {text.title}</title></head>"
        f"<body bgcolor=white><table width=760><tr><td colspan=3><a href='/'>{w['home']}</a></td></tr><tr><td width=150 valign=top><table>{menu}</table></td>"
        f"<td valign=top class=maintext><font size=1 class=date>{text.day[2]:02d}.{text.day[1]:02d}.{text.day[0]}, 10:20</font><br><font size=4 class=title><b>{text.title}</b></font>"
        f"<br><br><b>{text.lead}</b><br><br>{'<br><br>'.join(text.body)}<br><br><font class=author>{text.author}</font></td>"
        f"<td width=150 valign=top><table>{menu}</table></td></tr><tr><td colspan=3 align=center>{w['rights']}</td></tr></table></body></html>"
    )


def _live_url(text: Text) -> str:
    return f"https://live.example/{text.language}/online/{text.day[0]}/{text.day[1]:02d}/{text.day[2]:02d}/{44000 + text.number}/"


def _live(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    entries = "".join(
        f"<div class='liveblog-entry' id='e{n}'><div class='entry-time'>1{n % 10}:{n:02d}</div><div class='entry-body'><p>{block}</p></div>"
        f"<div class='entry-share'><a>{w['share']}</a></div></div>"
        for n, block in enumerate(text.body)
    )
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language]),
        f"<main class='liveblog'><h1 class='liveblog-title'>{text.title}</h1><div class='liveblog-meta'><span class='by'>{text.author}</span><time datetime='{text.iso}'>"
        f"{text.written}</time></div><p class='liveblog-summary'>{text.lead}</p><div class='liveblog-feed'>{entries}</div></main>"
        f"<aside class='more'>{related(text, '<a href=/n{n}>{title}</a>')}</aside>",
    )


def _bare_url(text: Text) -> str:
    return f"https://zvit.example/{text.language}/a/{text.number + 15120}-{text.slug}"


def _bare(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    half = len(text.body) // 2
    return document(
        text,
        hreflang(urls)
        + f'<meta property="article:published_time" content="{text.iso}"><meta name="author" content="{text.author}">',
        f"<div class='layout'><div class='post'><h1>{text.title}</h1><div class='post__info'>{text.written} | {text.author}</div><div class='post__text'>{text.lead}<br><br>"
        f"{'<br/><br/>'.join(text.body[:half])}<div class='adv'>Реклама</div>{'<br><br>'.join(text.body[half:])}<br><br><i>{w['subscribe']}</i></div>"
        f"<div class='post__tags'><a href='/t/1'>Місто</a> <a href='/t/2'>Рада</a></div></div><div class='sidebar'>{related(text, '<div><a href=/n{n}>{title}</a></div>')}</div></div>",
    )


def _polylang(text: Text, urls: dict[str, str]) -> str:
    """Elementor, with the text in widgets of generated names."""
    w = text.words
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language]),
        f"<div data-elementor-type='single-post' class='elementor elementor-2{text.number}1'><section class='elementor-section elementor-element-7a{text.number}f'>"
        f"<div class='elementor-widget elementor-widget-theme-post-title'><div class='elementor-widget-container'><h1 class='elementor-heading-title'>{text.title}</h1></div></div>"
        f"<div class='elementor-widget elementor-widget-post-info'><ul class='elementor-icon-list-items'><li><span class='elementor-post-info__item--type-date'>{text.written}</span></li>"
        f"<li><span class='elementor-post-info__item--type-author'>{text.author}</span></li></ul></div>"
        f"<div class='elementor-widget elementor-widget-theme-post-content'><div class='elementor-widget-container'>{p(text.lead, *text.body)}</div></div>"
        f"<div class='elementor-widget elementor-widget-posts'><h4>{w['read']}</h4>{related(text, '<article class=elementor-post><h3><a href=/n{n}>{title}</a></h3></article>')}</div>"
        f"</section></div>",
    )


def _polylang_url(text: Text) -> str:
    return f"https://hromada.example/{text.language}/{text.day[0]}/{text.day[1]:02d}/{text.slug}/"


# ------------------------------------------------------------------ written when the draft had been changed for the above
def _tilda(text: Text, urls: dict[str, str]) -> str:
    """Blocks numbered by the editor, the text in one of them with <br>."""
    w, n = text.words, text.number
    return document(
        text,
        hreflang(urls) + f'<meta property="og:title" content="{text.title.replace(chr(34), "&quot;")}">',
        f"<div id='allrecords' class='t-records'><div id='rec{n}881' class='r t-rec' data-record-type='18'><div class='t-cover'><h1 class='t-title t-title_xl'>"
        f"{text.title}</h1><div class='t-uptitle'>{text.written}</div></div></div><div id='rec{n}882' class='r t-rec' data-record-type='106'><div class='t106'>"
        f"<div class='t-container'><div class='t-text t-text_md' field='text'>{text.lead}<br /><br />{'<br /><br />'.join(text.body)}</div></div></div></div>"
        f"<div id='rec{n}883' class='r t-rec'><div class='t-descr'>{w['subscribe']}</div></div><div id='rec{n}884' class='r t-rec'><ul>{related(text)}</ul></div></div>",
    )


def _joomla_url(text: Text) -> str:
    return f"https://osvita.example/index.php/{text.language}/novyny/{text.number + 612}-{text.slug}"


def _joomla(text: Text, urls: dict[str, str]) -> str:
    w = text.words
    return document(
        text,
        hreflang(urls, {"uk": "uk-UA", "ru": "ru-RU", "en": "en-GB"}) + '<meta name="generator" content="Joomla!">',
        f"<div class='com-content-article item-page' itemscope itemtype='https://schema.org/Article'><div class='page-header'><h2 itemprop='headline'>{text.title}</h2></div>"
        f"<dl class='article-info muted'><dt>Details</dt><dd class='createdby'><span itemprop='name'>{text.author}</span></dd><dd class='published'><time datetime='{text.iso}'>{text.written}</time></dd>"
        f"<dd class='hits'>Hits: {text.number * 13 + 40}</dd></dl><div itemprop='articleBody'><p style='text-align:justify'><strong>{text.lead}</strong></p>"
        f"{''.join(f'<p style=text-align:justify>{block}</p>' for block in text.body)}</div><nav class='pagenavigation'><a href='/p'>{text.others[0]}</a></nav></div>"
        f"<div class='moduletable'><h3>{w['read']}</h3><ul class='mod-articleslatest'>{related(text)}</ul></div>",
    )


def _divs_url(text: Text) -> str:
    return f"https://www.misto.example/{ {'uk': '', 'ru': 'ru/', 'en': 'en/'}[text.language] }news/{text.slug}_n{20480 + text.number}"


def _divs(text: Text, urls: dict[str, str]) -> str:
    """Custom elements, a <div> a paragraph, cards between them, the text of the page in its description."""
    w = text.words
    half = len(text.body) // 2
    card = f"<app-related-card><a href='/x'><div class='headline'>{text.others[1]}</div><div class='kicker'>{w['read']}</div></a></app-related-card>"
    return document(
        text,
        hreflang(urls)
        + f'<meta name="description" content="{text.lead.replace(chr(34), "&quot;")}"><meta property="article:published_time" content="{text.iso}"><meta name="author" content="{text.author}">',
        f"<app-root><app-article-page><app-header><h1>{text.title}</h1><div class='sub'>{text.lead}</div><div class='by'>{text.author}</div></app-header><app-article-body>"
        f"{''.join(f'<div class=block-text>{block}</div>' for block in text.body[:half])}{card}{''.join(f'<div class=block-text>{block}</div>' for block in text.body[half:])}"
        f"</app-article-body><app-tags><a href='/t/1'>Місто</a></app-tags></app-article-page><app-feed>{related(text, '<div class=feed-item><a href=/n{n}>{title}</a></div>')}</app-feed></app-root>",
    )


def _state_blocks_url(text: Text) -> str:
    return f"https://{ {'uk': '', 'ru': 'ru.', 'en': 'en.'}[text.language] }pulse.example/story/{66100 + text.number}"


def _state_blocks(text: Text, urls: dict[str, str]) -> str:
    """A state that a script assigns, with the text as a list of blocks, and whole other articles beside it."""
    blocks = [{"type": "text", "data": {"html": f"<p>{block}</p>"}} for block in [text.lead, *text.body]]
    blocks[2:2] = [
        {"type": "image", "data": {"src": "a.jpg", "caption": "UNN"}},
        {"type": "embed", "data": {"html": "<iframe src=x></iframe>"}},
    ]
    state = {
        "menu": {"items": [{"id": n, "title": title} for n, title in enumerate(text.others)]},
        "story": {
            "current": {
                "heading": text.title,
                "blocks": blocks,
                "authors": [{"id": 1, "name": text.author}],
                "date_published": text.iso,
            }
        },
        "latest": [{"title": title, "lead": title + " " + title} for title in text.others],
    }
    return document(
        text,
        hreflang(urls),
        f"<div id='root'></div><script>window.__STATE__ = {json.dumps(state, ensure_ascii=False)};</script><script src='/app.js'></script>",
    )


def _forum_url(text: Text) -> str:
    return f"http://www.arhiv.example/index.php?option=news&task=view&id={text.number + 208}&lang={ {'uk': 'ukr', 'ru': 'rus', 'en': 'eng'}[text.language] }"


def _nested(text: Text, urls: dict[str, str]) -> str:
    """Tables in windows-1251 with a cell a paragraph, in <font>, and links to the other languages."""
    w = text.words
    switch = " | ".join(f"<a href='{url.replace('&', '&amp;')}'>{language}</a>" for language, url in urls.items())
    rows = "".join(
        f"<tr><td class='newstext'><font face='Arial' size='2'>{block}</font></td></tr>"
        for block in [text.lead, *text.body]
    )
    return (
        f"<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'><title>{text.title}</title></head><body>"
        f"<table><tr><td>{switch}</td></tr><tr><td><table class='newshead'><tr><td class='newstitle'>{text.title}</td></tr><tr><td class='newsdate'>{text.written}</td></tr></table>"
        f"<table class='news'>{rows}</table></td><td class='rightcol'>{related(text, '<a href=/n{n}>{title}</a><br>')}</td></tr><tr><td>{w['rights']}</td></tr></table></body></html>"
    )


KINDS = {
    "wordpress wpml": Kind(_wpml_url, _wpml, has_ids=False),
    "wordpress elementor": Kind(_polylang_url, _polylang, has_ids=False),
    "drupal": Kind(_drupal_url, _drupal, has_ids=True),
    "next.js with JSON-LD": Kind(_next_url, _next, has_ids=True),
    "next.js state alone": Kind(_next_url, _next_without_ld, has_ids=True),
    "bitrix": Kind(_bitrix_url, _bitrix, has_ids=True, has_author=False),
    "hosts, split body": Kind(_hosts_url, _hosts, has_ids=True),
    "amp": Kind(_amp_url, _amp, has_ids=True),
    "tables in windows-1251": Kind(_tables_url, _tables, has_ids=False, charset="cp1251"),
    "live blog": Kind(_live_url, _live, has_ids=True),
    "text between br": Kind(_bare_url, _bare, has_ids=True),
}

HELD_OUT = {
    "tilda": Kind(_bare_url, _tilda, has_ids=True, has_author=False),
    "joomla": Kind(_joomla_url, _joomla, has_ids=False),
    "custom elements": Kind(_divs_url, _divs, has_ids=True),
    "state assigned": Kind(_state_blocks_url, _state_blocks, has_ids=True),
    "cells, query": Kind(_forum_url, _nested, has_ids=True, has_author=False, charset="cp1251"),
}
