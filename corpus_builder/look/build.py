"""Building the index of a dataset: made once for each version of it, in one pass over its rows."""

from __future__ import annotations

import ctypes
import json
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_builder.dataset.expected import check_columns
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import NAME as DATASET_MANIFEST
from corpus_builder.dataset.origins import BY_ALIGNER
from corpus_builder.dataset.rows import DOCUMENTS
from corpus_builder.errors import RunError, UsageError
from corpus_builder.escape import one_line, readable
from corpus_builder.files import json_of, replacing
from corpus_builder.look.schema import LEVELS, last_statements, statements
from corpus_builder.look.source import Source
from corpus_builder.model import LIKELY
from corpus_builder.parquet import opened
from corpus_builder.quality.filters import COMMON
from corpus_builder.quality.reasons import reason_against
from corpus_builder.report.people import find_people
from corpus_builder.stages.verdict import verdict
from corpus_builder.workspace.drops import shown_drop_files

Notify = Callable[[str], None]
Numbers = npt.NDArray[np.float64]

TRANSLATIONS = 12
"""Likely translations that are kept of a unit. Chosen: more are noise, and the marks would cover the sentence."""
BITS = 30
"""Tags of a column: a float64 holds whole numbers of 53 bits exactly."""
# The columns that are counted and sorted: those of the common filters, and what the verdict needs of each pair.
_NUMBERS = {"probability", "complete", *(each.score for each in COMMON)}
_BY_PAIR = ("probability_", "complete_")
CACHE_KB = 10_000
"""SQLite's page cache while it builds, in kB. Measured on 300,000 rows: 60,000 take 50 MB more, and 97 s of the
processor instead of 114."""


DOCUMENTS_AT_A_TIME = 100
"""Chosen: a MB of texts."""


def ensure(source: Source, notify: Notify) -> None:
    """Build the index of a source where there is none of this version of it; indexes of earlier versions go."""
    path = source.index()
    if path.is_file():
        return
    notify("building the index, once for this version of the dataset …")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as db:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KB}"):
                db.execute(f"PRAGMA {pragma}")
            _Builder(db, source, DatasetFolder(source.dataset), notify).build()
            db.commit()
    if source.workspace:
        for old in path.parent.glob("*.sqlite"):
            if old != path:
                old.unlink(missing_ok=True)


