"""Audits in Label Studio and Argilla: the sample as their JSON, and what was judged there back.

Label Studio: a list of tasks (`data`, and exported with `annotations`), https://labelstud.io/guide/task_format and
https://labelstud.io/guide/export; in JSON-MIN the answers lie beside the data. Argilla: a list of records as
`Dataset.records.to_json` writes it (2.x: `responses` by question; 1.x: a list of responses with `values`),
https://docs.argilla.io.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus_builder.audit.folder import Audit, SampleRow
from corpus_builder.audit.judgements import MARKS, REASONS, VERDICTS, Judgement, Records, Verdict
from corpus_builder.errors import UsageError
from corpus_builder.escape import xml
from corpus_builder.files import json_of, require_file

NOTHING = "–"
"""Stands for a text that a row does not have."""
_REASONS = {words: key for reasons in REASONS.values() for key, words in reasons.items()}


@dataclass(frozen=True)
class Tool:
    """An annotation tool: the function that writes an audit for it, and what its user has to know."""

    write: Callable[[Audit], list[dict[str, Any]]]
    note: Callable[[Audit], str]


@dataclass
class Import:
    """How many judgements of each annotator were read, how many of these were known, what was left out and why."""

    read: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Answer:
    """What one user of a tool said of one row, question by question ("verdict-en-uk" -> ["right"])."""

    row: str
    user: str
    answers: Mapping[str, list[str]]


def _label_studio(audit: Audit) -> list[dict[str, Any]]:
    return [
        {"data": {"row": row.id, **_fields(audit, row)}, "meta": {"annotators": list(row.annotators)}}
        for row in audit.rows
    ]


def _label_studio_note(audit: Audit) -> str:
    """The labelling interface to paste into the project."""
    languages = _languages(audit)
    places = ("before", *languages, "after")
    lines = ["<View>", *(f'  <Text name="text-{xml(place)}" value="${xml(place)}"/>' for place in places)]
    for pair in _pairs(audit):
        lines.append(f'  <Header value="{pair}"/>')
        for name, words in (("verdict", VERDICTS.values()), ("reason", _REASONS)):
            required = ' required="true"' if name == "verdict" and _everywhere(audit, pair) else ""
            lines.append(f'  <Choices name="{name}-{pair}" toName="text-{languages[0]}" choice="single"{required}>')
            lines += [f'    <Choice value="{word}"/>' for word in words]
            lines.append("  </Choices>")
    lines.append(f'  <Choices name="marks" toName="text-{languages[0]}" choice="multiple">')
    lines += [f'    <Choice value="{word}"/>' for word in MARKS.values()]
    return "\n".join(["paste as the labelling interface of the project:", *lines, "  </Choices>", "</View>"])


def _argilla(audit: Audit) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "fields": _fields(audit, row), "metadata": {"annotators": list(row.annotators)},
         "suggestions": {}, "responses": {}, "vectors": {}}
        for row in audit.rows
    ]  # fmt: skip


def _argilla_note(audit: Audit) -> str:
    """The questions that the dataset needs."""
    questions = []
    for pair in _pairs(audit):
        optional = "" if _everywhere(audit, pair) else ", not required,"
        questions.append(f"verdict-{pair}: LabelQuestion{optional} of {', '.join(VERDICTS.values())}")
        questions.append(f"reason-{pair}: LabelQuestion, not required, of {', '.join(_REASONS)}")
    questions.append(f"marks: MultiLabelQuestion, not required, of {', '.join(MARKS.values())}")
    fields = ", ".join(("before", *_languages(audit), "after"))
    return "\n".join([f"the dataset needs the TextFields {fields}, and these questions:", *questions])


FORMATS: Mapping[str, Tool] = {
    "label-studio": Tool(_label_studio, _label_studio_note),
    "argilla": Tool(_argilla, _argilla_note),
}


def _fields(audit: Audit, row: SampleRow) -> dict[str, str]:
    """The texts to show; every field is there in all rows, as both tools want: "–" where a row has no such text, as
    Argilla takes no empty one. Probabilities are left out."""
    texts = {language: row.translation.get(language) or NOTHING for language in _languages(audit)}
    return {"before": _joined(row.before), **texts, "after": _joined(row.after)}


def _languages(audit: Audit) -> list[str]:
    return sorted({language for row in audit.rows for language in row.translation})


def _everywhere(audit: Audit, pair: str) -> bool:
    """Whether all rows have a pair, so that the tool may insist on its verdict."""
    return all(pair in row.pairs for row in audit.rows)


def _joined(texts: Mapping[str, str]) -> str:
    return "\n".join(f"{language}: {text}" for language, text in texts.items()) or NOTHING


def _pairs(audit: Audit) -> list[str]:
    return sorted({pair for row in audit.rows for pair in row.pairs})


def read_judgements(audit: Audit, source: Path, names: Sequence[str] = ()) -> Import:
    """Append the judgements of a file to an audit; those that are known already are left alone.

    `names` says who a user of the tool is, as "17=anna", or as "anna" for everybody. Raises UsageError for a file that
    is neither tool's, and for a user of whom it is not known who that is.
    """
    require_file(source)
    try:
        data = json_of(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{source} cannot be read: {error.strerror}", next_step="name the exported JSON file"
        ) from error
    except ValueError as error:
        raise UsageError(f"{source} is no JSON: {error}", next_step="export as JSON, not as CSV") from error
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise UsageError(f"{source} is not a list of tasks or records", next_step="export as JSON from the tool")
    outcome = Import()
    records: dict[str, Records] = {}
    found = [answer for each in data for answer in _answers(each, outcome)]
    people = {user: _person(audit, user, names) for user in dict.fromkeys(each.user for each in found)}
    for each in found:
        row, annotator = audit.row(each.row), people[each.user]
        if row is None:
            outcome.left_out["the row is not in the sample"] += 1
            continue
        judgement = _judgement(row, each, annotator)
        if judgement is None:
            outcome.left_out["a pair has no verdict"] += 1
            continue
        own = records.setdefault(annotator, audit.records(annotator))
        outcome.read[annotator] += 1
        if own.judgements.get(row.id) == judgement:
            outcome.unchanged[annotator] += 1
        else:
            own.judge(judgement)
    if not found and not outcome.left_out:
        raise UsageError(f"{source} has no judgement of a row", next_step="export the annotations, not only the tasks")
    return outcome


def _answers(each: Mapping[str, Any], outcome: Import) -> Iterator[_Answer]:
    """What a task or a record says; what has another form than the tools write is counted."""
    try:
        if "data" in each:
            found = list(_of_label_studio(each, outcome))
        elif "fields" in each:
            found = list(_of_argilla(each, outcome))
        elif "annotation_id" in each:
            found = [_of_label_studio_min(each)]
        else:
            outcome.left_out["neither a task of Label Studio nor a record of Argilla"] += 1
            return
    except (AttributeError, KeyError, TypeError, ValueError):  # a list where an object should be, and so on
        outcome.left_out["an annotation of another form than the tool writes"] += 1
        return
    yield from found


def _of_label_studio(task: Mapping[str, Any], outcome: Import) -> Iterator[_Answer]:
    row = str(task["data"].get("row", ""))
    for annotation in task.get("annotations") or task.get("completions") or ():
        if annotation.get("was_cancelled"):
            outcome.left_out["skipped by the annotator"] += 1
            continue
        user = _user(annotation.get("completed_by", ""))
        answers = {
            str(part.get("from_name", "")): list(map(str, part.get("value", {}).get("choices", ())))
            for part in annotation.get("result", ())
        }
        yield _Answer(row, user, answers)


def _of_label_studio_min(task: Mapping[str, Any]) -> _Answer:
    """A task of the export JSON-MIN: one annotation, whose answers lie beside the fields of the task."""
    answers = {}
    for name, value in task.items():
        if name.startswith(("verdict-", "reason-")) or name == "marks":
            answers[name] = _listed(value["choices"] if isinstance(value, dict) else value)
    return _Answer(str(task.get("row", "")), _user(task.get("annotator", "")), answers)


def _user(by: object) -> str:
    """A user of Label Studio as the file names them: an address or a number; in JSON also "address, number"."""
    if isinstance(by, dict):
        return str(by.get("email") or by.get("id", ""))
    return str(by).partition(",")[0].strip()


def _of_argilla(record: Mapping[str, Any], outcome: Import) -> Iterator[_Answer]:
    row, responses = str(record.get("id", record.get("external_id", ""))), record.get("responses") or {}
    users: dict[str, dict[str, list[str]]] = {}
    if isinstance(responses, list):
        for response in responses:
            if response.get("status", "submitted") != "submitted":
                outcome.left_out[f"{response['status']} in Argilla"] += 1
                continue
            answers = users.setdefault(str(response.get("user_id", "")), {})
            for question, answer in (response.get("values") or {}).items():
                answers[question] = _listed(answer.get("value"))
    else:
        for question, given in responses.items():
            for answer in given:
                if answer.get("status", "submitted") in ("submitted", None):
                    users.setdefault(str(answer.get("user_id", "")), {})[question] = _listed(answer.get("value"))
    for user, answers in users.items():
        yield _Answer(row, user, answers)


def _listed(value: object) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else [str(value)]


def _judgement(row: SampleRow, answer: _Answer, annotator: str) -> Judgement | None:
    values = {words: value for value, words in VERDICTS.items()}
    verdicts = {}
    for pair in row.pairs:
        words = (answer.answers.get(f"verdict-{pair}") or [""])[0]
        if words not in values:
            return None
        reason = _REASONS.get((answer.answers.get(f"reason-{pair}") or [""])[0], "")
        fits = reason in REASONS.get(values[words], {})
        verdicts[pair] = Verdict(values[words], reason if fits else "")
    marks = {words: key for key, words in MARKS.items()}
    given = "".join(sorted(marks[words] for words in answer.answers.get("marks", ()) if words in marks))
    return Judgement(row.id, verdicts, given, annotator)


def _person(audit: Audit, user: str, names: Sequence[str]) -> str:
    """The annotator that a user of the tool is."""
    for name in names:
        tool_user, equals, person = name.rpartition("=")
        if not equals or tool_user == user:
            audit.records(person)  # raises UsageError for somebody who is no annotator
            return person
    for known in (user, user.partition("@")[0]):
        if known in audit.design.annotators:
            return known
    raise UsageError(
        f"the file has judgements of {user or 'nobody that it names'}, who is no annotator of {audit.design.name}",
        next_step=f"say who that is: --annotator '{user}={audit.design.annotators[0]}'",
    )
