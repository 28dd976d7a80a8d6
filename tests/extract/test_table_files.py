"""Charsets, compression, line ends and damage of the files of tables."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus_builder.errors import CorpusBuilderError, RunError, UsageError
from corpus_builder.extract import read_articles, table_lines
from corpus_builder.extract.table_columns import TableOptions
from corpus_builder.model import Drop, Edition
from corpus_builder.sites import load_site

SITE = load_site("sample")
UK = "Уряд ухвалив рішення – «якого чекали» у місті."
RU = "Правительство приняло решение, которого ждали в городе."
EN = "The government took the “decision” – at last."
CSV = f"id,language,text\n1,uk,{UK}\n1,ru,{RU}\n1,en,{EN.replace(',', '')}\n".replace("решение,", "решение")
TSV = CSV.replace(",", "\t")
JSONL = "".join(
    json.dumps({"id": 1, "language": code, "text": text}, ensure_ascii=False) + "\n"
    for code, text in (("uk", UK), ("ru", RU), ("en", EN))
)
LIST = f"[{', '.join(JSONL.splitlines())}]"


def read(path: Path, options: TableOptions | None = None) -> tuple[list[str], Counter[str]]:
    """The texts of the editions, and how many rows were dropped by reason."""
    items = list(read_articles(path, SITE, options=options))
    texts = [block.text for item in items if isinstance(item, Edition) for block in item.blocks]
    return texts, Counter(item.reason for item in items if isinstance(item, Drop))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(("name", "text"), [("a.csv", CSV), ("a.tsv", TSV), ("a.jsonl", JSONL)])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", [False, True])
def test_charsets_and_line_ends(tmp_path: Path, charset: str, name: str, text: str, end: str, *, packed: bool) -> None:
    data = text.replace("\n", end).encode(charset)
    (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    texts, dropped = read(tmp_path / name)
    assert not dropped
    assert [text[:20] for text in texts] == [UK[:20], RU[:20], EN[:20]]
    assert texts[0] == UK


@pytest.mark.parametrize("charset", ["koi8-u", "iso8859-5", "cp866"])
def test_other_cyrillic_charsets(tmp_path: Path, charset: str) -> None:
    text = CSV.replace("–", "-").replace("«", "").replace("»", "").replace("“", "").replace("”", "")
    if charset == "cp866":  # it has no Ukrainian і
        text = "\n".join(line for line in text.split("\n") if ",uk," not in line)
    (tmp_path / "a.csv").write_bytes(text.encode(charset))
    texts, dropped = read(tmp_path / "a.csv")
    assert not dropped
    assert RU.replace(",", "") in [text.replace(",", "") for text in texts]


def test_lines_of_two_charsets_in_one_file(tmp_path: Path) -> None:
    header, uk, ru, en = CSV.splitlines(keepends=True)
    data = (header + uk).encode() + ru.encode("cp1251") + en.encode("cp1252")
    (tmp_path / "a.csv").write_bytes(data)
    texts, dropped = read(tmp_path / "a.csv")
    assert not dropped
    assert texts[0] == UK
    assert texts[2] == EN


def test_a_damaged_line_of_utf8_is_a_drop(tmp_path: Path) -> None:
    lines = JSONL.encode().splitlines(keepends=True)
    lines[1] = lines[1].replace("решение".encode(), b"\xd1\xff\xe8")
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    texts, dropped = read(tmp_path / "a.jsonl")
    assert dropped == {"bad_row": 1}
    assert texts == [UK, EN]


def test_an_accented_letter_does_not_become_cyrillic(tmp_path: Path) -> None:
    data = JSONL.replace("at last", "voilà").encode()
    (tmp_path / "a.jsonl").write_bytes(data.replace("à".encode(), b"\xe0"))
    texts, dropped = read(tmp_path / "a.jsonl")
    assert dropped == {"bad_row": 1}
    assert len(texts) == 2
    (tmp_path / "b.csv").write_bytes("id,language,text\n1,en,Voilà the café of the city\n".encode("cp1252"))
    assert read(tmp_path / "b.csv") == ([], {"bad_row": 1})
    assert read(tmp_path / "b.csv", TableOptions(encoding="cp1252"))[0] == ["Voilà the café of the city"]


@pytest.mark.parametrize("encoding", ["utf-16", "big5", "idna", "unicode_escape"])
def test_a_wrong_encoding_is_named_or_makes_drops(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.jsonl").write_text(JSONL + "\\N{x", encoding="utf-8")
    try:
        texts, dropped = read(tmp_path / "a.jsonl", TableOptions(encoding=encoding))
    except UsageError:
        return
    assert set(texts) <= {UK, RU, EN}
    assert dropped


def test_first_bytes_decide_over_the_name(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in JSONL.splitlines()]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").write_bytes(gzip.compress(JSONL.encode()))
    (tmp_path / "c.jsonl.gz").write_text(JSONL)
    for name in ("a.jsonl", "b.jsonl", "c.jsonl.gz"):
        assert read(tmp_path / name) == ([UK, RU, EN], {})


def test_files_that_are_not_text(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).write_bytes(b"PK\x03\x04rest")
        with pytest.raises(UsageError, match="a ZIP file"):
            read(tmp_path / name)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json"])
def test_compressed_files_are_read_whatever_they_are_called(tmp_path: Path, packing: str, name: str) -> None:
    text = {"a.csv": CSV, "a.tsv": TSV, "a.jsonl": JSONL, "a.json": LIST}[name]
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / name, tmp_path / "folder" / f"{name}.{packing}"):
        path.write_bytes(PACKERS[packing](text.replace("\n", "\r\n").encode("cp1251")))
        texts, dropped = read(path)
        assert not dropped
        assert [text[:20] for text in texts] == [UK[:20], RU[:20], EN[:20]]
    assert read(tmp_path / "folder")[0] == texts


def test_compressed_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(b"PAR1..."))
    with pytest.raises(UsageError, match="compressed Parquet"):
        read(tmp_path / "a.parquet.gz")


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        "\n" + LIST.replace("}, {", "},\n  {"),
        json.dumps(json.loads(LIST), indent=2),
        json.dumps(json.loads(LIST)),
        "\n".join(json.dumps(row, indent=1, ensure_ascii=False) for row in json.loads(LIST)),
        LIST.replace('"id"', '"note": {"a": ["}", "\\\\", "\\""]}, "id"'),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_lists_of_objects_and_objects_of_several_lines(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read(tmp_path / name) == ([UK, RU, EN], {})


def test_a_list_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text(LIST.replace("Уряд", '\\"Уряд\\\\'), encoding="utf-8")
    for size in range(1, 30):
        monkeypatch.setattr(table_lines, "_PIECE", size)
        assert read(tmp_path / "a.json") == ([UK.replace("Уряд", '"Уряд\\'), RU, EN], {})


def test_what_is_wrong_in_a_list_is_one_row(tmp_path: Path) -> None:
    first, second, third = (json.dumps(row, ensure_ascii=False).encode() for row in json.loads(LIST))
    damaged = second.replace("решение".encode(), b"\xd1\xff\xe8")
    for bad in (b'{"id": 1 2}', b"null", b'["{", 1]', b'{"id": "1,\n "text": "{"}', b'{"id": "1,\n}', damaged):
        (tmp_path / "a.json").write_bytes(b"[" + first + b",\n" + bad + b",\n" + third + b"]")
        assert read(tmp_path / "a.json") == ([UK, EN], {"bad_row": 1})


def test_a_line_end_in_a_string(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(LIST.replace("якого чекали", "якого\nчекали"), encoding="utf-8")
    assert read(tmp_path / "a.json") == ([*UK.replace("якого чекали", "якого|чекали").split("|"), RU, EN], {})


def test_a_list_that_was_cut_off_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(json.loads(LIST), indent=2)[:-30], encoding="utf-8")
    with pytest.raises(RunError, match=r"a.json:12: the object that begins here is never closed"):
        read(tmp_path / "a.json")


def test_xz_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    data = lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}])
    packed = bytearray(data.compress(JSONL.encode()) + data.flush())
    place = packed.index(b"\x21\x01", 12) + 2  # the size of the dictionary (The .xz File Format, 5.3.1)
    packed[place] = 35  # 768 MiB
    packed[20:24] = zlib.crc32(bytes(packed[12:20])).to_bytes(4, "little")
    (tmp_path / "a.jsonl.xz").write_bytes(packed)
    with pytest.raises(RunError, match=r"a.jsonl.xz:1: .*Memory usage limit"):
        read(tmp_path / "a.jsonl.xz")


@pytest.mark.parametrize("name", [f"a.{kind}.{packing}" for kind in ("jsonl", "csv") for packing in PACKERS])
def test_a_file_that_was_cut_off_is_named_with_the_line(tmp_path: Path, name: str) -> None:
    text = JSONL if "jsonl" in name else CSV
    pack = PACKERS[name.rsplit(".", 1)[1]]
    lines = "1" if name.endswith("bz2") else r"[1-9]\d+"  # a block of bzip2 has 900 kB
    data = pack(b"".join(text.encode() + os.urandom(30).hex().encode() + b"\n" for _ in range(3000)))
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(RunError, match=rf"{name}:{lines}: the compressed file is damaged or cut off"):
        read(tmp_path / name)


def test_damaged_parquet_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([json.loads(line) for line in JSONL.splitlines()] * 50), tmp_path / "a.parquet")
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    (tmp_path / "cut.parquet").write_bytes(data[:-20])
    data[20:60] = bytes(40)
    (tmp_path / "zeros.parquet").write_bytes(data)
    for name in ("cut", "zeros"):
        with pytest.raises(RunError, match=f"{name}.parquet.* cannot be read as Parquet"):
            read(tmp_path / f"{name}.parquet")


def test_cells_of_bytes(tmp_path: Path) -> None:
    schema = pa.schema([("id", pa.int64()), ("language", pa.binary()), ("text", pa.binary())])
    rows = [{"id": 1, "language": b"uk", "text": UK.encode()}, {"id": 2, "language": b"uk", "text": b"\xff\xfe"}]
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == ([UK], {"bad_row": 1})


def test_bad_strings_of_parquet_are_drops(tmp_path: Path) -> None:
    good = pa.array([UK.encode(), b"\xff\xfe"], pa.binary())
    text = pa.StringArray.from_buffers(2, good.buffers()[1], good.buffers()[2])
    table = pa.table({"id": ["1", "2"], "language": ["uk", "uk"], "text": text})
    pq.write_table(table, tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == ([UK], {"bad_row": 1})


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id": ' + "9" * 5000 + "}",
        '{"id": 1e999, "language": "uk"}',
        "\0" * 100,
        "null",
        '"text"',
        '{"id": "1", "language": "uk", "text": "\\ud800"',
    ],
)
def test_lines_that_are_no_article(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line + "\n" + JSONL)
    texts, dropped = read(tmp_path / "a.jsonl")
    assert texts == [UK, RU, EN]
    assert dropped.total() == 1


def test_a_line_of_gigabytes_is_a_drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.extract.table_lines._MAX_LINE", 1000)
    (tmp_path / "a.jsonl").write_text("x" * 1000 + "\n" + "x" * 5500 + "\n" + JSONL)
    assert read(tmp_path / "a.jsonl") == ([UK, RU, EN], {"bad_row": 2})


def test_a_file_that_unpacks_to_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus_builder.extract.table_lines._MAX_LINE", 1000)
    monkeypatch.setattr("corpus_builder.extract.table_lines._LONGEST", 10_000)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(JSONL.encode() + b"x" * 20_000))
    with pytest.raises(RunError, match=r"a\.jsonl\.gz:4: a line of more than 10,000 bytes"):
        read(tmp_path / "a.jsonl.gz")


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system has names in UTF-8 alone")
    path = Path(os.fsdecode(folder + b"/\xfe.jsonl"))
    path.write_text(JSONL + "{\n", encoding="utf-8")
    for item in read_articles(path.parent, SITE):
        (item.item if isinstance(item, Drop) else item.capture).encode()


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(UsageError, match="contains no"):
        read(tmp_path / "a.jsonl")


def test_a_damaged_saved_dataset_is_named(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list([json.loads(line) for line in JSONL.splitlines()]).save_to_disk(str(tmp_path / "saved"))
    for file in (tmp_path / "saved").glob("*.arrow"):
        file.write_bytes(b"rubbish")
    with pytest.raises(RunError, match="saved cannot be read as a saved dataset"):
        read(tmp_path / "saved")


@pytest.mark.parametrize(
    ("name", "editions"),
    [
        ("articles-tsv-quotes/t.tsv", 8),
        ("align-articles-tsv/a.tsv", 8),
        ("articles-encodings/cp1251.csv", 9),
        ("articles-encodings/utf16.tsv", 9),
        ("articles-encodings/lone-surrogate.jsonl", 9),
        ("articles-dates/dmy.jsonl", 9),
        ("articles-dates/ms.jsonl", 9),
        ("hostile/08a_cp1251.csv", 1),
        ("hostile/08b_surrogate.jsonl", 2),
    ],
)
def test_reported_cases(shared: Path, name: str, editions: int) -> None:
    items = list(read_articles(shared / "cases" / name, load_site("pravda")))
    assert [type(item) for item in items] == [Edition] * editions
    dates = {item.published and item.published.date().isoformat() for item in items if isinstance(item, Edition)}
    assert "articles-dates" not in name or dates == {"2025-01-03"}


def test_the_reported_file_that_was_cut_off(shared: Path) -> None:
    with pytest.raises(CorpusBuilderError, match=r"truncated\.jsonl\.gz:"):
        list(read_articles(shared / "cases" / "hostile" / "08c_truncated.jsonl.gz", SITE))


def test_reported_poems_and_lists(shared: Path) -> None:
    blocks: dict[str, dict[str, int]] = {}
    for item in read_articles(shared / "cases" / "align-articles" / "articles.jsonl", SITE):
        if isinstance(item, Edition) and item.article_id.startswith(("poem", "list")):
            blocks.setdefault(item.article_id, {})[item.language] = len(item.blocks)
    assert len(blocks) > 4
    assert all(len(set(editions.values())) == 1 for editions in blocks.values())
