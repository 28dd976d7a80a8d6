"""Kinds of sites_draft_kinds.py: themes of blocks, names that are hashes or lacking, several articles on a page, cells.

FRESH was written when the draft had been changed for all kinds in the other files, FRESH_LATER when it had been for FRESH.
"""

# ruff: noqa: E501 - lines of markup

from __future__ import annotations

import json
from hashlib import blake2b

from sites_draft_layouts import Kind, document, hreflang, ld, p, related
from sites_draft_texts import Text


def _escaped(url: str) -> str:
    return url.replace("&", "&amp;")


def _block_theme_url(text: Text) -> str:
    return f"https://kvartal.example/{text.slug}/{'' if text.language == 'uk' else '?lang=' + text.language}"


def _block_theme(text: Text, urls: dict[str, str]) -> str:
    """WordPress' block theme: groups in groups, a query loop of other articles within <main>, polylang's ?lang=."""
    w, half = text.words, len(text.body) // 2
    switch = "".join(
        f"<li class='lang-item lang-item-{code}'><a lang={code} href='{url}'>{code}</a></li>"
        for code, url in urls.items()
    )
    image = f"<figure class='wp-block-image size-large'><img src=a.jpg><figcaption class='wp-element-caption'>{w['source']}: UNN</figcaption></figure>"
    inserted = f"<div class='wp-block-group has-background is-layout-flow'><h4 class='wp-block-heading'>{w['read']}</h4><ul class='wp-block-list'>{related(text)}</ul></div>"
    paragraphs = [f"<p class='wp-block-paragraph'>{block}</p>" for block in text.body]
    return document(
        text,
        hreflang(urls),
        f"<div class='wp-site-blocks'><header class='wp-block-template-part'><ul class='wp-block-polylang-language-switcher'>{switch}</ul></header>"
        f"<main class='wp-block-group is-layout-flow wp-block-group-is-layout-flow'><div class='wp-block-group has-global-padding is-layout-constrained'>"
        f"<h1 class='wp-block-post-title'>{text.title}</h1><div class='wp-block-group is-layout-flex'><div class='wp-block-post-date'><time datetime='{text.iso}'>{text.written}</time></div>"
        f"<div class='wp-block-post-author-name'>{text.author}</div></div></div><div class='entry-content wp-block-post-content has-global-padding is-layout-constrained'>"
        f"<p class='has-large-font-size'>{text.lead}</p>{''.join(paragraphs[:half])}{image}{inserted}<hr class='wp-block-separator'>{''.join(paragraphs[half:])}"
        f"<div class='wp-block-buttons'><div class='wp-block-button'><a class='wp-block-button__link'>{w['share']}</a></div></div></div>"
        f"<div class='wp-block-query'><h2>{w['read']}</h2><ul class='wp-block-post-template'>{related(text, '<li class=wp-block-post><h3 class=wp-block-post-title><a href=/n{n}>{title}</a></h3></li>')}</ul></div></main></div>",
    )


def _paragraphs_url(text: Text) -> str:
    prefix = "" if text.language == "uk" else f"{text.language}/"
    return f"https://voda.example/{prefix}node/{text.number + 318}"


def _paragraphs(text: Text, urls: dict[str, str]) -> str:
    """Drupal with the text in entities of its own between pictures, the language of the default without a prefix."""
    w = text.words
    parts = "".join(
        f"<div class='field__item'><div class='paragraph paragraph--type--text paragraph--view-mode--default'><div class='clearfix text-formatted field field--name-field-text'><p>{block}</p></div></div></div>"
        for block in text.body
    )
    picture = f"<div class='field__item'><div class='paragraph paragraph--type--image'><img src=a.jpg><div class='field field--name-field-caption'>{w['source']}: UNN, {text.number}</div></div></div>"
    cut = parts.index("<div class='field__item'>", 10)
    return document(
        text,
        f"<link rel=canonical href='{urls[text.language]}'>" + hreflang(urls),
        f"<div class='layout-container'><nav role=navigation class='language-switcher-language-url'><ul>{''.join(f'<li hreflang={code}><a href={url}>{code}</a></li>' for code, url in urls.items())}</ul></nav>"
        f"<main><div class='block-system-main-block'><article data-history-node-id='{text.number + 318}' class='node node--promoted'><h1><span>{text.title}</span></h1>"
        f"<div class='node__date'>{text.day[2]}/{text.day[1]:02d}/{text.day[0]}</div><div class='field--name-field-annotation'>{text.lead}</div>"
        f"<div class='field field--name-field-content'>{parts[:cut]}{picture}{parts[cut:]}</div></article></div></main><aside class='layout-sidebar-second'>{related(text)}</aside></div>",
    )


