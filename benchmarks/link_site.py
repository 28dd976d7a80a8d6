"""A made newspaper whose ids are taken away, to be built by hreflang links or content alone.

    python NEWSROOM.py make --corpus CORPUS --seed 6 --out SITE
    python benchmarks/link_site.py SITE OUT [--no-hreflang]
    corpus-builder build OUT/run.toml --pages OUT/pages --workspace OUT/w
    python NEWSROOM.py score OUT/w/dataset --gold OUT/gold.jsonl

Each page gets an id of its own in place of the one that the editions share, in its URL and in all links to it. OUT has
the pages, the rules of the site, a run config, and the gold with the ids that the stories then have.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path

from corpus_builder.sites.site import page_id

HOME = "https://www.pravda.com.ua"
ARTICLE = re.compile(rf"{re.escape(HOME)}(/(?:rus/|eng/)?news/\d+/\d+/\d+/\d+/)")
HREFLANG = re.compile(r'<link rel="alternate" hreflang=[^>]*>\n?')
PATHS = {"uk": "/news", "ru": "/rus/news", "en": "/eng/news"}


def own_address(path: str) -> str:
    """The path of a page with an id that no other edition has."""
    folder = path.rstrip("/").rpartition("/")[0]
    return f"{folder}/{hashlib.sha256(path.encode()).hexdigest()[:12]}/"


def main() -> None:
    """Write OUT."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--no-hreflang", action="store_true")
    options = parser.parse_args()
    pages = options.out / "pages"
    pages.mkdir(parents=True)
    for path in sorted((options.site / "pages").glob("*.html")):
        html = ARTICLE.sub(lambda match: HOME + own_address(match[1]), path.read_text(encoding="utf-8"))
        if options.no_hreflang:
            html = HREFLANG.sub("", html)
        (pages / f"{hashlib.sha256(path.name.encode()).hexdigest()[:12]}.html").write_text(html, encoding="utf-8")
    with (options.out / "gold.jsonl").open("w", encoding="utf-8") as gold:
        for line in (options.site / "gold.jsonl").open(encoding="utf-8"):
            record = json.loads(line)
            record["url"] = {language: own_address(path) for language, path in record["url"].items()}
            first = next(record["url"][language] for language in PATHS if language in record["url"])
            record["article"] = page_id(HOME + first)
            gold.write(json.dumps(record, ensure_ascii=False) + "\n")
    by = "content" if options.no_hreflang else "hreflang"
    rules = f'extends = "pravda"\nname = "no-ids"\n[linking]\nby = ["{by}"]\n'
    day = r"(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)"
    for language, path in PATHS.items():
        rules += f"[editions.{language}]\npaths = ['{path}/{day}/[0-9a-f]+/']\n"
    (options.out / "site.toml").write_text(rules, encoding="utf-8")
    site = json.dumps(str((options.out / "site.toml").resolve()))
    (options.out / "run.toml").write_text(f"site = {site}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
