"""What a dataset's card says of its audits, as Markdown. Annotators are counted, not named."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.audit.estimates import Estimates
from corpus_builder.audit.folder import SAMPLE, read_audit, read_audits
from corpus_builder.audit.mistakes import Interval
from corpus_builder.audit.report import Report, report


def audit_texts(folder: Path) -> str:
    """The text of all audits of a workspace's audit/, "" where there is none to report.

    An audit is on the card once each of its strata has a judged row. A folder that has a card.md and no sample is an
    audit made elsewhere; its text is taken as it is.
    """
    texts = []
    for each in sorted(path for path in folder.glob("*") if path.is_dir()):
        if (each / SAMPLE).is_file():
            texts.append(card_text(report(read_audit(each))))
        elif (each / "card.md").is_file():
            texts.append((each / "card.md").read_text(encoding="utf-8").strip())
    return "\n\n".join(filter(None, texts))


def audit_summaries(folder: Path) -> list[str]:
    """One line of each audit that is on the card, as plain text."""
    found = [report(audit) for audit in read_audits(folder)]
    return [summary(each).replace("`", "") for each in found if card_text(each)]


def card_text(found: Report) -> str:
    """The text of one audit; "" where it has not got far enough for an estimate of all rows."""
    strict, lenient = found.strict, found.lenient
    if strict is None or lenient is None or strict.covered < 1:
        return ""
    return "\n".join(
        [
            summary(found) + ".",
            "",
            f"A stratified random sample of `{found.config}` as it was before the audit; rows judged wrong have "
            "been removed since. Strict: every side says the same. Lenient: something is missing, extra or replaced. "
            "The intervals are of 95 %.",
            "",
            "| precision | strict | lenient |",
            "|---|---:|---:|",
            *(
                f"| {name} | {shown(getattr(strict, key))} | {shown(getattr(lenient, key))} |"
                for name, key in (
                    ("stratified", "stratified"),
                    ("bootstrap over stories", "bootstrap"),
                    ("prediction-powered", "predicted"),
                )
            ),
            *(f"| {pair}, stratified | {shown(each.stratified)} | |" for pair, each in found.pairs.items()),
            "",
            "| rows with | in the dataset | judged | right |",
            "|---|---:|---:|---:|",
            *(
                f"| {each.name} | {each.rows:,} | {strict.judged[each.name]} | {shown(strict.by_stratum[each.name])} |"
                for each in found.strata
            ),
            "",
            mistakes(found),
            *_disputes(found),
        ]
    )


def summary(found: Report) -> str:
    """One line: "Human audit of `sentences.en-uk`: 300 rows, 2 annotators, AC1 .93, precision .981 [.962, .993]"."""
    judged = f"{found.judged} rows" if found.judged == found.sampled else f"{found.judged} of {found.sampled} rows"
    annotators = sum(count > 0 for count in found.judged_by.values())
    people = f"{annotators} annotator{'' if annotators == 1 else 's'}"
    parts = [f"Human audit of `{found.config}`: {judged}", people]
    if found.agreement:
        parts.append(f"AC1 {number(found.agreement.ac1, 2)}")
    if found.strict:
        parts.append(f"precision {shown(headline(found.strict))}")
    return ", ".join(parts)


def headline(estimates: Estimates) -> Interval:
    """The interval that is quoted: the stratified one, which needs no trust in the probability."""
    return estimates.stratified


def mistakes(found: Report) -> str:
    """What the shared rows say of the annotators' mistakes, and whether the intervals allow for them."""
    known = found.strict.mistakes if found.strict else None
    if known is None:
        return "No row was judged by two annotators: the intervals do not allow for the mistakes of a single one."
    text = (
        f"Held against what two agree on or what was decided, single judgements of the shared rows call {known.missed} "
        f"of {known.of_right} right rows wrong, and {known.passed} of {known.of_wrong} wrong rows right. The estimates "
        "are corrected for this, and the intervals are wider by what is not known of it."
    )
    if known.unchecked:
        text += f" Of the rows that one annotator did not call right, {known.unchecked:.0%} wait for a second look."
    return text


def _disputes(found: Report) -> list[str]:
    if not found.disputed:
        return []
    return ["", f"Annotators disagree on {found.disputed} rows that nobody has decided yet; the worse verdict holds."]


def shown(interval: Interval) -> str:
    """An interval as ".981 [.962, .993]"."""
    return f"{number(interval.estimate)} [{number(interval.low)}, {number(interval.high)}]"


def number(value: float, digits: int = 3) -> str:
    """A share without its leading zero: ".981", "1.000"."""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
