"""A dataset without its texts: their positions in the pages, and hashes to recognise them. For publishers' rights.

data/<config>/<split>-*.parquet  the rows with all columns except `translation`; instead `spans` (language, block,
                                 start, end: a piece of a block of the page) and `hashes` (of each side's text)
data/quotes…                     the same for quotations; their spans also have the number of the `piece`, and `words`
                                 has the positions of speakers, mentions and cues (quote_places.py)
editions.parquet                 URL, digest of the page, and the hash of every text: blocks, then labels' speakers
README.md, leakage.json          a card with the head of the original one (licence, languages); the same leakage
manifest.json                    name, version and origin of the original, the hashes of these files

`corpus-builder rehydrate` restores the texts from the user's copy of the pages. Configs with other columns of words are
skipped, and so are quotations whose words are not in the pages exactly as in the dataset.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from corpus_builder.dataset.derived import write_card, write_manifest
from corpus_builder.dataset.exporters.selection import STANDOFF, ExportOutcome, Selection
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.places import StoryPlaces, text_hash
from corpus_builder.dataset.quote_places import WORDS, Stretch, Word
from corpus_builder.dataset.write import ROWS
from corpus_builder.errors import RunError, UsageError
from corpus_builder.install import install_command
from corpus_builder.model import Span
from corpus_builder.parquet import RowWriter

# The columns of a stand-off dataset; any other might contain words of the text.
KEPT = ("id", "article_id", "date", "section", "url", "position", "kind", "label", "probability", "complete",
        "quality", "flags", "audited", "origin", "form", "paragraph_id")  # fmt: skip


def _places(kind: type) -> pa.ListType:
    """A list of structs with the fields of a dataclass."""
    types = {"int": pa.int32(), "str": pa.string()}
    return pa.list_(pa.struct([(field.name, types[str(field.type)]) for field in fields(kind)]))


EDITIONS = pa.schema(
    [(name, pa.string()) for name in ("article_id", "language", "url", "capture")] + [("blocks", pa.list_(pa.string()))]
)
# Where a file's schema keeps that of the file with the texts.
ORIGINAL = b"corpus_builder.original_schema"


def write(selection: Selection, out: Path) -> ExportOutcome:
    """Write a folder with all configs of the dataset.

    Raises UsageError without `selection.places`, RunError where the places are not those of this dataset.
    """
    folder = selection.folder
    if selection.places is None:
        raise UsageError(
            f"{folder.path}: the places of the texts are in the workspace that the dataset was built in",
            next_step="name it with --workspace",
        )
    allowed = {*KEPT, "translation", *WORDS}
    configs = [config for config in folder.configs if set(folder.schema(config).names) <= allowed]
    for config in set(folder.configs) - set(configs):
        selection.skipped[f"config_{config}"] += sum(folder.splits(config).values())
    with ExitStack() as stack:
        files = [
            stack.enter_context(_StandoffFile(selection, config, split, out))
            for config in configs
            for split in folder.splits(config)
        ]
        editions = stack.enter_context(RowWriter(out / STANDOFF, EDITIONS, ROWS))
        for story in selection.places():
            with_rows = [file.take(story) for file in files]
            if any(with_rows):
                for edition in story.editions:
                    editions.write(asdict(edition))
    made = DatasetFolder(out)
    write_card(made, folder.path, _TEXT.replace("INSTALL", install_command()))
    if (leakage := folder.path / "leakage.json").is_file():
        shutil.copyfile(leakage, out / leakage.name)
    write_manifest(made, folder.path, "texts left out")
    return selection.outcome(sum(file.out.count for file in files))


def standoff_schema(original: pa.Schema) -> pa.Schema:
    """The schema of a stand-off file, from that of the file with the texts."""
    languages = sorted(field.name for field in original.field("translation").type)
    kept_fields = [original.field(name) for name in original.names if name in KEPT]
    hashes = pa.struct([(language, pa.string()) for language in languages])
    kept = base64.b64encode(original.serialize().to_pybytes())
    quoted = set(WORDS) <= set(original.names)
    places = {"spans": _places(Stretch), "words": _places(Word)} if quoted else {"spans": _places(Span)}
    return pa.schema([*kept_fields, *places.items(), ("hashes", hashes)], metadata={ORIGINAL: kept})


def original_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of the file with the texts, from that of a stand-off file. Raises RunError for any other file."""
    kept = (schema.metadata or {}).get(ORIGINAL)
    if kept is None:
        raise RunError(
            "not a stand-off dataset", next_step="make one with: corpus-builder convert DATASET --to standoff"
        )
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(kept)))


class _StandoffFile:
    """The rows of one file of the dataset, taken story by story."""

    def __init__(self, selection: Selection, config: str, split: str, out: Path) -> None:
        folder = selection.folder
        self._level = config.partition(".")[0]
        self._name = f"{config}/{split}"
        self._skipped = selection.skipped
        self._rows: Iterator[tuple[str, dict[str, Any]]] = folder.rows(config, split)
        self._next = next(self._rows, None)
        path = out / "data" / config / f"{split}-00000-of-00001.parquet"
        self.out = RowWriter(path, standoff_schema(folder.schema(config)), ROWS)

    def __enter__(self) -> Self:
        self.out.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.out.__exit__(kind, error, trace)
        if kind is None and self._next:
            raise _foreign(self._name, self._next[1]["id"])

    def take(self, story: StoryPlaces) -> bool:
        """Write the story's rows; whether there are any."""
        any_row = False
        while self._next and self._next[1]["article_id"] == story.article_id:
            self._add(story, self._next[1])
            any_row = True
            self._next = next(self._rows, None)
        return any_row

    def _add(self, story: StoryPlaces, row: dict[str, Any]) -> None:
        key, texts = (self._level, row["position"]), row.pop("translation")
        row["hashes"] = {language: text_hash(text) if text else None for language, text in texts.items()}
        place = story.rows.get(key)
        if key in story.rows and place is None:
            self._skipped["quote_not_placed"] += 1
        elif place is None or any(place.hashes.get(language) != digest for language, digest in row["hashes"].items()):
            raise _foreign(self._name, row["id"])
        else:
            for name, places in (("spans", place.spans), ("words", place.words)):
                row[name] = [asdict(each) for each in places if each.language in texts]
            self.out.write({name: row[name] for name in self.out.schema.names})


def _foreign(name: str, row_id: str) -> RunError:
    return RunError(
        f"the row {row_id} of {name} is not in the workspace",
        next_step="give the workspace of this dataset, unchanged since the export, or export again",
    )


_TEXT = """
# Stand-off dataset

This dataset has no texts. Every row has the URLs of its pages, the positions of its text in them, hashes of the text,
the alignment and its scores. With your copy of the pages you can restore the texts:

```bash
INSTALL
corpus-builder rehydrate THIS-FOLDER --workspace YOUR-CRAWL -o dataset        # a workspace that you crawled, or
corpus-builder rehydrate THIS-FOLDER --warc 'FILES*.warc.gz' --site SITE -o dataset
```

Rows whose text has changed on the page are skipped and counted.
"""
