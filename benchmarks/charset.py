"""Accuracy of charset detection on pages without a declaration, compared with three libraries.

    python benchmarks/charset.py [--shared ../shared] [--shares]

Needs ../shared (real pages), and for the libraries `pip install chardet faust-cchardet charset-normalizer`; libraries
that are not installed are skipped. Real pages in Ukrainian and Russian, and passages of their text of 40, 200 and 2,000
characters, are encoded in windows-1251, KOI8-U, ISO-8859-5, IBM866 and UTF-8, long ones in MacCyrillic, too. UTF-8
pages are also cut inside a character, or get a footer in windows-1251. A result is right if its Cyrillic letters are
those of the original.
`--shares` prints the share of frequent letters in the right and in the likeliest wrong charset (web/charset.py).
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from lxml import etree

from corpus_builder.errors import SkipPage
from corpus_builder.web.charset import cyrillic_shares, to_utf8

SHARED = Path(__file__).resolve().parents[2] / "shared"
CHARSETS = ("cp1251", "koi8-u", "iso8859-5", "cp866")
FOR_PAGES = ("mac-cyrillic",)  # passages of 40 characters are too short for it
FOOTER = "<footer>Курс валют: долар, євро. Погода на завтра: хмарно, без опадів</footer>"
_DECLARATION = re.compile(r"<meta[^>]*charset[^>]*>", re.IGNORECASE)
_CYRILLIC = re.compile("[а-яА-ЯіїєґІЇЄҐёЁ]")
Decoder = Callable[[bytes], str]


def ours(body: bytes) -> str:
    try:
        return to_utf8(body, {}).decode()
    except SkipPage:
        return ""


def library(module: str) -> Decoder:
    detector = import_module(module)

    def decode(body: bytes) -> str:
        name = detector.detect(body)["encoding"]
        try:
            return body.decode(name or "utf-8", "replace")
        except LookupError:
            return ""

    return decode


def pages(shared: Path) -> Iterator[tuple[str, str]]:
    """Pages of sites in Cyrillic, without their declaration: (name, markup)."""
    for path in sorted((shared / "data/html").glob("*/*.html")):
        text = to_utf8(path.read_bytes(), {}).decode()
        if len(_CYRILLIC.findall(text)) > 2000:
            yield path.name, _DECLARATION.sub("", text)


def passages(markup: str, length: int) -> Iterator[str]:
    root = etree.fromstring(markup.encode(), etree.HTMLParser(encoding="utf-8"))
    for script in list(root.iter("script", "style")):
        script.getparent().remove(script)
    text = re.sub(r"\s+", " ", " ".join(root.itertext()))
    pieces = [text[start : start + length] for start in range(0, len(text) - length, max(length, 400))]
    yield from [piece for piece in pieces if len(_CYRILLIC.findall(piece)) > length / 2][:50]


def cases(shared: Path) -> Iterator[tuple[str, bytes, str]]:
    """(kind, bytes, their text)."""
    for _, markup in pages(shared):
        texts = [("page", markup)]
        texts += [(f"{length} characters", text) for length in (2000, 200, 40) for text in passages(markup, length)]
        for size, text in texts:
            for charset in CHARSETS + FOR_PAGES * (size in ("page", "2000 characters")):
                body = text.encode(charset, "ignore")
                yield f"{charset}, {size}", body, body.decode(charset)
        whole = markup.encode()
        middle = next(place for place in range(len(whole) // 2, 0, -1) if whole[place] in b"\xd0\xd1") + 1
        yield "UTF-8 cut in a character", whole[:middle], whole[: middle - 1].decode()
        yield "UTF-8 with a windows-1251 footer", whole + FOOTER.encode("cp1251"), markup


def letters(text: str) -> str:
    return "".join(_CYRILLIC.findall(text))


def shares(shared: Path) -> None:
    right, wrong = [], []
    for _, markup in pages(shared):
        for charset in CHARSETS:
            by_charset = cyrillic_shares(markup.encode(charset, "ignore"))
            right.append(by_charset.pop(charset))
            wrong.append(max(by_charset.values()))
    print(
        f"right charset {min(right):.2f} to {max(right):.2f}, likeliest wrong one {min(wrong):.2f} to {max(wrong):.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--shares", action="store_true")
    options = parser.parse_args()
    if not (options.shared / "data").is_dir():
        sys.exit(f"folder with real pages not found: {options.shared}; give it with --shared")
    if options.shares:
        shares(options.shared)
        return
    decoders: dict[str, Decoder] = {"ours": ours}
    for module in ("charset_normalizer", "chardet", "cchardet"):
        try:
            decoders[module] = library(module)
        except ImportError:
            print(f"{module} is not installed", file=sys.stderr)
    right: dict[str, dict[str, int]] = {}
    count: dict[str, int] = {}
    seconds = dict.fromkeys(decoders, 0.0)
    for kind, body, text in cases(options.shared):
        count[kind] = count.get(kind, 0) + 1
        for name, decode in decoders.items():
            started = time.perf_counter()
            result = decode(body)
            seconds[name] += time.perf_counter() - started
            tally = right.setdefault(kind, dict.fromkeys(decoders, 0))
            # A footer in another charset and half a character may be decoded to anything.
            tally[name] += letters(result).startswith(letters(text)) and len(letters(result)) <= len(letters(text)) + 60
    print(f"{'kind':34}{'cases':>6}" + "".join(f"{name:>20}" for name in decoders))
    for kind, tally in right.items():
        print(f"{kind:34}{count[kind]:6}" + "".join(f"{tally[name] / count[kind]:20.3f}" for name in decoders))
    print(f"{'seconds':40}" + "".join(f"{seconds[name]:20.2f}" for name in decoders))


if __name__ == "__main__":
    main()
