"""Test sets from a dataset: a folder as this program builds it, or a dataset of that form on the Hugging Face Hub.

For the pair en-uk the config `sentences` is read from `sentences.en-uk` (languages in alphabetical order, whatever the
direction) if it exists, else from the trilingual `sentences`, of which only rows with both languages are used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import TypedDict, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.testset import Pair, Row, TestSet
from corpus_builder.model import LIKELY

Answer = TypeVar("Answer")


class _Record(TypedDict, total=False):
    """The columns of a row that are read; any may be missing but `id` and `translation`."""

    id: str
    article_id: str | None
    date: object
    section: str | None
    kind: str | None
    label: str | None
    translation: Mapping[str, str | None] | None
    probability: float | None
    complete: float | None
    audited: str | bool | None
    text: str | None


_COLUMNS = ("id", "article_id", "date", "section", "kind", "label", "translation", "probability", "complete", "audited")
DOCUMENTS = "documents"
"""The config whose rows are whole stories, with a line per block."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows to test on: of at least a probability, complete ones, rows that people judged right."""

    min_probability: float | None = None
    complete: bool = False
    audited_only: bool = False

    def options(self) -> dict[str, str]:
        """Per column that is asked for the option that asks for it."""
        asked = {
            "probability": ("--min-probability", self.min_probability is not None),
            "complete": ("--complete", self.complete),
            "audited": ("--audited-only", self.audited_only),
        }
        return {column: option for column, (option, wanted) in asked.items() if wanted}

    def rejects(self, record: _Record) -> str | None:
        """Why a row is not tested on, or None for one that is; a row without a value is not."""
        probability, complete = record.get("probability"), record.get("complete")
        if self.min_probability is not None and (probability is None or not probability >= self.min_probability):
            return "probability_too_low" if probability is not None else "no_probability"
        if self.complete and (complete is None or not complete >= LIKELY):
            return "incomplete" if complete is not None else "completeness_unknown"
        return "not_audited" if self.audited_only and record.get("audited") not in (True, "right") else None


def read_dataset(dataset: str, configs: Sequence[str], split: str, pair: Pair, choice: Choice = Choice()) -> TestSet:
    """The rows of a split that have both languages of the pair.

    Args:
        dataset: a folder, or a name on the Hub as "namespace/name".
        configs: e.g. "sentences"; rows of several are concatenated.
        split: e.g. "test".
        pair: the direction of translation.
        choice: which rows to use.

    Raises:
        UsageError: the dataset, config, split or pair does not exist, or a column that `choice` needs does not; the
            message lists those that do.
        RunError: the Hub cannot be reached.
    """
    store = _Folder(Path(dataset)) if Path(dataset).is_dir() else _Hub(dataset)
    dropped: Counter[str] = Counter()
    rows = [row for config in configs for row in _rows(store, config, split, pair, choice, dropped)]
    if not rows:
        reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in dropped.items()) or "it is empty"
        chosen = ", ".join(choice.options().values())
        raise UsageError(
            f"{dataset}: no row of {', '.join(configs)}, split {split}, can be used for {pair}: {reasons}",
            next_step=f"choose fewer rows out ({chosen}), or another --config or --split"
            if chosen
            else "choose another --config, --split or --pair",
        )
    name = Path(dataset).resolve().name if isinstance(store, _Folder) else dataset
    origin: dict[str, object] = {"dataset": name, "configs": list(configs), "split": split}
    if choice.min_probability is not None:
        origin["min_probability"] = f"{choice.min_probability:g}"
    origin |= {
        name: "yes" for name, asked in (("complete", choice.complete), ("audited", choice.audited_only)) if asked
    }
    return TestSet(pair, tuple(rows), origin, dict(dropped))


def read_texts(dataset: str, split: str = "train") -> Iterator[str]:
    """All texts of a split, of every config and language: what a system trained on it has read."""
    store = _Folder(Path(dataset)) if Path(dataset).is_dir() else _Hub(dataset)
    for config in store.configs():
        if split in store.splits(config):
            for record in store.records(config, split, ("translation", "text")):
                texts = [record.get("text"), *(record.get("translation") or {}).values()]
                yield from (_one_line(text) for text in texts if text)


def _rows(
    store: _Folder | _Hub, config: str, split: str, pair: Pair, choice: Choice, dropped: Counter[str]
) -> Iterator[Row]:
    chosen = _choose_config(store, config, pair)
    splits = store.splits(chosen)
    if split not in splits:
        raise UsageError(f"{store.name}: {chosen} has no split {split!r}", next_step=f"choose from {', '.join(splits)}")
    for number, record in enumerate(store.records(chosen, split, _COLUMNS)):
        _check_columns(record, store.name, chosen, choice)
        translation = record.get("translation")
        if not isinstance(translation, Mapping):
            raise UsageError(
                f"{store.name}: {chosen} has no column `translation` with a text per language",
                next_step="write its two sides to files, and give --source FILE --reference FILE",
            )
        missing = [side for side in (pair.source, pair.target) if side not in translation]
        if missing:
            pairs = ", ".join("-".join(two) for two in permutations(sorted(translation), 2))
            raise UsageError(
                f"{store.name}: {chosen} has no language {missing[0]!r}", next_step=f"choose --pair from {pairs}"
            )
        source, target = (_one_line(translation[side] or "") for side in (pair.source, pair.target))
        if not source or not target:
            dropped["no_source" if not source else "no_reference"] += 1
        elif rejected := choice.rejects(record):
            dropped[rejected] += 1
        else:
            row = _row(record, config, source, target, f"{split}/{number}")
            whole = config == DOCUMENTS
            yield replace(row, lines=_lines(translation[pair.source] or ""), document=row.name) if whole else row


