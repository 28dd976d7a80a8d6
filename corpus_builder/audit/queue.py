"""What somebody is to judge: the own rows of the sample, then second looks.

A row that only one annotator sees and does not call right is shown to another one, who is not told why. Rows that are
called right by mistake are rare where nearly all rows are right; rows that are called wrong by mistake would be a large
part of those called wrong, and each counts in full against the dataset.
"""

from __future__ import annotations

from corpus_builder.audit.folder import Audit, SampleRow
from corpus_builder.audit.judgements import RIGHT


def rows_to_judge(audit: Audit, annotator: str) -> list[SampleRow]:
    """All rows of an annotator, judged or not: those of the sample, then the second looks so far.

    Raises UsageError for somebody who has no part in the audit.
    """
    own = audit.records(annotator).judgements
    looks = [row for row in second_looks(audit, annotator) if row.id not in own]
    # Second looks that were taken stay in the list, whatever the first annotator says since.
    taken = [row for row in audit.rows if annotator not in row.annotators and row.id in own]
    return [*audit.rows_of(annotator), *taken, *looks]


def waiting(audit: Audit, annotator: str) -> list[SampleRow]:
    """The rows that an annotator has yet to judge, in order."""
    done = audit.records(annotator).judgements
    return [row for row in rows_to_judge(audit, annotator) if row.id not in done]


def second_looks(audit: Audit, annotator: str) -> list[SampleRow]:
    """The rows that only the annotator named before this one was to judge, and did not call right."""
    names = audit.design.annotators
    before = names[names.index(annotator) - 1]
    if before == annotator:
        return []
    said = audit.records(before).judgements
    return [row for row in audit.rows if row.annotators == (before,) and row.id in said and said[row.id].value > RIGHT]