def _element_id_url(text: Text) -> str:
    folder = {"uk": "", "ru": "ru/", "en": "en/"}[text.language]
    return f"https://zavod.example/{folder}press/index.php?ELEMENT_ID={text.number * 3 + 4410 + len(folder) + (text.language == 'en')}"


def _element_id(text: Text, _: dict[str, str]) -> str:
    """Bitrix with an id of its own for each edition, and a switch that leads to the homepages."""
    w = text.words
    return document(
        text,
        "",
        f"<div id=wrap><div class=lang><a href='/'>UA</a><a href='/ru/'>RU</a><a href='/en/'>EN</a></div><div class=content><h1>{text.title}</h1><div class='news-detail' id='bx_{text.number}788'>"
        f"<span class='news-date-time'>{text.written}</span><p class=preview>{text.lead}</p>{p(*text.body)}<div class='fields'>{w['source']}: UNN</div></div>"
        f"<p><a href='index.php'>{w['home']}</a></p></div><div class='news-list'>{related(text, '<p class=news-item><a href=?ELEMENT_ID={n}><b>{title}</b></a></p>')}</div></div>",
    )


def _hashed(text: Text, name: str) -> str:
    """A class name that differs from page to page."""
    return "c" + blake2b(f"{name}{text.number}{text.language}".encode(), digest_size=4).hexdigest()


def _hashes_url(text: Text) -> str:
    return f"https://react.example/{text.language}/p/{text.number + 88100}/{text.slug}"


def _hashes(text: Text, urls: dict[str, str]) -> str:
    """A server that renders React: all class names are hashes that no other page has."""
    w, half = text.words, len(text.body) // 2

    def cls(name: str) -> str:
        return f"class='{_hashed(text, name)}'"

    ad = f"<div {cls('ad')} data-testid='ad-slot'>{w['subscribe']}</div>"
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language]),
        f"<div id=root><div {cls('top')}><a href='/'>{w['home']}</a></div><main {cls('main')}><div {cls('head')}><h1 {cls('h')}>{text.title}</h1><p {cls('lead')}>{text.lead}</p><div {cls('by')}><span>{text.author}</span>"
        f"<time datetime='{text.iso}'>{text.written}</time></div></div><article {cls('art')}><div {cls('body')}>{p(*text.body[:half])}{ad}{p(*text.body[half:])}</div></article>"
        f"<section {cls('more')}><h2>{w['read']}</h2>{related(text, '<div><a href=/n{n}>{title}</a></div>')}</section></main></div>",
    )


def _og_url(text: Text) -> str:
    return (
        f"https://kartynka.example/{text.language}/{text.day[0]}-{text.day[1]:02d}-{text.day[2]:02d}-{text.slug}.html"
    )


def _og(text: Text, urls: dict[str, str]) -> str:
    """The headline in og:title alone (it is a picture on the page), the day in the name of the file alone."""
    w = text.words
    title = text.title.replace("'", "&#39;")
    return (
        f"<html><head><meta charset=utf-8><title>Kartynka</title><meta property='og:title' content='{title}'><meta property='og:site_name' content='Kartynka'>{hreflang(urls)}</head><body>"
        f"<div class=hd><img src=logo.png></div><div class=headline-picture><img src=t.png alt='{title}'></div><div class=txt><div class=intro>{text.lead}</div>{p(*text.body)}<p class=sign>{text.author}</p></div>"
        f"<div class=ft>{w['rights']}</div></body></html>"
    )


def _tables_2003_url(text: Text) -> str:
    return f"http://gazeta.example/{ {'uk': 'u', 'ru': 'r', 'en': 'e'}[text.language] }/{text.number + 10}.shtml"


