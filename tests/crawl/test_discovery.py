"""Which listings are asked for, what is read out of them, and which pages come of it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import date

import pytest

from corpus_builder.crawl import crawl, crawl_drops, crawl_links, index_crawl
from corpus_builder.sites import Site, SiteRules, load_site

from .conftest import HOME, OPTIONS, Answer

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def found(folder, site, **changes):
    return [ref.url.removeprefix(HOME) for ref in index_crawl(folder / "crawl", site, replace(OPTIONS, **changes))]


def reasons(folder):
    return {drop.item.removeprefix(HOME): drop.reason for drop in crawl_drops(folder / "crawl")}


def test_monthly_sitemaps_outside_the_dates_are_not_downloaded(paper, run, site, tmp_path):
    months = {}
    for month in (9, 10, 11, 12):
        months[month] = f"/sitemap/sitemap-2025-{month:02d}.xml.gz"
        paper.sitemap(months[month], paper.story(month, "uk", day=f"2025/{month:02d}/15"))
    paper.answers["/robots.txt"][0].body = b"User-agent: *\nDisallow:\n"
    paper.index("/sitemap/sitemap.xml", list(months.values()))
    summary = run(since=date(2025, 10, 20), until=date(2025, 11, 30))
    assert [path for path in months.values() if paper.count(path)] == [months[10], months[11]]
    assert found(tmp_path, site) == ["/news/2025/11/15/11/"]
    assert paper.pages_asked() == ["/news/2025/11/15/11/"], "the October page lies before --since"
    assert summary.counts["listings_outside_dates"] == 2
    assert (summary.counts["urls_listed"], summary.counts["urls_wanted"]) == (2, 1)


def test_sitemaps_untouched_since_before_the_dates_are_not_downloaded(paper, run):
    paper.sitemap("/old.xml", paper.story(1))
    paper.answers["/robots.txt"][0].body = b"User-agent: *\nDisallow:\n"
    paper.put("/index.xml", f"<sitemapindex {NS}><sitemap><loc>{paper.base}/old.xml</loc>"
              "<lastmod>2020-01-01</lastmod></sitemap></sitemapindex>")  # fmt: skip
    paper.name_in_robots("/index.xml")
    run(since=date(2025, 1, 1))
    assert paper.count("/old.xml") == 0
    run(since=date(2019, 1, 1))
    assert paper.count("/old.xml") == 1


@pytest.mark.parametrize("packed", [True, False])
def test_gz_sitemaps_real_and_fake(paper, run, packed):
    paper.sitemap("/sitemap.xml.gz", paper.story(1, "uk"))
    if packed:
        answer = paper.answers["/sitemap.xml.gz"][0]
        paper.put("/sitemap.xml.gz", Answer(gzip.compress(answer.body), headers={"Content-Type": "application/gzip"}))
    assert run().counts["pages_fetched"] == 1


def test_a_gzip_bomb_is_a_counted_drop(paper, run, tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.visit.LISTING_BYTES", 2**20)
    paper.put("/sitemap.xml", gzip.compress(b" " * 2**22))
    paper.name_in_robots("/sitemap.xml")
    run()
    assert reasons(tmp_path)["/sitemap.xml"] == "too_large"


def test_a_sitemap_that_breaks_off_gives_what_stands_before_the_break(paper, run, tmp_path):
    paths = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", [*paths, "/news/2025/12/1/2/"])
    answer = paper.answers["/sitemap.xml"][0]
    paper.put("/sitemap.xml", answer.body[: answer.body.rindex(b"<url>") + 9])
    paper.put("/html.xml", "<html><body>not found, but 200</body></html>")
    paper.name_in_robots("/html.xml")
    summary = run()
    assert paper.pages_asked() == paths
    assert reasons(tmp_path)["/sitemap.xml"] == "broken_xml"
    assert reasons(tmp_path)["/html.xml"] == "not_a_listing"
    assert reasons(tmp_path)["/sitemap/sitemap-archive.xml"] == "http_404", (
        "the site's rules name it, robots.txt does not"
    )
    assert summary.counts["listings_failed"] == 2


def test_entities_are_not_expanded(paper, run, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("/news/2025/12/1/77/")
    paper.put(
        "/sitemap.xml",
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]>'
        f"<urlset {NS}><url><loc>{paper.base}&x;</loc></url></urlset>",
    )
    paper.name_in_robots("/sitemap.xml")
    run()
    assert not any("77" in asked.path for asked in paper.asked)


def test_url_variants_are_one_page_asked_as_the_sitemap_has_it(paper, run, site, tmp_path):
    path = paper.story(1, "uk", day="2025/12/1")[0]
    variants = [
        path,
        path + "index.amp",
        path.rstrip("/"),
        path + "?utm_source=rss",
        path + "#comments",
        f"http://pravda.com.ua{path}",
        f"https://www.pravda.com.ua{path}",
    ]
    paper.sitemap("/sitemap.xml", variants)
    run()
    assert paper.pages_asked() == [path]
    assert found(tmp_path, site) == [path]


def test_listed_urls_that_are_no_pages_of_the_site_are_dropped(paper, run, tmp_path):
    paper.sitemap(
        "/sitemap.xml", ["/tags/x/", "https://life.pravda.com.ua/a/", "http://[broken/", "http://x:99999999/"]
    )
    paper.answers["/robots.txt"][0].body += b"Sitemap: https://elsewhere.example.org/sitemap.xml\nSitemap: /nonsense\n"
    run()
    assert {url: reason for url, reason in reasons(tmp_path).items() if "archive" not in url} == {
        "/tags/x/": "not_an_article",
        "https://life.pravda.com.ua/a/": "off_site",
        "http://[broken/": "bad_url",
        "http://x:99999999/": "bad_url",
        "https://elsewhere.example.org/sitemap.xml": "off_site",
        "/nonsense": "bad_url",
    }


def test_alternates_of_a_sitemap_are_kept(paper, run, tmp_path):
    paths = paper.story(1, "uk")
    promised = f"{HOME}/eng/news/2025/12/01/1/"
    paper.put(
        "/sitemap.xml",
        f'<urlset {NS}><url><loc>{HOME}{paths[0]}</loc><xhtml:link rel="alternate" hreflang="en" href="{promised}"/>'
        "</url></urlset>",
    )
    paper.name_in_robots("/sitemap.xml")
    run()
    links = [(link.language, link.url) for link in crawl_links(tmp_path / "crawl") if link.origin == "sitemap"]
    assert links == [("en", promised)]


def test_feeds_in_windows_1251_and_atom(paper, run, site, tmp_path):
    first, second, third = (paper.story(number, "uk")[0] for number in (1, 2, 3))
    rss = (
        '<?xml version="1.0" encoding="windows-1251"?>\n<rss version="2.0"><channel><title>Українська правда</title>'
        f"<link>{HOME}</link><image><url>{HOME}/up.gif</url></image>"
        f"<item><title>Новина «один»</title><link>{paper.base}{first}</link></item>"
        f'<item><title>Новина</title><guid isPermaLink="true">{paper.base}{second}</guid></item></channel></rss>'
    )
    paper.put("/rss/", Answer(rss.encode("cp1251"), headers={"Content-Type": "text/xml; charset=utf-8"}))
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://www.pravda.com.ua/"/><entry>'
        f'<link rel="enclosure" href="{HOME}/x.mp3"/><link href="{paper.base}{third}"/></entry></feed>'
    )
    paper.put("/rus/rss/", atom)
    run(sources=("feeds",))
    assert sorted(paper.pages_asked()) == [first, second, third]


def test_day_archives(paper, run, site, tmp_path):
    paths = paper.story(1, day="2025/12/01") + paper.story(2, "uk", day="2025/12/02") + paper.story(3, "uk")
    paper.put("/archives/date_01122025/", f'<html><body><a href="{paths[0]}">a</a><a href="/tags/">t</a></body></html>')
    paper.put("/archives/date_02122025/", f'<html><body><a href="{HOME}{paths[3]}">b</a></body></html>')
    run(sources=("archives",), since=date(2025, 12, 1), until=date(2025, 12, 2))
    assert sorted(paper.pages_asked()) == [paths[0], paths[3]], "hreflang is not among the sources"
    assert reasons(tmp_path)["/eng/archives/date_01122025/"] == "http_404"


def test_a_limit_keeps_the_newest_stories_and_spares_the_other_listings(paper, run, site, tmp_path):
    months = []
    for month in (10, 11, 12):
        paths = [path for n in range(3) for path in paper.story(month * 10 + n, day=f"2025/{month}/{n + 1:02d}")]
        months.append(f"/sitemap-2025-{month}.xml")
        paper.sitemap(months[-1], paths, f"2025-{month}-05")
    summary = run(limit=2)
    assert found(tmp_path, site, limit=2) == [
        "/eng/news/2025/12/02/121/", "/rus/news/2025/12/02/121/", "/news/2025/12/02/121/",
        "/eng/news/2025/12/03/122/", "/rus/news/2025/12/03/122/", "/news/2025/12/03/122/",
    ]  # fmt: skip
    assert summary.counts["stories_wanted"] == 2
    assert [path for path in months if paper.count(path)] == [months[2]]
    paper.forget()
    run()
    assert len(paper.pages_asked()) == 21, "the rest, and nothing twice"


def test_editions_of_one_story_share_its_first_month(paper, run, site, tmp_path):
    uk = paper.story(1, "uk", day="2025/11/30")
    en = paper.story(1, "en", day="2025/12/01")
    paper.sitemap("/sitemap.xml", uk + en)
    run()
    refs = index_crawl(tmp_path / "crawl", site, OPTIONS)
    assert [(ref.language, ref.month) for ref in refs] == [("en", "2025-11"), ("uk", "2025-11")]


def test_a_new_port_of_the_mirror_is_the_same_site(paper, run, site, tmp_path):
    paper.sitemap("/sitemap.xml", paper.story(1), "2025-12-01")
    run()
    moved = Site(load_site("pravda").rules, paper.base.replace("127.0.0.1", "localhost"))
    for answers in paper.answers.values():
        for answer in answers:
            answer.body = answer.body.replace(b"127.0.0.1", b"localhost")
    paper.forget()
    crawl(moved, OPTIONS, tmp_path / "crawl")
    assert paper.pages_asked() == []
    assert len(index_crawl(tmp_path / "crawl", moved, OPTIONS)) == 3


def parts_of_feed(paper, kind, days, last=None):
    """A feed in parts of a story each, of these days; the last names `last` as its next."""
    stories = [paper.story(8009697 + number, "uk", day)[0] for number, day in enumerate(days)]
    paths = ["/rss/", *(f"/p/{number}" for number in range(1, len(days)))]
    for number, (path, story) in enumerate(zip(paths, stories, strict=True)):
        following = paths[number + 1] if number + 1 < len(paths) else last
        url, headers = f"{HOME}{story}", {}
        if kind == "json":
            body = json.dumps({"items": [{"url": url}], "next_url": following and HOME + following})
        elif kind == "atom":
            link = f'<link rel="next" href="{following}"/>' if following else ""
            body = f'<feed xmlns="http://www.w3.org/2005/Atom">{link}<entry><link href="{url}"/></entry></feed>'
        else:
            body = f"<rss><channel><item><link>{url}</link></item></channel></rss>"
            headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        paper.put(path, Answer(body.encode(), headers=headers))
    return stories


@pytest.fixture
def of_feed(paper, tmp_path):
    rules = tmp_path / "fed.toml"
    feeds = f'[crawl]\n[crawl.feeds]\nuk = ["{HOME}/rss/"]\n'
    rules.write_text(f'extends = "pravda"\nname = "fed"\n{feeds}', encoding="utf-8")
    site = load_site(str(rules), paper.base)

    def run(**changes):
        options = replace(OPTIONS, languages=("uk",), sources=("feeds",), **changes)
        return crawl(site, options, tmp_path / "crawl")

    return run


@pytest.mark.parametrize("kind", ["json", "atom", "header"])
def test_a_feed_in_parts_is_read_to_its_end(paper, of_feed, kind):
    stories = parts_of_feed(paper, kind, ["2025/12/03", "2025/12/02", "2025/12/01"], last="/rss/")
    of_feed()
    assert sorted(paper.pages_asked()) == sorted(stories)
    assert [paper.count(path) for path in ("/rss/", "/p/1", "/p/2")] == [1, 1, 1], "a circle ends"
    paper.forget()
    of_feed()  # its first part is unchanged
    assert paper.count("/p/2") == 1


def test_a_feed_in_parts_is_read_as_far_as_the_dates_go(paper, of_feed):
    stories = parts_of_feed(paper, "json", ["2025/12/03", "2025/12/02", "2025/12/01", "2025/11/30"])
    of_feed(since=date(2025, 12, 2))
    assert sorted(paper.pages_asked()) == sorted(stories[:2])
    assert (paper.count("/p/2"), paper.count("/p/3")) == (1, 0)


def test_a_feed_that_leads_elsewhere_or_does_not_end(paper, of_feed, tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_builder.crawl.discover._MAX_FEED_PARTS", 2)
    parts_of_feed(paper, "json", ["2025/12/03", "2025/12/02", "2025/12/01", "2025/11/30"])
    of_feed()
    assert paper.count("/p/3") == 0
    assert [drop.reason for drop in crawl_drops(tmp_path / "crawl")] == ["endless_index"]
    paper.put("/rss/", json.dumps({"items": [], "next_url": "https://elsewhere.example/feed"}))
    of_feed()
    assert [drop.reason for drop in crawl_drops(tmp_path / "crawl")] == ["off_site"]


def test_the_real_sitemaps_and_feed(shared):
    from corpus_builder.crawl.listing import parse_listing

    index = parse_listing((shared / "data/sitemaps/sitemap-archive.xml").read_bytes(), {})
    assert len(index.sitemaps) == 309
    assert load_site("pravda").sitemap_month(index.sitemaps[0].url) == "2025-12"
    month = parse_listing((shared / "data/sitemaps/sitemap-2025-12.xml").read_bytes(), {})
    assert len(month.pages) == 486
    assert {len(page.alternates) for page in month.pages} == {2}
    feed = parse_listing(
        (shared / "data/rss/pravda.com.ua.ru.2020-09-29.xml").read_bytes(), {"content-type": "text/xml; charset=utf-8"}
    )
    assert len(feed.pages) == 20
    assert not feed.fault


def test_rules_that_learn_of_more_pages_find_them_in_listings_read_before(paper, run, site, tmp_path):
    path = "/society/2025/12/1/5/"
    paper.put(path, "<html><body>x</body></html>")
    paper.sitemap("/sitemap.xml", [path])
    run()
    assert reasons(tmp_path)[path] == "not_an_article"
    data = site.rules.model_dump()
    data["editions"]["uk"]["paths"].append(r"/society/(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<id>\d+)/")
    wider = Site(SiteRules.model_validate(data), site.mirror)
    crawl(wider, OPTIONS, tmp_path / "crawl")
    assert found(tmp_path, wider) == [path]
    assert path not in reasons(tmp_path)
