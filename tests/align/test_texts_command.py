"""Plain texts through the command: levels, formats, and what users get wrong."""

import csv
import json
from pathlib import Path

import pytest
import typer
from lxml import etree
from typer.testing import CliRunner

from corpus_builder.align.texts import folder as folder_of
from corpus_builder.align.texts import lines
from corpus_builder.align.texts.command import align_texts
from corpus_builder.cli import align, lexicon
from corpus_builder.errors import NothingProduced, UsageError

app = typer.Typer(pretty_exceptions_enable=False)
app.command("align")(align.align)
app.add_typer(lexicon.app, name="lexicon")
runner = CliRunner()

ENGLISH = ["Zelensky met Macron in Paris.", "The talks lasted 3 hours.", "Gas costs 1,500 dollars in Vienna.",
           "Berlin and Warsaw will send 40 tanks to Kharkiv.", "Oslo is silent."]  # fmt: skip
UKRAINIAN = ["Зеленський зустрів Макрона в Парижі.", "Переговори тривали 3 години.", "Газ коштує 1500 доларів у Відні.",
             "Берлін і Варшава надішлють 40 танків у Харків.", "Осло мовчить."]  # fmt: skip

GERMAN = ["Selenskyj traf Macron in Paris.", "Die Gespräche dauerten 3 Stunden.", "Gas kostet in Wien 1500 Dollar.",
          "Berlin und Warschau schicken 40 Panzer nach Charkiw.", "Oslo schweigt."]  # fmt: skip


def write(folder, name="story", **texts):
    folder.mkdir(exist_ok=True)
    for language, sentences in texts.items():
        (folder / f"{name}.{language}.txt").write_text("".join(f"{line}\n" for line in sentences), encoding="utf-8")
    return folder


def rows(folder, output, *args, **kwargs):
    align_texts(folder, output, *args, **kwargs)
    return [json.loads(line) for line in output.open(encoding="utf-8")]


@pytest.mark.parametrize("level", lines.LEVELS)
def test_lines_are_aligned_at_every_level(tmp_path, level):
    found = rows(write(tmp_path / "in", en=ENGLISH, uk=UKRAINIAN), tmp_path / "out.jsonl", level=level)
    assert [row["segments"] for row in found] == [{"en": [i], "uk": [i]} for i in range(5)]
    assert {row["document"] for row in found} == {"story"}
    assert all(0 < row["probability"] <= 1 for row in found)


def test_lines_that_are_paragraphs_are_joined_by_their_sentences(tmp_path):
    folder = write(tmp_path / "in", en=[" ".join(ENGLISH[:3]), " ".join(ENGLISH[3:])],
                   uk=[UKRAINIAN[0], " ".join(UKRAINIAN[1:3]), " ".join(UKRAINIAN[3:])])  # fmt: skip
    found = rows(folder, tmp_path / "out.jsonl")
    assert [row["segments"] for row in found] == [{"en": [0], "uk": [0, 1]}, {"en": [1], "uk": [2]}]
    assert found[0]["flags"] == ["split"]


def test_blank_lines_are_counted_and_lie_in_no_bead(tmp_path):
    folder = write(tmp_path / "in", en=[ENGLISH[0], "", ENGLISH[3]], uk=[UKRAINIAN[0], UKRAINIAN[3]])
    for level in ("segment", "sentence"):
        assert [row["segments"] for row in rows(folder, tmp_path / "out.jsonl", level=level)] == [
            {"en": [0], "uk": [0]}, {"en": [2], "uk": [1]},
        ]  # fmt: skip


def test_empty_files_missing_editions_and_three_languages(tmp_path):
    folder = write(tmp_path / "in", en=ENGLISH, uk=UKRAINIAN, de=GERMAN)
    write(folder, "empty", en=[], uk=UKRAINIAN[:1])
    write(folder, "alone", uk=UKRAINIAN[:2])
    found = rows(folder, tmp_path / "out.jsonl", ("uk", "en", "de"))
    assert {tuple(row["segments"]) for row in found if row["document"] == "story"} == {
        ("uk", "en"), ("uk", "de"), ("en", "de"),
    }  # fmt: skip
    assert {"uk": [0], "de": [0]} in [row["segments"] for row in found]
    assert [row["segments"] for row in found if row["document"] == "empty"] == [{"uk": [0], "en": []}]
    assert [row["flags"] for row in found if row["document"] == "alone"] == [["one_sided"]] * 2
    together = rows(folder, tmp_path / "out.jsonl", ("uk", "en", "de"), together=True)
    assert {"uk": [0], "en": [0], "de": [0]} in [row["segments"] for row in together]