def _tables_2003(text: Text, _: dict[str, str]) -> str:
    """Tables in tables with no name anywhere, windows-1251 that nothing declares, <br><br> in place of paragraphs."""
    w = text.words
    menu = "".join(f"<a href='/{n}.shtml'>{title}</a><br>" for n, title in enumerate(text.others))
    return (
        f"<html><head><title>{text.title}</title></head><body bgcolor=#ffffff><table width=100%><tr><td><img src=l.gif></td><td align=right>{w['home']}</td></tr></table>"
        f"<table width=100%><tr><td width=180 bgcolor=#eeeeee><font size=1>{menu}</font></td><td width=500><h2>{text.title}</h2><i>{text.written}</i><br><br>{text.lead}<br><br>"
        f"{'<br><br>'.join(text.body)}<br><br></td></tr></table><center><font size=1>{w['rights']}</font></center></body></html>"
    )


def _crowded_url(text: Text) -> str:
    return f"https://www.natovp.example/{ {'uk': 'ukr', 'ru': 'rus', 'en': 'eng'}[text.language] }/news/{text.slug}-{text.number + 700312}.html"


def _crowded(text: Text, urls: dict[str, str]) -> str:
    """Everything in the text: advertisements, boxes of articles, a post, a gallery, a list, a quotation, a table of contents."""
    w = text.words
    ad = f"<div class='nts-ad-wrapper'><span class='nts-label'>{ {'uk': 'РЕКЛАМА', 'ru': 'РЕКЛАМА', 'en': 'ADVERTISEMENT'}[text.language] }</span><div id='div-gpt-{text.number}'></div></div>"
    box = f"<div class='article-insert'><div class='article-insert__cap'>{w['read']}</div><a class='article-insert__link' href='/n0'>{text.others[0]}</a><span class='article-insert__date'>{text.written}</span></div>"
    tweet = f"<div class='embed-tw'><blockquote class='twitter-tweet' data-lang='{text.language}'><p lang=en dir=ltr>We are watching it, item {text.number} <a href='https://t.co/a'>pic.twitter.com/a</a></p>&mdash; Desk (@desk) <a href='https://twitter.com/desk/1'>March 3</a></blockquote></div>"
    picture = f"<div class='art-photo'><img src=a.jpg><div class='art-photo__sign'>{w['source']}: UNN / {text.number}</div></div>"
    video = f"<div class='video-box'><iframe src='https://www.youtube.com/embed/x'></iframe><div class='video-box__title'>{text.others[2]}</div></div>"
    body = list(text.body)
    pieces = [
        f"<p>{body[0]}</p>",
        ad,
        f"<p>{body[1]}</p>",
        box,
        f"<blockquote class='art-quote'><p>{body[2]}</p></blockquote>",
        tweet,
    ]
    pieces += [
        f"<ul class='art-list'><li>{body[3]}</li></ul>" if len(body) > 3 else "",
        picture,
        *(f"<p>{each}</p>" for each in body[4:]),
        video,
    ]
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language]),
        f"<div class='b-page'><div class='b-col'><div class='art'><div class='art-bread'><a href='/'>{w['home']}</a> / <a href='/n'>Місто</a></div><h1 class='art-title'>{text.title}</h1><div class='art-info'><a class='art-author' href='/a'>{text.author}</a>"
        f"<div class='art-date'>{text.written}, 10:20</div></div><div class='art-announce'>{text.lead}</div><div class='art-text'>{''.join(pieces)}</div><div class='art-tags'><a href='/t'>Місто</a></div></div></div>"
        f"<div class='b-side'>{related(text, '<article class=teaser><a href=/n{n}>{title}</a></article>')}</div></div>",
    )


def _teasers_url(text: Text) -> str:
    return f"https://{ {'uk': 'www', 'ru': 'ru', 'en': 'en'}[text.language] }.vitryna.example/materials/{text.slug}"


def _teasers(text: Text, urls: dict[str, str]) -> str:
    """<article> is what teasers are, above and below the text, each with a summary of its own."""
    w = text.words
    teaser = "<article><h2><a href='/m{n}'>{title}</a></h2><p>{title}. {title}.</p><footer>10:20</footer></article>"
    return document(
        text,
        hreflang(urls)
        + f"<meta name=author content='{text.author}'><meta property='article:published_time' content='{text.iso}'>",
        f"<div class=strip>{related(text, teaser)}</div><div class='story'><h1>{text.title}</h1><div class='story-sub'>{text.lead}</div><div class='story-text'>{p(*text.body)}</div></div>"
        f"<div class='strip'><h2>{w['read']}</h2>{related(text, teaser)}</div>",
    )


