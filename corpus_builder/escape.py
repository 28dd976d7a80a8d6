r"""What strangers wrote, made into data: one function for each medium that text is put into.

An article's title, section, address or speaker may hold anything: escape sequences of a terminal, marks that reverse
the direction of writing, Markdown, LaTeX, a path. Whoever writes such text into a medium calls the medium's function.
Templates of HTML escape their texts by themselves (autoescape); `html` is what they do besides (finalize).
"""

from __future__ import annotations

import json
import re
import unicodedata

# Characters that act on the reader's screen rather than appear on it: C0 and C1 controls (ECMA-48) but tab and line
# feed; marks, embeddings, overrides and isolates of the bidirectional algorithm (Unicode Standard Annex 9, section 2);
# line and paragraph separators; surrogates, which no UTF-8 has; tags, which are invisible copies of ASCII (U+E0000).
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
# What is no Char of XML 1.0, section 2.2.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Any ASCII punctuation may be escaped (CommonMark 0.31, section 2.4); these have a meaning within a line (the
# dollar sign where formulas are set), at its start, or in what is made a link without brackets.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&$@#^]|^[-+=]|(?<=\d)[.)](?=\s)|(?<=www)\.|:(?=//)", re.IGNORECASE)
_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
     "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "<": r"\textless{}", ">": r"\textgreater{}",
     '"': r"\textquotedbl{}"}
)  # fmt: skip
# Names that Windows keeps for devices (Naming Files, Microsoft Learn); a dataset may be unpacked there.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
# Bytes of a name. ext4, APFS and NTFS take 255; chosen: room for endings and temporary names.
_NAME_BYTES = 200


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def terminal(text: str) -> str:
    r"""For a terminal or a log: what would act on the screen is shown by its code.

    Tabs and line breaks stay; `line` is for where a line break would begin another entry.

    >>> terminal("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _ACTING.sub(_shown, text)


def line(text: str) -> str:
    r"""For one line of a terminal or a log: `terminal`, with tabs and line breaks shown as \t and \n."""
    return terminal(text).replace("\n", "\\n").replace("\t", "\\t")


def json_text(value: object, indent: int | None = None) -> str:
    r"""JSON that may be shown on a terminal: the same value, what would act on a screen written \u001b."""
    return _ACTING.sub(_json_escape, json.dumps(value, ensure_ascii=False, default=str, indent=indent))


def _json_escape(match: re.Match[str]) -> str:
    # A line break between entries, where `indent` asks for them, is no acting character; all others are within strings.
    return json.dumps(match[0])[1:-1]


def yaml(text: str) -> str:
    r"""A scalar in YAML in double quotes (YAML 1.2, section 5.7): whatever is in it, it ends where it ends."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _ACTING.sub(_shown, quoted) + '"'


def markdown(text: str) -> str:
    r"""For Markdown, within a line or a cell of a table: nothing in it is markup, a link, HTML or a line break.

    >>> markdown("# [x](y) | <b>")
    '\\# \\[x\\](y) \\| \\<b\\>'
    """
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(terminal(text).split()))


def markdown_code(text: str) -> str:
    """For Markdown, as code within a line or a cell of a table."""
    words = " ".join(terminal(text).split())
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence, space = "`" * (longest + 1), " " if longest or not words else ""
    # Tables are split into cells before code is looked for (GitHub Flavored Markdown, section 4.10).
    return f"{fence}{space}{words.replace('|', chr(92) + '|')}{space}{fence}"


def markdown_address(text: str) -> str:
    """For Markdown, the address of a link: percent-encoded where it would end the link, or is no web address."""

    def encoded(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    address = _ACTING.sub(encoded, re.sub(r"[\s\\<>()\[\]|`\"']", encoded, text.strip()))
    return address if re.match(r"(?:https?://|mailto:|#|[\w./-]*$)", address) else "#"


def latex(text: str) -> str:
    """For LaTeX, within a line: no command, no comment, no end of the line."""
    return " ".join(terminal(text).split()).translate(_LATEX)


def bibtex(text: str) -> str:
    """For a value between the braces of BibTeX: as in LaTeX, and braces are balanced."""
    # BibTeX counts braces before TeX sees the backslash, so "\\{" opens one; \lbrace is the same sign without one.
    return latex(text).replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")


def separated(text: str) -> str:
    """For a field of CSV or TSV, always in quotation marks (RFC 4180): what acts on a screen is left out.

    Line breaks are line feeds. A field may still be a formula to a spreadsheet: text is not changed for that.
    """
    return '"' + readable(text).replace('"', '""') + '"'


def readable(text: str) -> str:
    """The text without what acts on a screen; carriage returns and Unicode's line separators become line feeds."""
    return _ACTING.sub("", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def html(value: object) -> object:
    """For an expression in a template of HTML, which escapes it: a text without what acts on a screen."""
    return type(value)(readable(value)) if isinstance(value, str) else value  # str, or markup that is escaped already


def one_line(text: str) -> str:
    """For files that have a text a line, and columns between tabs: `readable`, any space is one space."""
    return " ".join(readable(text).split())


def xml(text: str) -> str:
    """For XML: without the characters that it does not allow; line breaks as it reads them (section 2.11).

    The writer escapes "<" and "&".
    """
    return re.sub("\r\n?", "\n", _NOT_XML.sub("", text))


def file_name(text: str, default: str = "unnamed") -> str:
    """A name of one file in a folder: no path, no hidden file, no device, of letters, digits, "-", "_" and points.

    Different texts may get the same name. `default` is for a text of which nothing is left.
    """
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", terminal(text)).encode("utf-8", "replace").decode())
    name = name.strip("._-").encode()[:_NAME_BYTES].decode(errors="ignore").strip("._-")
    return f"_{name}" if _DEVICES.match(name) else name or default
