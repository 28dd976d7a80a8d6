"""How the program reads the inputs of each kind (fuzz_inputs.py). `KINDS` has them all.

A reader returns what became of its input, one word or two for each part of it ("edition", "drop: empty_body"), and
raises AssertionError where an edition is not as it must be.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fuzz_files as files
import pyarrow as pa
from fuzz_inputs import (
    HOME,
    WHEN,
    addresses,
    configs,
    feeds,
    mhtml,
    packed_warc,
    pages,
    robots_files,
    served,
    site,
    site_files,
    sitemaps,
    sometimes_gzip,
    tables,
    warcs,
)

from corpus_builder.audit.folder import DESIGN, SAMPLE
from corpus_builder.cli.saved_page import file_capture
from corpus_builder.crawl import CrawlOptions, index_pages, index_warcs, read_captures, warc_index
from corpus_builder.crawl import pages as pages_index
from corpus_builder.crawl.discover import Discovery
from corpus_builder.crawl.fetch import Exchange
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.page_facts import OfListing
from corpus_builder.crawl.robots import RobotsUnavailable, load_robots
from corpus_builder.errors import ConfigError, CorpusBuilderError, SkipPage
from corpus_builder.extract import extract_page, read_articles
from corpus_builder.model import Capture, Drop, Edition
from corpus_builder.quotes import BlockSpan, find_quotes
from corpus_builder.sites import Site, load_site
from corpus_builder.stages.config import load_config
from corpus_builder.text.normalise import original
from corpus_builder.text.sentences import split
from corpus_builder.web.guard import EXTRACTOR_FAILURES
from corpus_builder.web.links import is_url
from corpus_builder.workspace.tables import EDITIONS, edition_row

TYPES = ["text/html; charset=utf-8", "text/html", "", "text/html; charset=windows-1251", "application/xhtml+xml", "x"]
CODINGS = ["", "", "", "", "gzip", "br", "deflate", "zstd", "identity", "UTF-8"]

Outcomes = Iterator[str]


class Here:
    """A process apart that is this one, whose time and memory are looked at."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def results(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """What the function makes of each task."""
        return map(self._function, tasks)


@contextmanager
def here(function: Callable[[Any], Any]) -> Iterator[Here]:
    yield Here(function)


vars(warc_index)["page_process"] = vars(pages_index)["page_process"] = here


@dataclass(frozen=True)
class Kind:
    """A kind of input: its unchanged inputs, packings to choose from, and how it is read from a file in a folder.

    `values`: some inputs stay well-formed and have other values (fuzz_mutations.with_other_values).
    """

    inputs: Callable[[], list[bytes]]
    read: Callable[[bytes, Path, random.Random], Outcomes]
    pack: Callable[[bytes, random.Random], bytes] = lambda data, _: data
    values: bool = False


@cache
def without_layouts(name: str) -> Site:
    return Site(site(name).rules.model_copy(update={"layouts": []}))


def options() -> CrawlOptions:
    return CrawlOptions(site().languages, since=date(2000, 1, 1))


# ---- what an edition must be


def check_edition(edition: Edition) -> None:
    """Every offset indexes the text that it claims, and the edition can be written."""
    for block in (*edition.blocks, *edition.captions):
        text = block.text
        text.encode()
        assert text, "an empty block"
        assert text == text.strip(), "a block with white space around it"
        place = 0
        for edit in block.edits:
            assert place <= edit.start <= edit.end <= len(text), f"edit {edit} of {len(text)} characters"
            place = edit.end
        original(text, block.edits)
        for link in block.links:
            assert 0 <= link.start < link.end <= len(text), f"link {link} of {len(text)} characters"
        end = 0
        for start, following in split(text, edition.language):
            assert end <= start < following, "sentences that overlap"
            assert not text[end:start].strip(), "characters between two sentences"
            end = following
        assert not text[end:].strip(), "characters behind the last sentence"
    check_quotations(edition)
    pa.Table.from_pylist([edition_row(edition)], EDITIONS)


def check_quotations(edition: Edition) -> None:
    """The places of quotations, speakers and cues have these words."""

    def words(span: BlockSpan) -> str:
        text = edition.blocks[span.block].text
        assert 0 <= span.start < span.end <= len(text), f"{span} of {len(text)} characters"
        return text[span.start : span.end]

    for quote in find_quotes(edition.blocks, edition.language):
        assert quote.spans, "a quotation without words"
        assert list(quote.spans) == sorted(quote.spans), "spans out of order"
        for span in quote.spans:
            words(span)
        for remark in quote.insertions:
            assert any(
                span.block == remark.block and span.start <= remark.start and remark.end <= span.end
                for span in quote.spans
            ), "an insertion outside of the words"
        for text, place in ((quote.speaker, quote.speaker_span), (quote.cue, quote.cue_span)):
            assert place is None or words(place) == text, f"{place} is not {text!r}"


def outcome(item: Edition | Drop | SkipPage) -> str:
    """An edition or a drop as a word, once the edition is checked. A fault of the extractor is a fault."""
    if isinstance(item, Edition):
        check_edition(item)
        return "edition"
    assert item.reason not in EXTRACTOR_FAILURES, item.detail
    return f"drop: {item.reason}"


def extracted(capture: Capture, rules: Site) -> str:
    try:
        return outcome(extract_page(capture, rules))
    except SkipPage as skipped:
        return outcome(skipped)


# ---- pages


CANONICAL = re.compile(rb"""rel=["']?canonical["']?\s{1,9}href=["']?([^"'\s>]{1,500})""")


def address_and_site(data: bytes, draw: random.Random) -> tuple[str, Site]:
    """The URL that a page names and the site that has it; else any URL."""
    named = CANONICAL.search(data)
    url = named[1].decode("utf-8", "replace") if named else ""
    if is_url(url):
        for name in ("sample", "pravda"):
            if site(name).address(url):
                return url, site(name)
    return draw.choice(addresses()), site()


def read_page(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    url, rules = address_and_site(data, draw)
    yield extracted(Capture(url, 200, {"content-type": draw.choice(TYPES)}, data, None, "fuzz"), rules)


def read_page_without_rules(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    url, rules = address_and_site(data, draw)
    headers = {"content-type": draw.choice(TYPES)}
    yield extracted(Capture(url, 200, headers, data, None, "fuzz"), without_layouts(rules.rules.name))


def read_saved(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    """As `--pages` and as `extract-page` read a file."""
    name = draw.choice(("page.mhtml", "page.html", "page.mht.gz", "index.html"))
    path = folder / urlsplit(draw.choice(addresses())).netloc / "news" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    refs, drops = index_pages(folder, site(), options())
    for _, capture in read_captures(refs):
        yield outcome(capture) if isinstance(capture, SkipPage) else extracted(capture, site())
    yield from map(outcome, drops)
    yield "page: " + extracted(file_capture(path, None), site())


# ---- robots, sitemaps, feeds


def exchange(data: bytes, path: str, draw: random.Random, kinds: list[str]) -> Exchange:
    headers = [("Content-Type", draw.choice(kinds))]
    if coding := draw.choice(CODINGS):
        headers.append(("Content-Encoding", coding))
    return Exchange(HOME + path, 200, "OK", (), tuple(headers), data, WHEN)


def read_robots(data: bytes, _: Path, draw: random.Random) -> Outcomes:
    answer = exchange(data, "/robots.txt", draw, ["text/plain", "text/plain; charset=utf-8", ""])

    async def get(_: str) -> Exchange:
        return answer

    try:
        robots = asyncio.run(load_robots(answer.url, get))
    except RobotsUnavailable:
        yield "rules unavailable"
        return
    for url in addresses()[:5]:
        robots.allows(url), robots.reserves(url)
    assert robots.delay >= 0, "a delay that is no time"
    assert all(isinstance(url, str) for url in robots.sitemaps)
    yield "rules"


def read_listing(kind: str) -> Callable[[bytes, Path, random.Random], Outcomes]:
    def read(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
        frontier = Frontier(folder / "state.sqlite")
        discovery = Discovery(site(), options(), frontier)
        answer = exchange(data, f"/{kind}.xml", draw, ["application/xml", "text/xml; charset=utf-8", ""])
        try:
            frontier.add_listing("sitemap" if kind == "sitemap" else "feed", answer.url)
            page = frontier.claim_listing(WHEN.timestamp())
            assert page is not None
            listing = OfListing(answer, is_page=False).answer()
            discovery.add(page, answer, listing)
            yield "listing with a fault" if listing.fault else "listing"
        finally:
            frontier.close()

    return read


# ---- WARC files


def read_warc(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    path = folder / draw.choice(("a.warc.gz", "a.warc", "a.warc.zst", "a"))
    path.write_bytes(data)
    refs, drops = index_warcs(path, site(), options())
    yield from map(outcome, drops)
    for _, capture in read_captures(refs):
        yield outcome(capture) if isinstance(capture, SkipPage) else extracted(capture, site())


def read_wacz(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "a.wacz").write_bytes(data)
    yield from map(outcome, index_warcs(folder / "a.wacz", site(), options())[1])


# ---- tables


def read_table(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    path = folder / draw.choice(("a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.jsonl.gz", "a.csv.gz"))
    path.write_bytes(data)
    yield from map(outcome, read_articles(path, site()))


# ---- configs and rules of sites


def read_config(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "a.toml").write_bytes(data)
    load_config(str(folder / "a.toml")).model_dump_json()
    yield "config"


def read_site(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    (folder / "a.toml").write_bytes(data)
    rules = load_site(str(folder / "a.toml"))
    url = draw.choice(addresses())
    rules.address(url), rules.sitemap_month(HOME + "/sitemap/sitemap-2025-12.xml.gz")
    try:
        yield "rules; " + extracted(Capture(url, 200, {}, served()[url.removeprefix(HOME)].body, None, "fuzz"), rules)
    except ConfigError:
        yield "rules; refused at a page"


KINDS: dict[str, Kind] = {
    "page": Kind(pages, read_page),
    "page without rules": Kind(pages, read_page_without_rules),
    "MHTML": Kind(mhtml, read_saved, sometimes_gzip),
    "robots": Kind(robots_files, read_robots),
    "sitemap": Kind(sitemaps, read_listing("sitemap"), sometimes_gzip),
    "feed": Kind(feeds, read_listing("feed"), sometimes_gzip),
    "WARC": Kind(warcs, read_warc, packed_warc),
    "table": Kind(tables, read_table, sometimes_gzip),
    "run config": Kind(configs, read_config),
    "site rules": Kind(site_files, read_site),
    "answer of an index": Kind(files.index_answers, files.read_index_answer, values=True),
    "WACZ": Kind(files.waczs, read_wacz),
    "state of a crawl": Kind(files.crawl_states, files.read_crawl_state, values=True),
    "captures": Kind(files.captures_files, files.read_captures_file, values=True),
    "shard of editions": Kind(files.shards, files.read_shard, values=True),
    "shard of beads": Kind(files.bead_files, files.read_bead_file, values=True),
    "manifest": Kind(files.manifests, files.read_manifest, values=True),
    "people.toml": Kind(files.people_files, files.read_people_file),
    "corrections": Kind(files.corrections_files, files.read_corrections_file, values=True),
    "design of an audit": Kind(files.designs, files.read_audit_file(DESIGN), values=True),
    "sample of an audit": Kind(files.samples, files.read_audit_file(SAMPLE), values=True),
    "judgements": Kind(files.judgement_files, files.read_audit_file("judgements/anna.jsonl"), values=True),
    "annotations": Kind(files.annotations, files.read_annotations, values=True),
    "outputs of a system": Kind(files.outputs, files.read_output),
    "seed lexicon": Kind(files.lexicons, files.read_lexicon),
}


def run(kind: str, data: bytes, folder: Path, draw: random.Random) -> list[str]:
    """What becomes of an input. Errors that the program raises on purpose are outcomes; others pass."""
    outcomes: list[str] = []
    try:
        for each in KINDS[kind].read(data, folder, draw):
            outcomes.append(each)  # noqa: PERF402 (what came before an error counts, too)
    except SkipPage as skipped:
        outcomes.append(outcome(skipped))
    except CorpusBuilderError as error:
        outcomes.append(f"error: {type(error).__name__}")
    return outcomes
