"""Test sets from a dataset: a folder as this program builds it, or a dataset of that form on the Hugging Face Hub.

For the pair en-uk the config `sentences` is read from `sentences.en-uk` (languages in alphabetical order, whatever the
direction) if it exists, else from the trilingual `sentences`, of which only rows with both languages are used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import TypedDict, TypeVar

from corpus_builder.errors import RunError, UsageError
from corpus_builder.evaluate.testset import Pair, Row, TestSet

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
    text: str | None


_COLUMNS = ("id", "article_id", "date", "section", "kind", "label", "translation", "probability")


def read_dataset(dataset: str, configs: Sequence[str], split: str, pair: Pair) -> TestSet:
    """The rows of a split that have both languages of the pair.

    Args:
        dataset: a folder, or a name on the Hub as "namespace/name".
        configs: e.g. "sentences"; rows of several are concatenated.
        split: e.g. "test".
        pair: the direction of translation.

    Raises:
        UsageError: the dataset, config, split or pair does not exist; the message lists those that do.
        RunError: the Hub cannot be reached.
    """
    store = _Folder(Path(dataset)) if Path(dataset).is_dir() else _Hub(dataset)
    dropped: Counter[str] = Counter()
    rows = [row for config in configs for row in _rows(store, config, split, pair, dropped)]
    if not rows:
        raise UsageError(
            f"{dataset}: no row of {', '.join(configs)}, split {split}, has both languages of {pair}: {dict(dropped)}"
        )
    name = Path(dataset).resolve().name if isinstance(store, _Folder) else dataset
    return TestSet(pair, tuple(rows), {"dataset": name, "configs": list(configs), "split": split}, dict(dropped))


def read_texts(dataset: str, split: str = "train") -> Iterator[str]:
    """All texts of a split, of every config and language: what a system trained on it has read."""
    store = _Folder(Path(dataset)) if Path(dataset).is_dir() else _Hub(dataset)
    for config in store.configs():
        if split in store.splits(config):
            for record in store.records(config, split, ("translation", "text")):
                texts = [record.get("text"), *(record.get("translation") or {}).values()]
                yield from (_one_line(text) for text in texts if text)


def _rows(store: _Folder | _Hub, config: str, split: str, pair: Pair, dropped: Counter[str]) -> Iterator[Row]:
    chosen = _choose_config(store, config, pair)
    splits = store.splits(chosen)
    if split not in splits:
        raise UsageError(f"{store.name}: {chosen} has no split {split!r}", next_step=f"choose from {', '.join(splits)}")
    for record in store.records(chosen, split, _COLUMNS):
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
        if source and target:
            yield _row(record, config, source, target)
        else:
            dropped["no_source" if not source else "no_reference"] += 1


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


def _row(record: _Record, config: str, source: str, target: str) -> Row:
    return Row(
        id=str(record["id"]),
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
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        for path in sorted((self._data / config).glob(f"{split}-*.parquet")):
            try:
                with ParquetFile(path) as file:
                    wanted = [column for column in columns if column in file.schema_arrow.names]
                    for batch in file.iter_batches(columns=wanted):
                        yield from batch.to_pylist()
            except (ArrowException, OSError) as error:
                raise RunError(f"{path} cannot be read: {error}", next_step="export the dataset again") from error


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