@dataclass
class _Builder:
    db: sqlite3.Connection
    source: Source
    folder: DatasetFolder
    notify: Notify
    languages: list[str] = field(init=False)
    numbers: dict[str, int] = field(default_factory=dict)
    """The number of each story by its article id."""
    quoted: dict[int, list[_Quoted]] = field(default_factory=lambda: defaultdict(list))
    """The quotations of each story: sentences that have one get its speaker and form."""
    speakers: list[dict[str, str]] = field(default_factory=list)
    """Who said each quotation, by language, in the order of the files."""

    def __post_init__(self) -> None:
        levels = [level for level in LEVELS if level in self.folder.configs]
        if not levels:
            raise UsageError(
                f"{self.folder.path} has none of the configs {', '.join(LEVELS)}", next_step="export the dataset again"
            )
        for config in (*levels, *({DOCUMENTS} & set(self.folder.configs))):
            check_columns(self.folder, config)
        self.levels = levels
        self.languages = _ordered(self.source, self.folder.languages(levels[0]))

    def build(self) -> None:
        """Make all tables."""
        for statement in statements(self.languages):
            self.db.execute(statement)
        # First, while nothing else is in memory.
        self._set("overview", self._overview())
        _give_back()
        heads = {level: self._heads(level) for level in self.levels}
        self._number_stories(heads)
        _give_back()
        starts, start = {}, 1
        for level in self.levels:
            starts[level] = start
            start += len(heads[level])
        # Quotations first: sentences get the speaker of the one that they hold.
        ranges = {level: [starts[level], starts[level] + len(heads[level])] for level in self.levels}
        for level in sorted(self.levels, key=lambda level: level != "quotes"):
            self.notify(f"  {level}: {len(heads[level]):,} rows")
            self._add_level(level, heads.pop(level), starts[level])
            _give_back()
        self._add_stories()
        _give_back()
        self._add_drops()
        self._add_lexicon()
        self._set("languages", self.languages)
        self._set("ranges", ranges)
        self.notify("  the full-text index")
        for statement in last_statements(self.languages):
            self.db.execute(statement)

    def _overview(self) -> dict[str, Any]:
        """The rows by config and split, and the verdict: the pairs, and the share of the text that is in rows."""
        found = verdict(self.folder, self.languages)
        rows = {config: self.folder.splits(config) for config in self.folder.configs if "." not in config}
        return {
            "rows": rows,
            "pairs": {pair: asdict(counts) for pair, counts in found.pairs.items()} if found else {},
            "covered": {language: asdict(share) for language, share in found.covered.items()} if found else {},
        }

    def _set(self, name: str, value: Any) -> None:
        self.db.execute("INSERT INTO meta VALUES (?, ?)", (name, json.dumps(value, ensure_ascii=False)))

    def _heads(self, level: str) -> pa.Table:
        columns = ["article_id", "date", "position"]
        batches = [batch for _, batch in self.folder.batches(level, columns=columns)]
        return pa.Table.from_batches(batches, self.folder.schema(level).empty_table().select(columns).schema)

    def _number_stories(self, heads: Mapping[str, pa.Table]) -> None:
        """Number the stories by date, undated ones last; `documents` has those without a row, too."""
        dates: dict[str, str] = {}
        tables = list(heads.values())
        if DOCUMENTS in self.folder.configs:
            tables.append(self._heads(DOCUMENTS))
        for table in tables:
            stories = table.group_by("article_id").aggregate([("date", "min")])
            for article_id, date in zip(
                stories["article_id"].to_pylist(), stories["date_min"].to_pylist(), strict=True
            ):
                dates.setdefault(str(article_id), date.isoformat() if date else "")
        ranked = sorted(dates, key=lambda article_id: (dates[article_id] or "9999", article_id))
        self.numbers = {article_id: number for number, article_id in enumerate(ranked, 1)}
        self.db.executemany(
            "INSERT INTO stories VALUES (?, ?, ?, '', '{}', '{}', NULL, 0, 0, '')",
            ((number, article_id, dates[article_id]) for article_id, number in self.numbers.items()),
        )

    def _add_level(self, level: str, heads: pa.Table, start: int) -> None:
        ids = (str(each) for chunk in heads["article_id"].chunks for each in chunk.to_pylist())
        stories = np.fromiter((self.numbers[each] for each in ids), np.int64, len(heads))
        positions = heads["position"].to_numpy()
        order = np.lexsort((positions, stories))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        columns = _Columns(len(order))
        columns.values["story"] = np.asarray(stories, np.float64)
        at = 0
        marks = ", ".join("?" * (13 + len(self.languages)))
        for split, batch in self.folder.batches(level):
            ranks = rank[at : at + len(batch)]
            columns.add(at, batch)
            rows = self._rows(level, split, batch, ranks + start, stories[at : at + len(batch)], columns, at)
            self.db.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
            at += len(batch)
        if level == "quotes":
            columns.values["person"] = self._add_people(stories)
            self._set("facets", columns.facets())
        self.db.executemany(
            "INSERT INTO columns VALUES (?, ?, ?)", ((level, *named) for named in columns.stored(order))
        )

    def _rows(
        self, level: str, split: str, batch: pa.RecordBatch, numbers: Any, stories: Any, columns: _Columns, at: int
    ) -> Iterator[tuple[Any, ...]]:
        for i, (row, number, story) in enumerate(
            zip(batch.to_pylist(), numbers.tolist(), stories.tolist(), strict=True)
        ):
            texts = [readable((row["translation"] or {}).get(language) or "") for language in self.languages]
            quality = row.get("quality") or {}
            more: dict[str, Any] = {}
            if level == "quotes":
                more = self._quotation(row, story, texts)
            elif level == "sentences":
                more = self._said(story, texts)
            if more:
                columns.say(at + i, more)
            if row.get("origin") not in (None, BY_ALIGNER):
                more["origin"] = row["origin"]
            if level == "quotes":
                columns.tag(at + i, "flags", row["flags"] or ())
                columns.tag(at + i, "forms", more["form"].values())
                columns.tag(at + i, "sides", [x for x, text in zip(self.languages, texts, strict=True) if text])
            yield (
                number, level, story, row["position"], split, row["id"], row["kind"], row["label"],
                row.get("probability"), row.get("complete"), reason_against(quality, level),
                " ".join(row["flags"] or ()), json.dumps(more, ensure_ascii=False) if more else "", *texts,
            )  # fmt: skip

    def _quotation(self, row: Mapping[str, Any], story: int, texts: Sequence[str]) -> dict[str, Any]:
        """What a quotation has beside its texts; `who` and `how` are what it is sorted by."""
        parts = {
            name: {x: one_line(value) for x, value in (row.get(name) or {}).items() if value}
            for name in ("speaker", "mention", "cue", "form")
        }
        who = next((parts["speaker"][x] for x in self.languages if x in parts["speaker"]), "")
        how = next((parts["form"][x] for x in self.languages if x in parts["form"]), "")
        self.quoted[story].append(_Quoted(tuple(texts), who, how))
        self.speakers.append(parts["speaker"])
        return {**parts, "who": who, "how": how}

    def _said(self, story: int, texts: Sequence[str]) -> dict[str, Any]:
        """The speaker and form of the quotation that a sentence holds, or is part of."""
        for quotation in self.quoted.get(story, ()):
            if any(
                said and text and (said in text or text in said)
                for said, text in zip(quotation.texts, texts, strict=True)
            ):
                return {"who": quotation.who, "how": quotation.how}
        return {}

    def _add_people(self, stories: Any) -> Numbers:
        """Add the speakers; [quotations] the number of each one's speaker, NaN where it names nobody."""
        of_row = np.full(len(stories), np.nan, np.float64)
        people = find_people([str(story) for story in stories.tolist()], self.speakers)
        for number, person in enumerate(people, 1):
            of_row[list(person.quotes)] = number
            names = {language: [name for name, _ in ranked] for language, ranked in person.names.items()}
            self.db.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?)",
                (number, person.name, json.dumps(names, ensure_ascii=False), len(person.quotes)),
            )
            self.db.executemany(
                "INSERT OR IGNORE INTO names VALUES (?, ?, ?)",
                ((language, name, number) for language, each in names.items() for name in each),
            )
        return of_row

    def _add_stories(self) -> None:
        """Titles, addresses and figures of the stories."""
        level = "sentences" if "sentences" in self.levels else self.levels[0]
        # One index serves this update and, when it is done, the pages of the stories.
        self.db.execute("CREATE INDEX rows_story ON rows (story, level, position)")
        self.db.execute(
            "UPDATE stories SET (probability, rows, low) = (SELECT avg(probability), count(*), "
            "coalesce(sum(probability < ?), 0) FROM rows WHERE rows.story = stories.story AND level = ?)",
            (LIKELY, level),
        )
        config = DOCUMENTS if DOCUMENTS in self.folder.configs else self.levels[0]
        seen: set[str] = set()
        for row in self._few_at_a_time(config, ["article_id", "section", "url", "translation"]):
            if row["article_id"] in seen:
                continue
            seen.add(row["article_id"])
            # The first line of a document is its title.
            titles = {
                x: one_line(text.partition("\n")[0])[:300]
                for x in self.languages
                if (text := row["translation"].get(x))
            }
            urls = {x: url for x in self.languages if (url := (row["url"] or {}).get(x))}
            section = one_line(row["section"] or "")
            self.db.execute(
                "UPDATE stories SET section = ?, titles = ?, urls = ?, search = ? WHERE story = ?",
                (section, json.dumps(titles, ensure_ascii=False), json.dumps(urls),
                 " ".join((row["article_id"], section, *titles.values())), self.numbers[row["article_id"]]),
            )  # fmt: skip

    def _few_at_a_time(self, config: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The rows of a config; as documents are long, few of them are Python objects at a time."""
        for _, batch in self.folder.batches(config, columns=columns):
            for start in range(0, len(batch), DOCUMENTS_AT_A_TIME):
                yield from batch.slice(start, DOCUMENTS_AT_A_TIME).to_pylist()

    def _add_drops(self) -> None:
        if self.source.workspace is None:
            return
        names = ("stage", "reason", "item", "detail", "language", "article_id")
        for path in shown_drop_files(self.source.workspace):
            with opened(path) as file:
                for batch in file.iter_batches(5_000):
                    self.db.executemany(
                        "INSERT INTO drops (stage, reason, item, detail, language, article_id) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        ([readable(str(row.get(name) or "")) for name in names] for row in batch.to_pylist()),
                    )

    def _add_lexicon(self) -> None:
        """The likely translations of every unit, where the workspace's aligner has learned some."""
        if self.source.workspace is None or not any(self.source.workspace.lexicon.glob("*.npz")):
            return
        from corpus_builder.workspace.lexicon import read_lexicon

        try:
            learned = read_lexicon(self.source.workspace.lexicon)
        except (UsageError, RunError) as error:
            self.notify(f"  no equivalents will be marked: {error}")
            return
        for (a, b), translations in learned.translations.items():
            self.db.executemany(
                "INSERT INTO lexicon VALUES (?, ?, ?, ?)",
                (
                    (a, b, unit, " ".join(sorted(words)))
                    for unit, words in translations.items()
                    if len(words) <= TRANSLATIONS
                ),
            )


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation: its texts in the order of the languages, who said it, and in which form."""

    texts: tuple[str, ...]
    who: str
    how: str


class _Columns:
    """The numbers of a level's rows, by column; NaN where a row has none.

    Scores wait in temporary files, so that one column at a time is in memory.
    """

    def __init__(self, size: int) -> None:
        self.values: dict[str, Numbers] = {}
        self._scores: dict[str, IO[bytes]] = {}
        self._size = size
        self._tags: dict[str, dict[str, int]] = {}
        self._words: dict[str, dict[int, str]] = {"who": {}, "how": {}}

    def add(self, at: int, batch: pa.RecordBatch) -> None:
        """Add the numeric columns of a batch, and of its struct `quality`."""
        named = {field.name: batch[field.name] for field in batch.schema}
        if "quality" in named:
            struct = named.pop("quality")
            named |= {field.name: values for field, values in zip(struct.type, struct.flatten(), strict=True)}
        for name, values in named.items():
            if pa.types.is_floating(values.type) and (name in _NUMBERS or name.startswith(_BY_PAIR)):
                if name not in self._scores:
                    self._scores[name] = tempfile.TemporaryFile()  # noqa: SIM115 -- `stored` closes it
                _pad(self._scores[name], at)
                numbers = pc.fill_null(values.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False)
                self._scores[name].write(numbers.tobytes())

    def say(self, row: int, more: Mapping[str, Any]) -> None:
        """Note the speaker and the form of a row."""
        for name, words in self._words.items():
            if more.get(name):
                words[row] = more[name]

    def tag(self, row: int, name: str, tags: Iterable[str]) -> None:
        """Set the bit of each tag of a row; tags beyond the bits that a column has are not filtered by."""
        known, bits = self._tags.setdefault(name, {}), 0
        for tag in tags:
            if tag in known or len(known) < BITS:
                bits |= 1 << known.setdefault(tag, len(known))
        self.values.setdefault(name, np.zeros(self._size, np.float64))[row] = bits

    def facets(self) -> dict[str, list[str]]:
        """The tags of each column of bits, in the order of the bits."""
        return {name: list(tags) for name, tags in self._tags.items()}

    def stored(self, order: Any) -> Iterator[tuple[str, bytes]]:
        """Each column's name and bytes, in the order of the rows' numbers; words become their ranks."""
        for name, words in self._words.items():
            rank = {word: number for number, word in enumerate(sorted(set(words.values()), key=str.casefold))}
            column = np.full(self._size, np.nan, np.float64)
            for row, word in words.items():
                column[row] = rank[word]
            yield name, column[order].tobytes()
        for name, values in self.values.items():
            yield name, values[order].tobytes()
        for name, file in self._scores.items():
            with file:
                _pad(file, self._size)
                file.seek(0)
                yield name, np.frombuffer(file.read(), np.float64)[order].tobytes()


def _pad(file: IO[bytes], rows: int) -> None:
    """Fill a column up to a row: files of a split may lack a score that others have."""
    file.write(np.full(rows - file.tell() // 8, np.nan, np.float64).tobytes())


def _give_back() -> None:
    """Give back the memory that Arrow and the C library keep of what is done: what SQLite needs comes on top of it."""
    pa.default_memory_pool().release_unused()
    # Of glibc alone; freed arrays and rows otherwise stay with the process, 70 MB after 300,000 rows.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def _ordered(source: Source, languages: Sequence[str]) -> list[str]:
    """The languages in the order of the run config where the dataset names one."""
    try:
        manifest = json_of((source.dataset / DATASET_MANIFEST).read_text(encoding="utf-8"))
        first = [str(language) for language in manifest["made_by"]["config"]["languages"]]
    except (OSError, ValueError, KeyError, TypeError):
        first = []
    return sorted(languages, key=lambda language: first.index(language) if language in first else len(first))
