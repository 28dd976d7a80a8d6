"""Further pages of sites_draft_kinds.py, unlike the others: how editions are named, where the text is, what is in it."""

# ruff: noqa: E501 - lines of markup

from __future__ import annotations

import json

from sites_draft_layouts import Kind, document, hreflang, ld, p, related
from sites_draft_texts import Text


def _sections_url(text: Text) -> str:
    section = {"uk": "novyny", "ru": "novosti", "en": "news"}[text.language]
    return f"https://kray.example/{section}/{text.slug}"


def _sections(text: Text, urls: dict[str, str]) -> str:
    """Named by hreflang alone, with a word of the language as the section; boxes of every kind within the text."""
    w, half = text.words, len(text.body) // 2
    newsletter = f"<aside class='c-newsletter'><p class='c-newsletter__title'>{w['subscribe']}</p><form><input type=email><button>OK</button></form></aside>"
    quote = f"<blockquote class='c-pullquote'><p>{text.body[0][:60]}</p></blockquote>"
    return document(
        text,
        hreflang(urls) + f"<link rel='canonical' href='{urls[text.language]}'>" + ld(text, urls[text.language]),
        f"<div class='l-page'><nav class='c-nav'><a href='/'>{w['home']}</a></nav><main class='l-main'><article class='c-article'><header class='c-article__header'>"
        f"<p class='c-article__kicker'>Місто</p><h1 class='c-article__headline'>{text.title}</h1><div class='c-article__standfirst'><p>{text.lead}</p></div>"
        f"<div class='c-byline'><a class='c-byline__name' href='/a/1'>{text.author}</a><time class='c-byline__time' datetime='{text.iso}'>{text.written}</time></div></header>"
        f"<figure class='c-figure'><img src=a.jpg><figcaption class='c-figure__caption'>{w['source']}: UNN / {text.number}</figcaption></figure>"
        f"<section class='c-article__body'>{p(*text.body[:half])}{newsletter}{quote}{p(*text.body[half:])}</section>"
        f"<footer class='c-article__footer'><div class='c-author-card'><img src=b.jpg><p class='c-author-card__bio'>{text.author} {w['rights']}</p></div>"
        f"<ul class='c-tags'><li><a href='/t/1'>Місто</a></li></ul></footer></article></main>"
        f"<section class='c-more'><h2>{w['read']}</h2>{related(text, '<article class=c-card><h3><a href=/n{n}>{title}</a></h3></article>')}</section></div>",
    )


def _query_url(text: Text) -> str:
    return f"https://portal.example/article?hl={text.language}&id={text.number + 5501}"


def _query(text: Text, urls: dict[str, str]) -> str:
    """The language in the query alone, microdata, headings and a list in the text, a switch of languages."""
    w, half = text.words, len(text.body) // 2
    switch = "".join(f"<option value='{url.replace('&', '&amp;')}'>{code}</option>" for code, url in urls.items())
    links = "".join(f"<a hreflang={code} href='{url.replace('&', '&amp;')}'>{code}</a>" for code, url in urls.items())
    return document(
        text,
        "",
        f"<header class=top><select>{switch}</select><div class=lang>{links}</div></header><div class=cols><div class=main itemscope itemtype='http://schema.org/NewsArticle'>"
        f"<h1 itemprop=headline>{text.title}</h1><p class=meta><span itemprop=datePublished content='{text.iso}'>{text.written}</span> · <span itemprop=author>{text.author}</span></p>"
        f"<div class=txt itemprop=articleBody><p class=intro>{text.lead}</p>{p(*text.body[:half])}<ul>{''.join(f'<li>{each}</li>' for each in text.body[half:])}</ul>"
        f"<p class=readmore>{w['read']}: <a href='/article?hl={text.language}&amp;id=1'>{text.others[0]}</a></p></div><p class=share>{w['share']}</p></div>"
        f"<div class=side>{related(text, '<p><a href=/n{n}>{title}</a></p>')}</div></div>",
    )


def _translation_url(text: Text) -> str:
    own = {"uk": 70000, "ru": 81000, "en": 92000}[text.language] + 7 * text.number
    return f"https://{text.language}.misiya.example/a/{own}"


def _translation(text: Text, urls: dict[str, str]) -> str:
    """Hosts by language and ids of their own, named by JSON-LD's workTranslation in a graph alone."""
    others = [{"@id": url, "inLanguage": code} for code, url in urls.items() if code != text.language]
    graph = [
        {"@type": "WebSite", "name": "Misiya", "url": "https://misiya.example/"},
        {"@type": "Article", "@id": urls[text.language], "url": urls[text.language], "headline": text.title,
         "inLanguage": text.language, "datePublished": text.iso, "author": [{"@type": "Person", "name": text.author}],
         "workTranslation": others},
    ]  # fmt: skip
    data = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return document(
        text,
        f'<script type="application/ld+json">{data}</script>',
        f"<div class='shell'><div class='hero'><h1>{text.title}</h1><div class='hero-sub'>{text.lead}</div><div class='hero-meta'>{text.author}, {text.written}</div></div>"
        f"<div class='rich-text'><div class='rt'>{p(*text.body)}</div></div><div class='cta'><h3>{text.words['subscribe']}</h3><p>{text.words['rights']}</p></div>"
        f"<div class='grid'>{related(text, '<div class=cell><a href=/n{n}><h4>{title}</h4></a></div>')}</div></div>",
    )


