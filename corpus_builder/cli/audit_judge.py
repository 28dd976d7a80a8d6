"""Judging rows of an audit in a terminal: a row at a time, a key each; also from a pipe of such keys."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corpus_builder.audit.guideline import MARK_LINES, VERDICT_LINES
from corpus_builder.audit.judgements import MARKS, REASONS, RIGHT, VERDICTS, Judgement, Verdict
from corpus_builder.cli.terminal import console, say
from corpus_builder.escape import terminal

if TYPE_CHECKING:
    from corpus_builder.audit.decisions import Decision
    from corpus_builder.audit.folder import Audit, SampleRow
    from corpus_builder.audit.judgements import Records

GUIDE = "\n".join(
    [
        *(f"{key} {word:<9} {when}" for key, word, when in VERDICT_LINES),
        "   ".join(f"{key} {words}" for key, words in MARK_LINES) + "   (marks: before the verdict)",
        "u undo the last judgement   s skip for now   q stop   ? this text",
        "rows of three languages: 1 all right; 2, 3 and p ask for each pair",
    ]
)


class Stop(Exception):
    """The annotator has had enough."""


def judge_rows(audit: Audit, annotator: str) -> None:
    """Ask for a judgement of every row that the annotator has not judged yet."""
    from corpus_builder.audit.queue import rows_to_judge

    records = audit.records(annotator)
    rows = rows_to_judge(audit, annotator)
    _tell_damage(records)
    skipped: set[str] = set()
    say(GUIDE)
    try:
        while waiting := [row for row in rows if row.id not in records.judgements and row.id not in skipped]:
            row = waiting[0]
            done = len(rows) - sum(row.id not in records.judgements for row in rows)
            say(f"\n{done + 1} of {len(rows)}")
            _show(row)
            answer = _ask(row, annotator)
            if isinstance(answer, Judgement):
                records.judge(answer)
            elif answer == "s":
                skipped.add(row.id)
            else:
                undone = records.undo()
                skipped.discard(undone or "")
                say("taken back" if undone else "there is nothing to take back")
    except Stop:
        pass
    left = sum(row.id not in records.judgements for row in rows)
    say(f"\n{len(rows) - left} of {len(rows)} judged; {f'{left} left' if left else 'all done'}")
    say(f"next: corpus-builder audit {'report' if not left else 'judge'} {named(audit)}"
        + (f" --annotator {annotator}" if left else ""))  # fmt: skip


def decide_disagreements(audit: Audit, annotator: str) -> None:
    """Show what each annotator said of the rows that they disagree on, and ask for the verdict that holds."""
    from corpus_builder.audit.decisions import disputed

    records = audit.adjudicated()
    _tell_damage(records)
    skipped: set[str] = set()
    total = len(disputed(audit))
    say(GUIDE if total else "annotators disagree on nothing that is not decided")
    try:
        while waiting := [each for each in disputed(audit) if each.row.id not in skipped]:
            decision = waiting[0]
            say(f"\n{total - len(waiting) + 1} of {total}")
            _show(decision.row)
            _show_opinions(decision)
            answer = _ask(decision.row, annotator)
            if isinstance(answer, Judgement):
                records.judge(answer)
            elif answer == "s":
                skipped.add(decision.row.id)
            else:
                undone = records.undo(annotator)
                skipped.discard(undone or "")
                total = max(total, len(disputed(audit)))
                say("taken back" if undone else "there is nothing to take back")
    except Stop:
        pass


def named(audit: Audit) -> str:
    """The audit as the commands want it, with its workspace where that is not the default."""
    folder = audit.path.parent.parent
    return audit.design.name if folder == Path("workspace") else f"{audit.design.name} -w {folder}"


def _tell_damage(records: Records) -> None:
    for number in records.damaged:
        say(f"{records.path.name}: line {number} cannot be read and is left out; judge its row again", error=True)


def _show(row: SampleRow) -> None:
    """The row with its neighbours, which are grey. The probability is not shown: it would lead the annotator."""
    from rich.text import Text

    out = console()
    for texts, style in ((row.before, "bright_black"), (row.translation, ""), (row.after, "bright_black")):
        for language, text in texts.items():
            for line in text.split("\n"):
                out.print(Text(f"{language}  {terminal(line)}", style=style))


def _show_opinions(decision: Decision) -> None:
    for judgement in decision.judgements:
        said = ", ".join(f"{pair}: {verdict.words}" for pair, verdict in judgement.verdicts.items())
        say(f"  {judgement.annotator}: {said}")


def _ask(row: SampleRow, annotator: str) -> Judgement | str:
    """A judgement, or "u" to undo, or "s" to skip. Raises Stop for q and at the end of the input."""
    pairs = list(row.pairs)
    marks: set[str] = set()
    while True:
        key = _key(f"verdict{' [' + ', '.join(MARKS[m] for m in sorted(marks)) + ']' if marks else ''}: ")
        if key in MARKS:
            marks ^= {key}
        elif key == "?":
            say(GUIDE)
        elif key == "q":
            raise Stop
        elif key in ("u", "s"):
            return key
        elif len(pairs) > 1 and (key == "p" or _KEYS.get(key, RIGHT) != RIGHT):
            # One side that is wrong leaves the pair of the others as it is: this is said of each pair.
            verdicts = {pair: _verdict(f"{pair}: ") for pair in pairs}
            return Judgement(row.id, verdicts, "".join(sorted(marks)), annotator)
        elif key in _KEYS:
            return Judgement(row.id, _same(pairs, _reasoned(key)), "".join(sorted(marks)), annotator)


_KEYS: Mapping[str, int] = {str(value): value for value in VERDICTS}


def _same(pairs: Sequence[str], verdict: Verdict) -> dict[str, Verdict]:
    return dict.fromkeys(pairs, verdict)


def _verdict(prompt: str) -> Verdict:
    while (key := _key(prompt)) not in _KEYS:
        if key == "q":
            raise Stop
    return _reasoned(key)


def _reasoned(key: str) -> Verdict:
    """The verdict of a key, with its reason: Enter gives none."""
    value = _KEYS[key]
    reasons = REASONS.get(value)
    if not reasons:
        return Verdict(value)
    listed = ", ".join(f"{letter} {words}" for letter, words in reasons.items())
    while (reason := _key(f"why ({listed}): ")) not in (*reasons, ""):
        if reason == "q":
            raise Stop
    return Verdict(value, reason)


def _key(prompt: str) -> str:
    """One key: pressed on a terminal; a line of its own from a pipe. "" is Enter. Raises Stop at the end."""
    say(prompt, end="")
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise Stop
        key = line.strip().lower()
    else:
        try:
            key = typer.getchar().strip().lower()
        except EOFError as error:  # Ctrl-D
            raise Stop from error
    say(key)
    return key
