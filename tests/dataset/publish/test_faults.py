"""Publishing while things go wrong: nothing is duplicated, nothing is lost, and the user is told what to do."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from .conftest import REPO, Publisher, contents, write_dataset, write_rows
from .hub_standin import READER, Blob, Fault, StandIn

COMMIT = "POST /api/datasets/lab/news/commit/"


def assert_published_once(hub: StandIn, folder: Path, tag: str = "v1") -> None:
    repo = hub.repos[REPO]
    assert hub.files(REPO) == contents(folder)
    assert hub.published(REPO) == [f"Publish {tag}"]
    assert repo.tags == {tag: repo.head.oid}


def push(hub: StandIn, name: str, content: bytes) -> None:
    """Someone else's commit."""
    repo = hub.repos[REPO]
    repo.add(f"Add {name}", {**repo.head.files, name: Blob(content, lfs=False)})


@pytest.mark.parametrize("how", [pytest.param(500, marks=pytest.mark.slow), "drop", "lost"])
def test_a_commit_that_fails_in_passing_is_made_once(
    hub: StandIn, folder: Path, publish: Publisher, how: int | str
) -> None:
    hub.faults = [Fault(how, COMMIT)]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)
    # What was lost is the answer alone, so nothing is sent again.
    assert sum(line.startswith(COMMIT) for line in hub.requests) == (1 if how == "lost" else 2)


def test_a_commit_that_lands_late_is_not_made_twice(hub: StandIn, folder: Path, publish: Publisher) -> None:
    """The connection breaks, the commit is not there yet, and lands just before it is repeated."""

    def land() -> None:
        repo = hub.repos[REPO]
        blobs = {name: Blob(content, lfs=name.endswith(".parquet")) for name, content in contents(folder).items()}
        repo.add("Publish v1", {**repo.head.files, **blobs})

    hub.faults = [Fault("drop", COMMIT), Fault(412, COMMIT, meanwhile=land)]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)


def test_a_kill_between_upload_and_commit(hub: StandIn, folder: Path, publish: Publisher) -> None:
    command = publish.start(folder, "--tag", "v1")
    hub.faults = [Fault("drop", COMMIT, meanwhile=command.kill)]
    assert command.wait(60).returncode == -signal.SIGKILL
    assert hub.published(REPO) == []
    sent = sum(line.startswith("PUT ") for line in hub.requests)
    assert sent == len(hub.repos[REPO].objects) == 3

    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)
    assert sum(line.startswith("PUT ") for line in hub.requests) == sent


def test_a_kill_between_commit_and_tag(hub: StandIn, folder: Path, publish: Publisher) -> None:
    command = publish.start(folder, "--tag", "v1")
    hub.faults = [Fault("drop", "/tag/", meanwhile=command.kill)]
    assert command.wait(60).returncode == -signal.SIGKILL
    assert (hub.published(REPO), hub.repos[REPO].tags) == (["Publish v1"], {})
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)


def test_a_commit_of_someone_else_is_not_overwritten(hub: StandIn, folder: Path, publish: Publisher) -> None:
    publish(folder, "--tag", "v1")
    write_rows(folder / "data/sentences/train-00000-of-00001.parquet", 60)
    hub.faults = [Fault("drop", "/preupload/", meanwhile=lambda: push(hub, "notes.md", b"theirs"))]
    done = publish(folder, "--tag", "v2")
    assert done.returncode == 1
    assert "someone else has pushed to lab/news meanwhile" in done.stderr
    assert "by colleague: Add notes.md" in done.stderr
    assert "adds 0 files, changes 1 and removes 1" in done.stderr
    assert "--dry-run" in done.stderr
    assert hub.published(REPO) == ["Publish v1", "Add notes.md"]
    assert hub.files(REPO)["notes.md"] == b"theirs"

    seen = publish(folder, "--tag", "v2", "--dry-run")
    assert "- notes.md" in seen.stdout
    assert publish(folder, "--tag", "v2").returncode == 0
    assert hub.published(REPO) == ["Publish v1", "Add notes.md", "Publish v2"]
    assert hub.files(REPO) == contents(folder)


def test_a_busy_repository_is_waited_for(hub: StandIn, folder: Path, publish: Publisher) -> None:
    busy = "Another commit operation is in progress for this repository. Please try again later."
    hub.faults = [Fault(409, COMMIT, message=busy)]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert f"committing: {busy}; again in 1 s" in done.stderr
    assert_published_once(hub, folder)


@pytest.mark.slow
def test_a_rate_limit_is_kept(hub: StandIn, folder: Path, publish: Publisher) -> None:
    hub.faults = [
        Fault(429, "/refs", headers={"Retry-After": "0"}),
        Fault(429, COMMIT, headers={"RateLimit": '"api";r=0;t=1'}),
    ]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)