def _suffix_url(text: Text) -> str:
    ending = {"uk": "", "ru": "_ru", "en": "_en"}[text.language]
    return (
        f"https://gromada.example/{text.day[0]}/{text.day[1]:02d}/{text.day[2]:02d}/p{3300 + text.number}{ending}.html"
    )


def _suffix(text: Text, urls: dict[str, str]) -> str:
    """The language at the end of the file's name; the text in <section>s with a heading each, no class on them."""
    w = text.words
    parts = "".join(f"<section><p>{block}</p></section>" for block in text.body)
    return document(
        text,
        hreflang(urls),
        f"<div id=top>{w['home']}</div><div id=content><div class=date>{text.written}</div><h1>{text.title}</h1><div class=anons><b>{text.lead}</b></div>"
        f"<div id=fulltext>{parts}<div class=ya-share>{w['share']}</div></div><div class=auth>{text.author}</div></div><div id=right>{related(text)}</div>",
    )


def _live_ld_url(text: Text) -> str:
    return f"https://strichka.example/{ {'uk': 'ukr', 'ru': 'rus', 'en': 'eng'}[text.language] }/live/{90210 + text.number}"


def _live_ld(text: Text, urls: dict[str, str]) -> str:
    """A live blog, the newest entry first, with a time, a headline-less text and buttons in each."""
    w = text.words
    updates = [
        {"@type": "BlogPosting", "headline": block[:40], "datePublished": text.iso, "articleBody": block}
        for block in text.body
    ]
    live = {"@context": "https://schema.org", "@type": "LiveBlogPosting", "url": urls[text.language], "headline": text.title,
            "description": text.lead, "datePublished": text.iso, "author": {"@type": "Person", "name": text.author},
            "liveBlogUpdate": updates}  # fmt: skip
    entries = "".join(
        f"<article class='update' data-id='{n}'><header><time>1{n % 10}:{n + 10}</time></header><div class='update__text'><p>{block}</p></div>"
        f"<footer><button>{w['share']}</button></footer></article>"
        for n, block in enumerate(text.body)
    )
    return document(
        text,
        hreflang(urls) + f'<script type="application/ld+json">{json.dumps(live, ensure_ascii=False)}</script>',
        f"<main class='live'><header class='live__head'><h1>{text.title}</h1><p class='live__lead'>{text.lead}</p><span class='live__by'>{text.author}</span></header>"
        f"<div class='live__list'>{entries}</div></main><aside>{related(text)}</aside>",
    )


def _paged_url(text: Text) -> str:
    return f"https://dovgo.example/{text.language}/longread/{text.slug}-{61000 + text.number}"


def _paged(text: Text, urls: dict[str, str], number: int = 1) -> str:
    """Articles in three pages: links to the others, and rel=next; the headline and the lead on the first alone."""
    w, own = text.words, urls[text.language]
    third = len(text.body) // 3
    body = [text.body[:third], text.body[third : 2 * third], text.body[2 * third :]][number - 1]
    blocks = [text.lead, *body] if number == 1 else body
    pages = " ".join(f"<a href='{own}{f'/{n}' if n > 1 else ''}'>{n}</a>" for n in (1, 2, 3) if n != number)
    following = f"<a rel=next href='{own}/{number + 1}'>→</a>" if number < 3 else ""
    return document(
        text,
        hreflang(urls) + f"<link rel=canonical href='{own}'>" + ld(text, own),
        f"<article class='long'><h1 class='long-title'>{text.title}</h1><div class='long-by'>{text.author}</div><div class='long-text'>{p(*blocks)}</div>"
        f"<nav class='pager'>{pages} {following}</nav></article><div class='others'><h2>{w['read']}</h2>{related(text)}</div>",
    )


MORE = {
    "sections by language": Kind(_sections_url, _sections, has_ids=False),
    "language in the query": Kind(_query_url, _query, has_ids=True),
    "workTranslation alone": Kind(_translation_url, _translation, has_ids=False),
    "language as a suffix": Kind(_suffix_url, _suffix, has_ids=True),
    "live blog in JSON-LD": Kind(_live_ld_url, _live_ld, has_ids=True),
    "pages": Kind(_paged_url, _paged, has_ids=True, later=_paged),
}
