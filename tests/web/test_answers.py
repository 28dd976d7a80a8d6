"""JSON in scripts, however it is assigned."""

from __future__ import annotations

from contextlib import suppress

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.web.answers import json_in_script
from tests.growth import assert_in_proportion

STATE = {"article": {"title": "Міст", "body": ["One", "Two"]}}
TEXT = '{"article": {"title": "Міст", "body": ["One", "Two"]}}'


@pytest.mark.parametrize(
    "script",
    [
        TEXT,
        f"window.state = {TEXT};",
        f'window["state"] = {TEXT};',
        f"var tags = []; (function () {{ window.state = {TEXT}; }})();",
        f'window.small = {{"a": 1}}; window.state = {TEXT}; window.other = [2];',
    ],
)
def test_the_longest_value_of_a_script(script: str) -> None:
    assert json_in_script(script) == STATE


def test_half_a_character_is_none_that_a_file_could_not_hold() -> None:
    assert json_in_script('x = {"title": "\\ud83d!"}') == {"title": "\ufffd!"}


@pytest.mark.parametrize("script", ["", "go();", "function f() { return [a]; }"])
def test_a_script_without_json(script: str) -> None:
    with pytest.raises(SkipPage, match="not_json"):
        json_in_script(script)


@pytest.mark.parametrize("unit", ['{"a":', "[1,", '{"a" ', "{", "[] "])
def test_a_script_made_to_be_slow(unit: str) -> None:
    def read(text: str) -> None:
        with suppress(SkipPage):
            json_in_script(text)

    assert_in_proportion(lambda size: unit * size, read, 20_000)
