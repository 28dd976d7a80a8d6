"""`audit`: people judge a sample of rows, and the dataset gets a precision with an interval."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_builder.cli.audit_judge import named
from corpus_builder.cli.places import folder_here
from corpus_builder.cli.terminal import console, say, say_json
from corpus_builder.errors import UsageError

if TYPE_CHECKING:
    from corpus_builder.audit.folder import Audit
    from corpus_builder.audit.report import Report

app = typer.Typer(no_args_is_help=True, help="Let people judge a sample of rows: precision with an interval.")

Workspace = Annotated[
    Path, typer.Option("--workspace", "-w", metavar="DIR", parser=folder_here, help="Workspace of a build.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the audit.")]


def folder_of(workspace: Path, name: str) -> Audit:
    """The audit of this name in a workspace."""
    from corpus_builder.audit.folder import read_audit
    from corpus_builder.audit.judgements import check_name

    check_name(name, "audit")
    return read_audit(workspace / "audit" / name)


@app.command("new")
def new(
    annotators: Annotated[str, typer.Option(help="Names of the people who judge, e.g. anna,ben.")],
    workspace: Workspace = Path("workspace"),
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, help="Number of rows to judge.")] = 300,
    config: Annotated[str, typer.Option(help="sentences, paragraphs or quotes.")] = "sentences",
    pair: Annotated[str | None, typer.Option(help="Language pair, e.g. en-uk (default: all pairs of a row).")] = None,
    split: Annotated[list[str] | None, typer.Option(help="Only this split. Repeat for several.")] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the audit (default: the config, e.g. sentences.en-uk).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 1,
) -> None:
    """Draw a random sample of rows, more of the doubtful ones, and show how precise the result will be.

    The sample is kept in audit/NAME of the workspace; no build removes it.

    Example: `corpus-builder audit new -n 300 --config sentences --pair en-uk --annotators anna,ben`
    """
    from corpus_builder.audit.card import number, shown
    from corpus_builder.audit.estimates import expected
    from corpus_builder.audit.judgements import annotator_names
    from corpus_builder.audit.mistakes import wilson
    from corpus_builder.audit.new import new_audit, plan_audit

    plan = plan_audit(
        workspace / "dataset", name=name, config=config, pair=pair,
        annotators=annotator_names(annotators), wanted=rows, seed=seed, splits=split or (),
    )  # fmt: skip
    audit = new_audit(workspace / "dataset", workspace / "audit", plan)
    design = audit.design
    from rich.table import Table

    table = Table("stratum", "rows", "mean p", "to judge", box=None, header_style="bold")
    for each in design.strata:
        table.add_row(each.name, f"{each.rows:,}", number(each.probability), str(each.sampled))
    console().print(table)
    if len(audit.rows) < rows:
        say(f"only {len(audit.rows)} rows: a story has two at most ({design.passed_over} passed over)", error=True)
    for annotator in design.annotators:
        say(f"{annotator}: {len(audit.rows_of(annotator))} rows")
    say("\nthe interval to expect (95 %):")
    for share in (0.9, 0.95, 0.98, 0.99):
        simple = wilson(share, len(audit.rows))
        say(f"  if {share:.0%} of the rows are right: {shown(expected(design.strata, share, len(design.annotators)))}"
            f"; of a simple random sample: [{number(simple.low)}, {number(simple.high)}]")  # fmt: skip
    say(f"\nnext: corpus-builder audit judge {named(audit)} --annotator {design.annotators[0]}")


@app.command("judge")
def judge(
    name: Name,
    annotator: Annotated[str, typer.Option(help="Who judges.")],
    workspace: Workspace = Path("workspace"),
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="Decide the rows that annotators disagree on.")
    ] = False,
) -> None:
    """Judge rows in the terminal, one key each. Every judgement is saved at once; start again to carry on.

    Example: `corpus-builder audit judge sentences.en-uk --annotator anna`
    """
    from corpus_builder.cli.audit_judge import decide_disagreements, judge_rows

    audit = folder_of(workspace, name)
    if disagreements:
        decide_disagreements(audit, annotator)
    else:
        judge_rows(audit, annotator)


@app.command("report")
def report(
    name: Name,
    workspace: Workspace = Path("workspace"),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show precision with intervals, agreement of annotators, and how reliable the probability is.

    Example: `corpus-builder audit report sentences.en-uk`
    """
    from corpus_builder.audit.report import report as make

    found = make(folder_of(workspace, name))
    if json:
        say_json(asdict(found))
        return
    _print_report(found)


