"""`publish`: a dataset folder to the Hub, in one commit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.places import dataset_folder
from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.escape import line

if TYPE_CHECKING:
    from corpus_builder.dataset.publish import Hub, Plan, PublishOutcome


class Gating(StrEnum):
    """How readers are let in."""

    AUTO = "auto"
    MANUAL = "manual"


# Files listed one by one; of more, only the number is shown. Chosen: a screen.
LISTED = 60


def publish(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", parser=dataset_folder, help="Dataset folder (dataset/ of a workspace).")
    ],
    repo: Annotated[str, typer.Option(metavar="NAMESPACE/NAME", help="Hub dataset (created if missing).")],
    private: Annotated[bool, typer.Option("--private", help="Create the repository as private.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show what would change; send nothing.")] = False,
    gated: Annotated[
        Gating | None,
        typer.Option(help="Readers must agree to the terms: auto lets them in then, manual leaves that to you."),
    ] = None,
    tag: Annotated[str | None, typer.Option(metavar="V", help="Tag for this version, e.g. v1.2.")] = None,
    stand_off: Annotated[
        bool, typer.Option("--stand-off", help="Refuse a folder that contains texts of articles.")
    ] = False,
    allow_shrinking: Annotated[
        bool, typer.Option("--allow-shrinking", help="Allow splits to lose more than a tenth of their rows.")
    ] = False,
    revision: Annotated[str, typer.Option(metavar="R", help="Branch to publish to (created if missing).")] = "main",
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Open a pull request instead of publishing.")] = False,
    message: Annotated[str, typer.Option(metavar="M", help="Title of the commit.")] = "",
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only files like 'data/sentences*'; repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave files on the Hub as they are; repeatable.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what was changed on the Hub since the last publish.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Publish a dataset folder on the Hugging Face Hub: checks, a list of changes, one commit, a tag.

    Endpoint and token are taken from `hf auth login`, HF_TOKEN and HF_ENDPOINT. Safe to repeat after any failure.

    Example: `corpus-builder publish workspace/dataset --repo me/my-news --tag v1 --dry-run`
    """
    import tempfile

    from corpus_builder.dataset.publish import Wishes, carry_out, chosen, connect, inspect, make_plan, prepared

    patterns = tuple(include or ()), tuple(exclude or ())
    hub = connect(repo, to_write=not dry_run, notice=lambda notice: say(notice, error=True), branch=revision)
    source = inspect(dataset, stand_off=stand_off)
    with tempfile.TemporaryDirectory() as scratch:
        source = prepared(source, repo, hub.api.endpoint, revision, Path(scratch))
        wishes = Wishes(
            private, tag, allow_shrinking, message, create_pr, overwrite, *patterns, gated.value if gated else None
        )
        plan = make_plan(chosen(source, *patterns), hub, wishes)
        if not json:
            _show(plan, hub)
        if "\nextra_gated_prompt:" in plan.source.card and not (plan.gate or plan.remote.gated):
            say("warning: the card has terms (gating), but nobody is asked to agree: add --gated auto", error=True)
        outcome = None if dry_run else carry_out(plan, hub)
    if json:
        _print_json(plan, hub, outcome)
    else:
        say(_last_line(plan, hub, outcome))


def _show(plan: Plan, hub: Hub) -> None:
    from rich.table import Table

    visible = "private" if plan.private else "public"
    new = "new" if not plan.remote.head else "exists"
    gate = plan.gate or plan.remote.gated
    say(f"{hub.url}: {new}, {visible}{f', gated ({gate})' if gate else ''}, licence {plan.source.licence}")
    for name, sign, sizes in _changes(plan):
        total = sum(sizes.values())
        say(f"files {name}: {len(sizes)}{f', {_bytes(total)}' if sizes else ''}")
        for file in list(sizes)[:LISTED]:
            say(line(f"  {sign} {file}  {_bytes(sizes[file])}"))
        if len(sizes) > LISTED:
            say(f"  … and {len(sizes) - LISTED} more")
    table = Table("config", "split", "on the Hub", "here", box=None, header_style="bold")
    for column in table.columns[2:]:
        column.justify = "right"
    for config, split, before, now in _rows(plan):
        table.add_row(config, split, f"{before:,}", f"{now:,}")
    console().print(table)


def _last_line(plan: Plan, hub: Hub, outcome: PublishOutcome | None) -> str:
    if outcome is None:
        if not plan.difference and not plan.tag and not plan.gate:
            return "dry run: nothing was sent; there are no changes"
        return "dry run: nothing was sent; publish without --dry-run"
    if outcome.proposed:
        return f"opened a pull request: {outcome.proposed}"
    tagged = f", tag {outcome.tagged}" if outcome.tagged else ""
    if outcome.committed:
        return f"published {hub.url} at commit {outcome.commit[:10]}{tagged}"
    return f"{hub.url} is up to date, at commit {outcome.commit[:10]}; nothing to commit{tagged}"


def _print_json(plan: Plan, hub: Hub, outcome: PublishOutcome | None) -> None:
    report = {
        "url": hub.url,
        "new": plan.remote.head is None,
        "private": plan.private,
        "gated": plan.gate or plan.remote.gated or None,
        "files": {name: sizes for name, _, sizes in _changes(plan)},
        "rows": [
            {"config": config, "split": split, "before": before, "now": now}
            for config, split, before, now in _rows(plan)
        ],
        "dry_run": outcome is None,
        "commit": outcome.commit if outcome else plan.remote.head,
        "committed": bool(outcome and outcome.committed),
        "tagged": outcome.tagged if outcome else None,
        "pull_request": outcome.proposed if outcome else None,
    }
    say_json(report)


def _changes(plan: Plan) -> list[tuple[str, str, dict[str, int]]]:
    """Name, sign and files with their sizes of each kind of change."""
    here, difference = plan.source.files, plan.difference
    return [
        ("added", "+", {name: here[name].stat().st_size for name in difference.added}),
        ("changed", "~", {name: here[name].stat().st_size for name in difference.changed}),
        ("removed", "-", {name: plan.remote.files[name].size for name in difference.removed}),
    ]


def _rows(plan: Plan) -> list[tuple[str, str, int, int]]:
    """Config, split, rows on the Hub, rows here; in the order of the card, what is gone last."""
    keys = dict.fromkeys([*plan.source.rows, *sorted(plan.before)])
    return [(*key, plan.before.get(key, 0), plan.source.rows.get(key, 0)) for key in keys]


def _bytes(size: int) -> str:
    return f"{size:,} B" if size < 10_000 else f"{size / 1e3:,.0f} kB" if size < 10_000_000 else f"{size / 1e6:,.0f} MB"