def _select_url(text: Text) -> str:
    code = {"uk": "ua", "ru": "ru", "en": "en"}[text.language]
    return f"https://muzej.example/{code}/vystavky/{text.number + 2040}"


def _select(text: Text, urls: dict[str, str]) -> str:
    """The switch of languages is a <select>; the author in the footer of the text, the day in a sentence there."""
    w = text.words
    options = "".join(
        f"<option value='{_escaped(url)}'{' selected' if code == text.language else ''}>{code}</option>"
        for code, url in urls.items()
    )
    posted = {"uk": "Опубліковано", "ru": "Опубликовано", "en": "Published"}[text.language]
    by = {"uk": "Автор", "ru": "Автор", "en": "Author"}[text.language]
    return document(
        text,
        "",
        f"<form class=locale><select name=lang onchange='location=this.value'>{options}</select></form><div class=main-col><div class=ttl><h1>{text.title}</h1></div>"
        f"<div class=rich><p><b>{text.lead}</b></p>{p(*text.body)}</div><footer class=mat-footer><p>{by}: {text.author}</p><p>{posted}: {text.written}</p></footer></div>"
        f"<div class=other>{related(text)}</div><div class=bottom>{w['rights']}</div>",
    )


def _microdata_url(text: Text) -> str:
    return f"https://dim.example/{text.language}/n{text.number + 5101}"


def _microdata(text: Text, urls: dict[str, str]) -> str:
    """Names in itemprop alone: no class, no id."""
    w = text.words
    links = "".join(f"<a href='{url}'>{code}</a>" for code, url in urls.items())
    return document(
        text,
        "",
        f"<div><div>{links}</div><div itemscope itemtype='https://schema.org/NewsArticle'><meta itemprop=datePublished content='{text.iso}'><h1 itemprop=headline>{text.title}</h1>"
        f"<div itemprop=author itemscope itemtype='https://schema.org/Person'><span itemprop=name>{text.author}</span></div><div itemprop=description>{text.lead}</div>"
        f"<div itemprop=image itemscope><img src=a.jpg><div itemprop=caption>{w['source']}: UNN, {text.number}</div></div><div itemprop=articleBody>{p(*text.body)}</div></div>"
        f"<div>{related(text, '<div itemscope><a itemprop=url href=/n{n}><span itemprop=name>{title}</span></a></div>')}</div></div>",
    )


def _two_url(text: Text) -> str:
    return f"https://bank.example/{text.language}/news/all/{text.slug}"


def _two(text: Text, urls: dict[str, str]) -> str:
    """Two of the languages; the paragraphs pasted from a word processor."""
    w = text.words
    body = "".join(
        f"<p class=MsoNormal style='text-align:justify'><span style='font-size:12.0pt' lang={text.language.upper()}>{block}<o:p></o:p></span></p>"
        for block in [text.lead, *text.body]
    )
    return document(
        text,
        hreflang(urls),
        f"<section class=page><div class=article__crumbs><a href='/'>{w['home']}</a></div><h1 class=article__h>{text.title}</h1><time class=article__time>{text.written}</time>"
        f"<div class='article__text'><div class=WordSection1>{body}</div></div><div class=article__share>{w['share']}</div></section><div class=more-news>{related(text)}</div>",
    )


def _infinite_url(text: Text) -> str:
    return f"https://nezkinchenno.example/{'' if text.language == 'uk' else text.language + '/'}story/{text.number + 330045}"


def _infinite(text: Text, urls: dict[str, str]) -> str:
    """The next articles stand below, whole, in elements of the same names."""

    def item(number: int, title: str, lead: str, body: list[str], url: str) -> str:
        return (
            f"<div class='infinite-item' data-url='{url}' data-n='{number}'><h1 class='infinite-item__title'>{title}</h1><div class='infinite-item__author'>{text.author if number == 0 else 'UNN Desk'}</div>"
            f"<div class='infinite-item__lead'>{lead}</div><div class='infinite-item__text'>{p(*body)}</div></div>"
        )

    sentence = {
        "uk": "У місті говорять про це вже третій тиждень, і ніхто не знає, чим воно скінчиться.",
        "ru": "В городе говорят об этом уже третью неделю, и никто не знает, чем это кончится.",
        "en": "The town has been talking about it for three weeks, and nobody knows how it will end.",
    }[text.language]
    below = "".join(
        item(n + 1, title, f"{title}.", [f"{title}: {sentence}", f"{sentence} {title}."], f"/story/{n}")
        for n, title in enumerate(text.others)
    )
    return document(
        text,
        hreflang(urls) + ld(text, urls[text.language]),
        f"<div id=feed>{item(0, text.title, text.lead, text.body, urls[text.language])}{below}</div>",
    )


