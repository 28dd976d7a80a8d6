"""`corpus-builder publish` against the stand-in for the Hub, with the official client, when nothing goes wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_builder.dataset.publish import Wishes, connect, inspect, make_plan
from corpus_builder.errors import UsageError

from .conftest import REPO, Publisher, contents, write_dataset, write_rows
from .hub_standin import StandIn

READ_BACK = """
from datasets import load_dataset
for revision in (None, "v1"):
    rows = load_dataset("lab/news", "sentences", revision=revision)
    print({split: len(part) for split, part in rows.items()}, rows["test"][3]["translation"]["uk"])
"""


def test_a_new_dataset_is_one_commit_and_one_tag_and_is_read_back(
    hub: StandIn, folder: Path, publish: Publisher
) -> None:
    done = publish(folder, "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert hub.files(REPO) == contents(folder)
    assert hub.published(REPO) == ["Publish v1"]
    assert hub.repos[REPO].tags == {"v1": hub.repos[REPO].head.oid}
    assert not hub.repos[REPO].private
    assert "files added: 5" in done.stdout
    assert "sentences  train           0    40" in done.stdout
    assert publish.python(READ_BACK) == "{'train': 40, 'test': 4} Рядок 3.\n" * 2

    again = publish(folder, "--tag", "v1")
    assert again.returncode == 0, again.stderr
    assert "is up to date" in again.stdout
    assert hub.published(REPO) == ["Publish v1"]

    later = publish(folder, "--tag", "v1.0")
    assert later.returncode == 0, later.stderr
    assert hub.published(REPO) == ["Publish v1"]
    assert hub.repos[REPO].tags == dict.fromkeys(["v1", "v1.0"], hub.repos[REPO].head.oid)


def test_a_new_version_replaces_the_old_one_exactly(hub: StandIn, folder: Path, publish: Publisher) -> None:
    publish(folder, "--tag", "v1")
    (folder / "data/documents/train-00000-of-00001.parquet").unlink()
    write_rows(folder / "data/documents/train-00000-of-00002.parquet", 3)
    write_rows(folder / "data/documents/train-00001-of-00002.parquet", 7, first=3)
    write_rows(folder / "data/sentences/train-00000-of-00001.parquet", 50)

    stale_tag = publish(folder, "--tag", "v1")
    assert stale_tag.returncode == 2
    assert "the tag v1 of lab/news points to commit" in stale_tag.stderr
    assert hub.published(REPO) == ["Publish v1"]

    done = publish(folder, "--tag", "v2", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["files"]["added"]) == {f"data/documents/train-0000{n}-of-00002.parquet" for n in (0, 1)}
    assert set(told["files"]["changed"]) == {"data/sentences/train-00000-of-00001.parquet"}
    assert set(told["files"]["removed"]) == {"data/documents/train-00000-of-00001.parquet"}
    assert {"config": "sentences", "split": "train", "before": 40, "now": 50} in told["rows"]
    assert {"config": "documents", "split": "train", "before": 6, "now": 7} in told["rows"]
    assert told["committed"]
    assert told["tagged"] == "v2"
    assert hub.files(REPO) == contents(folder)
    assert hub.published(REPO) == ["Publish v1", "Publish v2"]
    assert hub.repos[REPO].tags["v1"] == hub.repos[REPO].commits[1].oid


def test_a_dry_run_sends_nothing(hub: StandIn, folder: Path, publish: Publisher) -> None:
    anyone = replace(publish, token="")
    done = anyone(folder, "--dry-run", "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert f"{hub.endpoint}/datasets/lab/news: new, public, licence mit" in done.stdout
    assert "nothing was sent" in done.stdout
    hub.make(REPO)
    assert publish(folder, "--dry-run").returncode == 0
    assert hub.published(REPO) == []
    asked = {line for line in hub.requests if not line.startswith("GET ")}
    assert asked == {"POST /api/validate-yaml"}


def test_a_private_dataset_is_private_before_anything_is_in_it(hub: StandIn, folder: Path, publish: Publisher) -> None:
    done = publish(folder, "--private")
    assert done.returncode == 0, done.stderr
    assert hub.repos[REPO].private
    assert "new, private" in done.stdout
    again = publish(folder)
    assert again.returncode == 0, again.stderr
    assert hub.repos[REPO].private


def test_a_public_dataset_is_not_taken_for_a_private_one(hub: StandIn, folder: Path, publish: Publisher) -> None:
    hub.make(REPO)
    done = publish(folder, "--private")
    assert done.returncode == 2
    assert "lab/news is public already" in done.stderr
    assert hub.published(REPO) == []


def test_lost_rows_have_to_be_allowed(hub: StandIn, tmp_path: Path, folder: Path, publish: Publisher) -> None:
    publish(folder)
    less = write_dataset(tmp_path / "less", rows={"train": 35, "test": 4})
    done = publish(less)
    assert done.returncode == 2
    assert "sentences, train: 40 rows on the Hub, 35 here" in done.stderr
    assert "--allow-shrinking" in done.stderr
    assert len(hub.published(REPO)) == 1
    assert publish(less, "--allow-shrinking").returncode == 0
    assert hub.files(REPO) == contents(less)


def test_another_dataset_under_the_name_is_not_swept_away(hub: StandIn, folder: Path, publish: Publisher) -> None:
    repo = hub.make(REPO)
    blob = next(iter(repo.head.files.values()))
    repo.add("years of work", {**repo.head.files, "thesis/corpus.csv": blob})
    done = publish(folder)
    assert done.returncode == 2
    assert "thesis/corpus.csv would be removed" in done.stderr
    assert hub.published(REPO) == ["years of work"]


@pytest.mark.parametrize("repo", ["news", "lab/news/x", "lab/новини", "lab/", "-/x y"])
def test_a_name_that_is_none(repo: str) -> None:
    with pytest.raises(UsageError, match=f"--repo {repo} is not the name of a repository"):
        connect(repo, to_write=True, notice=print)


@pytest.mark.parametrize("tag", ["v 1", "v1.lock", "-v", "v1..2", "v1.", "", "refs/heads/main"])
def test_a_tag_that_is_none_is_told_before_anything_is_asked(folder: Path, tag: str) -> None:
    with pytest.raises(UsageError, match=f"--tag {tag}: invalid tag name"):
        make_plan(inspect(folder), connect(REPO, to_write=False, notice=print), Wishes(tag=tag))


def test_a_workspace_instead_of_its_dataset(folder: Path) -> None:
    with pytest.raises(UsageError, match="is a workspace") as raised:
        inspect(folder.parent)
    assert str(folder) in raised.value.next_step


def test_the_command_without_a_folder(hub: StandIn, tmp_path: Path, publish: Publisher) -> None:
    done = publish(tmp_path / "absent")
    assert (done.returncode, hub.requests) == (2, [])
    assert done.stderr == (
        f"error: {tmp_path}/absent is not a folder\n  next: give the dataset/ folder of a workspace\n"
    )


def test_a_gate_is_there_before_anything_is_to_be_read(hub: StandIn, folder: Path, publish: Publisher) -> None:
    done = publish(folder, "--gated", "manual")
    assert done.returncode == 0, done.stderr
    assert "new, public, gated (manual), licence mit" in done.stdout
    assert hub.repos[REPO].gated == "manual"
    writes = [line for line in hub.requests if line.startswith(("PUT", "POST /api/datasets/lab/news/"))]
    settings = "PUT /api/datasets/lab/news/settings"
    assert writes[0] == settings
    again = publish(folder, "--gated", "manual")
    assert "is up to date" in again.stdout, again.stderr
    assert hub.requests.count(settings) == 1
    changed = publish(folder, "--gated", "auto", "--json")
    assert json.loads(changed.stdout)["gated"] == hub.repos[REPO].gated == "auto"
    kept = publish(folder)
    assert "exists, public, gated (auto)" in kept.stdout
    assert hub.repos[REPO].gated == "auto"
    refused = publish(folder, "--gated", "auto", "--create-pr")
    assert refused.returncode == 2
    assert publish(folder, "--gated", "perhaps").returncode == 2


def test_terms_that_nobody_must_agree_to_are_told(hub: StandIn, folder: Path, publish: Publisher) -> None:
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8").replace("license: mit", 'license: mit\nextra_gated_prompt: "Be kind."')
    card.write_text(text, encoding="utf-8")
    assert "nobody is asked to agree: add --gated auto" in publish(folder, "--dry-run").stderr
    assert "nobody is asked" not in publish(folder, "--gated", "auto").stderr
    assert "nobody is asked" not in publish(folder).stderr


def test_a_branch_is_made_and_the_main_one_stays(
    hub: StandIn, tmp_path: Path, folder: Path, publish: Publisher
) -> None:
    assert publish(folder, "--tag", "v1").returncode == 0
    before = hub.repos[REPO].head
    more = write_dataset(tmp_path / "more", rows={"train": 50, "test": 6})
    for _ in range(2):  # the second time there is nothing to do
        done = publish(more, "--revision", "next", "--message", "More rows")
        assert done.returncode == 0, done.stderr
    assert "is up to date" in done.stdout
    assert hub.repos[REPO].head == before
    there = hub.repos[REPO].at("next")
    held = {name: blob.content for name, blob in there.files.items() if name != ".gitattributes"}
    assert (there.title, held) == ("More rows", contents(more))
    assert hub.published(REPO) == ["Publish v1", "More rows"]
    loaded = publish.python(READ_BACK.replace('(None, "v1")', '("next", "v1")'))
    assert loaded.splitlines()[0].startswith("{'train': 50, 'test': 6}"), loaded
    assert loaded.splitlines()[1].startswith("{'train': 40, 'test': 4}"), loaded
    fewer = publish(folder, "--revision", "next")
    assert fewer.returncode == 2
    assert "would lose many rows" in fewer.stderr
