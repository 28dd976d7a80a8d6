"""tombstones.json: the stories that were taken down. No build brings one back, whatever the source of its pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_builder.errors import RunError
from corpus_builder.files import json_of, replacing

TAKEN_DOWN = "taken_down"


def read_tombstones(path: Path) -> dict[str, list[str]]:
    """The URLs of the stories that were taken down, by article id; none where there is no file.

    Raises RunError for a damaged file: a build must not go on without it.
    """
    try:
        stories = json_of(path.read_text(encoding="utf-8"))
        return {str(article_id): list(map(str, urls)) for article_id, urls in stories.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as error:
        raise RunError(
            f"{path} cannot be read: {error}",
            next_step='correct it: it maps article ids to lists of URLs, as {"123": ["https://…"]}',
        ) from error


def add_tombstones(path: Path, stories: Mapping[str, Sequence[str]]) -> None:
    """Add stories with their URLs."""
    known = read_tombstones(path)
    for article_id, urls in stories.items():
        known[article_id] = sorted({*known.get(article_id, ()), *urls})
    with replacing(path) as part:
        part.write_text(json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
