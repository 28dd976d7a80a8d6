"""A test set in the XML of the WMT shared tasks (since 2021): documents with source and reference, segment by segment.

A story is a document; its rows are the segments, numbered from 1. https://github.com/wmt-conference/wmt-format-tools
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.errors import UsageError
from corpus_builder.escape import one_line, xml


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write one file. Raises UsageError where no direction of translation was named, or more than one split."""
    from lxml import etree

    if not selection.directed:
        raise UsageError("a test set has a direction", next_step="name it: --pair en-uk is from English into Ukrainian")
    if len(selection.splits) != 1:
        raise UsageError("a test set is one split", next_step=f"name it: --split {selection.splits[-1]}")
    source, target = selection.languages
    rows = 0
    with out.open("wb") as binary, etree.xmlfile(binary, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("dataset", id=f"{selection.config}-{selection.splits[0]}"):
            stories = groupby(selection.rows(whole=True), key=lambda item: item[1]["article_id"])
            for article_id, members in stories:
                texts = [(row["translation"][source], row["translation"][target]) for _, row in members]
                # Which edition was written first is not known.
                document = etree.Element("doc", id=xml(article_id), origlang="und")
                for kind, language, side in (("src", source, 0), ("ref", target, 1)):
                    attributes = {"lang": language} | ({"translator": "A"} if kind == "ref" else {})
                    _side(etree.SubElement(document, kind, attributes), [text[side] for text in texts])
                file.write(document, pretty_print=True)
                rows += len(texts)
    return selection.outcome(rows)


def _side(side: Any, texts: list[str]) -> None:
    from lxml import etree

    paragraph = etree.SubElement(side, "p")
    for number, text in enumerate(texts, 1):
        etree.SubElement(paragraph, "seg", id=str(number)).text = xml(one_line(text))
