"""What strangers wrote stays data in each medium: read back by the rules of the medium, or by its own programs."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from corpus_builder import escape
from corpus_builder.cli import terminal

EVIL = (
    "\x1b[31m[red]# h\x9b2J\u202eabc\u2066 <b onload=x>[a](http://e.example)|x|`` ` *b* _i_ $x$ @you www.e.example\r\n"
    "# two\t\\input{x}%^~{}\"'=cmd()\x00\x07\ufeff\u2028--- ../../etc:passwd"
)
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# No lone surrogates: no text that was read has them.
TEXTS = st.one_of(st.just(EVIL), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))


@given(TEXTS)
def test_nothing_acts_on_a_screen(text: str) -> None:
    functions = (
        escape.terminal, escape.line, escape.json_text, escape.yaml, escape.markdown, escape.markdown_code,
        escape.markdown_address, escape.latex, escape.bibtex, escape.separated, escape.one_line, escape.file_name,
    )  # fmt: skip
    for function in functions:
        assert not ACTING.search(function(text)), function.__name__
        if function not in (escape.terminal, escape.separated):
            assert "\n" not in function(text), function.__name__


@given(TEXTS)
def test_json_yaml_and_csv_are_read_back(text: str) -> None:
    assert json.loads(escape.json_text([text])) == [text]
    assert yaml.safe_load(f"a: {escape.yaml(text)}\nb: 1\n") == {"a": text, "b": 1}
    row = f"{escape.separated(text)}\t{escape.separated('x')}\n"
    assert list(csv.reader(io.StringIO(row, newline=""), delimiter="\t")) == [[escape.readable(text), "x"]]


@given(TEXTS)
def test_xml_is_well_formed(text: str) -> None:
    element = etree.Element("a", b=escape.xml(text))
    element.text = escape.xml(text)
    etree.fromstring(etree.tostring(element))


@given(TEXTS)
def test_markdown_has_no_markup(text: str) -> None:
    """Every character that CommonMark or GitHub reads within a line stands after a backslash."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "x", escape.markdown(text))
    assert not re.search(r"[\\`*_\[\]<>|~#$@&]|^[-+=]|://|www\.", bare)


@given(TEXTS)
def test_markdown_code_ends_where_it_ends(text: str) -> None:
    code = escape.markdown_code(text)
    fence = re.match("`+", code)
    assert fence
    assert fence[0] == re.findall("`+$", code)[0]
    assert fence[0] not in re.findall("`+", code[len(fence[0]) : -len(fence[0])])
    assert "|" not in code.replace("\\|", "")


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", " \tjavascript:x", "//x y:"]
)
def test_an_address_is_a_web_address(text: str) -> None:
    assert escape.markdown_address(text) == "#"
    assert escape.markdown_address("https://e.example/a)b c[1]") == "https://e.example/a%29b%20c%5B1%5D"


@given(TEXTS)
def test_latex_and_bibtex_have_no_commands(text: str) -> None:
    known = r"\\text(?:asciitilde|asciicircum|backslash|less|greater|quotedbl|braceleft|braceright)\{\}|\\[&%$#_{}]"
    for written in (escape.latex(text), escape.bibtex(text)):
        assert not re.search(r"[\\&%$#_{}~^]", re.sub(known, "", written))
    written = escape.bibtex(text)
    assert written.count("{") == written.count("}")


@given(TEXTS, st.sampled_from(["", "/", "..", "con.", "NUL"]))
def test_a_file_name_is_one_name(text: str, before: str) -> None:
    name = escape.file_name(before + text)
    assert name
    assert name == Path(name).name
    assert name[0] not in ".-"
    assert len(name.encode()) < 255
    assert not re.match(r"(con|nul)(\.|$)", name, re.IGNORECASE)


def test_the_console_prints_no_markup_and_no_controls(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    screen = terminal.console()
    table = Table("[b]head[/b]")
    table.add_row("[/nothing] \x1b[2J\u202e")
    screen.print(EVIL, Text(EVIL), table, soft_wrap=True)
    terminal.say(EVIL)
    terminal.say_json({"a": EVIL})
    written = capsys.readouterr().out
    assert not ACTING.search(written)
    assert "[red]" in written
    assert "[/nothing]" in written
    assert json.loads(written.rstrip("\n").rpartition("\n")[2]) == {"a": EVIL}


def test_commands_print_through_one_door() -> None:
    folder = Path(terminal.__file__).parent
    for path in folder.glob("*.py"):
        if path.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "typer.echo", "typer.secho", "click.echo", "Console"), (
                    path.name,
                    called,
                )
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("rich.console", "rich.markup"), path.name