def test_formats(tmp_path):
    folder = write(tmp_path / "in", en=ENGLISH, uk=[*UKRAINIAN[:3], "А & <Б> про щось інше зовсім.", *UKRAINIAN[3:]])

    def text(name):
        align_texts(folder, tmp_path / name, format_name=name)
        return (tmp_path / name).read_text(encoding="utf-8")

    ladder = [line.split("\t") for line in text("ladder").splitlines()]
    assert [(int(i), int(j)) for i, j, _ in ladder] == [(0, 0), (1, 1), (2, 2), (3, 3), (3, 4), (4, 5), (5, 6)]
    vecalign = [line.split(":")[:2] for line in text("vecalign").splitlines()]
    assert ["[3]", "[4]"] in vecalign
    assert ["[]", "[3]"] in vecalign
    table = [line.split("\t") for line in text("tsv").splitlines()]
    assert table[0] == ["document", "probability", "flags", "en", "uk"]
    assert table[1][3:] == [ENGLISH[0], UKRAINIAN[0]]
    with (Path(__file__).parents[1] / "dataset" / "tmx14.dtd").open("rb") as file:
        dtd = etree.DTD(file)
    memory = etree.fromstring(text("tmx").encode())
    assert dtd.validate(memory), dtd.error_log
    units = memory.findall("body/tu")
    assert len(units) == 5
    assert units[0].find("tuv/seg").text == ENGLISH[0]
    write(folder, "more", en=ENGLISH, uk=UKRAINIAN)
    align_texts(folder, tmp_path / "many", format_name="vecalign")
    assert sorted(p.name for p in (tmp_path / "many").iterdir()) == ["more.en-uk.vecalign", "story.en-uk.vecalign"]


def test_the_command_explains_and_keeps_its_model(tmp_path):
    folder = write(tmp_path / "in", en=ENGLISH, uk=UKRAINIAN)
    result = runner.invoke(app, ["align", str(folder), "-o", str(tmp_path / "o.jsonl"), "--explain", "--model",
                                 str(tmp_path / "model"), "--languages", "en,uk"])  # fmt: skip
    assert result.exit_code == 0, result.output
    first = json.loads((tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert ["macron", "макрона"] in [link[:2] for link in first["words"]]
    assert (tmp_path / "model/aligner.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--languages", "en,xx"], "no texts in xx"),
        (["--languages", "en"], "two languages"),
        (["--languages", "en,en"], "twice"),
        (["--format", "pdf"], "unknown format: pdf"),
        (["--level", "word"], "unknown level: word"),
        (["--lexicon", "/dev/null"], "no folder of seed lexicons: /dev/null"),
        (["--lexicon", "lexicons that are not there"], "no folder of seed lexicons"),
        (["--explain", "--format", "tmx"], "--explain"),
    ],
)
def test_wrong_usage_is_told(tmp_path, arguments, message):
    folder = write(tmp_path / "in", en=ENGLISH, uk=UKRAINIAN)
    result = runner.invoke(app, ["align", str(folder), "-o", str(tmp_path / "o"), *arguments])
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert result.exception.next_step


def test_wrong_folders_and_encodings_are_told(tmp_path):
    with pytest.raises(UsageError, match="folder not found"):
        folder_of.find(tmp_path / "nowhere")
    with pytest.raises(NothingProduced, match="NAME"):
        folder_of.find(tmp_path)
    folder = write(tmp_path / "in", en=ENGLISH)
    (folder / "story.uk.txt").write_bytes("Осло".encode("cp1251"))
    with pytest.raises(UsageError, match="not UTF-8"):
        folder_of.find(folder)


@pytest.mark.parametrize("between", ["* * *", "17", "—"])
def test_lines_without_letters_do_not_change_the_level(between):
    paragraphs = [line for k in range(0, 4, 2) for line in (" ".join(ENGLISH[k : k + 2]), between, between)]
    text = folder_of.Text("story", {"en": tuple(paragraphs), "uk": (" ".join(UKRAINIAN[:2]), " ".join(UKRAINIAN[2:4]))})
    assert lines.are_paragraphs(lines.prepare([text], "auto"))
    one_a_line = folder_of.Text("story", {"en": (*ENGLISH, between), "uk": tuple(UKRAINIAN)})
    assert not lines.are_paragraphs(lines.prepare([one_a_line], "auto"))


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told(tmp_path, encoding, marked):
    folder = write(tmp_path / "in", en=ENGLISH)
    text = ("\ufeff" if marked else "") + "\n".join(UKRAINIAN)
    (folder / "story.uk.txt").write_bytes(text.encode(encoding))
    with pytest.raises(UsageError, match="UTF-16") as caught:
        folder_of.find(folder)
    assert "UTF-16" in caught.value.next_step


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(tmp_path, end):
    (tmp_path / "story.en.txt").write_bytes(end.join(ENGLISH).encode())
    (tmp_path / "story.uk.txt").write_bytes((end.join(UKRAINIAN) + end).encode())
    assert [len(text) for text in folder_of.find(tmp_path)[0].read().lines.values()] == [5, 5]


def test_a_carriage_return_within_a_line_ends_none(tmp_path):
    folder = write(tmp_path, en=["one\rtwo", "three"], uk=["один\rдва", "три"])
    assert folder_of.find(folder)[0].read().lines["en"] == ("one\rtwo", "three")


