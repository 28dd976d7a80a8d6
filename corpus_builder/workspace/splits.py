"""splits.json: the split of each story, a line each, in the order of their ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from corpus_builder.dataset.splits import SPLITS
from corpus_builder.errors import RunError
from corpus_builder.files import json_of, replacing

_LINE = re.compile(rf'"([^"\\\x00-\x1f]*+)": "({"|".join(SPLITS)})"(,?)\n')


def read_splits(path: Path) -> Iterator[tuple[str, str]]:
    """Article ids and their splits, in the order of the ids; none where there is no file. Raises RunError for a damaged
    one. A file as it is written here is read line by line; another one, which a person wrote, as a whole.
    """
    try:
        if _is_as_written(path):
            with path.open(encoding="utf-8", newline="\n") as file:
                for match in filter(None, map(_LINE.fullmatch, file)):
                    yield match[1], match[2]
            return
        splits: Any = json_of(path.read_text(encoding="utf-8"))
        if not isinstance(splits, dict) or not set(map(str, splits.values())) <= set(SPLITS):
            raise ValueError(f"it must map article ids to {', '.join(SPLITS)}")
    except FileNotFoundError:
        return
    except ValueError as error:
        raise RunError(
            f"{path} cannot be read: {error}", next_step="correct it, or remove it to have all stories split again"
        ) from error
    yield from sorted(splits.items())


def _is_as_written(path: Path) -> bool:
    """Whether each line is that of one story, in the order of their ids, as `write_splits` writes them."""
    with suppress(ValueError), path.open(encoding="utf-8", newline="\n") as file:
        before, more = "", next(file, "") == "{\n"
        for number, line in enumerate(file):
            match = _LINE.fullmatch(line)
            if not match:
                return not more and number > 0 and line == "}\n" and not next(file, "")
            if not more or (number and match[1] <= before):
                return False
            before, more = match[1], bool(match[3])
    return False


def add_splits(path: Path, new: Iterable[tuple[str, str]]) -> None:
    """Add the splits of stories, in the order of their ids. A story that is there keeps its split."""
    known = ((story, False, split) for story, split in read_splits(path))
    every = merge(known, ((story, True, split) for story, split in new))
    write_splits(path, ((story, next(same)[2]) for story, same in groupby(every, key=itemgetter(0))))


def write_splits(path: Path, splits: Iterable[tuple[str, str]]) -> None:
    """Write splits.json: article ids, in order, each with its split."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as out:
        before = "{"
        for story, split in splits:
            out.write(f'{before}\n{json.dumps(story, ensure_ascii=False)}: "{split}"')
            before = ","
        out.write("{}\n" if before == "{" else "\n}\n")
