"""One evil article, and what each medium must not make of it.

The article has in its id, title, section, authors, tags, address, speakers and sentences: markup of rich, escape
sequences of a terminal, marks of direction, HTML, Markdown, LaTeX, formulas of a spreadsheet, and paths.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from lxml import etree, html

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
EVIL = (
    "=cmd|' /C calc'!A0 [bold red]rich[/bold red] [/] \x1b[31mred\x1b[0m \x1b]0;pwned\x07 \x9b2J"
    " \u202eRLO\u202c \u2066iso\u2069"
    " <script>alert('EVILJS')</script><img src=x onerror=alert(1)> &lt;b&gt; # EVILHEAD\n# EVILHEAD\n\n"
    "[EVILLINK](javascript:alert(2)) ![p](http://evil.example/p.png) | EVILCELL | `c` *e* _u_ {{ 7*7 }} {% x %}"
    " \\input{/etc/passwd} \\write18{x} % comment $\\frac{ $x$ ^ ~ & \x00 @someone www.evil.example"
)
EVIL_ID = "../../escaped/\x00\x1b[31m[red]<b>|`"
EVIL_URL = "https://www.vilna-hazeta.example/x/\x1b[31m[red](javascript:alert(3))<b>|`"
SECTIONS = [EVIL, "---\nlicense: EVILYAML\n---", "x\n\n## EVILHEAD", "-->\n<b>EVILHTML</b>"]
TEXTS = {
    "en": [
        "The mayor opened the new bridge over the river on Monday.",
        "It cost 24 million euros and took 3 years.",
    ],
    "uk": ["Мер відкрив новий міст через річку в понеділок.", "Він коштував 24 мільйони євро і будувався три роки."],
    "ru": ["Мэр открыл новый мост через реку в понедельник.", "Он стоил 24 миллиона евро и строился три года."],
}
SPEECH = {
    "en": '"We will <b>finish</b> it [red]soon[/red]," said Ivan <script>Petrenko</script>, head of \x1b[31mthe city.',
    "uk": "«Ми <b>закінчимо</b> це [red]скоро[/red]», – сказав Іван <script>Петренко</script>, голова \x1b[31mміста.",
    "ru": "«Мы <b>закончим</b> это [red]скоро[/red]», – сказал Иван <script>Петренко</script>, глава \x1b[31mгорода.",
}


CITIES = ("Odesa", "Lviv", "Poltava", "Kharkiv", "Uzhhorod")


def table(stories: int = len(CITIES)) -> str:
    """A table of evil articles as JSON lines."""
    rows = [
        {
            "id": f"{EVIL_ID}{number}",
            "language": language,
            "title": f"{texts[0]} {EVIL}",
            # Pages of different articles with one text would be dropped.
            "paragraphs": [
                *(f"{text} {CITIES[number]}." for text in texts),
                SPEECH[language],
                f"{texts[0]} {EVIL}",
                f"={texts[1]}",
            ],
            "date": f"2025-0{number + 1}-01",
            "section": SECTIONS[number % len(SECTIONS)],
            "authors": [EVIL],
            "tags": [EVIL],
            "url": f"{EVIL_URL}{language}{number}",
        }
        for number in range(stories)
        for language, texts in TEXTS.items()
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def page() -> str:
    """An evil page of the sample newspaper, with a layout that no rule knows."""
    said = json.dumps({"@type": "NewsArticle", "headline": EVIL, "articleSection": EVIL, "author": {"name": EVIL}})
    paragraphs = "".join(f"<p>{text} {html_text(EVIL)}</p>" for text in TEXTS["uk"] * 4)
    return (
        f'<html lang="uk"><head><title>{html_text(EVIL)}</title>'
        '<link rel="canonical" href="https://www.vilna-hazeta.example/news/2025/12/01/8010112/">'
        f'<meta property="article:section" content="{html_text(EVIL)}">'
        f'<script type="application/ld+json">{said.replace("<", chr(92) + "u003c")}</script></head>'
        f"<body><article><h1>{html_text(EVIL)}</h1><div>{paragraphs}</div></article></body></html>"
    )


def html_text(text: str) -> str:
    """A text as it stands in HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def check_terminal(text: str) -> None:
    """Nothing acts on the screen."""
    assert not ACTING.search(text), repr(ACTING.search(text))


def check_markdown(text: str) -> None:
    """By CommonMark with tables: no HTML, no heading, link or picture of the article's; the head is YAML of its own."""
    import yaml
    from markdown_it import MarkdownIt

    assert not ACTING.search(text)
    if text.startswith("---\n"):
        head, text = text.removeprefix("---\n").split("\n---\n", 1)
        assert "EVILYAML" not in str(yaml.safe_load(head).get("license"))
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    root = html.fromstring(f"<div>{rendered}</div>")
    assert not root.xpath("//script | //b | //@onerror")
    assert not [each for each in root.xpath("//h1 | //h2 | //h3") if "EVILHEAD" in each.text_content()]
    assert all(re.match(r"https?://(?!evil)|mailto:|#|[\w./-]+$", each) for each in root.xpath("//a/@href"))
    assert not [each for each in root.xpath("//img/@src") if "evil" in each]
    assert not [each for each in root.xpath("//td | //th") if each.text_content().strip() == "EVILCELL"]


def check_html(text: str) -> None:
    """No element, attribute or address of the article's."""
    root = html.fromstring(text)
    assert not [each for each in root.iter("script") if "EVILJS" in (each.text or "") and each.get("type") is None]
    assert not root.xpath("//@onerror | //@onload | //*[@src='x'] | //b[text()='finish']")
    assert not [each for each in root.xpath("//@href | //@src") if re.match(r"\s*(?:javascript|data:text)", each, re.I)]
    assert not [each for each in root.xpath("//@src") if "evil" in each]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x9b\u202a-\u202e\u2066-\u2069]", text)
    assert "49" not in re.findall(r"\{\{ (\d+)", root.text_content())


def check_latex(text: str) -> None:
    """No command of a stranger's, and braces in balance."""
    assert not ACTING.search(text)
    assert not re.search(r"\\(?:input|write18|frac)\b", text)
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")


def check_xml(path: Path) -> None:
    """It is well formed."""
    etree.parse(path)


def check_separated(text: str, separator: str) -> None:
    """All rows have the cells of the header, and nothing in them acts on a screen."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert len({len(row) for row in rows}) == 1
    assert not ACTING.search(text.replace("\r\n", "\n"))


def check_json(text: str) -> None:
    """It is JSON, a value a line or one in all; what acts on a screen is escaped."""
    assert not ACTING.search(text)
    try:
        json.loads(text)
    except ValueError:
        for line in filter(None, text.split("\n")):
            json.loads(line)


def check_file(path: Path) -> None:
    """A file of an output, by its ending."""
    ending = path.name.partition(".")[2].rpartition(".")[2]
    if ending in ("tmx", "xml", "xlf", "xliff"):
        check_xml(path)
    elif ending in ("png", "parquet", "model", "gz", "npz", "sqlite", "zip", "lock", "js", "css"):
        return
    else:
        text = path.read_bytes().decode("utf-8")
        checks = {
            "md": check_markdown, "html": check_html, "tex": check_latex, "json": check_json, "jsonl": check_json,
            "tsv": lambda text: check_separated(text, "\t"), "csv": lambda text: check_separated(text, ","),
        }  # fmt: skip
        checks.get(ending, check_terminal)(text)


def check_names(folder: Path) -> None:
    """Names of files are names: of letters, digits and a few signs, at their place in the folder."""
    for path in folder.rglob("*"):
        assert re.fullmatch(r"[\w.,@+=-]+", path.name), path
