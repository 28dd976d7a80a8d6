"""A second run asks only what may have changed, and an article that changed keeps its earlier capture."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from warcio.archiveiterator import ArchiveIterator

from corpus_builder.crawl import crawl_drops, index_crawl, index_warcs, read_captures

from .conftest import HOME, OPTIONS, Answer, warcio_check

OLD = "2025-12-01T10:00:00+02:00"


def records(folder, kind):
    found = []
    for path in sorted((folder / "crawl" / "warc").iterdir()):
        with path.open("rb") as file:
            found += [record.rec_headers for record in ArchiveIterator(file) if record.rec_type == kind]
    return found


def bodies(site, tmp_path):
    refs = index_crawl(tmp_path / "crawl", site, OPTIONS)
    return {ref.url.removeprefix(HOME): capture.body for ref, capture in read_captures(refs)}


def test_pages_older_than_their_capture_are_not_asked_again(paper, run, tmp_path):
    paper.sitemap("/sitemap.xml", paper.story(1), OLD)
    run()
    paper.forget()
    summary = run()
    assert paper.pages_asked() == []
    assert summary.counts["pages_not_asked"] == 3
    assert summary.counts["pages_usable"] == 3
    asked = next(asked for asked in paper.asked if asked.path == "/sitemap.xml")
    assert "if-none-match" in asked.headers, "listings are asked for conditionally"


def test_without_lastmod_pages_are_asked_conditionally(paper, run, site, tmp_path):
    paths = paper.story(1)
    paper.sitemap("/sitemap.xml", paths)
    run()
    before = bodies(site, tmp_path)
    paper.forget()
    summary = run()
    assert sorted(paper.pages_asked()) == sorted(paths)
    assert summary.counts["pages_not_modified"] == 3
    assert bodies(site, tmp_path) == before
    visits = [header for header in records(tmp_path, "revisit") if "/news/" in header.get_header("WARC-Target-URI")]
    assert len(visits) == 3
    assert visits[0].get_header("WARC-Profile").endswith("server-not-modified")
    assert visits[0].get_header("WARC-Refers-To-Date") < visits[0].get_header("WARC-Date")
    warcio_check(tmp_path)


def test_the_same_bytes_again_are_a_revisit(paper, run, site, tmp_path):
    paper.etags = False
    paper.sitemap("/sitemap.xml", paper.story(1, "uk"))
    run()
    before = bodies(site, tmp_path)
    summary = run()
    assert summary.counts["pages_same"] == 1
    assert bodies(site, tmp_path) == before
    profiles = [header.get_header("WARC-Profile") for header in records(tmp_path, "revisit")]
    assert all(profile.endswith("identical-payload-digest") for profile in profiles)
    warcio_check(tmp_path)


def test_a_changed_article_keeps_its_earlier_capture(paper, run, site, tmp_path):
    paths = paper.story(1, "uk")
    paper.sitemap("/sitemap.xml", paths, OLD)
    run()
    paper.story(1, "uk", text="Новий текст")
    paper.sitemap("/sitemap.xml", paths, "2099-01-01")
    summary = run()
    assert summary.counts["pages_fetched"] == 1
    assert "Новий текст".encode() in bodies(site, tmp_path)[paths[0]]
    refs, drops = index_warcs(tmp_path / "crawl" / "warc", site, OPTIONS)
    assert [drop.reason for drop in drops] == ["earlier_capture"]
    assert refs[:1] == index_crawl(tmp_path / "crawl", site, OPTIONS), "the WARC files alone say the same"


def test_a_page_that_was_gone_is_not_asked_again_at_once(paper, run):
    paths = paper.story(1)
    paper.put(paths[2], Answer(b"", 404))
    paper.sitemap("/sitemap.xml", paths, OLD)
    run()
    paper.forget()
    run()
    assert paths[2] not in paper.pages_asked()


def test_a_page_that_is_gone_now_is_not_used_and_one_that_fails_is(paper, run, site, tmp_path):
    paths = paper.story(1)
    paper.sitemap("/sitemap.xml", paths)
    run()
    paper.put(paths[1], Answer(b"<html><title>Just a moment...</title><p>Checking</p></html>"))
    paper.put(paths[2], Answer(b"", 404))
    run()
    assert sorted(bodies(site, tmp_path)) == sorted(paths[:2])
    assert {drop.reason for drop in crawl_drops(tmp_path / "crawl")} == {"http_404"}
    refs, _ = index_warcs(tmp_path / "crawl" / "warc", site, OPTIONS)
    assert {ref.language for ref in refs} == {"uk", "ru"}, "the WARC files alone say the same"


def test_other_dates_and_languages_reuse_what_is_there(paper, run, site, tmp_path):
    paths = paper.story(1, day="2025/11/30") + paper.story(2, day="2025/12/01")
    paper.sitemap("/sitemap.xml", paths, OLD)
    run(languages=("uk",), since=date(2025, 12, 1))
    assert paper.pages_asked() == [paths[3]]
    paper.forget()
    run()
    assert sorted(paper.pages_asked()) == sorted(set(paths) - {paths[3]})
    refs = index_crawl(tmp_path / "crawl", site, replace(OPTIONS, until=date(2025, 11, 30), languages=("en", "uk")))
    assert [(ref.article_id, ref.language, ref.month) for ref in refs] == [
        ("1", "en", "2025-11"), ("1", "uk", "2025-11")
    ]  # fmt: skip


def test_a_challenge_is_asked_again_in_the_next_run(paper, run):
    path, *others = paper.story(1)
    paper.sitemap("/sitemap.xml", [path, *others])
    answers = paper.answers[path]
    paper.answers[path] = []
    paper.put(
        path,
        Answer(
            b"<html><head><title>Just a moment...</title></head><body></body></html>",
            200,
            {"Content-Type": "text/html"},
        ),
    )
    assert run().counts["pages_usable"] == 2
    paper.answers[path] = answers
    paper.forget()
    assert run().counts["pages_usable"] == 3
    assert path in paper.pages_asked()
