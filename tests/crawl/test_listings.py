"""Sitemaps and feeds that are not well-formed, and indexes that do not end."""

from __future__ import annotations

import json
from datetime import date

import pytest

from corpus_builder.crawl import crawl_drops
from corpus_builder.crawl.listing import parse_listing
from corpus_builder.errors import SkipPage
from corpus_builder.sites import Site, load_site

from .conftest import HOME

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLS = ["https://x.org/1/", "https://x.org/2/?a=1&b=2", "https://x.org/3/"]
GOOD = "<url><loc>https://x.org/1/</loc></url>", "<url><loc>https://x.org/3/</loc></url>"


def urls(text: str | bytes) -> list[str]:
    return [page.url for page in parse_listing(text.encode() if isinstance(text, str) else text, {}).pages]


@pytest.mark.parametrize(
    "entry",
    [
        "<url><loc>https://x.org/2/?a=1&b=2</loc></url>",
        "<url><loc>https://x.org/2/?a=1&amp;b=2&nbsp;</loc></url>",
        "<url><loc><![CDATA[https://x.org/2/?a=1&b=2]]></loc><title>&copy; & &laquo;</title></url>",
        "<url><loc>https://x.org/2/?a=1&b=2</loc><lastmod>2025</url>",
        "<url><loc>https://x.org/2/?a=1&b=2\v</loc><x a=1>t</x></url>",
        "<url><loc>https://x.org/2/?a=1&amp;b=2</loc><news:t>x</news:t><image:loc>https://x.org/i.png</image:loc></url>",
    ],
)
def test_a_blemish_costs_nothing(entry):
    listing = parse_listing(f"<?xml version='1.0'?><urlset {NS}>{GOOD[0]}{entry}{GOOD[1]}</urlset>".encode(), {})
    assert [page.url for page in listing.pages] == URLS
    assert listing.fault == ""


@pytest.mark.parametrize(
    "entry", ["<url><loc>https://x.org/2", "<url>& <lastmod>2025</url>", "<url><loc>a<b</loc></url>"]
)
def test_what_is_lost_is_counted_and_the_others_are_kept(entry):
    listing = parse_listing(f"<urlset {NS}>{GOOD[0]}{entry}{GOOD[1]}</urlset>".encode(), {})
    assert [page.url for page in listing.pages] == [URLS[0], URLS[2]]
    assert listing.fault.endswith("1 of 3 entries could not be read")


@pytest.mark.parametrize(
    "preface", ["\n\n  ", "<br />\n<b>Warning</b>: mysql & co\n", "\ufeff\ufeff", "<!-- cached -->\n"]
)
def test_text_before_the_declaration(preface):
    assert urls(f'{preface}<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NS}>{GOOD[0]}</urlset>') == URLS[:1]


def test_a_listing_that_is_cut_is_not_whole_and_its_last_address_no_address():
    listing = parse_listing(f"<urlset>{GOOD[0]}<url><loc>https://x.org/2".encode(), {})
    assert ([page.url for page in listing.pages], bool(listing.fault)) == (URLS[:1], True)
    assert parse_listing(f"<urlset>{GOOD[0]}".encode(), {}).fault


def test_feeds_with_raw_ampersands_and_entities_of_html():
    rss = (
        "<rss><channel><title>R&B&nbsp;</title><item><title>Q & A &mdash;</title><link>https://x.org/1/</link></item>"
        "<!-- <item><link>https://x.org/old/</link></item> --><item><link>https://x.org/2/?a=1&b=2</link></item>"
        "</channel></rss>"
    )
    assert urls(rss) == URLS[:2]
    assert urls('<feed><title>&</title><entry><link href="https://x.org/1/"/></entry></feed>') == URLS[:1]


def test_html_is_no_listing_however_broken():
    for text in ("<html><p>a & b<url><loc>https://x.org/</loc></url>", "<p>&nbsp;</p>", "plain & simple"):
        with pytest.raises(SkipPage, match="not_a_listing"):
            parse_listing(text.encode(), {})


def test_a_number_like_a_month_leaves_no_sitemap_out(paper, run):
    names = ["/sitemap-200001.xml", "/sitemap_2019-01.xml", "/sitemap-2000-01.xml"]
    for number, name in enumerate(names):
        paper.sitemap(name, paper.story(number, "uk"))
    summary = run(since=date(2025, 1, 1))
    assert [paper.count(name) for name in names] == [1, 1, 0], "only the last is named as the rules of the site say"
    assert summary.dropped["outside_dates"] == summary.counts["listings_outside_dates"] == 1


def test_dates_that_change_change_what_is_outside(paper, run, tmp_path):
    paper.sitemap("/sitemap-2024-01.xml", paper.story(1, "uk", day="2024/01/05"))
    assert run(since=date(2025, 1, 1)).dropped["outside_dates"] == 1
    [why] = [drop.detail for drop in crawl_drops(tmp_path / "crawl") if drop.reason == "outside_dates"]
    assert why == "its name says 2024-01"
    assert "outside_dates" not in run(since=date(2024, 1, 1)).dropped


