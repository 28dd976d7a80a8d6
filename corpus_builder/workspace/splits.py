"""splits.json: the split of each story."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus_builder.dataset.splits import SPLITS
from corpus_builder.errors import RunError
from corpus_builder.files import json_of, replacing


def read_splits(path: Path) -> dict[str, str]:
    """The splits by article id; none where there is no file. Raises RunError for a damaged one."""
    try:
        splits: Any = json_of(path.read_text(encoding="utf-8"))
        if not isinstance(splits, dict) or not set(map(str, splits.values())) <= set(SPLITS):
            raise ValueError(f"it must map article ids to {', '.join(SPLITS)}")
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RunError(
            f"{path} cannot be read: {error}", next_step="correct it, or remove it to have all stories split again"
        ) from error
    return splits


def write_splits(path: Path, splits: Mapping[str, str]) -> None:
    """Write splits.json, a line per story."""
    with replacing(path) as part:
        part.write_text(json.dumps(dict(splits), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
