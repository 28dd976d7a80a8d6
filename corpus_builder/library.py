"""The functions that a notebook or a script needs, as `corpus_builder` exports them.

No function is called like a package below `corpus_builder`: importing that package would replace the function.

Each takes and returns plain values and the types of model.py, and imports the code behind it when it is called: this
module itself needs nothing but the standard library. Options that only few users need are left to the functions that
it calls, and to the command line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_builder.model import Alignment, Block, BlockKind, Document, Edition, PlacedBead, QuoteSide, Segment, Story

if TYPE_CHECKING:
    from corpus_builder.align.aligner import Aligner
    from corpus_builder.evaluate.evaluation import Evaluation
    from corpus_builder.model import Capture
    from corpus_builder.sites import Site
    from corpus_builder.stages.funnel import Funnel
    from corpus_builder.text.language import Detection
    from corpus_builder.text.quantities import Quantities
    from corpus_builder.workspace.layout import Workspace

logging.getLogger("corpus_builder").addHandler(logging.NullHandler())  # the program decides what is shown

Texts = Mapping[str, Sequence[str]]
"""One story: the segments (sentences or paragraphs) of each language, in reading order."""


def build(
    config: str | Path,
    workspace: str | Path = "workspace",
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
    contact: str | None = None,
    base_url: str | None = None,
    warc: str | None = None,
    pages: str | Path | None = None,
    articles: str | Path | None = None,
    common_crawl: str | None = None,
    cdx: Sequence[str] = (),
    wayback: bool = False,
    index_table: Sequence[str] = (),
    records: str | None = None,
    replace: bool = False,
    workers: int | None = None,
) -> Funnel:
    """Run all stages, from crawling to the dataset and the report, as `corpus-builder build` does.

    Args:
        config: a run config: the path of a TOML file, or the name of a shipped one (`pravda`).
        workspace: the folder to work in. The dataset is its subfolder `dataset`. A later call carries on, or adds the
            stories of other dates.
        since: the first day, instead of that of the config.
        until: the last day, inclusive.
        limit: the maximum number of stories.
        contact: your address for the user agent, needed to crawl over the network: `mailto:you@university.example`.
        base_url: a mirror or test server that serves the site.
        warc: read these WARC files (a glob) instead of crawling.
        pages: read the saved pages of this folder instead of crawling.
        articles: read this table of articles (JSONL, CSV, Parquet) instead of crawling.
        common_crawl: fetch the site's pages from these crawls of Common Crawl (`CC-MAIN-2025-05`, separated by commas).
        cdx: fetch them from the archive with these indexes (URLs of CDX servers).
        wayback: fetch them from the Wayback Machine, or from one whose index `cdx` names.
        index_table: fetch them by these indexes in Parquet (files, folders, or URLs of stores).
        records: where the WARC files of the indexes are (an http, https or s3 URL).
        replace: start the dataset anew, instead of adding to the stories of earlier calls.
        workers: worker processes; default: the number of cores. In a script, call `build` under
            `if __name__ == "__main__":`, because worker processes import the script again.

    Returns:
        The counts after each step (`steps`), and the number of dropped items by stage and reason (`dropped`).

    Raises:
        UsageError, ConfigError: the config or an argument is wrong.
        RunError: disk, network or data failed.
        NothingProduced: no row came out; the message names the stage and the reasons.
    """
    from corpus_builder.crawl import archive_of
    from corpus_builder.stages.build import build as run_stages
    from corpus_builder.stages.build import build_run
    from corpus_builder.stages.config import load_config
    from corpus_builder.stages.stage import Source

    settings = load_config(str(config), since=since, until=until, limit=limit, crawl={"contact": contact})
    archive = archive_of(common_crawl, cdx, records, wayback=wayback, tables=index_table)
    source = Source(warc, Path(pages) if pages else None, Path(articles) if articles else None, archive)
    return run_stages(
        build_run(settings, Path(workspace), mirror=base_url, source=source, workers=workers, replace=replace)
    )


def train_aligner(stories: Sequence[Texts], languages: Sequence[str] | None = None) -> Aligner:
    """Train an aligner on stories; no annotated data is needed. A hundred stories make it better than one.

    Args:
        stories: the segments of each story by language, e.g. `[{"uk": ["…", "…"], "en": ["…"]}]`. An edition may be
            missing in a story. For pairs of uk, ru and en a seed lexicon is included.
        languages: the languages, in the order of the beads' sides; default: as they first occur.

    Returns:
        An aligner for `align_stories(stories, aligner)`; it has `save(folder)` and the class method `load(folder)`.

    Raises:
        UsageError: fewer than two languages.
    """
    from corpus_builder.align.aligner import train as train_on_documents
    from corpus_builder.errors import UsageError

    chosen = languages or list(dict.fromkeys(language for story in stories for language in story))
    if len(set(chosen)) < 2:
        raise UsageError("an alignment needs at least two languages", next_step="pass stories as {language: segments}")
    return train_on_documents(_documents(stories), chosen)


def align_stories(stories: Sequence[Texts], aligner: Aligner | None = None) -> list[Alignment]:
    """Align the segments of each story across all its languages.

    Args:
        stories: as for `train_aligner`.
        aligner: a trained one; default: one trained on these stories.

    Returns:
        One Alignment a story. Its `beads` are groups of segments that translate each other: `bead.segments` maps every
        language of the story to indices (0-based, () for an empty side), `bead.probability` (0 to 1) is calibrated.
        Every segment is in exactly one bead.

    Raises:
        UsageError: fewer than two languages.
    """
    aligner = aligner or train_aligner(stories)
    return [aligner.align(document) for document in _documents(stories)]


def extract_page(page: str | Path | bytes, url: str, site: str | Path, *, base_url: str | None = None) -> Edition:
    """Extract one page by the rules of its site.

    Args:
        page: HTML as text or bytes, or the Path of a saved page.
        url: the page's URL; it determines the edition's language and article id.
        site: the name of a shipped site, or the path of a rule file (.toml).
        base_url: the mirror or test server that the page came from; its links lead there.

    The page is read in a process apart, which the first call starts (a second) and which waits for more: no page can
    hang, crash or overfill the caller's.

    Returns:
        The edition: headline and paragraphs (`blocks`), captions, authors, date, section, tags.

    Raises:
        SkipPage: the page has no edition; `reason` is one of those in docs/sites.md.
        ConfigError: there is no such site.
        OSError: the file cannot be read.
    """
    from corpus_builder.model import Capture
    from corpus_builder.sites import load_site
    from corpus_builder.web.page_process import read_apart

    body, headers, origin = page, {}, ""
    if isinstance(page, Path):
        body, origin = page.read_bytes(), str(page)
    elif isinstance(page, str):
        body, headers = page.encode(), {"content-type": "text/html; charset=utf-8"}
    assert isinstance(body, bytes)
    return read_apart(_extracted, url, (Capture(url, 200, headers, body, None, origin), load_site(str(site), base_url)))


def _extracted(page: tuple[Capture, Site]) -> Edition:
    """The edition of a capture, in the process apart."""
    from corpus_builder.extract import extract_page as extract

    return extract(*page)


def find_quotes(text: Edition | Sequence[str], language: str | None = None) -> list[QuoteSide]:
    """Find quotations and their speakers in one edition.

    Args:
        text: an edition, or paragraphs of plain text.
        language: `uk`, `ru` or `en`; needed for paragraphs. Other languages have no quotation rules yet, and no quotes.

    Returns:
        The quotations in reading order: words, form, speaker (full name), mention (as written), cue verb, and `spans`,
        the places of the words (block, start, end; in code points).

    Raises:
        UsageError: paragraphs without a language.
    """
    from corpus_builder.errors import UsageError
    from corpus_builder.quotes import find_quotes as find
    from corpus_builder.quotes.alignment import quote_side

    if isinstance(text, Edition):
        blocks, language = text.blocks, language or text.language
    else:
        blocks = tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in text)
    if language is None:
        raise UsageError("find_quotes needs the language of the paragraphs", next_step='pass language="uk"')
    return [quote_side(language, quote, blocks) for quote in find(blocks, language)]


def split_sentences(text: str, language: str) -> list[str]:
    """Split a paragraph into sentences. Languages other than uk, ru and en get general rules.

    >>> split_sentences("Є 3 млн грн. Чи 4?", "uk")
    ['Є 3 млн грн.', 'Чи 4?']
    """
    from corpus_builder.text.sentences import sentences

    return sentences(text, language)


def quantities(text: str, language: str) -> Quantities:
    """The numbers in a text, written in digits or in words, with scales and dates resolved.

    Two texts agree as far as `corpus_builder.text.quantities.numbers_agree` (0 to 1) says.
    """
    from corpus_builder.text.quantities import quantities as read

    return read(text, language)


def identify_language(text: str, among: Sequence[str] | None = None) -> Detection:
    """The most probable language of a text (`language`) and its `probability`; "und" if the text has no letters.

    `among` are the languages to choose from; default: all whose file says what tells them (docs/languages.md).

    >>> identify_language("Об'єднані сили").language
    'uk'

    Raises ValueError for a language that the model does not have.
    """
    from corpus_builder.text.language import identify

    return identify(text, among)


def read_stories(workspace: str | Path) -> Iterator[Story]:
    """The extracted stories of a workspace, each with its editions by language, in the order of months and ids.

    Raises UsageError if the folder has no articles.
    """
    from corpus_builder.workspace.tables import read_stories as read

    for path in _workspace(workspace).shards().values():
        yield from read(path)


def read_beads(workspace: str | Path) -> Iterator[tuple[Story, list[PlacedBead]]]:
    """The aligned stories of a workspace with their beads, both of sentences and of blocks (`bead.level`).

    The segments of a bead are `spans`: `story.editions[span.language].blocks[span.block].text[span.start:span.end]`.

    Raises UsageError if the folder has no articles.
    """
    from corpus_builder.workspace.stories import aligned_stories

    place = _workspace(workspace)
    for shard in place.shards():
        for aligned in aligned_stories(place, shard):
            yield aligned.story, aligned.beads


def evaluate_systems(
    sources: Sequence[str],
    references: Sequence[str],
    systems: Mapping[str, Sequence[str]],
    *,
    source_language: str,
    target_language: str,
    metrics: Sequence[str] | None = None,
    documents: Sequence[str] | None = None,
    seed: int = 12345,
) -> Evaluation:
    """Score machine translations and test whether differences are significant.

    Args:
        sources: the source segments, without line breaks.
        references: one reference translation for each.
        systems: for each system name its translations, one for each segment.
        source_language: e.g. `en`.
        target_language: e.g. `uk`.
        metrics: names as for `corpus-builder evaluate --metric`; default: those that need no model.
        documents: the document of each segment; with 20 or more of them, whole documents are resampled.
        seed: of bootstrap resampling and of randomisation.

    Returns:
        `scores[metric]` is an array with one score a system, in the order of `systems`; `ranking[metric]` the ranks
        with significant differences; `interval(metric, system)` a 95 % confidence interval.

    Raises:
        UsageError: the lengths differ, or a metric is unknown.
    """
    from corpus_builder.errors import UsageError
    from corpus_builder.evaluate.evaluation import Settings
    from corpus_builder.evaluate.evaluation import evaluate as run
    from corpus_builder.evaluate.metrics import DEFAULT, MetricSettings, make_metrics
    from corpus_builder.evaluate.significance import Resampling
    from corpus_builder.evaluate.testset import Pair, Row, TestSet

    lengths = {"references": references, **systems, **({"documents": documents} if documents is not None else {})}
    for name, lines in lengths.items():
        if len(lines) != len(sources):
            raise UsageError(f"{name}: {len(lines)} segments for {len(sources)} source segments")
    names = documents if documents is not None else [None] * len(sources)
    rows = tuple(
        Row(str(number), source, (reference,), document=document)
        for number, (source, reference, document) in enumerate(zip(sources, references, names, strict=True), 1)
    )
    test = TestSet(Pair(source_language, target_language), rows)
    return run(
        test,
        systems,
        make_metrics(metrics or DEFAULT, test, MetricSettings()),
        Settings(resampling=Resampling(seed=seed)),
    )


def _documents(stories: Sequence[Texts]) -> list[Document]:
    """The aligner's documents; segments count as paragraphs of their own."""
    return [
        Document(
            str(number),
            {
                language: tuple(Segment(text, block) for block, text in enumerate(segments))
                for language, segments in story.items()
            },
        )
        for number, story in enumerate(stories)
    ]


def _workspace(folder: str | Path) -> Workspace:
    from corpus_builder.errors import UsageError
    from corpus_builder.workspace.layout import Workspace

    place = Workspace(Path(folder).absolute())
    if not place.articles.is_dir():
        raise UsageError(f"{folder} is not a workspace with extracted articles", next_step="run a build in it first")
    return place
