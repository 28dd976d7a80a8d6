"""Carrying out a plan: a new repository if there is none, uploads, one commit, the tag.

The commit is the one visible step, and its answer can be lost. So after a failure the repository is read again:

- it holds the folder                 the commit landed
- its head is still the parent        it did not (yet): the same commit upon the same parent; should the first land
                                      meanwhile, the Hub refuses the second for its stale parent, and one remains
- else                                someone else pushed: nothing of theirs is overwritten, the user decides
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from corpus_builder.dataset.publish.failures import explained, may_pass, status_of
from corpus_builder.dataset.publish.files import KEPT, FileChanges, RemoteFile, compare
from corpus_builder.dataset.publish.hub import SHORT_WAITS, WAITS, Hub, Remote, additions, removals
from corpus_builder.dataset.publish.plan import Plan
from corpus_builder.errors import RunError
from corpus_builder.version import VERSION


@dataclass(frozen=True)
class PublishOutcome:
    """The commit that holds the folder, whether this run made it, the tag that this run made, and the address of the
    pull request where one was opened."""

    commit: str
    committed: bool
    tagged: str | None
    proposed: str | None = None


def carry_out(plan: Plan, hub: Hub) -> PublishOutcome:
    """Publish. Raises RunError with the next step; repeating it after any end whatever duplicates nothing."""
    remote = plan.remote if plan.remote.head else _new_repository(plan, hub)
    if plan.gate:  # before there is anything to read
        hub.gate(plan.gate)
    commit, committed = str(remote.head), bool(plan.difference)
    if committed and plan.create_pr:
        uploads = _uploads(plan)
        hub.upload(uploads, create_pr=True)
        commit, address = hub.propose([*uploads, *removals(plan.difference.removed)], commit, *_message(plan))
        return PublishOutcome(commit, committed, None, address)
    if committed:
        hub.make_branch()
        commit = _commit(plan, hub, commit)
    if plan.tag:
        hub.make_tag(plan.tag, commit)
    return PublishOutcome(commit, committed, plan.tag)


def _new_repository(plan: Plan, hub: Hub) -> Remote:
    hub.create(private=plan.private)
    remote = hub.read()
    if not remote.head:
        raise RunError(
            f"{hub.repo} exists, but is not visible with this token",
            next_step="run the same command again; if that does not help, give the token read and write permission",
        )
    if plan.private and not remote.private:
        raise RunError(
            f"{hub.repo} is public, but --private was given; nothing was sent",
            next_step=f"someone else created it meanwhile: see {hub.url}/settings",
        )
    if remote.files.keys() - KEPT:
        raise _stale(plan, hub, remote)
    return remote


def _commit(plan: Plan, hub: Hub, parent: str) -> str:
    """Upload and commit; the hash of the commit."""
    files, uploads = plan.source.files, _uploads(plan)
    kept = frozenset(plan.remote.files) - {*plan.difference.changed, *plan.difference.removed} - files.keys()
    operations = [*uploads, *removals(plan.difference.removed)]
    hub.upload(uploads)
    summary, description = _message(plan)
    for wait in (*WAITS, None):
        try:
            remote = hub.read(hub.commit(operations, parent, summary, description))
        except Exception as error:  # any: whatever failed, what the Hub shows now says whether the commit arrived
            remote = hub.read()
            if not compare(files, _without(remote, kept)):
                return str(remote.head)
            if remote.head != parent:
                raise _stale(plan, hub, remote) from error
            if status_of(error) == 412 and wait not in SHORT_WAITS:
                raise RunError(
                    f"the Hub does not let this token commit to {hub.repo}, though nobody else did",
                    next_step="a fine-grained token needs write permission; permission for pull requests is not enough",
                ) from error
            passing = may_pass(error) or status_of(error) == 412
            if wait is None or not passing or not hub.wait(error, wait, "committing"):
                raise explained(error, "committing", hub.api.endpoint) from error
        else:
            if left := compare(files, _without(remote, kept)):
                raise _incomplete(hub, remote, left)
            return str(remote.head)
    raise AssertionError("the last wait is None")


def _without(remote: Remote, kept: Collection[str]) -> dict[str, RemoteFile]:
    """The files on the Hub but those that --include and --exclude leave alone."""
    return {name: file for name, file in remote.files.items() if name not in kept}


def _uploads(plan: Plan) -> list[Any]:
    files = plan.source.files
    changed = {name: files[name] for name in (*plan.difference.added, *plan.difference.changed)}
    try:
        return additions(changed)
    except (OSError, ValueError) as error:
        raise RunError(
            f"a file has disappeared: {error}", next_step="publish again when no program writes to the folder"
        ) from error


def _message(plan: Plan) -> tuple[str, str]:
    rows = sum(plan.source.rows.values())
    lines = [f"- {config}, {split}: {count:,} rows" for (config, split), count in plan.source.rows.items()]
    return (
        plan.message or (f"Publish {plan.tag}" if plan.tag else f"Publish {rows:,} rows"),
        "\n".join([f"By corpus-builder {VERSION}.", "", *lines]),
    )


def _stale(plan: Plan, hub: Hub, remote: Remote) -> RunError:
    theirs = compare(plan.source.files, remote.files)
    return RunError(
        f"someone else has pushed to {hub.repo} meanwhile, commit {hub.newest_commit()}\n"
        f"  against it this folder adds {len(theirs.added)} files, changes {len(theirs.changed)} and removes "
        f"{len(theirs.removed)}; nothing was committed",
        next_step="look at that commit, then repeat with --dry-run to see what would change now",
    )


def _incomplete(hub: Hub, remote: Remote, left: FileChanges) -> RunError:
    names = ", ".join((*left.added, *left.changed, *left.removed)[:5])
    return RunError(
        f"commit {remote.head} of {hub.repo} differs from the folder in: {names}",
        next_step="if the folder was changed meanwhile, publish again; else check whether a .gitignore lists them",
    )
