"""TMX 1.4b (LISA/ETSI), level 1: translation units of two or more variants, each with properties.

Characters that XML does not allow are left out of a text. https://www.gala-global.org/tmx-14b
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus_builder.escape import xml
from corpus_builder.version import VERSION

# The declarations of what is written here, in the file: a validator needs no other file. A file that holds against them
# holds against tmx14.dtd, too, which declares more.
_DOCTYPE = """<!DOCTYPE tmx [
<!ELEMENT tmx (header, body)>
<!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header EMPTY>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block | paragraph | sentence | phrase) #REQUIRED o-tmf CDATA #REQUIRED adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED datatype CDATA #REQUIRED>
<!ELEMENT body (tu*)>
<!ELEMENT tu (prop*, tuv+)>
<!ATTLIST tu tuid CDATA #IMPLIED>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED>
<!ELEMENT tuv (prop*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA)>
]>"""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Properties = Mapping[str, object]
"""By their types, without "x-"; those that are None or empty are left out."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What a unit says in one language."""

    language: str
    text: str
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TranslationUnit:
    """Texts that translate one another."""

    variants: tuple[Variant, ...]
    properties: Properties = field(default_factory=dict)
    id: str | None = None


def write_tmx(out: Path, units: Iterable[TranslationUnit], *, source: str, segments: str = "block") -> int:
    """Write a file, unit by unit; returns how many there were.

    `source` is the language translated from, or "*all*" where any may be; `segments` is TMX's segtype.
    """
    from lxml import etree

    header = {
        "creationtool": "corpus-builder",
        "creationtoolversion": VERSION,
        "segtype": segments,
        "o-tmf": "corpus-builder",
        "adminlang": "en",
        "srclang": source,
        "datatype": "plaintext",
    }
    count = 0
    with out.open("wb") as binary, etree.xmlfile(binary, encoding="utf-8") as file:
        file.write_declaration()
        file.write_doctype(_DOCTYPE)
        with file.element("tmx", version="1.4"):
            file.write(etree.Element("header", header), pretty_print=True)
            with file.element("body"):
                for count, unit in enumerate(units, 1):  # noqa: B007
                    file.write(_element(unit), pretty_print=True)
    return count


def _element(unit: TranslationUnit) -> Any:
    from lxml import etree

    element = etree.Element("tu", {} if unit.id is None else {"tuid": xml(unit.id)})
    _add_properties(element, unit.properties)
    for variant in unit.variants:
        inner = etree.SubElement(element, "tuv", {_LANG: variant.language})
        _add_properties(inner, variant.properties)
        etree.SubElement(inner, "seg").text = xml(variant.text)
    return element


def _add_properties(element: Any, properties: Properties) -> None:
    from lxml import etree

    for name, value in properties.items():
        if value not in (None, ""):
            etree.SubElement(element, "prop", type=f"x-{name}").text = xml(str(value))
