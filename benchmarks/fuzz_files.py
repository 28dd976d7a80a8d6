"""Files that the program or people wrote, as they may come back: of a crawl, a workspace, an audit, an evaluation.

Each `*_files` makes the unchanged inputs of a kind, each `read_*` reads one as the program does (fuzz_kinds.py).
"""

from __future__ import annotations

import gzip
import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from fuzz_inputs import HOME, WHEN, addresses, served, site, warcs

from corpus_builder.align.words import seed_lexicon
from corpus_builder.audit.exchange import read_judgements
from corpus_builder.audit.folder import DESIGN, SAMPLE, Design, SampleRow, read_audit, write_audit
from corpus_builder.audit.report import report
from corpus_builder.audit.strata import Stratum
from corpus_builder.corrections.beads import CorrectedBead, Corrections, corrections_file
from corpus_builder.corrections.folder import read_corrections
from corpus_builder.corrections.validity import checked
from corpus_builder.crawl import CaptureRef, CrawlOptions, crawl_drops, crawl_links, index_crawl
from corpus_builder.crawl.archive_state import ArchiveState
from corpus_builder.crawl.cdx_query import entries, page_count
from corpus_builder.crawl.frontier import Frontier
from corpus_builder.crawl.rows import Article
from corpus_builder.crawl.warc import Place
from corpus_builder.errors import SkipPage
from corpus_builder.evaluate.evaluation import Settings, evaluate
from corpus_builder.evaluate.lines import read_test_set
from corpus_builder.evaluate.metrics import MetricSettings, make_metrics
from corpus_builder.evaluate.systems import Systems, read_outputs
from corpus_builder.evaluate.testset import Pair, Row, TestSet
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture, Edition, PlacedBead, Span, Story
from corpus_builder.parquet import write_rows
from corpus_builder.workspace.captures import read_capture_refs, write_capture_refs
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.manifest import Manifest
from corpus_builder.workspace.people import SamePerson, read_people, write_people
from corpus_builder.workspace.tables import BEADS, EDITIONS, bead_row, edition_row, read_beads, read_stories

Outcomes = Iterator[str]


@cache
def stories() -> list[Story]:
    """A few stories of the sample newspaper."""
    found: dict[str, dict[str, Edition]] = {}
    for url in addresses():
        capture = Capture(url, 200, {}, served()[url.removeprefix(HOME)].body, None, "fuzz")
        try:
            edition = extract_page(capture, site())
        except SkipPage:  # the newspaper has such pages
            continue
        found.setdefault(edition.article_id, {})[edition.language] = edition
    whole = [Story("sample", article_id, editions) for article_id, editions in found.items() if len(editions) == 3]
    return whole[:5]


def _beads(story: Story) -> list[tuple[Span, ...]]:
    """The titles of a story as one bead, and each block of the first edition by itself."""
    spans = [Span(language, 0, 0, len(edition.blocks[0].text)) for language, edition in story.editions.items()]
    language, edition = next(iter(story.editions.items()))
    alone = [Span(language, number, 0, len(block.text)) for number, block in enumerate(edition.blocks) if number]
    return [tuple(spans), *((span,) for span in alone)]


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        return (Path(folder) / name).read_bytes()


# ---- crawls


def index_answers() -> list[bytes]:
    rows = [
        {"urlkey": "a", "timestamp": f"2025120{number}000000", "url": url, "mime": "text/html", "status": "200",
         "digest": "AAAA", "length": "1000", "offset": str(number * 1000), "filename": "a.warc.gz"}
        for number, url in enumerate(addresses()[:9])
    ]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    keyed = "".join(f"a {row['timestamp']} {json.dumps(row)}\n" for row in rows)
    table = json.dumps([list(rows[0]), *(list(row.values()) for row in rows)])
    return [lines.encode(), keyed.encode(), table.encode(), b'{"pages": 3, "pageSize": 5, "blocks": 9}', b"12"]


