"""TMX: a translation unit a row, its languages as variants, what is known of them as properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_builder.dataset.exporters.selection import SAID, ExportOutcome, Selection
from corpus_builder.tmx import TranslationUnit, Variant, write_tmx

_SEGMENT_TYPES = {"sentences": "sentence", "paragraphs": "paragraph"}


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file."""
    units = (_unit(row, split, selection) for split, row in selection.rows(least=2))
    source = selection.languages[0] if selection.directed else "*all*"
    segments = _SEGMENT_TYPES.get(selection.config.partition(".")[0], "block")
    return selection.outcome(write_tmx(out, units, source=source, segments=segments))


def _unit(row: dict[str, Any], split: str, selection: Selection) -> TranslationUnit:
    properties = {"split": split, **{name: row[name] for name in ("article_id", "date", "section", "kind", "label")}}
    properties |= {name: row.get(name) for name in ("probability", "complete")}
    properties["flags"] = " ".join(row["flags"])
    properties |= {name: row.get(name) for name in ("audited", "origin", "paragraph_id")}
    variants = tuple(
        Variant(language, text, {name: row.get(name, {}).get(language) for name in ("url", *SAID)})
        for language in selection.languages
        if (text := row["translation"][language])
    )
    return TranslationUnit(variants, properties, row["id"])