def _flight_url(text: Text) -> str:
    return f"https://potik.example/{text.language}/articles/{text.slug}-{text.number + 41200}"


def _flight(text: Text, urls: dict[str, str]) -> str:
    """Nuxt: the page is drawn, and its data stand in a script as well; the paragraphs are <div>s in <section>s."""
    w = text.words
    state = json.dumps(
        {"data": [{"id": text.number, "html": "".join(p(block) for block in text.body)}]}, ensure_ascii=False
    )
    rows = "".join(
        f"<section data-v-7a1b><div data-v-7a1b class='text-block'>{block}</div></section>" for block in text.body
    )
    return document(
        text,
        hreflang(urls),
        f"<div id='__nuxt'><div data-v-7a1b class='page-article'><div data-v-7a1b class='page-article__hero'><h1 data-v-7a1b>{text.title}</h1><p data-v-7a1b class='page-article__subtitle'>{text.lead}</p>"
        f"<span data-v-7a1b class='page-article__author'>{text.author}</span><span data-v-7a1b class='page-article__date'>{text.written}</span></div><div data-v-7a1b class='page-article__content'>{rows}</div></div>"
        f"<div class='latest'>{related(text, '<div class=latest__item>{title}</div>')}</div><div class='cookie-note'>{w['subscribe']}</div></div><script type='application/json' id='__NUXT_DATA__'>{state}</script>",
    )


# ------------------------------------------------------------------ written when the draft had been changed for the above
def _endless_url(text: Text) -> str:
    return f"https://strum.example/{text.language}/{text.day[2]:02d}.{text.day[1]:02d}.{text.day[0]}/{text.slug}"


def _endless(text: Text, urls: dict[str, str]) -> str:
    """The next articles below in <section>s with advertisements between them; a heading as the lead; relative times."""
    w = text.words
    sentence = {
        "uk": "Про це в місті говорять уже третій тиждень, а чим воно скінчиться, не знає ніхто.",
        "ru": "Об этом в городе говорят уже третью неделю, а чем это кончится, не знает никто.",
        "en": "The town has talked of it for three weeks now, and how it will end nobody knows.",
    }[text.language]

    def item(title: str, lead: str, body: list[str], day: str) -> str:
        return (
            f"<section class='reader'><h2 class='reader-title'>{title}</h2><h3 class='reader-second'>{lead}</h3><p class='reader-who'><time itemprop=datePublished datetime='{day}'>{w['home']}</time> <i>{text.author}</i></p>"
            f"<div class='reader-text'>{p(*body)}</div></section><div class='adv-line'>{w['subscribe']}</div>"
        )

    below = "".join(
        item(title, f"{title}. {sentence}", [f"{sentence} {title}."], "2024-01-02") for title in text.others
    )
    return document(
        text,
        hreflang(urls) + f"<meta name=author content='{text.author}'>",
        f"<nav>{w['home']}</nav><div class=stream>{item(text.title, text.lead, text.body, text.iso)}{below}</div>",
    )


def _soup_url(text: Text) -> str:
    return f"https://kasha.example/{text.language}/{text.day[0]}{text.day[1]:02d}{text.day[2]:02d}/{text.number + 4120}"


def _soup(text: Text, urls: dict[str, str]) -> str:
    """<div>s alone, with hashes for names, a <div> a paragraph; the switch of languages is of buttons."""
    w = text.words

    def div(name: str, inner: str) -> str:
        return f"<div class='{_hashed(text, name)}'>{inner}</div>"

    buttons = "".join(f"<button data-href='{url}'>{code}</button>" for code, url in urls.items())
    body = "".join(f"<div>{block}</div>" for block in text.body)
    return document(
        text,
        f"<meta property='og:title' content='{text.title.replace(chr(39), '&#39;')}'>",
        div(
            "page",
            div("top", buttons)
            + div(
                "story",
                div("h", f"<h1>{text.title}</h1>")
                + div("when", text.written)
                + div("lead", text.lead)
                + div("text", body),
            ),
        )
        + div("foot", w["rights"]),
    )


