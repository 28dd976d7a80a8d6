"""The shipped seed lexicons are what data/lexicon/README.md says makes them."""

import gzip
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from corpus_builder.cli import lexicon
from corpus_builder.resources import shipped

TATOEBA = Path(__file__).resolve().parents[2].parent / "shared/data/tatoeba"
app = typer.Typer(pretty_exceptions_enable=False)
app.add_typer(lexicon.app, name="lexicon")


@pytest.mark.skipif(not TATOEBA.exists(), reason="needs ../shared/data/tatoeba")
def test_the_commands_of_the_readme_make_them_again(tmp_path):
    readme = (shipped("data/lexicon") / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```\n(corpus-builder lexicon train \$TATOEBA.*?)```", readme, re.DOTALL)[1].replace("\\\n", " ")
    commands = [line.replace("$TATOEBA", str(TATOEBA)).replace("made", str(tmp_path)) for line in block.splitlines()]
    assert len(commands) == 3
    for command in commands:
        assert CliRunner().invoke(app, shlex.split(command)[1:]).exit_code == 0
    for made in sorted(tmp_path.iterdir()):
        kept = shipped("data/lexicon") / made.name
        assert gzip.decompress(made.read_bytes()) == gzip.decompress(kept.read_bytes()), made.name  # zlibs differ
    assert len(list(tmp_path.iterdir())) == 3
