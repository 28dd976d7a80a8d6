"""A dataset as an export writes it, published, loaded by other programs, and edited on the Hub."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_builder.dataset.card import write_card
from corpus_builder.dataset.croissant import write_croissant
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.manifest import write_manifest

from ..small_dataset import ROWS, write_rows
from ..test_folder import ABOUT
from .conftest import REPO, Publisher
from .hub_standin import Blob, StandIn

RECORDS = """
import sys, mlcroissant, warnings
warnings.simplefilter("ignore")
described = mlcroissant.Dataset(jsonld="{}/datasets/lab/news/resolve/main/croissant.json")
assert not described.metadata.ctx.issues.errors
print([len(list(described.records(f"sentences/{{x}}"))) for x in ("train", "test")])
"""
LOADED = """
from datasets import load_dataset
for config in ("sentences", "sentences.en-uk"):
    print({name: len(part) for name, part in load_dataset("lab/news", config, revision=REVISION).items()})
"""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "whole"
    write_rows(folder, ROWS)
    (folder / "leakage.json").write_text(json.dumps({"limit": 0.01, "leaked": 0.0}), encoding="utf-8")
    finish(folder)
    return folder


def finish(folder: Path) -> None:
    written, about = DatasetFolder(folder), replace(ABOUT, version="1.0.0")
    summary = {"leaked": 0.0, "limit": 0.01, "near": 0.8, "shortest_text_compared": 25, "left_out_of_train": {},
               "summary": {}}  # fmt: skip
    (folder / "leakage.json").write_text(json.dumps(summary, indent=1)[:-2] + ',\n "rows": {}\n}\n', encoding="utf-8")
    write_card(written, about)
    write_croissant(written, about)
    write_manifest(written, about, {}, "code")


def test_its_name_is_filled_in_and_other_programs_load_it(
    hub: StandIn, whole: Path, publish: Publisher, tmp_path: Path
) -> None:
    done = publish(whole)
    assert done.returncode == 0, done.stderr
    files = hub.files(REPO)
    assert b"NAMESPACE" not in b"".join(files[name] for name in ("README.md", "croissant.json"))
    assert b'load_dataset("lab/news"' in files["README.md"]
    assert f"url = {{{hub.endpoint}/datasets/lab/news}}".encode() in files["README.md"]
    assert b"NAMESPACE/NAME" in (whole / "README.md").read_bytes()
    read = publish.python(LOADED.replace("REVISION", "None"))
    assert read == "{'train': 3, 'test': 1}\n{'train': 2, 'test': 1}\n"
    again = publish(whole)
    assert "is up to date" in again.stdout, again.stderr


def test_records_load_over_http_from_croissant_alone(hub: StandIn, whole: Path, publish: Publisher) -> None:
    pytest.importorskip("mlcroissant")
    assert publish(whole).returncode == 0
    described = json.loads(hub.files(REPO)["croissant.json"])
    first = described["distribution"][1]
    assert first["contentUrl"].startswith(f"{hub.endpoint}/datasets/lab/news/resolve/main/data/")
    out = publish.python("import os; os.environ['HOME'] = os.environ['HF_HOME']\n" + RECORDS.format(hub.endpoint))
    assert out.splitlines()[-1].endswith("[3, 1]")


@pytest.mark.parametrize("edit", ["card", "added", "removed"])
def test_a_change_on_the_hub_stops_it_with_the_difference(
    hub: StandIn, whole: Path, publish: Publisher, edit: str
) -> None:
    assert publish(whole).returncode == 0
    files = dict(hub.repos[REPO].head.files)
    if edit == "card":
        card = files["README.md"].content.replace(b"## Motivation", b"## Why we did it")
        files["README.md"] = Blob(card, lfs=False)
    elif edit == "added":
        files["NOTES.md"] = Blob(b"Mine.", lfs=False)
    else:
        files["data/sentences/extra-00000-of-00001.parquet"] = Blob(b"PAR1", lfs=True)
    hub.repos[REPO].add("by hand", files)
    stopped = publish(whole)
    assert stopped.returncode == 2
    assert "since the last publish" in stopped.stderr
    if edit == "card":
        assert "+## Why we did it" in stopped.stderr
    for way in ("--exclude", "--overwrite", "about"):
        assert way in stopped.stderr
    assert hub.published(REPO)[-1] == "by hand"
    kept = publish(whole, "--exclude", "README.md", "--exclude", "NOTES.md", "--exclude", "*extra*")
    assert kept.returncode == 0, kept.stderr
    assert hub.repos[REPO].head.files.keys() == files.keys()
    done = publish(whole, "--overwrite", "--allow-shrinking", "--message", "Ours again")
    assert done.returncode == 0, done.stderr
    assert hub.published(REPO)[-1] == "Ours again"
    assert b"## Motivation" in hub.files(REPO)["README.md"]
    assert "NOTES.md" not in hub.files(REPO)


def test_a_pull_request_leaves_the_branch_as_it_is(hub: StandIn, whole: Path, publish: Publisher) -> None:
    hub.make(REPO)
    before = hub.repos[REPO].head
    done = publish(whole, "--create-pr", "--message", "Proposed")
    assert done.returncode == 0, done.stderr
    assert f"opened a pull request: {hub.endpoint}/datasets/lab/news/discussions/1" in done.stdout
    assert hub.repos[REPO].head is before
    (proposed,) = hub.repos[REPO].pulls
    assert hub.repos[REPO].at(proposed).title == "Proposed"
    refused = publish(whole, "--create-pr", "--tag", "v1")
    assert refused.returncode == 2
    assert "leave one out" in refused.stderr