@pytest.mark.slow
def test_a_rate_limit_of_an_hour_ends_the_run(hub: StandIn, folder: Path, publish: Publisher) -> None:
    hub.faults = [Fault(429, "POST /api/repos/create", headers={"Retry-After": "3600"})]
    done = publish(folder)
    assert done.returncode == 1
    assert "rate limit of the Hub while making the repository lab/news" in done.stderr


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("", 2, "there is no token for the Hub"),
        ("hf_expired", 1, "the Hub does not accept the token"),
        (READER, 1, "the Hub denies permission while making the repository lab/news"),
    ],
)
def test_a_token_that_will_not_do(
    hub: StandIn, folder: Path, publish: Publisher, token: str, status: int, said: str
) -> None:
    done = replace(publish, token=token)(folder, "--tag", "v1")
    assert done.returncode == status
    assert said in done.stderr
    assert "next: " in done.stderr
    assert hub.repos == {}


def slow(fault: Fault, said: str) -> object:
    return pytest.param(fault, said, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        slow(Fault(403, "/preupload/", message="read only"), "the Hub denies permission while uploading files: read"),
        (Fault(403, COMMIT, message="no storage left"), "the Hub denies permission while committing: no storage"),
        slow(Fault(412, COMMIT, times=3), "the Hub does not let this token commit to lab/news, though nobody else did"),
        slow(Fault(413, COMMIT), "the request is too large for the Hub while committing"),
        slow(Fault(507, "PUT ", times=9), "the storage of the namespace on the Hub is full while uploading files"),
        slow(Fault(401, "/tag/"), "the Hub does not accept the token while making the tag v1"),
        slow(Fault(418, "/refs"), "the Hub refused the request (status 418) while listing the tags of lab/news"),
    ],
)
def test_a_refusal_is_told_with_the_next_step_and_can_be_repeated(
    hub: StandIn, folder: Path, publish: Publisher, fault: Fault, said: str
) -> None:
    hub.faults = [fault]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 1
    assert said in done.stderr
    assert "next: " in done.stderr
    hub.faults = []
    assert publish(folder, "--tag", "v1").returncode == 0
    assert_published_once(hub, folder)


def test_a_card_that_the_hub_refuses(hub: StandIn, folder: Path, publish: Publisher) -> None:
    card = folder / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("license: mit", "license: my-own"), encoding="utf-8")
    done = publish(folder)
    assert done.returncode == 1
    assert "the Hub rejects the dataset while checking the card: " in done.stderr
    assert "license must be one of" in done.stderr
    assert hub.repos == {}


def test_a_tag_that_someone_sets_meanwhile(hub: StandIn, folder: Path, publish: Publisher) -> None:
    """The client takes a tag that is there for success, wherever it points."""

    def set_it() -> None:
        hub.repos[REPO].tags["v1"] = hub.repos[REPO].commits[0].oid

    hub.faults = [Fault(409, "/tag/", meanwhile=set_it)]
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 1
    assert "the tag v1 of lab/news points to" in done.stderr


def test_a_connection_that_falls_silent_is_given_up(hub: StandIn, folder: Path, publish: Publisher) -> None:
    soon = replace(publish, before="import corpus_builder.dataset.publish.hub as hub; hub.TIMEOUT = 1.0")
    hub.faults = [Fault("silence", COMMIT)]
    done = soon(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert_published_once(hub, folder)


@pytest.mark.slow
def test_a_hub_that_is_not_there(folder: Path, publish: Publisher) -> None:
    """Port 9 is that of the discard service, which nothing has listened on for decades."""
    nowhere = replace(
        publish,
        endpoint="http://127.0.0.1:9",
        before="import corpus_builder.dataset.publish.hub as hub; hub.WAITS = (0.1, 0.2)",
    )
    done = nowhere(folder)
    assert done.returncode == 1
    assert "no valid response from http://127.0.0.1:9 while checking the card" in done.stderr
    assert "run the same command again" in done.stderr


def test_no_hub_at_all(folder: Path, publish: Publisher) -> None:
    offline = replace(publish, extra={"HF_HUB_OFFLINE": "1"})
    done = offline(folder)
    assert done.returncode == 2
    assert "HF_HUB_OFFLINE is set" in done.stderr


FAULTS: dict[str, Callable[[int], Fault]] = {
    "500": lambda at: Fault(500, at=at),
    "drop": lambda at: Fault("drop", at=at),
    "lost": lambda at: Fault("lost", at=at),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", FAULTS)
def test_a_fault_at_every_request_in_turn(hub: StandIn, publish: Publisher, tmp_path: Path, how: str) -> None:
    folder = write_dataset(tmp_path / "small", rows={"train": 5}, documents=False)
    assert publish(folder, "--tag", "v1").returncode == 0
    requests = len(hub.requests)
    assert requests > 12

    def case(at: int) -> None:
        with StandIn() as own:
            own.faults = [FAULTS[how](at)]
            done = replace(publish, endpoint=own.endpoint, home=tmp_path / str(at))(folder, "--tag", "v1")
            assert done.returncode == 0, f"request {at}, {own.requests[at]}: {done.stderr}"
            assert own.faults[0].times == 0
            assert_published_once(own, folder)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(case, range(requests)))
