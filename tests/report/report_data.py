"""Report data of any size to draw pages from."""

from __future__ import annotations

from corpus_builder.report import (
    BeadFigures,
    FunnelStage,
    Histogram,
    Period,
    ReportData,
    ShownBead,
    ShownEdition,
    ShownSegment,
    ShownStory,
)
from corpus_builder.report.data import Covered, PairVerdict, StoryPage, Verdict, WorstRow

LANGUAGES = ("uk", "ru", "en")


def bead(position: int = 0, flags: tuple[str, ...] = (), probability: float | None = 0.97, **texts: str) -> ShownBead:
    sides = {language: (ShownSegment(text, "paragraph", opens_block=True),) for language, text in texts.items()}
    return ShownBead(position, sides, probability, 0.9, "en-uk names_agree", {"en-uk": 0.97, "en-ru": 0.98}, flags)


def story(number: int, *beads: ShownBead, languages: tuple[str, ...] = LANGUAGES) -> ShownStory:
    editions = tuple(
        ShownEdition(language, f"Title {number} {language}", f"https://x.example/{language}/{number}", None, "old")
        for language in languages
    )
    levels = {"block": beads, "sentence": beads}
    return ShownStory(str(number), "2025-12-01", "news", editions, 0.99, levels, {"block": 0, "sentence": 0})


def full() -> ReportData:
    histogram = Histogram(0.01, {0: 3, 50: 10, 99: 40})
    beads = BeadFigures(
        53, 4, {"1–1–1": 49, "1–0–0": 4}, {"moved": 2}, dict.fromkeys(LANGUAGES, (90, 100)), histogram,
        Histogram(0.5, {-3: 1, 4: 52}),
    )  # fmt: skip
    return ReportData(
        title="A corpus",
        site="A site",
        homepage="https://x.example",
        languages=LANGUAGES,
        verdict=Verdict(
            {"en-uk": PairVerdict(1000, 900, 850)},
            {"uk": Covered(900, 1000, 2000)},
            (WorstRow("7", "stories/1.html#story-3", 0.02, "en-uk names_agree", ("moved",), {"uk": "Ні", "en": "No"}),),
        ),
        stages=(
            FunnelStage("crawl", (("URLs seen", 12345), ("pages at hand", 90)), {"http_404": 7}),
            FunnelStage("align", (("sentence beads", 53),), {"one_sided_sentence": 4}),
        ),
        months={
            "2025-10": Period({"uk": 5, "ru": 4, "en": 3}, {2: 1, 3: 3}),
            "2025-12": Period({"uk": 2, "ru": 2, "en": 2}, {3: 2}),
            "undated": Period({"uk": 1, "en": 1}, {2: 1}),
        },
        layouts={"old": 20},
        rows={"sentences": {"train": 1040, "test": 9}, "sentences.en-uk": {"train": 30}},
        beads={"block": beads, "sentence": beads},
        ratios={"en-ru": Histogram(1 / 8, {-40: 1, 0: 9, 3: 4})},
        pages=(
            StoryPage("1.html", 200, "2025-10-01", "2025-11-30"),
            StoryPage("2.html", 1, "2025-12-01", "2025-12-01"),
        ),
        older=7,
    )
