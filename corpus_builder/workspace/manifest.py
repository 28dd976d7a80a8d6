"""manifest.json: for every stage and shard the key of its task, the outputs with their hashes, counts and seconds.

A task (a stage on one shard) has a key, the hash of its inputs, settings and code. It runs again only if the key, the
version of an extra that it used, or one of its outputs changed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from corpus_builder.errors import UsageError
from corpus_builder.files import file_hash, json_of, replacing
from corpus_builder.languages import all_language_files, cached
from corpus_builder.version import VERSION
from corpus_builder.workspace.layout import Workspace

logger = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parents[1]

_SHARE = 20
"""Writing the manifest takes at most one part in so many of a stage's time. Chosen: a kill then loses the records of
seconds, even where writing takes one; those shards are done again, with the same result."""

LAYOUT = 4
"""The version of the workspace's files. Raised when files of an earlier build can no longer be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One task that ran to its end.

    `outputs` maps paths in the workspace to the hashes of their bytes. `extras` names the versions of the optional
    distributions that the result depends on, "" where it depends on none.
    """

    key: str
    outputs: Mapping[str, str]
    counts: Mapping[str, int]
    seconds: float
    extras: str = ""


@dataclass
class Manifest:
    """The entries by stage and shard. `outdated` says why the files of an earlier build cannot be used, or is ""."""

    workspace: Workspace
    stages: dict[str, dict[str, Entry]] = field(default_factory=dict)
    outdated: str = ""
    _cost: float = field(default=0.0, compare=False)
    _saved: float = field(default=0.0, compare=False)

    @classmethod
    def open(cls, workspace: Workspace) -> Manifest:
        """The manifest of a workspace, empty for a new one, outdated for one of another layout or a damaged one."""
        try:
            data = json_of(workspace.manifest.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(workspace)
        except ValueError:
            return cls(workspace, outdated="its manifest.json is damaged")
        if not isinstance(data, dict) or data.get("layout") != LAYOUT:
            version = data.get("version", "unknown") if isinstance(data, dict) else "unknown"
            return cls(workspace, outdated=f"it was written by another version of corpus-builder ({version})")
        try:
            stages = TypeAdapter(dict[str, dict[str, Entry]]).validate_python(data.get("stages"))
        except ValueError:
            return cls(workspace, outdated="its manifest.json is damaged")
        return cls(workspace, stages)

    def require_current(self) -> None:
        """Raise UsageError where the files of the workspace were written by another version."""
        if self.outdated:
            raise UsageError(
                f"the workspace {self.workspace} cannot be used as it is: {self.outdated}",
                next_step="run `corpus-builder build CONFIG --workspace FOLDER` once: "
                "the crawl (WARC files and state) is kept, everything after it is made again",
            )

    def start_over(self) -> None:
        """Remove what the stages after the crawl made in an outdated workspace; the crawl's pages and state stay."""
        logger.warning(
            "workspace %s: %s. The crawl (WARC files and state) is kept, everything after it is made again.",
            self.workspace,
            self.outdated,
        )
        place = self.workspace
        made = (place.editions, place.articles, place.lexicon, place.aligned, place.quotes, place.quality, place.scores,
                place.export)  # fmt: skip
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(place.dropped, ignore_errors=True)
        if place.captures.is_file():  # what it lists still belongs to the workspace
            place.captures.replace(place.captures_aside)
        self.stages, self.outdated = {}, ""
        self.save()

    def fresh(self, stage: str, shard: str, key: str, extras: str = "") -> bool:
        """Whether a task need not run: same key, same extras if it used any, and unchanged outputs."""
        entry = self.stages.get(stage, {}).get(shard)
        if entry is None or entry.key != key or entry.extras not in ("", extras):
            return False
        root = self.workspace.root
        return all(
            (root / path).is_file() and file_hash(root / path) == digest for path, digest in entry.outputs.items()
        )

    def record(
        self,
        stage: str,
        shard: str,
        key: str,
        outputs: Iterable[Path],
        counts: Mapping[str, int],
        seconds: float,
        extras: str = "",
    ) -> None:
        """Record a task that ran; files of its earlier run that it no longer makes are removed."""
        hashes = {self.workspace.relative(path): file_hash(path) for path in outputs}
        self.enter(stage, shard, key, hashes, counts, seconds, extras)
        self.save()

    def enter(
        self,
        stage: str,
        shard: str,
        key: str,
        hashes: Mapping[str, str],
        counts: Mapping[str, int],
        seconds: float,
        extras: str = "",
    ) -> None:
        """The same for outputs whose hashes are known, by their names; written when some time has passed, or by `save`.

        The file grows with the number of shards, so writing it for each of them would take the square of that.
        """
        shards = self.stages.setdefault(stage, {})
        if earlier := shards.get(shard):
            self._remove(earlier.outputs.keys() - hashes.keys())
        shards[shard] = Entry(key, dict(hashes), dict(counts), round(seconds, 3), extras)
        if time.monotonic() - self._saved > _SHARE * self._cost:
            self.save()

    def keep_only(self, stage: str, shards: Iterable[str]) -> None:
        """Forget the shards of a stage that are gone, and remove their files."""
        kept = set(shards)
        for shard in set(self.stages.get(stage, {})) - kept:
            self._remove(self.stages[stage].pop(shard).outputs)
        self.save()

    def _remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            (self.workspace.root / path).unlink(missing_ok=True)

    def counts(self, stage: str) -> Counter[str]:
        """The counts of a stage, summed over its shards."""
        total: Counter[str] = Counter()
        for entry in self.stages.get(stage, {}).values():
            total.update(entry.counts)
        return total

    def save(self) -> None:
        """Write manifest.json."""
        started = time.monotonic()
        data = {
            "layout": LAYOUT,
            "version": VERSION,
            "stages": {
                stage: {shard: asdict(entry) for shard, entry in sorted(shards.items())}
                for stage, shards in self.stages.items()
            },
        }
        with replacing(self.workspace.manifest) as part:
            part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        self._saved = time.monotonic()
        self._cost = self._saved - started


def task_key(*parts: Any) -> str:
    """A hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


@cached
def code_version(*modules: str) -> str:
    """A hash of the files of some modules and packages of corpus_builder, as "text" or "dataset.rows".

    "languages" includes the language files that the user added. Raises FileNotFoundError for a name that is neither.
    """
    digest = hashlib.sha256()
    for module in modules:
        path = _PACKAGE.joinpath(*module.split("."))
        files = sorted(path.rglob("*")) if path.is_dir() else [path.with_suffix(".py")]
        for file in files:
            if "__pycache__" not in file.parts and not file.is_dir():
                digest.update(f"{file.relative_to(_PACKAGE).as_posix()} {file_hash(file)}\n".encode())
    for path in all_language_files() if "languages" in modules else ():
        digest.update(f"{path.name} {file_hash(path)}\n".encode())
    return digest.hexdigest()
