"""Audits in the workbench, without a browser: what is saved, what is hidden, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from corpus_builder.audit.folder import Audit, read_audit
from corpus_builder.audit.judgements import Judgement, Verdict
from corpus_builder.audit.queue import rows_to_judge, waiting
from corpus_builder.look.app import application
from corpus_builder.look.build import ensure
from corpus_builder.look.source import Source, find
from corpus_builder.look.store import Store

from .corpus import write

pytest.importorskip("starlette", reason="needs the extra look")
FORM = {"config": "sentences", "pair": "en-uk", "rows": "40", "annotators": "anna, ben", "name": "two", "seed": "1"}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    found = find(write(tmp_path / "workspace", more=40).root)
    ensure(found, lambda _: None)
    return found


@pytest.fixture
def client(source: Source) -> Iterator[object]:
    from starlette.testclient import TestClient

    app = application(source, Store(source.index()), "t")
    with TestClient(app, base_url="http://127.0.0.1:1", raise_server_exceptions=False) as made:
        yield made


def drawn(client, source: Source, **over: str) -> Audit:
    answer = client.post("/t/audits", data={**FORM, **over}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert source.workspace is not None
    return read_audit(source.workspace.audit / answer.headers["location"].rpartition("/")[2])


def judge(client, audit: Audit, annotator: str, row: str, code: str, task: str = "judge", **more: str):
    data = {"annotator": annotator, "row": row, **{f"verdict-{pair}": code for pair in audit.rows[0].pairs}, **more}
    return client.post(f"/t/audits/{audit.design.name}/{task}", data=data, follow_redirects=False)


def shown_row(client, audit: Audit, query: str, task: str = "judge") -> tuple[str, lxml.html.HtmlElement]:
    page = lxml.html.fromstring(client.get(f"/t/audits/{audit.design.name}/{task}?{query}").text)
    return next(iter(page.xpath("//form[@id='judge']/input[@name='row']/@value")), ""), page


def test_a_plan_shows_how_wide_the_interval_will_be_and_writes_nothing(client, source: Source) -> None:
    answer = client.get("/t/audit-plan", params=FORM)
    table = "//table[caption='The interval to expect (95 %)']/tbody/tr"
    rows = [[*row.itertext("th", "td")] for row in lxml.html.fromstring(answer.text).xpath(table)]
    assert [row[0] for row in rows] == [".90", ".95", ".98", ".99"]
    assert all(row[1].startswith("[.") for row in rows)
    assert source.workspace is not None
    assert not source.workspace.audit.exists()
    audit = drawn(client, source)
    assert (len(audit.rows), audit.design.pair, audit.design.annotators) == (40, "en-uk", ("anna", "ben"))


@pytest.mark.parametrize(
    "over",
    [{"rows": "0"}, {"rows": "x"}, {"rows": "9" * 30}, {"annotators": ""}, {"annotators": "../x"}, {"pair": "en-fr"},
     {"config": "documents"}, {"name": "../../x"}, {"seed": "-1"}, {"pair": "en"}],
)  # fmt: skip
def test_a_plan_that_cannot_be_drawn_is_explained(client, source: Source, over: dict[str, str]) -> None:
    for answer in (client.get("/t/audit-plan", params={**FORM, **over}), client.post("/t/audits", data=FORM | over)):
        assert answer.status_code == 400
        assert "That did not work" in answer.text
    assert source.workspace is not None
    assert not source.workspace.audit.exists()


def test_a_judgement_is_on_the_disk_before_it_is_answered_and_only_once(client, source: Source) -> None:
    audit = drawn(client, source)
    row, _ = shown_row(client, audit, "annotator=anna")
    assert row == audit.rows_of("anna")[0].id
    answer = judge(client, audit, "anna", row, "2m", marks="f")
    assert answer.status_code == 303
    judge(client, audit, "anna", row, "2m", marks="f")  # the script has saved it, and then the form is sent
    lines = (audit.path / "judgements" / "anna.jsonl").read_text().splitlines()
    assert [json.loads(line)["pairs"] for line in lines] == [{"en-uk": "2m"}]
    said = audit.records("anna").judgements[row]
    assert (said.verdicts["en-uk"].words, said.marks, said.annotator) == ("partly (missing)", "f", "anna")
    assert shown_row(client, audit, answer.headers["location"].partition("?")[2])[0] == audit.rows_of("anna")[1].id
    assert audit.records("ben").judgements == {}


def test_a_row_judged_anew_replaces_what_was_said_and_undo_leads_back_to_it(client, source: Source) -> None:
    audit = drawn(client, source)
    first, second = (row.id for row in audit.rows_of("ben")[:2])
    judge(client, audit, "ben", first, "1")
    judge(client, audit, "ben", first, "3a")
    judge(client, audit, "ben", second, "1")
    back = client.post("/t/audits/two/judge", data={"annotator": "ben", "undo": "1"}, follow_redirects=False)
    row, page = shown_row(client, audit, back.headers["location"].partition("?")[2])
    assert row == second
    assert page.xpath("//input[@checked]") == []
    assert [verdict.verdicts["en-uk"].code for verdict in audit.records("ben").judgements.values()] == ["3a"]
    assert shown_row(client, audit, f"annotator=ben&row={first}")[1].xpath("//input[@checked]/@value") == ["3a"]


def test_the_probability_of_a_row_is_not_on_its_page(client, source: Source) -> None:
    audit = drawn(client, source)
    for row in audit.rows_of("anna"):
        text = client.get(f"/t/audits/two/judge?annotator=anna&row={row.id}").text
        assert str(row.probability) not in text
        assert f"{row.probability:.2f}" not in text
        assert row.stratum not in text
        assert all(each in text for each in (*row.translation.values(), *row.before.values(), *row.after.values()))


def test_a_row_of_three_has_a_verdict_for_each_pair_or_is_not_saved(client, source: Source) -> None:
    audit = drawn(client, source, pair="", name="three")
    row = audit.rows_of("anna")[0]
    data = {"annotator": "anna", "row": row.id, "verdict-en-ru": "1", "verdict-en-uk": "3a"}
    answer = client.post("/t/audits/three/judge", data=data)
    assert answer.status_code == 400
    assert "ru-uk has no verdict" in answer.text
    assert audit.records("anna").judgements == {}
    answer = client.post(
        "/t/audits/three/judge", data={**data, "verdict-ru-uk": "2r"}, headers={"accept": "application/json"}
    )
    assert answer.json()["saved"] == {"en-ru": "right", "en-uk": "wrong (alignment)",
                                      "ru-uk": "partly (replaced name or number)"}  # fmt: skip


@pytest.mark.parametrize(
    "data", [{"row": "gone"}, {"annotator": "carl"}, {"verdict-en-uk": "4"}, {"verdict-en-uk": "2a"}, {"row": ""}]
)
def test_what_is_no_judgement_of_the_sample_is_refused(client, source: Source, data: dict[str, str]) -> None:
    audit = drawn(client, source)
    whole = {"annotator": "anna", "row": audit.rows_of("anna")[0].id, "verdict-en-uk": "1", **data}
    assert client.post("/t/audits/two/judge", data=whole).status_code == 400
    assert not (audit.path / "judgements").exists()


def test_what_one_annotator_does_not_call_right_another_one_sees_too(client, source: Source) -> None:
    audit = drawn(client, source)
    alone = [row for row in audit.rows_of("anna") if len(row.annotators) == 1]
    own = len(audit.rows_of("ben"))
    judge(client, audit, "anna", alone[0].id, "1")
    judge(client, audit, "anna", alone[1].id, "3a")
    assert [row.id for row in rows_to_judge(audit, "ben")][own:] == [alone[1].id]
    for row in audit.rows_of("ben"):
        judge(client, audit, "ben", row.id, "1")
    row, page = shown_row(client, audit, "annotator=ben")
    assert row == alone[1].id
    assert "wrong (alignment)" not in page.text_content()  # nor is what the other one said
    judge(client, audit, "ben", row, "1")
    assert waiting(audit, "ben") == []
    assert "All done" in shown_row(client, audit, "annotator=ben")[1].text_content()


def test_disagreements_are_decided_and_taken_back_by_who_decided(client, source: Source) -> None:
    audit = drawn(client, source)
    shared = [row for row in audit.rows if len(row.annotators) == 2][:2]
    for row in shared:
        judge(client, audit, "anna", row.id, "1")
        judge(client, audit, "ben", row.id, "3l")
    row, page = shown_row(client, audit, "annotator=ben", "disagreements")
    assert row == shared[0].id
    assert "anna en-uk: right" in " ".join(page.text_content().split())
    judge(client, audit, "anna", shared[0].id, "1", "disagreements")
    judge(client, audit, "ben", shared[1].id, "3l", "disagreements")
    assert "Nothing is left" in shown_row(client, audit, "annotator=ben", "disagreements")[1].text_content()
    client.post("/t/audits/two/disagreements", data={"annotator": "anna", "undo": "1"})
    assert list(audit.adjudicated().judgements) == [shared[1].id]
    assert "1 disagreement to decide" in client.get("/t/audits").text


def test_the_report_has_the_curve_and_what_the_command_prints(client, source: Source) -> None:
    audit = drawn(client, source)
    for name in ("anna", "ben"):
        records = audit.records(name)
        for row in audit.rows_of(name):
            records.judge(Judgement(row.id, {"en-uk": Verdict.of("1" if row.probability > 0.5 else "3a")}, "", name))
    page = lxml.html.fromstring(client.get("/t/audits/two").text)
    text = " ".join(page.text_content().split())
    assert "Human audit of sentences.en-uk: 40 rows, 2 annotators, AC1 1.00, precision ." in text
    assert len(page.xpath("//*[name()='svg']//*[name()='circle']")) == len(
        page.xpath("//table[caption='Reliability']/tbody/tr")
    )
    assert "anna / ben" in text


def test_a_damaged_line_is_told_where_it_is_judged(client, source: Source) -> None:
    audit = drawn(client, source)
    (audit.path / "judgements").mkdir()
    (audit.path / "judgements" / "anna.jsonl").write_text('{"row": "half')
    assert "Line 1 of the judgements cannot be read" in shown_row(client, audit, "annotator=anna")[1].text_content()


def test_a_dataset_on_its_own_says_where_audits_are(source: Source, tmp_path: Path, monkeypatch) -> None:
    from starlette.testclient import TestClient

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    alone = find(Path(shutil.copytree(source.dataset, tmp_path / "published")))
    ensure(alone, lambda _: None)
    with TestClient(application(alone, Store(alone.index()), "t"), base_url="http://127.0.0.1:1") as client:
        assert "a dataset on its own" in client.get("/t/audits").text
    files = sorted(alone.dataset.rglob("*"))
    with TestClient(application(alone, Store(alone.index()), "t"), base_url="http://127.0.0.1:1") as client:
        assert client.post("/t/audits", data=FORM).status_code == 400
        assert client.get("/t/audits/two").status_code == 400
    assert sorted(alone.dataset.rglob("*")) == files
