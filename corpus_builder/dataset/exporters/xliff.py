"""XLIFF 2.0 (OASIS 2014): a unit a row with one segment, its scores and metadata in the metadata module.

A `file` is a split. Translation programs keep the metadata of a unit, and show it beside the texts where they can.
Characters that XML does not allow are left out of a text. https://docs.oasis-open.org/xliff/xliff-core/v2.0/
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from corpus_builder.dataset.exporters.selection import SAID, ExportOutcome, Selection
from corpus_builder.errors import UsageError
from corpus_builder.escape import xml

_CORE = "urn:oasis:names:tc:xliff:document:2.0"
_METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
# The namespace of XML itself, which every parser knows under the prefix xml.
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ROW = ("article_id", "date", "section", "position", "kind", "label", "probability", "complete", "audited",
        "origin", "paragraph_id")  # fmt: skip


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file. Raises UsageError where no direction of translation was named."""
    from lxml import etree

    if not selection.directed:
        raise UsageError(
            "XLIFF has a source and a target", next_step="name them: --pair en-uk is from English into Ukrainian"
        )
    source, target = selection.languages
    about = {"version": "2.0", "srcLang": source, "trgLang": target}
    rows = 0
    with etree.xmlfile(str(out), encoding="utf-8") as file:
        file.write_declaration()
        with file.element(f"{{{_CORE}}}xliff", about, nsmap={None: _CORE, "mda": _METADATA}):
            for split, members in groupby(selection.rows(whole=True), key=lambda item: item[0]):
                with file.element(f"{{{_CORE}}}file", id=_token(split)):
                    for _, row in members:
                        file.write(_unit(row, source, target), pretty_print=True)
                        rows += 1
    return selection.outcome(rows)


def _unit(row: dict[str, Any], source: str, target: str) -> Any:
    from lxml import etree

    # Line breaks are part of a text, which other programs may make spaces without this.
    unit = etree.Element(f"{{{_CORE}}}unit", {"id": _token(row["id"]), _SPACE: "preserve"}, nsmap={None: _CORE})
    metadata = etree.SubElement(unit, f"{{{_METADATA}}}metadata", nsmap={"mda": _METADATA})
    facts = {name: row.get(name) for name in _ROW} | {"flags": " ".join(row["flags"])}
    _group(metadata, "row", facts)
    _group(metadata, "quality", row.get("quality") or {})
    for language in (source, target):
        _group(metadata, language, {name: (row.get(name) or {}).get(language) for name in ("url", *SAID)})
    segment = etree.SubElement(unit, f"{{{_CORE}}}segment", state="translated")
    for side, language in (("source", source), ("target", target)):
        etree.SubElement(segment, f"{{{_CORE}}}{side}").text = xml(row["translation"][language])
    return unit


def _group(metadata: Any, category: str, facts: dict[str, Any]) -> None:
    """The facts that a row has, as a group; none, where it has none: a group must not be empty."""
    from lxml import etree

    known = {name: value for name, value in facts.items() if value not in (None, "")}
    if known:
        group = etree.SubElement(metadata, f"{{{_METADATA}}}metaGroup", category=category)
        for name, value in known.items():
            etree.SubElement(group, f"{{{_METADATA}}}meta", type=name).text = xml(str(value))


def _token(text: str) -> str:
    """An id of XLIFF is an NMTOKEN of XML: without spaces and most punctuation."""
    return re.sub(r"[^\w.:-]", "_", text) or "_"