def _check_columns(record: _Record, dataset: str, config: str, choice: Choice) -> None:
    """Refuse a choice by a column that the config does not have, and probabilities that are no numbers."""
    for column in ("probability", "complete"):
        if not isinstance(record.get(column), int | float | None):
            raise UsageError(
                f"{dataset}: {config} has {record.get(column)!r} in its column `{column}`, which is no number",
                next_step="store it as numbers, or leave the column out",
            )
    for column, option in choice.options().items():
        if column not in record:
            ways = {"audited": "mark the rows that people have audited in a column `audited`, or leave it out"}
            raise UsageError(
                f"{option}: {config} of {dataset} has no column `{column}`",
                next_step=ways.get(column, f"leave {option} out, or choose a config whose rows have scores"),
            )


def _choose_config(store: _Folder | _Hub, config: str, pair: Pair) -> str:
    configs = store.configs()
    of_pair = f"{config}.{'-'.join(sorted((pair.source, pair.target)))}"
    for name in (of_pair, config):
        if name in configs:
            return name
    pairs = sorted(name.partition(".")[2] for name in configs if name.startswith(f"{config}."))
    if pairs:
        raise UsageError(
            f"{store.name}: {config} has no pair {pair}",
            next_step=f"choose from {', '.join(pairs)}, in either direction",
        )
    raise UsageError(
        f"{store.name}: no config {config!r}",
        next_step=f"choose from {', '.join(sorted({name.partition('.')[0] for name in configs}))}",
    )


def _row(record: _Record, config: str, source: str, target: str, place: str) -> Row:
    """A row; one of a dataset without ids is called by its `place`."""
    return Row(
        id=str(place if record.get("id") is None else record["id"]),
        source=source,
        references=(target,),
        document=_text(record.get("article_id")),
        config=config,
        section=_text(record.get("section")),
        date=_text(record.get("date")),
        kind=_text(record.get("kind")),
        label=_text(record.get("label")),
        probability=record.get("probability"),
    )


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a document that have text."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _one_line(text: str) -> str:
    """Sentences of one row are joined by line breaks, which would break systems that work line by line."""
    return " ".join(text.split("\n")).strip()


class _Folder:
    """A dataset in a folder: data/<config>/<split>-*.parquet."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._data = path / "data"
        if not self.configs():
            raise UsageError(
                f"{path} is not a dataset folder: it has no file like data/sentences/test-*.parquet",
                next_step="give the folder dataset/ of a workspace, or a name on the Hub",
            )

    def configs(self) -> list[str]:
        return sorted({file.parent.name for file in self._data.glob("*/*-*.parquet")})

    def splits(self, config: str) -> list[str]:
        return sorted({file.name.partition("-")[0] for file in (self._data / config).glob("*-*.parquet")})

    def records(self, config: str, split: str, columns: Sequence[str]) -> Iterator[_Record]:
        from corpus_builder.parquet import EXPORT_AGAIN, opened

        for path in sorted((self._data / config).glob(f"{split}-*.parquet")):
            with opened(path, next_step=EXPORT_AGAIN) as file:
                wanted = [column for column in columns if column in file.schema_arrow.names]
                for batch in file.iter_batches(columns=wanted):
                    yield from batch.to_pylist()


class _Hub:
    """A dataset on the Hub, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        if name.count("/") != 1 or name.startswith((".", "/")):
            raise UsageError(
                f"--dataset {name}: folder not found",
                next_step="give a dataset folder, or NAMESPACE/NAME for a dataset on the Hub",
            )

    def configs(self) -> list[str]:
        from datasets import get_dataset_config_names

        return list(self._ask(lambda: get_dataset_config_names(self.name)))

    def splits(self, config: str) -> list[str]:
        from datasets import get_dataset_split_names

        return list(self._ask(lambda: get_dataset_split_names(self.name, config)))

    def records(self, config: str, split: str, columns: Sequence[str]) -> Iterator[_Record]:
        from datasets import load_dataset

        table = self._ask(lambda: load_dataset(self.name, config, split=split))
        yield from table.select_columns([column for column in columns if column in table.column_names])

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        from datasets.exceptions import DatasetNotFoundError
        from huggingface_hub.errors import HfHubHTTPError

        try:
            return question()
        except DatasetNotFoundError as error:
            raise UsageError(
                f"--dataset {self.name}: neither a folder nor a dataset on the Hub",
                next_step="check the name; a private dataset needs a token (HF_TOKEN)",
            ) from error
        except (HfHubHTTPError, OSError) as error:
            raise RunError(f"--dataset {self.name}: the Hub cannot be reached ({error})") from error


def find_sentencepiece(dataset: str, pair: Pair) -> str | None:
    """The sentencepiece model of a dataset: the joint one, else that of the target language, else None.

    It is in the folder of the dataset, or in quality/pieces of its workspace.
    """
    folder = Path(dataset)
    if not folder.is_dir():
        return None
    models: dict[str, Path] = {}
    for parent in (folder, folder.resolve().parent / "quality" / "pieces"):
        for path in sorted(parent.rglob("*.model")):
            models.setdefault(path.stem, path)
    return next((str(models[name]) for name in ("joint", pair.target) if name in models), None)