def test_a_wide_index_of_indexes_ends_at_the_limit(paper, run, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.discover._MAX_SITEMAPS", 20)
    for number in range(60):
        children = "".join(
            f"<sitemap><loc>{paper.base}/s{child}.xml</loc></sitemap>" for child in range(3 * number, 3 * number + 4)
        )
        paper.put(f"/s{number}.xml", f"<sitemapindex {NS}>{children}</sitemapindex>")
    paper.name_in_robots("/s0.xml")
    summary = run()
    assert summary.dropped["endless_index"] > 0
    assert sum(asked.path.startswith("/s") for asked in paper.asked) <= 21


def test_one_sitemap_under_many_addresses_is_read_some_times(paper, run):
    paths = paper.story(1, "uk")
    children = [f"/page/{number}.xml" for number in range(40)]
    for child in children:
        paper.put(child, f"<urlset {NS}><url><loc>{HOME}{paths[0]}</loc></url></urlset>")
    paper.index("/index.xml", children)
    summary = run()
    assert sum(map(paper.count, children)) == 11
    assert summary.dropped["same_content"] == 29
    assert summary.counts["pages_fetched"] == 1


def test_empty_months_are_not_one_sitemap(paper, run):
    children = [f"/month/{number}.xml" for number in range(30)]
    for child in children:
        paper.put(child, f"<urlset {NS}></urlset>")
    paper.index("/index.xml", children)
    run()
    assert sum(map(paper.count, children)) == 30


def test_a_site_without_rules_for_names_reads_all_its_sitemaps(paper):
    rules = load_site("pravda").rules
    silent = Site(
        rules.model_copy(update={"crawl": rules.crawl.model_copy(update={"sitemap_month": None})}), paper.base
    )
    assert silent.sitemap_month(f"{HOME}/sitemap-2025-12.xml") is None


@pytest.mark.parametrize(
    "reference", ["&#55357;", "&#xD83D;&#xDE00;", "&#0;", "&#x110000;", "&#99999999999;", "&#xFFFE;"]
)
def test_references_to_no_character_cost_nothing(reference):
    entry = f"<url><loc>https://x.org/2/?a=1&amp;b=2</loc><title>{reference}</title></url>"
    listing = parse_listing(f"<urlset {NS}>{GOOD[0]}{entry}{GOOD[1]}</urlset>".encode(), {})
    assert [page.url for page in listing.pages] == URLS
    assert listing.fault == ""


@pytest.mark.parametrize("text", ["<urlset>", "<urlset><", "<rss x", "<feed>&", "<urlset xmlns='h t'><urlset>"])
def test_a_listing_without_entries(text):
    assert urls(text) == []


def test_whatever_a_listing_does_is_a_drop(monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.listing._parsed", lambda *_: 1 / 0)
    with pytest.raises(SkipPage, match="extractor_error: ZeroDivisionError"):
        parse_listing(b"<urlset/>", {})


@pytest.mark.parametrize("before", [0, 1])
def test_a_long_text_without_spaces_is_no_listing(before):
    """It is cut within a letter where its first word is looked at."""
    with pytest.raises(SkipPage, match="not_a_listing"):
        parse_listing(b"x" * before + "я".encode() * 9_000, {})


def test_sitemaps_of_text_and_json_feeds():
    assert urls("\ufeff" + "\r\n".join(URLS)) == URLS
    listing = parse_listing(("\n".join(URLS) + "\nno address\n").encode(), {})
    assert (len(listing.pages), listing.fault) == (3, "1 of 4 entries have no address")
    items = [{"id": url, "url": url, "date_modified": "2025-12-01"} for url in URLS]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [*items, {"id": "7"}]})
    listing = parse_listing(feed.encode(), {})
    assert [(page.url, page.lastmod) for page in listing.pages] == [(url, "2025-12-01") for url in URLS]
    assert listing.fault == "1 of 4 entries have no address"
    for other in ('{"a": 1}', "{", "Not found", "[]"):
        with pytest.raises(SkipPage, match="not_a_listing"):
            parse_listing(other.encode(), {})


def test_unusual_names_of_addresses():
    assert urls(f"<urlset {NS}>{GOOD[0].replace('loc>', 'LOC>')}{GOOD[1]}</urlset>") == [URLS[0], URLS[2]]
    rdf = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    assert urls(f'<r:RDF {rdf}><item r:about="{URLS[0]}"><title>x</title></item></r:RDF>') == URLS[:1]
    assert parse_listing(b"<urlset><url><x/></url></urlset>", {}).fault == "1 of 1 entries have no address"
