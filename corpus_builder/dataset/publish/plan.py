"""What publishing a folder would change on the Hub, and whether the user must confirm it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from corpus_builder.dataset.publish.checks import Published
from corpus_builder.dataset.publish.edited import refuse_edited
from corpus_builder.dataset.publish.files import FileChanges, compare
from corpus_builder.dataset.publish.hub import Hub, Remote
from corpus_builder.errors import UsageError
from corpus_builder.parquet import row_count

# The share of the rows of a split that may be lost without confirmation. Chosen: a takedown or a stricter filter costs
# a few per cent; a lost month or edition, which this should detect, costs more.
SHRINKING = 0.1
# data/<config>/<split>-*.parquet, as the exporter writes it.
_DATA = re.compile(r"data/([^/]+)/([^/-]+)-[^/]*\.parquet")
# Files with rows in another layout; if one would be removed, its rows cannot be counted.
_HOLDS_ROWS = re.compile(r".*\.(parquet|arrow|jsonl?|csv|tsv|txt|tmx|xml)(\.(gz|zst|xz|bz2))?|.*\.(zip|tar)")
# Names that git accepts as tags, without rare characters.
_TAG = re.compile(r"(?!.*\.\.)(?!.*\.lock$)[A-Za-z0-9][A-Za-z0-9._+-]*(?<!\.)")


Gate = Literal["auto", "manual"]


@dataclass(frozen=True)
class Plan:
    """A folder compared with the Hub. `before` has the rows there by (config, split), `uncounted` files with unknown
    rows. `tag` is the name of the tag to create, None where none was requested or it exists and is right; `gate` is how
    readers are to be approved from now on, None where that stays as it is.
    """

    source: Published
    remote: Remote
    private: bool
    difference: FileChanges
    before: Mapping[tuple[str, str], int]
    uncounted: tuple[str, ...]
    tag: str | None
    message: str = ""
    create_pr: bool = False
    gate: Gate | None = None

    @property
    def shrinking(self) -> list[str]:
        """The losses that need confirmation, in words."""
        losses = []
        for (config, split), rows in sorted(self.before.items()):
            now = self.source.rows.get((config, split), 0)
            if now < rows * (1 - SHRINKING):
                losses.append(f"{config}, {split}: {rows:,} rows on the Hub, {now:,} here")
        return losses + [f"{name} would be removed, and its rows cannot be counted" for name in self.uncounted]


@dataclass(frozen=True)
class Wishes:
    """What of publishing the user decides. `patterns` are those of --include and --exclude: files that they leave out
    stay on the Hub as they are. `overwrite` replaces what was changed there since the last publish. `gate` is how
    readers are to be approved, None for leaving that as it is.
    """

    private: bool = False
    tag: str | None = None
    allow_shrinking: bool = False
    message: str = ""
    create_pr: bool = False
    overwrite: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    gate: Gate | None = None

    def chooses(self, names: Iterable[str]) -> list[str]:
        """Those of some files that are published."""
        from huggingface_hub.utils import filter_repo_objects  # type: ignore[attr-defined]

        return list(
            filter_repo_objects(names, allow_patterns=list(self.include) or None, ignore_patterns=list(self.exclude))
        )


def make_plan(source: Published, hub: Hub, wishes: Wishes = Wishes()) -> Plan:
    """Compare a folder with the Hub; nothing is changed there.

    Raises UsageError where the tag is taken, where a public repository is to be private, and for a loss of rows that
    was not allowed, and where publishing would undo a change made on the Hub.
    """
    private, tag = wishes.private, wishes.tag
    if tag is not None and wishes.create_pr:
        raise UsageError("--tag names a version that is published; --create-pr proposes one", next_step="leave one out")
    if wishes.gate and wishes.create_pr:
        raise UsageError("--gated changes the repository at once; --create-pr proposes", next_step="leave one out")
    if tag is not None and not _TAG.fullmatch(tag):
        raise UsageError(f"--tag {tag}: invalid tag name", next_step="use letters, digits and . _ + -, e.g. v1.2")
    hub.accept_card(source.card)
    remote = hub.read()
    if remote.head and private and not remote.private:
        raise UsageError(
            f"{hub.repo} is public already; --private is for a new repository",
            next_step=f"make it private first at {hub.url}/settings, or leave --private out",
        )
    difference = compare(source.files, {name: remote.files[name] for name in wishes.chooses(remote.files)})
    if not wishes.overwrite:
        refuse_edited(source.files, hub, remote, difference)
    before, uncounted = _rows_before(source, hub, remote, difference)
    plan = Plan(
        source=source,
        remote=remote,
        private=remote.private if remote.head else private,
        difference=difference,
        before=before,
        uncounted=uncounted,
        tag=_missing(tag, hub, remote, difference),
        message=wishes.message,
        create_pr=wishes.create_pr,
        gate=None if wishes.gate == remote.gated else wishes.gate,
    )
    if plan.shrinking and not wishes.allow_shrinking:
        listed = "\n".join(f"  - {line}" for line in plan.shrinking)
        raise UsageError(
            f"the version on the Hub would lose many rows:\n{listed}",
            next_step="if that is intended, repeat with --allow-shrinking; nothing was sent",
        )
    return plan


def _missing(tag: str | None, hub: Hub, remote: Remote, difference: FileChanges) -> str | None:
    """The tag, if it has to be created. Raises UsageError where it points to another commit."""
    target = hub.tag(tag) if tag and remote.head else None
    if target is None:
        return tag
    if difference or target != remote.head:
        raise UsageError(
            f"the tag {tag} of {hub.repo} points to commit {target[:10]}, which has other files",
            next_step="choose another --tag; tags are not moved, because others may have cited them",
        )
    return None


def _rows_before(
    source: Published, hub: Hub, remote: Remote, difference: FileChanges
) -> tuple[dict[tuple[str, str], int], tuple[str, ...]]:
    """The rows on the Hub by (config, split), and the files with rows that cannot be counted."""
    before: Counter[tuple[str, str]] = Counter()
    uncounted = []
    rows: int | None
    altered = {*difference.changed, *difference.removed}
    for name in sorted(remote.files):
        if not (layout := _DATA.fullmatch(name)):
            if name in difference.removed and _HOLDS_ROWS.fullmatch(name.lower()):
                uncounted.append(name)
            continue
        if name not in altered:
            if name not in source.files:
                continue  # left out by --include or --exclude
            rows = row_count(source.files[name])
        elif (rows := hub.rows(name, str(remote.head))) is None:
            uncounted.append(name)
            continue
        before[layout[1], layout[2]] += rows
    return dict(before), tuple(uncounted)
