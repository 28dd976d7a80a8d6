"""Golden pages: cases/NAME holds input.html, case.toml (url; site, status, headers where they are not the usual) and
either output.json, the edition, or exception.json, the reason why there is none.

`pytest tests/extract --write-cases` writes the outputs anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.extract import extract_page
from corpus_builder.model import Capture
from corpus_builder.sites import load_site

CASES = sorted((Path(__file__).parent / "cases").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, request: pytest.FixtureRequest) -> None:
    got = outcome(case)
    file = case / ("exception.json" if "reason" in got else "output.json")
    if request.config.getoption("--write-cases", False):
        file.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert file.exists(), got
    assert got == json.loads(file.read_text(encoding="utf-8"))
    assert len(list(case.glob("*.json"))) == 1


def outcome(case: Path) -> dict[str, Any]:
    settings = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    body = (case / "input.html").read_bytes()
    capture = Capture(settings["url"], settings.get("status", 200), settings.get("headers", {}), body, None, case.name)
    try:
        edition = extract_page(capture, load_site(settings.get("site", "pravda")))
    except SkipPage as skipped:
        return {"reason": skipped.reason}
    readable = asdict(edition)
    for block in (*readable["blocks"], *readable["captions"]):
        block["links"] = [[block["text"][link["start"] : link["end"]], link["url"]] for link in block["links"]]
        block["edits"] = [[edit["start"], edit["end"], edit["original"]] for edit in block["edits"]]
        for name in ("label", "label_text", "speaker", "links", "edits"):
            if not block[name]:
                del block[name]
    return dict(json.loads(json.dumps(readable, default=str)))
