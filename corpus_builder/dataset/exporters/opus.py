"""The layout of OPUS (opus.nlpl.eu): XCES alignments between documents, and plain texts in a zip file, pair by pair.

xml/en-uk.xml.gz                        the links of all documents of a pair; `certainty` is the probability of a row
raw/en/en-uk/train/<article>.xml.gz     the rows' sentences in English, a document a story
moses/en-uk.txt.zip                     <corpus>.en-uk.en, <corpus>.en-uk.uk, <corpus>.en-uk.ids

Languages are in alphabetical order, as in OPUS. `opus_read` of OpusTools reads the folder with -af xml/en-uk.xml.gz
-dl raw -p raw, and mtdata the zip file. A pair has documents of its own: it may have rows that the others lack.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from corpus_builder.dataset.exporters.selection import ExportOutcome, Selection
from corpus_builder.dataset.manifest import said_of
from corpus_builder.errors import UsageError
from corpus_builder.escape import file_name, one_line, xml

# The earliest time that zip files have (APPNOTE 4.4.6), so that the same rows give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write a folder, or another pair into it. Raises UsageError where no pair was named."""
    from lxml import etree

    if not selection.directed:
        raise UsageError("OPUS has a file for each pair of languages", next_step="add --all-pairs, or --pair en-uk")
    languages = sorted(selection.languages)
    pair = "-".join(languages)
    for folder in ("xml", "moses"):
        (out / folder).mkdir(exist_ok=True)
    names: set[str] = set()
    rows = 0
    with ExitStack() as stack:
        aligned = stack.enter_context(_packed(out / "xml" / f"{pair}.xml.gz"))
        links = stack.enter_context(etree.xmlfile(aligned, encoding="utf-8"))
        links.write_declaration()
        links.write_doctype('<!DOCTYPE cesAlign PUBLIC "-//CES//DTD XML cesAlign//EN" "">')
        stack.enter_context(links.element("cesAlign", version="1.0"))
        moses = stack.enter_context(_Moses(out / "moses", _corpus(selection), languages))
        stories = groupby(selection.rows(whole=True), key=lambda item: (item[0], item[1]["article_id"]))
        for (split, article_id), members in stories:
            name = f"{pair}/{split}/{_new_name(file_name(article_id), names)}.xml.gz"
            group = _Group(out / "raw", name, languages)
            for _, row in members:
                group.add(row)
                moses.add(row)
                rows += 1
            links.write(group.written(), pretty_print=True)
    return selection.outcome(rows)


class _Group:
    """The two documents of a story, and the links between their sentences."""

    def __init__(self, folder: Path, name: str, languages: Sequence[str]) -> None:
        from lxml import etree

        self._folder, self._languages = folder, languages
        self._names = [f"{language}/{name}" for language in languages]
        self._texts: list[list[str]] = [[], []]
        self._links = etree.Element("linkGrp", {"targType": "s", "fromDoc": self._names[0], "toDoc": self._names[1]})

    def add(self, row: dict[str, Any]) -> None:
        """A row; its segments are a sentence each."""
        from lxml import etree

        targets = []
        for language, texts in zip(self._languages, self._texts, strict=True):
            first = len(texts)
            texts += [one_line(segment) for segment in row["translation"][language].split("\n")]
            targets.append(" ".join(str(number) for number in range(first + 1, len(texts) + 1)))
        link = {"id": f"SL{len(self._links) + 1}", "xtargets": ";".join(targets)}
        if row["probability"] is not None:
            link["certainty"] = f"{row['probability']:.6f}"
        etree.SubElement(self._links, "link", link)

    def written(self) -> Any:
        """Write the documents; the links between them."""
        from lxml import etree

        for name, texts in zip(self._names, self._texts, strict=True):
            document = etree.Element("text")
            for number, text in enumerate(texts, 1):
                etree.SubElement(document, "s", id=str(number)).text = xml(text)
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with _packed(path) as file:
                file.write(etree.tostring(document, encoding="utf-8", xml_declaration=True, pretty_print=True))
        return self._links


class _Moses:
    """The plain texts of a pair, packed at the end: a zip file takes one file at a time."""

    def __init__(self, folder: Path, corpus: str, languages: Sequence[str]) -> None:
        pair = "-".join(languages)
        self._zip = folder / f"{pair}.txt.zip"
        self._paths = {ending: folder / f"{corpus}.{pair}.{ending}" for ending in (*languages, "ids")}
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> _Moses:
        self._files = {key: path.open("w", encoding="utf-8", newline="\n") for key, path in self._paths.items()}
        return self

    def __exit__(self, *error: object) -> None:
        for file in self._files.values():
            file.close()
        with zipfile.ZipFile(self._zip, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in self._paths.values():
                about = zipfile.ZipInfo(path.name, _EPOCH)
                about.compress_type = zipfile.ZIP_DEFLATED
                with packed.open(about, "w", force_zip64=True) as member, path.open("rb") as plain:
                    shutil.copyfileobj(plain, member)
                path.unlink()

    def add(self, row: dict[str, Any]) -> None:
        """A row, as a line in each file."""
        for ending, file in self._files.items():
            file.write((row["id"] if ending == "ids" else one_line(row["translation"][ending])) + "\n")


def _packed(path: Path) -> gzip.GzipFile:
    """A gzip file to write, without the time in it."""
    return gzip.GzipFile(path, "wb", mtime=0)


def _new_name(name: str, names: set[str]) -> str:
    """The name, with a number where another article has it."""
    number, free = 1, name
    while free.casefold() in names:
        number += 1
        free = f"{name}-{number}"
    names.add(free.casefold())
    return free


def _corpus(selection: Selection) -> str:
    """The dataset's name as part of a file name."""
    return file_name(str(said_of(selection.folder.path).get("name", "")), "corpus")
