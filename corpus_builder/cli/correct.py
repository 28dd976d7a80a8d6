"""`correct`: what people corrected in the alignment, and how good the aligner is by it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_builder.cli.places import folder_here
from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    help="Corrected stories: which still hold, how good the aligner is on those held out, and gold.",
)

Workspace = Annotated[
    Path, typer.Option("--workspace", "-w", metavar="DIR", parser=folder_here, help="Workspace of a build.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
STORIES = ("all", "teaching", "held-out")


@app.command("list")
def list_(workspace: Workspace = Path("workspace"), json: Json = False) -> None:
    """List the corrected stories: how many groups still fit the text, and why others do not.

    Corrections are made in `corpus-builder look`.

    Example: `corpus-builder correct list -w workspace`
    """
    from corpus_builder.stages.correct import corrected_stories, opened, reasons

    place, config = opened(workspace)
    stories = corrected_stories(place, config.corrections)
    if json:
        say_json([
            {
                "article_id": each.article_id, "groups": len(each.checked.held), "complete": each.complete,
                "held_out": each.held_out, "moved": each.checked.moved,
                "void": {str(reason): count for reason, count in each.checked.reasons.items()},
            }
            for each in stories
        ])  # fmt: skip
        return
    if not stories:
        say("nobody has corrected a story here: open the workspace with corpus-builder look")
        return
    from rich.table import Table

    table = Table("story", "groups", "complete", "use", "no longer hold", box=None, header_style="bold")
    for each in stories:
        void = ", ".join(f"{reason} {count}" for reason, count in sorted(each.checked.reasons.items()))
        table.add_row(each.article_id, str(len(each.checked.held)), "yes" if each.complete else "",
                      "held out" if each.held_out else "teaches", void)  # fmt: skip
    console().print(table)
    total = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons(stories).items()))
    say(f"stories: {len(stories)}, complete: {sum(each.complete for each in stories)}"
        + (f"; no longer hold: {total}" if total else ""))  # fmt: skip


@app.command("report")
def report(
    workspace: Workspace = Path("workspace"),
    seed: Annotated[int, typer.Option(help="Random seed of the interval.")] = 1,
    json: Json = False,
) -> None:
    """Measure the aligner on this site: on corrected stories that did not teach it, without their corrections.

    Strict and lax precision, recall and F1 of sentences, as Vecalign defines them.

    Example: `corpus-builder correct report -w workspace`
    """
    from dataclasses import asdict

    from corpus_builder.stages.correct import report as make

    found = make(workspace, seed)
    if json:
        say_json(asdict(found))
        return
    for pair, each in found.pairs.items():
        scored = each.scored
        for kind, value in (("strict", scored.strict), ("lax", scored.lax)):
            interval = (
                f" [{each.interval[0]:.4f}, {each.interval[1]:.4f}]" if each.interval and kind == "strict" else ""
            )
            say(f"{pair} {kind:6}  precision {value.precision:.4f}  recall {value.recall:.4f}  "
                f"F1 {value.f1:.4f}{interval}")  # fmt: skip
        say(f"{pair} {scored.beads:,} beads found, {scored.gold:,} two-sided in the corrections, "
            f"{scored.documents:,} stories")  # fmt: skip
    say(f"corrected stories: {found.stories}; they teach the aligner: {found.teaching}; held out: {found.held_out}, "
        f"of these complete and measured: {found.measured}")  # fmt: skip
    if not found.measured:
        say("nothing can be measured yet: correct or confirm every segment of some held-out stories "
            "(corpus-builder correct list)")  # fmt: skip


@app.command("export")
def export(
    output: Annotated[Path, typer.Option("--out", "-o", help="Folder for the texts and their gold.")],
    stories: Annotated[str, typer.Option(help="Which corrected stories: all, teaching or held-out.")] = "all",
    workspace: Workspace = Path("workspace"),
) -> None:
    """Write the completely corrected stories as texts and gold, for `align` and `align score`.

    Example: `corpus-builder correct export -o gold`
    """
    from corpus_builder.stages.correct import export_gold

    if stories not in STORIES:
        raise UsageError(f"--stories {stories} is unknown", next_step=f"choose one of {', '.join(STORIES)}")
    written, beads, left = export_gold(workspace, output, stories)
    say(f"stories: {written}, groups: {beads}: {output}" + (f"; not complete: {left}" if left else ""))
