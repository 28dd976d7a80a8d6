"""TMX 1.4b (LISA/ETSI), level 1: a translation unit a row, its languages as variants, the scores as properties.

Characters that XML does not allow are left out of a text. https://www.gala-global.org/tmx-14b
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from corpus_builder import __version__
from corpus_builder.dataset.exporters.selection import SAID, Outcome, Selection

# What is no Char of XML 1.0, section 2.2.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEGMENT_TYPES = {"sentences": "sentence", "paragraphs": "paragraph"}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write(selection: Selection, out: Path) -> Outcome:
    """Write one file."""
    from lxml import etree

    header = {
        "creationtool": "corpus-builder",
        "creationtoolversion": __version__,
        "segtype": _SEGMENT_TYPES.get(selection.config.partition(".")[0], "block"),
        "o-tmf": "corpus-builder",
        "adminlang": "en",
        "srclang": selection.languages[0] if selection.directed else "*all*",
        "datatype": "plaintext",
    }
    rows = 0
    with etree.xmlfile(str(out), encoding="utf-8") as file:
        file.write_declaration()
        file.write_doctype('<!DOCTYPE tmx SYSTEM "tmx14.dtd">')
        with file.element("tmx", version="1.4"):
            file.write(etree.Element("header", header), pretty_print=True)
            with file.element("body"):
                for split, row in selection.rows(least=2):
                    file.write(_unit(row, split, selection), pretty_print=True)
                    rows += 1
    return selection.outcome(rows)


def _unit(row: dict[str, Any], split: str, selection: Selection) -> Any:
    from lxml import etree

    unit = etree.Element("tu", tuid=row["id"])
    properties = {"split": split, **{name: row[name] for name in ("article_id", "date", "section", "kind", "label")}}
    properties["probability"] = row["quality"]["probability"]
    properties["flags"] = " ".join(row["flags"])
    for name, value in properties.items():
        if value not in (None, ""):
            etree.SubElement(unit, "prop", type=f"x-{name}").text = ILLEGAL.sub("", str(value))
    for language in selection.languages:
        if text := row["translation"][language]:
            variant = etree.SubElement(unit, "tuv", {_LANG: language})
            for name in ("url", *SAID):
                if value := row.get(name, {}).get(language):
                    etree.SubElement(variant, "prop", type=f"x-{name}").text = ILLEGAL.sub("", value)
            etree.SubElement(variant, "seg").text = ILLEGAL.sub("", text)
    return unit