def read_index_answer(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    page_count(data)
    state = ArchiveState(folder / "state.sqlite", "https://records.example/")
    try:
        state.add_page("a", 0, entries(data, records=draw.random() < 0.7))
        for listed in state.captures():
            yield f"capture {listed.entry.unread}" if listed.entry.timestamp else "no time"
        yield from ("drop: bad_index_line" for _ in state.unread_lines())
    finally:
        state.close()


def waczs() -> list[bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.warc.gz", gzip.compress(warcs()[0], 1, mtime=0))
        archive.writestr("datapackage.json", '{"profile": "data-package", "wacz_version": "1.1.1"}')
    return [out.getvalue()]


def _options() -> CrawlOptions:
    return CrawlOptions(site().languages)


def _crawl(folder: Path) -> None:
    frontier = Frontier(folder / "state.sqlite")
    frontier.begin("{}", WHEN.timestamp())
    frontier.add_listing("sitemap", f"{HOME}/sitemap.xml")
    keys = [(url, address.key, address.date) for url in addresses() if (address := site().address(url))]
    frontier.add_articles(Article(url, *key, str(day) if day else None, None, 0) for url, key, day in keys)
    frontier.add_strays([(HOME, "not_an_article", "a")])
    frontier.add_links((f"{key.language}/{key.article_id}", "ru", url, "hreflang") for url, key, _ in keys)
    frontier.plan(_options(), WHEN.timestamp())
    for number in range(9):
        page = frontier.claim_article(WHEN.timestamp())
        assert page is not None
        if number % 3:
            frontier.stored(page, Place("crawl-00001.warc.gz", number * 1000, 900), capture_url=page.url,
                            fetched=WHEN.isoformat(), digest="sha1:AAAA", etag=None, last_modified=None)  # fmt: skip
        else:
            frontier.failed(page, "http_404", "Not Found", 0.0)
    frontier.close()


def crawl_states() -> list[bytes]:
    return [_written(_crawl, "state.sqlite")]


def read_crawl_state(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    (folder / "state.sqlite").write_bytes(data)
    if draw.random() < 0.5:
        refs = index_crawl(folder, site(), _options())
        yield from ("capture" for _ in refs)
        yield from (f"drop: {drop.reason[:20]}" for drop in crawl_drops(folder))
        yield from ("link" for _ in crawl_links(folder))
        return
    frontier = Frontier(folder / "state.sqlite")
    try:
        frontier.begin("{}", WHEN.timestamp())
        frontier.plan(_options(), WHEN.timestamp())
        while page := frontier.claim_article(WHEN.timestamp()):
            frontier.failed(page, "http_404", "", 0.0)
            yield "page"
    finally:
        frontier.close()


def _refs() -> list[CaptureRef]:
    keys = [(url, address.key) for url in addresses()[:9] if (address := site().address(url))]
    return [CaptureRef(url, *key, "2025-12", "/a.warc.gz", 10, 20, WHEN.isoformat(), "sha1:A") for url, key in keys]


def captures_files() -> list[bytes]:
    return [_written(lambda folder: write_capture_refs(Workspace(folder), _refs()), "crawl/captures.parquet")]


def read_captures_file(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "crawl").mkdir()
    (folder / "crawl/captures.parquet").write_bytes(data)
    yield from ("capture" for _ in read_capture_refs(Workspace(folder)))


# ---- workspaces


def shards() -> list[bytes]:
    rows = [edition_row(edition) for story in stories() for edition in story.editions.values()]
    return [_written(lambda folder: write_rows(folder / "a.parquet", EDITIONS, rows), "a.parquet")]


def read_shard(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "a.parquet").write_bytes(data)
    yield from ("story" for _ in read_stories(folder / "a.parquet"))


def bead_files() -> list[bytes]:
    rows = [
        bead_row(PlacedBead(story.article_id, "block", number, spans, 1.0, 0.9, {"ru-uk": 0.9}, ("moved",), 1.0))
        for story in stories()
        for number, spans in enumerate(_beads(story))
    ]
    return [_written(lambda folder: write_rows(folder / "a.parquet", BEADS, rows), "a.parquet")]


def read_bead_file(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "a.parquet").write_bytes(data)
    yield from ("beads" for _ in read_beads(folder / "a.parquet"))


def manifests() -> list[bytes]:
    def write(folder: Path) -> None:
        manifest = Manifest.open(Workspace(folder))
        (folder / "a.parquet").write_bytes(b"a")
        manifest.record("extract", "2025-12", "key", [folder / "a.parquet"], {"pages": 3}, 1.5)
        manifest.save()

    return [_written(write, "manifest.json")]


def read_manifest(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "manifest.json").write_bytes(data)
    manifest = Manifest.open(Workspace(folder))
    manifest.require_current()
    yield "fresh" if manifest.fresh("extract", "2025-12", "key") else "stale"
    manifest.counts("extract")
    manifest.keep_only("extract", ())
    manifest.save()


def people_files() -> list[bytes]:
    same = [SamePerson.of({"uk": ["Іван Коваль", "Коваль"], "en": ["Ivan Koval"]}), SamePerson.of({"ru": ["А. Б."]})]
    return [_written(lambda folder: write_people(Workspace(folder), same), "people.toml")]


def read_people_file(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    (folder / "people.toml").write_bytes(data)
    for person in read_people(Workspace(folder)):
        person.pairs()
        yield "person"


def corrections_files() -> list[bytes]:
    found = []
    for story in stories():
        beads = tuple(CorrectedBead.of(story, spans) for spans in _beads(story))
        found.append(Corrections(article_id=story.article_id).with_beads(beads).model_dump_json(indent=1).encode())
    return found


def read_corrections_file(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    named = [story for story in stories() if f'"{story.article_id}"'.encode() in data]
    story = draw.choice(named or stories())
    (folder / corrections_file(story.article_id)).write_bytes(data)
    for each in read_corrections(folder).values():
        result = checked(each, story)
        yield from ("held" for _ in result.held)
        yield from (f"void: {reason}" for reason in result.reasons)


# ---- audits


def _design() -> Design:
    strata = (Stratum("p >= .99, 1-1", 100, 0.995, 3), Stratum("p < .5", 20, 0.3, 2))
    return Design("a", "sentences", "", "1.0.0", 1, 5, ("anna", "olena"), strata, 0)


def _rows() -> list[SampleRow]:
    return [
        SampleRow(f"id{number}", story.article_id, number, "train", _design().strata[number % 2].name, 0.9,
                  {code: edition.title for code, edition in story.editions.items()}, {}, {},
                  {"en-uk": 0.9, "ru-uk": None}, ("anna", "olena"), 0.5)
        for number, story in enumerate(stories())
    ]  # fmt: skip


def _judged(number: int) -> dict[str, object]:
    return {"row": f"id{number}", "pairs": {"en-uk": "2m", "ru-uk": "1"}, "marks": "f", "annotator": "anna"}


def designs() -> list[bytes]:
    return [_written(lambda folder: write_audit(folder / "a", _design(), _rows()), f"a/{DESIGN}")]


def samples() -> list[bytes]:
    return [_written(lambda folder: write_audit(folder / "a", _design(), _rows()), f"a/{SAMPLE}")]


def judgement_files() -> list[bytes]:
    lines = [json.dumps(_judged(number)) for number in range(5)] + ['{"undo": "id3"}']
    return ["".join(line + "\n" for line in lines).encode()]


def read_audit_file(name: str) -> Callable[[bytes, Path, random.Random], Outcomes]:
    """How a file of an audit is read: the others are as they were."""

    def read(data: bytes, folder: Path, _: random.Random) -> Outcomes:
        write_audit(folder / "a", _design(), _rows())
        (folder / "a/judgements").mkdir()
        (folder / "a/judgements/anna.jsonl").write_bytes(judgement_files()[0])
        (folder / "a" / name).write_bytes(data)
        found = report(read_audit(folder / "a"))
        json.dumps(asdict(found))
        yield f"report{' with damage' if found.damaged else ''}"

    return read


def annotations() -> list[bytes]:
    choice = {"type": "choices", "from_name": "en-uk", "to_name": "en", "value": {"choices": ["1"]}}
    other = {"type": "choices", "from_name": "ru-uk", "to_name": "ru", "value": {"choices": ["2m"]}}
    tasks = [
        {"id": number, "data": {"id": f"id{number}"},
         "annotations": [{"completed_by": 17, "result": [choice, other], "was_cancelled": False}]}
        for number in range(5)
    ]  # fmt: skip
    short = [{"id": f"id{number}", "annotator": 17, "en-uk": "1", "ru-uk": {"choices": ["1"]}} for number in range(5)]
    records = [
        {"id": f"id{number}", "fields": {}, "metadata": {"id": f"id{number}"},
         "responses": {"en-uk": [{"value": "1", "user_id": "u"}], "ru-uk": [{"value": "1", "user_id": "u"}]}}
        for number in range(5)
    ]  # fmt: skip
    return [json.dumps(each, ensure_ascii=False).encode() for each in (tasks, short, records)]


def read_annotations(data: bytes, folder: Path, _: random.Random) -> Outcomes:
    write_audit(folder / "a", _design(), _rows())
    (folder / "a.json").write_bytes(data)
    found = read_judgements(read_audit(folder / "a"), folder / "a.json", ["anna"])
    yield from (f"read {name}" for name in found.read)
    yield from (f"left out: {reason}" for reason in found.left_out)


# ---- evaluation, lexicons


@cache
def _test() -> TestSet:
    rows = [(story.editions["en"].title, story.editions["uk"].title) for story in stories()]
    return TestSet(Pair.parse("en-uk"), tuple(Row(str(n), en, (uk,), None) for n, (en, uk) in enumerate(rows, 1)))


def outputs() -> list[bytes]:
    return ["".join(f"{row.references[0]}\n" for row in _test().rows).encode()]


def read_output(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    test = _test()
    path = folder / "a.uk"
    path.write_bytes(data)
    if draw.random() < 0.5:
        (folder / "a.en").write_bytes("".join(f"{row.source}\n" for row in test.rows).encode())
        test = read_test_set(folder / "a.en", [path], test.pair)
        path.write_bytes(outputs()[0])
    systems = Systems({"a": path}, {}, ("a",))
    found = read_outputs(systems, test, len(test), check_languages=draw.random() < 0.7)
    evaluate(test, found, make_metrics(["chrf", "bleu"], test, MetricSettings()), Settings(resampling=None))
    yield "scores"


def lexicons() -> list[bytes]:
    lexicon = seed_lexicon.SeedLexicon({"дом": 3.0, "місто": 2.0}, {"house": 3.0}, (("дом", "house", 2.5),), ("a",))

    def write(folder: Path) -> None:
        seed_lexicon.write(lexicon, folder / "en-uk.tsv.gz")

    return [_written(write, "en-uk.tsv.gz"), gzip.decompress(_written(write, "en-uk.tsv.gz"))]


def read_lexicon(data: bytes, folder: Path, draw: random.Random) -> Outcomes:
    path = folder / "en-uk.tsv.gz"
    path.write_bytes(data if data[:2] == b"\x1f\x8b" or draw.random() < 0.2 else gzip.compress(data, 1))
    found = seed_lexicon.find(folder, "en", "uk")
    assert found is not None
    yield "lexicon"
