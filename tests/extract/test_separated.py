"""Records of CSV and TSV files, well-formed and not."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

import pytest

from corpus_builder.extract.separated import separated_records
from corpus_builder.extract.table_lines import Line

NAMES = ("id", "language", "text", "date")


def recognised(names: Sequence[str]) -> int:
    return len(set(names) & set(NAMES))


def read(text: str, separator: str = ",") -> list[tuple[int, list[str] | str]]:
    """The records behind the header: number, and cells or the problem."""
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    records = list(separated_records(lines, separator, recognised, lambda names: names[-1] == "text"))[1:]
    return [(record.number, record.problem or list(record.cells)) for record in records]


def written(rows: Sequence[Sequence[str]], **dialect: object) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", **dialect).writerows([NAMES, *rows])  # type: ignore[arg-type]
    return out.getvalue()


ROWS = [["1", "uk", 'Він сказав: "Так".\nІ пішов, мовчки.', "2025"], ["1", "en", "plain", ""], ["2", "uk", '"', "2"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("usual", [",", "\t"])
def test_what_the_csv_module_writes(separator: str, quoting: int, usual: str) -> None:
    records = read(written(ROWS, delimiter=separator, quoting=quoting), usual)
    assert [cells for _, cells in records] == ROWS
    assert [number for number, _ in records] == [2, 4, 5]


def test_random_tables_as_the_csv_module_writes_them() -> None:
    draw = random.Random(7)
    letters = ["a", "б", '"', ",", ";", "\n", " ", "'", "\\"]
    for _ in range(300):
        rows = [["".join(draw.choices(letters, k=draw.randrange(6))) for _ in range(4)] for _ in range(6)]
        rows = [[str(number), *row[1:]] for number, row in enumerate(rows)]
        assert [cells for _, cells in read(written(rows))] == rows


def test_tsv_without_quoting_keeps_its_marks() -> None:
    texts = [
        '"Ми не здамося", – сказав він.',
        '"Сьогодні буде дощ, – каже',
        '"Так."',
        'Третій: "Усе" – каже',
        'це" все',
    ]
    text = "id\tlanguage\ttext\tdate\n" + "".join(f"{n}\tuk\t{cell}\t2025\n" for n, cell in enumerate(texts))
    assert [cells[2] for _, cells in read(text, "\t")] == texts


def test_texts_with_line_ends_in_tsv_without_quoting() -> None:
    head = "id\tlanguage\ttext\tdate\n"
    assert read(head + '1\tuk\tПерший "абзац"\n\nДругий\t2025\n2\tuk\tТретій\n3\tuk\tП\t1\n', "\t") == [
        (2, ["1", "uk", 'Перший "абзац"\n\nДругий', "2025"]),
        (5, ["2", "uk", "Третій"]),
        (6, ["3", "uk", "П", "1"]),
    ]
    last = 'id\tlanguage\ttext\n1\tuk\tПерший "абзац"\nДругий\n2\tuk\tТретій\n\n'
    assert read(last, "\t") == [(2, ["1", "uk", 'Перший "абзац"\nДругий']), (4, ["2", "uk", "Третій\n\n"])]


def test_tsv_of_databases() -> None:
    text = "id\tlanguage\ttext\tdate\n1\tuk\tПерший\\nДругий\t\\N\n2\tuk\tC:\\dir\t\n"
    assert read(text, "\t") == [(2, ["1", "uk", "Перший\nДругий", ""]), (3, ["2", "uk", "C:\\dir", ""])]


def test_a_mark_that_is_never_closed_is_one_problem() -> None:
    text = written([[str(n), "uk", f"Текст, {n}", "2025"] for n in range(6)])
    broken = text.replace('"Текст, 2"', '"Текст, 2')
    records = read(broken)
    assert [number for number, cells in records if isinstance(cells, str)] == [4]
    assert [cells[0] for _, cells in records if not isinstance(cells, str)] == ["0", "1", "3", "4", "5"]


def test_a_mark_that_is_never_closed_swallows_no_plain_records() -> None:
    lines = [f"{n},uk,Текст {n},2025" for n in range(3000)]
    lines[5] = '5,uk,"Текст 5,2025'
    records = read("\n".join(["id,language,text,date", *lines]))
    problems = [number for number, cells in records if isinstance(cells, str)]
    assert problems in ([], [7])
    assert len(records) == 3000


def test_marks_that_are_not_doubled() -> None:
    text = (
        'id,language,text,date\n1,uk,"Він сказав "так" двічі.\nІ "ні".",2025\n2,uk,"Суд "Ні"",2025\n3,uk,"-"так"-",\n\n'
    )
    assert read(text) == [
        (2, ["1", "uk", 'Він сказав "так" двічі.\nІ "ні".', "2025"]),
        (4, ["2", "uk", 'Суд "Ні"', "2025"]),
        (5, ["3", "uk", '-"так"-', ""]),
    ]


def test_marks_without_quoting_in_csv() -> None:
    text = 'id,language,text,date\n1,uk,"Ми не здамося" – сказав він,2025\n2,uk,гармата 6",2025\n'
    assert [cells[2] for _, cells in read(text)] == ['"Ми не здамося" – сказав він', 'гармата 6"']


def test_numbers_of_cells() -> None:
    text = "id,language,text,date\n1,uk,так\n2,uk,так,2025,,\n3,uk,так, ні,2025\n\n4,uk,так,2025\n"
    assert read(text) == [
        (2, ["1", "uk", "так"]),
        (3, ["2", "uk", "так", "2025"]),
        (4, "it has 5 cells, and the header has 4"),
        (6, ["4", "uk", "так", "2025"]),
    ]


def test_excel_names_the_separator() -> None:
    assert read("sep=;\nid;language;text;date\n1;uk;так, ні;2025") == [(3, ["1", "uk", "так, ні", "2025"])]