@pytest.mark.parametrize(
    ("english", "ukrainian"), [("EN", "UK"), ("eng", "ukr"), ("en-US", "uk_UA"), ("en_US", "uk-UA")]
)
def test_language_tags_are_read_however_they_are_written(tmp_path, english, ukrainian):
    expected = rows(write(tmp_path / "a", en=ENGLISH, uk=UKRAINIAN), tmp_path / "a.jsonl")
    folder = write(tmp_path / "b", **{english: ENGLISH, ukrainian: UKRAINIAN})
    assert rows(folder, tmp_path / "b.jsonl") == expected
    assert rows(folder, tmp_path / "b.jsonl", [english, ukrainian]) == expected


def test_two_varieties_of_a_language_keep_their_tags(tmp_path):
    folder = write(tmp_path, **{"sr-Latn": ["Dobar dan."], "sr-Cyrl": ["Добар дан."], "EN": ["Good day."]})
    assert set(folder_of.find(folder)[0].read().lines) == {"sr-Latn", "sr-Cyrl", "en"}


def test_files_without_a_language_are_told(tmp_path, caplog):
    folder = write(tmp_path, en=ENGLISH, uk=UKRAINIAN)
    (folder / "README.txt").write_text("notes")
    folder_of.find(folder)
    assert "README.txt" in caplog.text


def test_a_table_has_a_row_for_each_bead_however_it_is_read(tmp_path):
    breaks = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0\t"
    english = [f"{line[:-1]}{sign}and {k}." for k, (line, sign) in enumerate(zip(ENGLISH * 2, breaks, strict=False))]
    english[3], english[4] = f'"{english[3]}', f'"{english[4]}" he said.'
    folder = write(tmp_path / "in", en=english, uk=[f"{line[:-1]} і {k}." for k, line in enumerate(UKRAINIAN * 2)])
    output = tmp_path / "out.tsv"
    align_texts(folder, output, level="segment", format_name="tsv")
    text = output.read_text(encoding="utf-8")
    beads = rows(folder, tmp_path / "out.jsonl", level="segment")
    assert len(text.splitlines()) == len(beads) + 1
    with output.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file, "excel-tab"))
    assert [len(row) for row in table] == [5] * (len(beads) + 1)
    assert sum('"Berlin' in row[3] for row in table) == 1


def test_lexicon_commands(tmp_path):
    pairs = {"en": ["one cat", "one dog", "two dogs", "two cats"] * 4, "de": ["eine katze", "ein hund", "zwei hunde",
             "zwei katzen"] * 4, "uk": ["один кіт", "один пес", "два пси", "два коти"] * 4}  # fmt: skip
    for language, sentences in pairs.items():
        (tmp_path / language).write_text("\n".join(sentences) + "\n", encoding="utf-8")
    for other in ("de", "uk"):
        sides = [str(tmp_path / "en"), str(tmp_path / other)]
        options = ["--languages", f"en,{other}", "-o", str(tmp_path), "--licence", "CC0"]
        made = runner.invoke(app, ["lexicon", "train", *sides, *options])
        assert made.exit_code == 0, made.output
    files = [str(tmp_path / f"en-{other}.tsv.gz") for other in ("de", "uk")]
    assert runner.invoke(app, ["lexicon", "compose", *files, "-o", str(tmp_path)]).exit_code == 0
    shown = runner.invoke(app, ["lexicon", "inspect", str(tmp_path / "de-uk.tsv.gz"), "--word", "zwei"]).output
    assert "zwei\tдва" in shown
    assert "Licence: CC0." in shown
    short = runner.invoke(app, ["lexicon", "train", str(tmp_path / "en"), files[0], "--languages", "en", "-o", "x"])
    assert isinstance(short.exception, UsageError)


def test_a_merge_in_one_edition_does_not_glue_the_lines_of_the_others(tmp_path):
    merged = [f"{UKRAINIAN[0]} {UKRAINIAN[1]}", *UKRAINIAN[2:]]
    folder = write(tmp_path / "in", en=ENGLISH, de=GERMAN, uk=merged)
    found = rows(folder, tmp_path / "out.jsonl", ("en", "de", "uk"), level="clause")
    pairs = [row["segments"] for row in found if set(row["segments"]) == {"en", "de"}]
    assert pairs == [{"en": [i], "de": [i]} for i in range(5)]
    assert {"en": [0, 1], "uk": [0]} in [row["segments"] for row in found]


def test_paragraphs_of_a_script_without_spaces_are_aligned_by_their_sentences(tmp_path, shared):
    case = shared / "cases" / "align-paragraphs-zh" / "in"
    if not case.exists():
        pytest.skip("needs ../shared/cases/align-paragraphs-zh")
    found = rows(case, tmp_path / "out.jsonl")
    right = sum(len({tuple(lines) for lines in row["segments"].values()}) == 1 for row in found)
    assert right > 440
