"""Workers live as long as a run: what a stage remembers for one shard must not stay for all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import corpus_builder.stages

MODULES = sorted(Path(corpus_builder.stages.__file__).parent.glob("*.py"))
FEW = {"distribution"}
"""Parameters with a few values in a run."""


def kept_for_ever(function: ast.FunctionDef) -> bool:
    """Whether a function remembers any number of results."""
    return any(isinstance(decorator, ast.Name) and decorator.id in ("cache", "cached") for decorator in
               function.decorator_list)  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=[module.stem for module in MODULES])
def test_nothing_is_remembered_for_every_shard(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and kept_for_ever(node):
            many = {argument.arg for argument in node.args.args} - FEW
            assert not many, f"{node.name}: give a bound with lru_cache(maxsize=…), or do not remember it"
