"""Audits: samples, judgements that survive crashes, figures checked against published examples and slow versions."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_builder.audit.card import audit_texts, card_text, number, summary
from corpus_builder.audit.decisions import decisions, disputed
from corpus_builder.audit.exchange import FORMATS, read_judgements
from corpus_builder.audit.folder import Audit, forget_stories, read_audit
from corpus_builder.audit.judgements import Judgement, Records, Verdict, annotator_names, check_name
from corpus_builder.audit.new import new_audit, plan_audit
from corpus_builder.audit.published import AuditedPairs
from corpus_builder.audit.queue import waiting
from corpus_builder.audit.report import report
from corpus_builder.audit.sampling import PER_STORY, Candidate, draw
from corpus_builder.audit.strata import allocate, stratum_of
from corpus_builder.cli.main import app
from corpus_builder.dataset.rows import Row
from corpus_builder.dataset.write import DatasetWriter
from corpus_builder.errors import RunError, UsageError

LANGUAGES = ("en", "ru", "uk")


def row(story: int, position: int, p: float) -> Row:
    texts: dict[str, str | None] = {x: f"{x} {story} {position}" for x in LANGUAGES}
    if position == 1:
        texts["uk"] = "uk a\nuk b"
    pairs = {f"probability_{pair}": p for pair in ("en_ru", "en_uk", "ru_uk")}
    return Row(
        id=f"{story}-{position}", article_id=str(story), date="2025-12-01", section=None, url=dict.fromkeys(LANGUAGES),
        position=position, kind="paragraph", label=None, translation=texts,
        quality={"probability": p, "score": 1.0, **pairs}, flags=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited")
    chance = random.Random(3)
    with DatasetWriter(folder / "dataset", LANGUAGES) as writer:
        for story in range(60):
            for position in range(6):
                writer.write("sentences", "train", row(story, position, 1 - chance.random() ** 3))
    return folder


def audit_of(workspace: Path, name: str, pair: str | None = "en-uk", **over: object) -> Audit:
    options: dict[str, object] = {
        "config": "sentences", "annotators": ("anna", "ben"), "wanted": 60, "seed": 1, **over,
    }  # fmt: skip
    plan = plan_audit(workspace / "dataset", name=name, pair=pair, **options)  # type: ignore[arg-type]
    return new_audit(workspace / "dataset", workspace / "audit", plan)


def judge_all(audit: Audit, verdict: str = "1") -> None:
    for name in audit.design.annotators:
        records = audit.records(name)
        for each in audit.rows_of(name):
            records.judge(Judgement(each.id, dict.fromkeys(each.pairs, Verdict.of(verdict)), annotator=name))


def test_a_sample_is_repeatable_stratified_shared_and_has_two_rows_a_story_at_most(workspace: Path) -> None:
    audit, again = audit_of(workspace, "one"), audit_of(workspace, "two")
    assert audit.rows == again.rows
    assert audit.rows != audit_of(workspace, "three", seed=2).rows
    assert len(audit.rows) == 60
    assert max(Counter(each.article_id for each in audit.rows).values()) <= PER_STORY
    shared = [each for each in audit.rows if len(each.annotators) == 2]
    assert len(shared) == 12
    assert [len(audit.rows_of(name)) for name in ("anna", "ben")] == [36, 36]
    sampled = Counter(each.stratum for each in audit.rows)
    assert all(sampled[stratum.name] == stratum.sampled > 0 for stratum in audit.design.strata)
    assert sum(stratum.rows for stratum in audit.design.strata) == 360
    taken = {stratum.name: stratum.sampled / stratum.rows for stratum in audit.design.strata}
    assert taken["p .5 to .9, 1-1"] > taken["p .99 and more, 1-1"]


def test_a_row_has_its_neighbours_and_its_place(workspace: Path) -> None:
    for each in audit_of(workspace, "neighbours").rows:
        story, position = each.article_id, each.position
        expected = {x: f"{x} {story} {position - 1}" for x in ("en", "uk")} if position else {}
        assert each.before == (expected if position != 2 else {**expected, "uk": "uk a\nuk b"})
        assert bool(each.after) == (position < 5)
        assert set(each.pairs) == {"en-uk"}


def test_an_audit_is_never_overwritten(workspace: Path) -> None:
    audit_of(workspace, "kept")
    with pytest.raises(UsageError, match="the audit kept exists"):
        audit_of(workspace, "kept", seed=9)


def test_allocation_has_the_sum_a_minimum_and_no_more_than_there_are() -> None:
    sizes = {"a": 10_000, "b": 500, "c": 3}
    places = allocate(sizes, {"a": 0.999, "b": 0.6, "c": 0.5}, 300)
    assert sum(places.values()) == 300
    assert places["c"] == 3
    assert places["b"] / sizes["b"] > places["a"] / sizes["a"]
    assert places["a"] >= 0.75 * 300 * 10_000 / 10_503 - 1
    assert sum(allocate(sizes, dict.fromkeys(sizes, 0.9), 2).values()) == 2
    assert allocate(sizes, dict.fromkeys(sizes, 0.9), 99_999) == sizes


def test_shapes_and_probabilities_make_strata() -> None:
    assert stratum_of(0.99, ["a", "b"], ()) == "p .99 and more, 1-1"
    assert stratum_of(0.4, ["a", "b\nc"], ()) == "p 0 to .5, other shapes"
    assert stratum_of(0.9, ["a", "b"], ("moved",)) == "p .9 to .99, other shapes"


def test_judgements_are_appended_and_undone_and_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "anna.jsonl"
    records = Records.read(path, "anna")
    for verdict in ("1", "2m"):
        records.judge(Judgement(f"r{verdict}", {"en-uk": Verdict.of(verdict)}, "f", "anna"))
    before = path.read_bytes()
    assert records.undo() == "r2m"
    assert path.read_bytes().startswith(before)
    assert list(Records.read(path, "anna").judgements) == ["r1"]
    records.judge(Judgement("r1", {"en-uk": Verdict.of("3a")}, "", "anna"))
    [again] = Records.read(path, "anna").judgements.values()
    assert (again.verdicts["en-uk"].words, again.annotator) == ("wrong (alignment)", "anna")
    assert records.undo() == "r1"
    assert records.undo() is None


@pytest.mark.parametrize("tail", [b'{"row": "r2", "pai', b'{"row": "r2", "pairs": {"en-uk": "9"}}', b"\xd0", b"[]\n"])
def test_a_damaged_line_is_told_and_what_follows_is_whole(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "anna.jsonl"
    Records.read(path).judge(Judgement("r1", {"en-uk": Verdict.of("1")}))
    with path.open("ab") as file:
        file.write(tail)
    records = Records.read(path)
    assert (list(records.judgements), records.damaged) == (["r1"], [2])
    records.judge(Judgement("r3", {"en-uk": Verdict.of("1")}))
    again = Records.read(path)
    assert (list(again.judgements), again.damaged) == (["r1", "r3"], [2])
    assert tail.strip() in path.read_bytes()


WRONG: list[tuple[str, str, object]] = [
    ("design.json", "seed", {"a": 1}), ("design.json", "seed", -1), ("design.json", "strata", []),
    ("design.json", "annotators", ["../../anna"]), ("design.json", "annotators", [["anna"]]),
    ("sample.jsonl", "inclusion", 0), ("sample.jsonl", "inclusion", "a"), ("sample.jsonl", "probability", 2),
    ("sample.jsonl", "stratum", "another"), ("sample.jsonl", "article_id", ["1"]), ("sample.jsonl", "pairs", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "key", "value"), WRONG)
def test_an_audit_with_other_values_is_named(
    workspace: Path, tmp_path: Path, name: str, key: str, value: object
) -> None:
    if not (workspace / "audit/whole").exists():
        audit_of(workspace, "whole")
    folder = shutil.copytree(workspace / "audit/whole", tmp_path / "whole")
    first, *others = (folder / name).read_text(encoding="utf-8").split("\n") if name == "sample.jsonl" else [
        (folder / name).read_text(encoding="utf-8")
    ]  # fmt: skip
    (folder / name).write_text("\n".join([json.dumps({**json.loads(first), key: value}), *others]), encoding="utf-8")
    with pytest.raises(RunError, match="whole cannot be read"):
        read_audit(folder)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a" * 41, "-w"])
def test_names_that_are_no_files_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name, "annotator")


def test_annotators_are_named_once() -> None:
    assert annotator_names("anna, Оля") == ("anna", "Оля")
    with pytest.raises(UsageError, match="twice"):
        annotator_names("anna,Anna")


def test_disagreements_hold_as_the_worse_verdict_until_somebody_decides(workspace: Path) -> None:
    audit = audit_of(workspace, "disputed")
    judge_all(audit)
    shared = next(each for each in audit.rows if len(each.annotators) == 2)
    audit.records("ben").judge(Judgement(shared.id, {"en-uk": Verdict.of("3a")}, "", "ben"))
    [dispute] = disputed(audit)
    assert (dispute.row.id, dispute.value) == (shared.id, 3)
    found = report(audit)
    assert found.disputed == 1
    assert found.agreement is not None
    assert found.agreement.confusion == {"anna / ben": [[11, 0, 1], [0, 0, 0], [0, 0, 0]]}
    audit.adjudicated().judge(Judgement(shared.id, {"en-uk": Verdict.of("1")}, "", "ben"))
    assert disputed(audit) == []
    assert {each.value for each in decisions(audit)} == {1}
    assert report(audit).agreement == found.agreement  # what they said at first


def test_rows_of_three_languages_are_judged_per_pair(workspace: Path) -> None:
    audit = audit_of(workspace, "triples", pair=None)
    judge_all(audit)
    first = audit.rows[0]
    said = {"en-ru": Verdict.of("1"), "en-uk": Verdict.of("2r"), "ru-uk": Verdict.of("3a")}
    for name in first.annotators:
        audit.records(name).judge(Judgement(first.id, said, "", name))
    found = report(audit)
    assert set(found.pairs) == {"en-ru", "en-uk", "ru-uk"}
    assert found.pairs["en-ru"].stratified.estimate == pytest.approx(1)
    assert found.pairs["ru-uk"].stratified.estimate < 0.999
    pairs = AuditedPairs.read(workspace / "audit")
    assert pairs.of("sentences", first.article_id, first.translation)["ru-uk"] == 3
    other = {**first.translation, "en": "The third side was corrected."}
    assert pairs.of("sentences", first.article_id, other) == {"ru-uk": 3}
    assert pairs.of("paragraphs", first.article_id, first.translation) == {}


def test_the_card_waits_for_every_stratum_and_then_says_all(workspace: Path, tmp_path: Path) -> None:
    audit = audit_of(workspace, "carded")
    audit.records("anna").judge(Judgement(audit.rows_of("anna")[0].id, {"en-uk": Verdict.of("1")}, "", "anna"))
    assert card_text(report(audit)) == ""
    judge_all(audit)
    text = card_text(report(audit))
    assert text.startswith("Human audit of `sentences.en-uk`: 60 rows, 2 annotators, AC1 1.00, precision 1.000 [.")
    assert "anna" not in text
    other = tmp_path / "audit" / "elsewhere"
    other.mkdir(parents=True)
    (other / "card.md").write_text("97 of 100 rows are right.\n")
    assert audit_texts(tmp_path / "audit") == "97 of 100 rows are right."


def test_numbers_as_the_card_has_them() -> None:
    assert [number(x) for x in (0.981, 1.0, 0.0)] == [".981", "1.000", ".000"]


def test_label_studio_and_argilla_there_and_back(workspace: Path, tmp_path: Path) -> None:
    audit = audit_of(workspace, "tools")
    tasks = FORMATS["label-studio"].write(audit)
    assert "probability" not in json.dumps(tasks)
    assert "reason-en-uk" in FORMATS["label-studio"].note(audit)
    first, second = audit.rows_of("anna")[:2]
    done = []
    for task in tasks:
        result = [
            {"from_name": "verdict-en-uk", "type": "choices", "value": {"choices": ["partly"]}},
            {"from_name": "reason-en-uk", "type": "choices", "value": {"choices": ["missing"]}},
            {"from_name": "marks", "type": "choices", "value": {"choices": ["free"]}},
        ]
        if task["data"]["row"] == first.id:
            done.append({**task, "annotations": [{"completed_by": {"email": "anna@uni.example"}, "result": result}]})
        elif task["data"]["row"] == second.id:
            done.append({**task, "annotations": [{"completed_by": 7, "was_cancelled": True, "result": []}]})
    done.append({"data": {"row": "gone"}, "annotations": [{"completed_by": "anna", "result": result}]})
    file = tmp_path / "done.json"
    file.write_text(json.dumps(done))
    outcome = read_judgements(audit, file)
    assert (outcome.read, sum(outcome.left_out.values())) == ({"anna": 1}, 2)
    said = audit.records("anna").judgements[first.id]
    assert (said.verdicts["en-uk"].code, said.marks) == ("2m", "f")
    assert read_judgements(audit, file).unchanged == {"anna": 1}

    records = FORMATS["argilla"].write(audit)
    records[0]["responses"] = {"verdict-en-uk": [{"value": "wrong", "user_id": "u-1"}]}
    records[1]["responses"] = [
        {"user_id": "u-1", "status": "submitted", "values": {"verdict-en-uk": {"value": "right"}}}
    ]
    file.write_text(json.dumps(records))
    with pytest.raises(UsageError, match="judgements of u-1"):
        read_judgements(audit, file)
    read_judgements(audit, file, ["u-1=ben"])
    said_by_ben = audit.records("ben").judgements
    assert [said_by_ben[audit.rows[k].id].value for k in (0, 1)] == [3, 1]


def test_every_field_is_in_every_task_and_no_verdict_is_asked_for_that_a_row_cannot_have(workspace: Path) -> None:
    audit = audit_of(workspace, "two-sided", pair=None)
    first = audit.rows[0]
    short = replace(first, translation={"en": "a", "uk": "b"}, pairs={"en-uk": 0.9}, before={})
    audit = Audit(audit.path, audit.design, (short, *audit.rows[1:]))
    for tool in FORMATS.values():
        fields = [each.get("data") or each["fields"] for each in tool.write(audit)]
        assert {*fields[0], "row"} == {"row", "before", "en", "ru", "uk", "after"}
        assert {frozenset(each) for each in fields} == {frozenset(fields[0])}
        assert all(value for each in fields for value in each.values())
    studio = FORMATS["label-studio"].note(audit)
    assert 'name="verdict-en-uk" toName="text-en" choice="single" required="true"' in studio
    assert 'name="verdict-ru-uk" toName="text-en" choice="single">' in studio
    assert "verdict-ru-uk: LabelQuestion, not required, of right" in FORMATS["argilla"].note(audit)


def test_the_short_export_of_label_studio_and_odd_annotations(workspace: Path, tmp_path: Path) -> None:
    audit = audit_of(workspace, "short")
    rows = audit.rows_of("anna")
    tasks = [
        {"id": 1, "row": rows[0].id, "verdict-en-uk": "right", "annotator": 7, "annotation_id": 3, "lead_time": 1.5},
        {"id": 2, "row": rows[1].id, "verdict-en-uk": "wrong", "reason-en-uk": "language",
         "marks": {"choices": ["free", "looks machine-made"]}, "annotator": "7", "annotation_id": 4},
        {"data": ["no object"], "annotations": []},
        {"data": {"row": rows[2].id}, "annotations": [{"completed_by": 7, "result": [{"value": None}]}]},
        {"fields": {}, "id": rows[3].id, "responses": {"verdict-en-uk": "right"}},
    ]  # fmt: skip
    file = tmp_path / "short.json"
    file.write_text(json.dumps(tasks))
    outcome = read_judgements(audit, file, ["7=anna"])
    assert outcome.left_out == {"an annotation of another form than the tool writes": 3}
    said = audit.records("anna").judgements
    assert [(said[row.id].verdicts["en-uk"].code, said[row.id].marks) for row in rows[:2]] == [("1", ""), ("3l", "ft")]


@pytest.mark.parametrize("text", ["{}", "nothing", "[1]", '[{"data": {"row": "x"}}]'])
def test_a_file_that_is_of_neither_tool_is_a_clear_error(workspace: Path, tmp_path: Path, text: str) -> None:
    name = f"neither-{len(text)}"
    audit = audit_of(workspace, name)
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UsageError):
        read_judgements(audit, tmp_path / "x.json")


def test_an_audit_by_keyboard(workspace: Path) -> None:
    def run(*words: str, keys: str = "") -> str:
        done = CliRunner().invoke(app, ["audit", *words, "-w", str(workspace)], input=keys, env={"COLUMNS": "150"})
        assert done.exit_code == 0, done.output
        return done.output

    made = run("new", "-n", "20", "--name", "keys", "--pair", "uk-en", "--annotators", "anna,ben")
    assert "if 98% of the rows are right: .980 [" in made
    shown = run("judge", "keys", "--annotator", "anna", keys="?\nf\n1\n2\nm\nu\n2\ne\ns\n3\n\nq\n")
    assert "taken back" in shown
    assert "0.9" not in shown
    audit = read_audit(workspace / "audit" / "keys")
    said = [each.verdicts["en-uk"].code for each in audit.records("anna").judgements.values()]
    assert said == ["1", "2e", "3"]
    assert f"3 of {len(audit.rows_of('anna'))} judged" in shown
    run("judge", "keys", "--annotator", "anna", keys="1\n" * 30)
    run("judge", "keys", "--annotator", "ben", keys="3\na\n" * 30)
    assert "all done" in run("judge", "keys", "--annotator", "ben")
    run("judge", "keys", "--annotator", "anna", "--disagreements", keys="1\n" * 30)
    assert disputed(audit) == []
    assert "Gwet's AC1" in run("report", "keys")
    assert json.loads(run("report", "keys", "--json"))["judged"] == 20


def test_a_row_of_three_is_judged_per_pair_in_the_terminal_and_all_right_is_one_key(workspace: Path) -> None:
    audit = audit_of(workspace, "triples-by-keyboard", pair=None, annotators=("anna",), wanted=4)
    keys = "1\n3\n1\n3\na\n2\nm\np\n1\n1\n1\nq\n"
    done = CliRunner().invoke(app, ["audit", "judge", audit.design.name, "--annotator", "anna", "-w", str(workspace)],
                              input=keys)  # fmt: skip
    assert done.exit_code == 0, done.output
    said = [[v.code for v in each.verdicts.values()] for each in audit.records("anna").judgements.values()]
    assert said == [["1", "1", "1"], ["1", "3a", "2m"], ["1", "1", "1"]]


def test_second_looks_are_asked_for_last_and_are_no_measure_of_agreement(workspace: Path) -> None:
    audit = audit_of(workspace, "second")
    judge_all(audit)
    alone = next(each for each in audit.rows if each.annotators == ("anna",))
    audit.records("anna").judge(Judgement(alone.id, {"en-uk": Verdict.of("3a")}, "", "anna"))
    assert [row.id for row in waiting(audit, "ben")] == [alone.id]
    assert waiting(audit, "anna") == []
    audit.records("ben").judge(Judgement(alone.id, {"en-uk": Verdict.of("1")}, "", "ben"))
    assert waiting(audit, "ben") == []
    found = report(audit)
    assert found.agreement is not None
    assert (found.agreement.items, found.agreement.same, found.disputed) == (12, 1.0, 1)


def test_who_decides_takes_back_the_own_decision(tmp_path: Path) -> None:
    records = Records.read(tmp_path / "adjudication.jsonl")
    for row, who in (("r1", "anna"), ("r2", "ben")):
        records.judge(Judgement(row, {"en-uk": Verdict.of("1")}, "", who))
    assert records.undo("anna") == "r1"
    assert records.undo("anna") is None
    assert list(Records.read(records.path).judgements) == ["r2"]


def test_somebody_else_is_no_annotator(workspace: Path) -> None:
    audit = audit_of(workspace, "others")
    with pytest.raises(UsageError, match="is no annotator of the audit others"):
        audit.records("carl")
    with pytest.raises(UsageError, match="no audit nothing"):
        read_audit(workspace / "audit" / "nothing")


def test_a_summary_of_part_of_an_audit_says_so(workspace: Path) -> None:
    audit = audit_of(workspace, "part")
    audit.records("anna").judge(Judgement(audit.rows_of("anna")[0].id, {"en-uk": Verdict.of("1")}, "", "anna"))
    assert summary(report(audit)).startswith("Human audit of `sentences.en-uk`: 1 of 60 rows, 1 annotator, precision")


def test_drawing_from_few_stories_gives_what_the_limit_leaves() -> None:
    rows = [Candidate(k, str(k % 3), "a", 0.9) for k in range(30)]
    drawn = draw(rows, 20, ["anna"], 1)
    assert len(drawn.rows) == 6
    assert drawn.passed_over > 0
    assert all(each.annotators == ("anna",) for each in drawn.rows)


def test_a_story_that_is_taken_down_leaves_the_sample(workspace: Path) -> None:
    audit = audit_of(workspace, "forgotten")
    judge_all(audit)
    gone = audit.rows[0].article_id
    own = sum(each.article_id == gone for each in audit.rows)
    assert forget_stories(audit.path.parent, {gone}) >= own
    again = read_audit(audit.path)
    assert len(again.rows) == len(audit.rows) - own
    assert f'"article_id": "{gone}"' not in (audit.path / "sample.jsonl").read_text(encoding="utf-8")
    assert report(again).judged == len(again.rows)
