"""`sites`, `sites check` and `extract-page`, as a user runs them."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from corpus_builder.cli import extract_page, sites
from corpus_builder.cli.main import app as whole_app
from corpus_builder.crawl import CrawlOptions
from corpus_builder.errors import NothingProduced, RunError, UsageError

CASES = Path(__file__).parent / "cases"
NEWS = str(CASES / "news-2025" / "input.html")
URL = "https://www.pravda.com.ua/news/2025/12/3/9000001/"

app = typer.Typer(pretty_exceptions_enable=False)
app.add_typer(sites.app, name="sites")
app.command("extract-page")(extract_page.extract_page)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_sites() -> None:
    assert {site["name"] for site in json.loads(run("sites", "--json"))} >= {"pravda", "epravda", "eurointegration"}
    assert "Ukrainska Pravda" in run("sites")


def test_check_prints_what_each_selector_selects() -> None:
    found = json.loads(run("sites", "check", "pravda", NEWS, "--json"))
    assert (found["url"], found["layout"], found["article_id"]) == (URL, "news-2025", "9000001")
    used = next(layout for layout in found["layouts"] if layout["layout"] == "news-2025")
    counts = {selected["part"]: selected["count"] for selected in used["selected"]}
    assert counts == {
        "match": 1,
        "title": 1,
        "body": 1,
        "authors": 1,
        "published": 1,
        "tags": 2,
        "captions": 1,
        "remove": 2,
    }
    assert "edition with" in found["verdict"]
    assert "news-2025" in run("sites", "check", "pravda", NEWS)


def test_answers_are_given_as_parts_and_a_missing_one_is_asked_for(tmp_path: Path) -> None:
    rules = tmp_path / "app.toml"
    rules.write_text(
        'name = "app"\ntitle = "App"\nhomepage = "https://app.example"\ndomains = ["app.example"]\n'
        "[editions.uk]\npaths = ['/(?P<id>\\d+)']\n"
        '[[from_json]]\nurl = "https://app.example/v1/{id}"\nbody = "text"\nnext = "next"\n'
    )
    page = tmp_path / "page.html"
    page.write_text("<html><div id=app></div></html>")
    parts = []
    for number, following in enumerate(("/v1/7/2", None)):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps({"text": f"Речення номер {number} про міст.", "next": following}))
        parts += ["--part", str(file)]
    named = (str(page), "--url", "https://app.example/7")
    assert "answers" in run("sites", "check", str(rules), *named, *parts)
    assert run("extract-page", *named, "--site", str(rules), *parts).count("paragraph") == 2
    with pytest.raises(NothingProduced, match=r"incomplete.*/v1/7/2") as caught:
        run("extract-page", *named, "--site", str(rules), *parts[:2])
    assert "--part" in str(caught.value.next_step)


def test_check_prints_why_a_page_is_dropped() -> None:
    page = str(CASES / "skip-wrong-language" / "input.html")
    assert "wrong_language" in json.loads(run("sites", "check", "pravda", page, "--url", URL, "--json"))["verdict"]


def test_extract_page() -> None:
    edition = json.loads(run("extract-page", NEWS, "--json"))
    assert edition["article_id"] == "9000001"
    assert "Пряма мова" not in edition["blocks"][3]["text"]
    assert "quote (міської голови): " in run("extract-page", NEWS, "--url", URL)


def test_extract_page_without_rules() -> None:
    pytest.importorskip("trafilatura")
    page = str(CASES / "generic" / "input.html")
    edition = json.loads(run("extract-page", page, "--url", "https://garden.example/1/", "--generic", "--json"))
    assert (edition["layout"], edition["language"]) == ("generic", "uk")
    assert edition["blocks"][0]["text"] == "Як посадили сад"


def test_mistakes_are_reported(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><p>no address in it</html>")
    for arguments, message in (
        (["extract-page", str(tmp_path / "none.html")], "file not found"),
        (["extract-page", str(page)], "no canonical URL"),
        (["extract-page", str(page), "--url", "https://other.example/1/"], "no site rules for"),
        (["sites", "check", "nosite", str(page)], "there are babel, censor"),
    ):
        with pytest.raises(UsageError, match=message):
            CliRunner().invoke(app, arguments, catch_exceptions=False)
    with pytest.raises(NothingProduced, match="empty_body"):
        CliRunner().invoke(app, ["extract-page", str(page), "--url", URL], catch_exceptions=False)


def test_a_server_that_drips_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while not stopped.wait(0.05):
                connection.sendall(b"a")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    monkeypatch.setattr(CrawlOptions, "timeout", 1.0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/news/2025/12/1/1/"
    begun = time.monotonic()
    result = CliRunner().invoke(whole_app, ["sites", "check", "sample", url])
    stopped.set()
    assert isinstance(result.exception, RunError)
    assert "timeout after 1 seconds" in str(result.exception)
    assert time.monotonic() - begun < 20
    listening.close()
