"""Messages about TOML files: the file, the key, what is wrong, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from corpus_builder.errors import ConfigError
from corpus_builder.stages.config import RunConfig, load_config
from corpus_builder.toml import read_toml, validated


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Leaf(Strict):
    weight: float = Field(default=1.0, ge=0)


class Tree(Strict):
    name: str
    leaf: Leaf = Leaf()
    spare: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    by_name: dict[str, list[Leaf]] = {}


def message(data: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as raised:
        validated(Tree, data, "tree.toml", next_step="read the docs")
    assert raised.value.next_step == "read the docs"
    return str(raised.value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"name": "a", "leef": {}}, "key leef: unknown key (did you mean leaf?)"),
        ({"name": "a", "x": 1}, "key x: unknown key (possible keys: name, leaf, spare, leaves, by_name)"),
        ({"name": "a", "leaf": {"wieght": 1}}, "key leaf.wieght: unknown key (did you mean weight?)"),
        ({"name": "a", "spare": {"wieght": 1}}, "key spare.wieght: unknown key (did you mean weight?)"),
        ({"name": "a", "leaves": [{"wieght": 1}]}, "key leaves.0.wieght: unknown key (did you mean weight?)"),
        (
            {"name": "a", "by_name": {"b": [{"wieght": 1}]}},
            "key by_name.b.0.wieght: unknown key (did you mean weight?)",
        ),
        ({}, "key name: this key is required"),
        ({"name": "a", "leaf": {"weight": -1}}, "key leaf.weight: Input should be greater than or equal to 0, not -1"),
    ],
)
def test_a_problem_is_named_with_its_file_and_key(data: dict[str, object], expected: str) -> None:
    assert message(data) == f"tree.toml, {expected}"


def test_all_problems_are_named_at_once() -> None:
    assert message({"leaf": {"wieght": 1}}) == (
        "tree.toml has 2 problems:\n"
        "  key name: this key is required\n"
        "  key leaf.wieght: unknown key (did you mean weight?)"
    )


def test_a_misspelt_key_of_a_run_config(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text('site = "pravda"\n[dataset]\nmin_probabilty = 0.5\n')
    with pytest.raises(ConfigError) as raised:
        load_config(str(config))
    assert str(raised.value) == (f"{config}, key dataset.min_probabilty: unknown key (did you mean min_probability?)")


def test_a_rule_between_keys_is_told_in_its_own_words() -> None:
    with pytest.raises(ConfigError, match=r"^it, since 2025-02-02 is later than until 2025-01-01"):
        validated(RunConfig, {"site": "a", "since": "2025-02-02", "until": "2025-01-01"}, "it", "")


def test_a_file_that_is_not_utf8_or_not_toml(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_toml(path)
    path.write_text("a = \nb = 1\n")
    with pytest.raises(ConfigError, match=r"not valid TOML: .*line 1"):
        read_toml(path)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000, "[1" * 5000, '"\\ud83d"', "2025-99-99", "0x" + "f" * 9000])
def test_values_that_are_none(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.toml").write_text(f"site = {value}\n")
    with pytest.raises(ConfigError, match=r"a\.toml"):
        load_config(str(tmp_path / "a.toml"))
