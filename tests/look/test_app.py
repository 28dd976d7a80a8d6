"""Every route of the workbench, without a browser: what is shown, who is refused, and that texts stay texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import lxml.html
import pytest

from corpus_builder.audit.new import new_audit, plan_audit
from corpus_builder.look.app import application
from corpus_builder.look.source import Source
from corpus_builder.look.store import Store
from corpus_builder.look.views import VIEWS
from corpus_builder.look.views.overview import Slider
from corpus_builder.quality.filters import Filter
from corpus_builder.workspace.people import read_people

from .corpus import HOSTILE

pytest.importorskip("starlette", reason="needs the extra look")
TOKEN = "a-token"
HOST = "http://127.0.0.1:8123"


@pytest.fixture
def client(source: Source, store: Store) -> Iterator[object]:
    from starlette.testclient import TestClient

    assert source.workspace is not None
    plan = plan_audit(source.dataset, name="NAME", config="sentences", pair=None, annotators=("anna", "ben"),
                      wanted=6, seed=1)  # fmt: skip
    new_audit(source.dataset, source.workspace.audit, plan)
    with TestClient(application(source, store, TOKEN), base_url=HOST, raise_server_exceptions=False) as made:
        yield made


def get(client, path: str, status: int = 200) -> lxml.html.HtmlElement:
    response = client.get(f"/{TOKEN}{path}")
    assert response.status_code == status, response.text
    return lxml.html.fromstring(response.text)


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


PAGES = [
    "/", "/?level=paragraphs&probability=0.5", "/stories", "/stories?q=en:city", "/stories?q=fr:x&order=weakest",
    "/stories/1", "/stories/2?level=paragraphs&problems=1", "/concordance", "/concordance?q=uk:міст*",
    "/concordance?q=en:script&order=left", "/concordance?q=(", "/concordance?q=filed&level=quotes&order=speaker",
    "/quotations", "/quotations?form=direct&sides=uk–ru–en", "/quotations?q=en:filed&flag=omitted_ru",
    "/quotations?speaker=nobody", "/people", "/people?name=script", "/drops",
    "/drops?q=script&stage=crawl", "/drops?q=)", "/audits", "/audits/NAME", "/audits/NAME/judge?annotator=anna",
    "/audits/NAME/disagreements?annotator=ben", "/audit-plan?rows=4&annotators=anna,ben",
    "/corrections",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_holds_no_markup_of_strangers(client, path: str) -> None:
    page = get(client, path)
    assert [script.get("src") for script in page.iter("script")] == [f"/{TOKEN}/look.js"]
    assert not page.xpath("//img | //@onerror | //@style | //style | //iframe")
    assert all(re.match(r"https?:|/|\?|#", href) for href in page.xpath("//a/@href"))
    assert page.xpath("//h1")
    assert "49" not in re.findall(r"\b49\b", words(page))  # no template within a text


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.TITLE)
def test_every_view_has_a_page_that_the_navigation_leads_to(client, view) -> None:
    page = get(client, view.PATH)
    [current] = page.xpath("//*[@aria-current='page']")
    assert current.text == view.TITLE
    assert page.xpath("//nav[@aria-label='Views']/a/@href") == [f"/{TOKEN}{each.PATH}" for each in VIEWS]


def test_every_route_that_is_read_is_tested() -> None:
    tested = {re.sub(r"\d+", "{number:int}", path.partition("?")[0]).replace("NAME", "{name}") for path in PAGES}
    others = {"/filters.json", "/concordance.tsv", "/corrections/{number:int}"}  # the last one in test_correct.py
    assert {route.path for view in VIEWS for route in view.ROUTES} == tested | others


@pytest.mark.parametrize("number", ["99", "99999999999999999999", "0"])
def test_a_story_that_does_not_exist_is_not_found(client, number: str) -> None:
    get(client, f"/stories/{number}", 404)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "2"])
def test_a_page_that_does_not_exist_is_the_nearest_one(client, page: str) -> None:
    assert words(get(client, f"/stories?page={page}")).count("article") == words(get(client, "/stories")).count(
        "article"
    )


def test_texts_are_shown_as_they_are(client) -> None:
    assert HOSTILE in words(get(client, "/concordance?q=en:script"))
    assert HOSTILE in words(get(client, "/drops"))


def test_a_story_marks_its_quotations_and_links_its_pages(client) -> None:
    page = get(client, "/stories/1")
    assert [q.text for q in page.iter("q")] == ["Ми збудували міст", "Мы построили мост", "We built a bridge"]
    assert "https://x.example/uk/1" in page.xpath("//a/@href")
    assert "Зайве речення про воду" in words(page)  # what was left out of it


def test_a_hit_opens_its_story_at_its_row(client) -> None:
    page = get(client, "/concordance?q=en:bridge+NOT+en:built")
    [href] = page.xpath("//a[@class='keyword']/@href")
    address, _, anchor = href.partition("#")
    story = get(client, address.removeprefix(f"/{TOKEN}"))
    [row] = story.xpath(f"//*[@id='{anchor}']")
    assert "The city opened a bridge" in words(row)


def test_a_search_that_cannot_be_read_is_explained(client) -> None:
    page = get(client, "/concordance?q=" + quote("en:a AND fr:b"))
    [error] = page.xpath("//*[@role='alert']")
    assert "no language 'fr' here, at character 10: choose from uk, ru, en" in words(error)
    assert page.xpath("//mark/text()") == ["fr:b"]


def test_the_download_has_every_hit(client) -> None:
    text = client.get(f"/{TOKEN}/concordance.tsv", params={"q": "en:the OR en:a"}).text
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert [row["keyword"].lower() for row in rows].count("a") == 2
    assert [row["keyword"].lower() for row in rows].count("the") == 3
    assert {row["article_id"] for row in rows} == {"1", "2", "3"}
    [stated] = [row for row in rows if "bridge" in row["right"] and row["form"]]
    assert (stated["speaker"], stated["form"]) == ("Пєсков", "direct")


def test_filters_count_as_an_export_would(client) -> None:
    effect = client.get(f"/{TOKEN}/filters.json", params={"probability": "0.9", "names_agree": "0.5"}).json()
    assert effect["rows"] == 6
    assert effect["passing"] == 3  # 0.9 itself passes, but not with the names of that row
    assert effect["alone"]["probability"] == 2
    assert effect["toml"].startswith('[[filters]]\nscore = "probability"\nmin = 0.9\nconfigs = ["sentences"]')


@pytest.mark.parametrize("value", ["nan", "inf", "-1e400", "x", ""])
def test_a_slider_that_stands_nowhere_rejects_nothing(client, value: str) -> None:
    effect = client.get(f"/{TOKEN}/filters.json", params={"probability": value}).json()
    assert effect["passing"] in (0, 1, 6)  # at an end: "inf" is the upper one, where the best row passes


def test_a_slider_at_its_end_is_no_filter() -> None:
    assert Slider(Filter("probability", least=0.5), 0, 1, 0, 0).bound is None
    assert Slider(Filter("near_duplicates", greatest=10), 0, 9, 9, 3).bound == Filter("near_duplicates", greatest=3)


def test_names_are_joined_and_separated(client, source: Source) -> None:
    assert source.workspace is not None
    numbers = get(client, "/people").xpath("//input[@name='person']/@value")
    answer = client.post(f"/{TOKEN}/people", data={"person": numbers}, follow_redirects=False)
    assert answer.status_code == 303
    [person] = read_people(source.workspace)
    assert ("uk", "Пєсков") in person.pairs()
    assert ("en", "John Brown") in person.pairs()
    page = get(client, "/people")
    assert len(page.xpath("//input[@name='person']")) == len(numbers) - 1
    client.post(f"/{TOKEN}/people", data={"separate": "0"})
    assert read_people(source.workspace) == ()


@pytest.mark.parametrize("data", [{}, {"person": "1"}, {"person": "x"}, {"separate": "7"}])
def test_a_form_that_joins_nothing_is_refused(client, source: Source, data: dict[str, str]) -> None:
    assert client.post(f"/{TOKEN}/people", data=data).status_code == 400
    assert source.workspace is not None
    assert not source.workspace.people.exists()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8123", "", "[::2]:8123"])
def test_another_host_is_refused(client, host: str) -> None:
    assert client.get(f"/{TOKEN}/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("path", ["/", "/x/", f"/{TOKEN}x/", "/look.css"])
def test_without_the_token_nothing_is_shown(client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 403
    assert TOKEN not in answer.text


def test_a_form_of_another_site_or_too_large_is_refused(client) -> None:
    assert client.post(f"/{TOKEN}/people", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post(f"/{TOKEN}/people", content=b"x" * 200_000).status_code == 413


@pytest.mark.parametrize("path", [f"/{TOKEN}/", f"/{TOKEN}/nothing", "/", f"/{TOKEN}/look.css"])
def test_every_response_has_the_policy(client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