@app.command("export")
def export(
    name: Name,
    output: Annotated[Path, typer.Option("--out", "-o", help="Output file.")],
    to: Annotated[str, typer.Option("--to", help="label-studio or argilla.")] = "label-studio",
    workspace: Workspace = Path("workspace"),
) -> None:
    """Write the sample as JSON for Label Studio or Argilla, without probabilities.

    Example: `corpus-builder audit export sentences.en-uk --to label-studio -o tasks.json`
    """
    from corpus_builder.audit.exchange import FORMATS
    from corpus_builder.escape import json_text
    from corpus_builder.files import replacing

    if to not in FORMATS:
        raise UsageError(f"unknown tool: {to}", next_step=f"choose from {', '.join(FORMATS)}")
    audit = folder_of(workspace, name)
    with replacing(output) as part:
        part.write_text(json_text(FORMATS[to].write(audit), indent=1) + "\n", encoding="utf-8")
    say(f"{len(audit.rows)} rows: {output}", error=True)
    if note := FORMATS[to].note(audit):
        say(note)


@app.command("import")
def import_(
    name: Name,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="JSON exported by Label Studio or Argilla.")],
    annotator: Annotated[
        list[str] | None,
        typer.Option(help="Who judged: NAME, or TOOL-USER=NAME. Repeat for several (default: as the file says)."),
    ] = None,
    workspace: Workspace = Path("workspace"),
) -> None:
    """Read judgements that were made in Label Studio or Argilla.

    Example: `corpus-builder audit import sentences.en-uk annotated.json --annotator anna`
    """
    from corpus_builder.audit.exchange import read_judgements

    outcome = read_judgements(folder_of(workspace, name), source, annotator or ())
    for who, count in outcome.read.items():
        say(f"{who}: {count} judgements read, {outcome.unchanged[who]} were known")
    for reason, count in outcome.left_out.items():
        say(f"left out: {count} ({reason})", error=True)


def _print_report(found: Report) -> None:
    from rich.table import Table

    from corpus_builder.audit.card import mistakes, number, shown, summary

    say(summary(found).replace("`", ""))
    for who, count in found.judged_by.items():
        say(f"  {who}: {count} judged")
    for file, lines in found.damaged.items():
        say(f"  {file}: line {', '.join(map(str, lines))} cannot be read and is left out", error=True)
    if found.strict is None or found.lenient is None:
        say("nothing is judged yet")
        return
    if found.strict.covered < 1:
        say(f"no row is judged yet of strata with {1 - found.strict.covered:.1%} of the dataset; the estimates "
            "are about the others, and the card waits", error=True)  # fmt: skip
    table = Table("precision (95 %)", "strict", "lenient", box=None, header_style="bold")
    for label, key in (("stratified", "stratified"), ("bootstrap over stories", "bootstrap"),
                       ("prediction-powered", "predicted")):  # fmt: skip
        table.add_row(label, shown(getattr(found.strict, key)), shown(getattr(found.lenient, key)))
    for pair, each in found.pairs.items():
        table.add_row(pair, shown(each.stratified), "")
    console().print(table)
    table = Table("stratum", "rows", "judged", "right", box=None, header_style="bold")
    for stratum in found.strata:
        own = found.strict.by_stratum.get(stratum.name)
        judged = found.strict.judged.get(stratum.name, 0)
        table.add_row(stratum.name, f"{stratum.rows:,}", str(judged), shown(own) if own else "")
    console().print(table)
    say("verdicts: " + ", ".join(f"{words} {count}" for words, count in {**found.verdicts, **found.marks}.items()))
    table = Table("probability", "judged", "mean", "right", box=None, header_style="bold")
    for part in found.reliability:
        table.add_row(f"{number(part.low, 2)} to {number(part.high, 2)}", str(part.rows), number(part.probability),
                      shown(part.right))  # fmt: skip
    console().print(table)
    if found.agreement:
        agreed = found.agreement
        kappa = "not defined" if agreed.kappa is None else number(agreed.kappa)
        say(f"judged twice: {agreed.items}; the same {agreed.same:.1%}; Cohen's kappa {kappa}; "
            f"Gwet's AC1 {number(agreed.ac1)}")  # fmt: skip
        for names, counts in agreed.confusion.items():
            table = Table(names, "right", "partly", "wrong", box=None, header_style="bold")
            for label, row in zip(("right", "partly", "wrong"), counts, strict=True):
                table.add_row(label, *map(str, row))
            console().print(table)
    say(mistakes(found))
    if found.disputed:
        say(f"{found.disputed} rows are disputed; the worse verdict holds until somebody decides: "
            "corpus-builder audit judge NAME --disagreements --annotator NAME")  # fmt: skip