def _signed_url(text: Text) -> str:
    return f"https://lystok.example/{ {'uk': '', 'ru': 'ru/', 'en': 'en/'}[text.language] }archive/{text.number + 1990}.html"


def _signed(text: Text, urls: dict[str, str]) -> str:
    """Cells with <tbody>, a number like a year as the id, "Text: name" in italics at the end, pictures with captions between."""
    w, half = text.words, len(text.body) // 2
    by = {"uk": "Текст", "ru": "Текст", "en": "Text"}[text.language]
    choices = "".join(f"<option data-url='{url}'>{code}</option>" for code, url in urls.items())
    photo = f"<table align=right><tbody><tr><td><img src=p.jpg></td></tr><tr><td><small>{w['source']}: UNN</small></td></tr></tbody></table>"
    return document(
        text,
        "",
        f"<table><tbody><tr><td><a href='/'>{w['home']}</a><select>{choices}</select></td></tr></tbody></table><table><tbody><tr><td><ul>{related(text)}</ul></td><td><h1>{text.title}</h1><p><small>{text.written}</small></p>"
        f"<p><b>{text.lead}</b></p>{p(*text.body[:half])}{photo}{p(*text.body[half:])}<p><em>{by}: {text.author}</em></p></td></tr></tbody></table><p align=center>{w['rights']}</p>",
    )


def _govern_url(text: Text) -> str:
    return f"https://rada.misto.example/{ {'uk': 'uk', 'ru': 'ru', 'en': 'en'}[text.language] }/press-center/news/{text.slug}/{text.number + 90}"


def _govern(text: Text, urls: dict[str, str]) -> str:
    """A municipality: tools for the blind, a print button, attached files and a map of the site around the text."""
    w = text.words
    files = "".join(
        f"<li class='doc-list__item'><a href='/f/{n}.pdf'>{title}.pdf</a> <span>120 KB</span></li>"
        for n, title in enumerate(text.others)
    )
    return document(
        text,
        hreflang({**urls, "x-default": urls["uk"]}),
        f"<div class='a11y-panel'><button>A+</button><button>A-</button></div><div class='crumb-line'><a href='/'>{w['home']}</a></div><div class='inner-page'><div class='inner-page__title'>{text.title}</div><div class='inner-page__date'>{text.day[2]:02d}.{text.day[1]:02d}.{text.day[0]} 10:20</div>"
        f"<div class='inner-page__announce'>{text.lead}</div><div class='editor'>{p(*text.body)}</div><div class='doc-list__cap'>{w['tags']}</div><ul class='doc-list'>{files}</ul><a class='print-it' href='#'>{w['share']}</a></div><footer>{w['rights']}</footer>",
    )


FRESH = {
    "block theme, lang in the query": Kind(_block_theme_url, _block_theme, has_ids=False),
    "drupal, text in parts": Kind(_paragraphs_url, _paragraphs, has_ids=False, has_author=False),
    "bitrix, an id an edition": Kind(_element_id_url, _element_id, has_ids=False, has_author=False),
    "hashes for names": Kind(_hashes_url, _hashes, has_ids=True),
    "headline in og:title alone": Kind(_og_url, _og, has_ids=False, has_author=False),
    "tables without names": Kind(_tables_2003_url, _tables_2003, has_ids=False, has_author=False, charset="cp1251"),
    "crowded text": Kind(_crowded_url, _crowded, has_ids=True),
    "article is for teasers": Kind(_teasers_url, _teasers, has_ids=False),
    "languages in a select": Kind(_select_url, _select, has_ids=True),
    "itemprop alone": Kind(_microdata_url, _microdata, has_ids=True),
    "two languages": Kind(_two_url, _two, has_ids=False, has_author=False, languages=("uk", "en")),
    "more articles below": Kind(_infinite_url, _infinite, has_ids=True, has_day=True),
    "drawn by a server": Kind(_flight_url, _flight, has_ids=True),
}

FRESH_LATER = {
    "endless, dates in the path": Kind(_endless_url, _endless, has_ids=False),
    "hashes on divs": Kind(_soup_url, _soup, has_ids=True, has_author=False),
    "cells, signed": Kind(_signed_url, _signed, has_ids=True),
    "municipality": Kind(_govern_url, _govern, has_ids=False, has_author=False),
}
