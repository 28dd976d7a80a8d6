"""manifest.json: for every stage and shard, from what it was made, what came out, and the counts.

A task (a stage on one shard) has a key, the hash of its inputs, its config and its code. It runs again only if the key
or one of its outputs changed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus_builder.files import file_hash, replacing
from corpus_builder.languages import all_language_files, cached
from corpus_builder.version import VERSION
from corpus_builder.workspace.layout import Workspace


@dataclass(frozen=True, slots=True)
class Entry:
    """One task that ran to its end. `outputs` maps paths in the workspace to the hashes of their bytes."""

    key: str
    outputs: Mapping[str, str]
    counts: Mapping[str, int]
    seconds: float


@dataclass
class Manifest:
    """The entries by stage and shard, and the config of the last run."""

    workspace: Workspace
    config: dict[str, Any] = field(default_factory=dict)
    stages: dict[str, dict[str, Entry]] = field(default_factory=dict)

    @classmethod
    def open(cls, workspace: Workspace) -> Manifest:
        """The manifest of a workspace; an empty one where there is none or where it is damaged (then all reruns)."""
        manifest = cls(workspace)
        try:
            data = json.loads(workspace.manifest.read_text(encoding="utf-8"))
            manifest.config = data["config"]
            manifest.stages = {
                stage: {shard: Entry(**entry) for shard, entry in shards.items()}
                for stage, shards in data["stages"].items()
            }
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError, AttributeError):
            manifest.stages = {}
        return manifest

    def fresh(self, stage: str, shard: str, key: str) -> bool:
        """Whether a task need not run: same key, and its outputs are as it left them."""
        entry = self.stages.get(stage, {}).get(shard)
        if entry is None or entry.key != key:
            return False
        root = self.workspace.root
        return all(
            (root / path).is_file() and file_hash(root / path) == digest for path, digest in entry.outputs.items()
        )

    def record(
        self, stage: str, shard: str, key: str, outputs: Iterable[Path], counts: Mapping[str, int], seconds: float
    ) -> None:
        """Write down that a task ran."""
        hashes = {self.workspace.relative(path): file_hash(path) for path in outputs}
        self.stages.setdefault(stage, {})[shard] = Entry(key, hashes, dict(counts), round(seconds, 3))
        self.save()

    def keep_only(self, stage: str, shards: Iterable[str]) -> None:
        """Forget the shards of a stage that are no longer there, and remove what they made."""
        kept = set(shards)
        for shard in set(self.stages.get(stage, {})) - kept:
            for path in self.stages[stage].pop(shard).outputs:
                (self.workspace.root / path).unlink(missing_ok=True)
        self.save()

    def counts(self, stage: str) -> Counter[str]:
        """The counts of a stage, summed over its shards."""
        total: Counter[str] = Counter()
        for entry in self.stages.get(stage, {}).values():
            total.update(entry.counts)
        return total

    def hashes(self, stage: str) -> dict[str, str]:
        """The outputs of a stage with their hashes, over all shards, in a fixed order."""
        merged: dict[str, str] = {}
        for _, entry in sorted(self.stages.get(stage, {}).items()):
            merged.update(entry.outputs)
        return merged

    def save(self) -> None:
        """Write manifest.json whole."""
        data = {
            "version": VERSION,
            "config": self.config,
            "stages": {
                stage: {shard: asdict(entry) for shard, entry in sorted(shards.items())}
                for stage, shards in self.stages.items()
            },
        }
        with replacing(self.workspace.manifest) as part:
            part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def task_key(*parts: Any) -> str:
    """A hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


@cached
def code_version(*packages: str) -> str:
    """A hash of the source files of some packages or modules, and of all language files, added ones too."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for package in packages:
        path = root / package
        files = sorted(path.rglob("*")) if path.is_dir() else [path.with_suffix(".py")]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    for path in all_language_files():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
