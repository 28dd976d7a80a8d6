"""A small dataset with every awkwardness that a format may stumble over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.write import DatasetWriter

LANGUAGES = ("uk", "ru", "en")
ROW = Row(
    id="r1",
    article_id="7",
    date="2025-12-01",
    section="news",
    url={"uk": "https://site.example/7/", "ru": None, "en": "https://site.example/eng/7/"},
    position=0,
    kind="paragraph",
    label="source",
    translation={"uk": "Так & ні.\nДруге <речення>.", "ru": None, "en": 'A "tab"\there \\n.'},
    quality={
        "probability": 0.75,
        "score": 2.5,
        "probability_en_uk": 0.75,
        "probability_en_ru": None,
        "probability_ru_uk": None,
    },
    flags=("merged", "moved"),
)
ROWS = {
    "train": [
        ROW,
        replace(ROW, id="r2", position=1, translation={"uk": "Усі три.", "ru": "Все три.", "en": "All three."}),
        replace(ROW, id="r3", article_id="8", translation={"uk": None, "ru": "Без него.", "en": "With\x0bout it."}),
    ],
    "test": [replace(ROW, id="r4", article_id="9", translation={"uk": "Кінець 😀.", "ru": "Конец.", "en": "The end."})],
}


def write_rows(folder: Path, rows: dict[str, list[Row]]) -> Path:
    """Write rows of `sentences` to a dataset folder."""
    with DatasetWriter(folder, LANGUAGES) as writer:
        for split, own in rows.items():
            for row in own:
                writer.write("sentences", split, row)
    return folder
