"""A story whose editions have no common id in their URLs is taken down whole: all its records, for good."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.crawl.warcread import walk
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import RunConfig
from corpus_builder.stages.pipeline import stages_of
from corpus_builder.stages.stage import silent
from corpus_builder.stages.takedown import take_down

from .conftest import Newspaper

TEXTS = {
    "uk": "Міст через річку знову відкрили для всіх, хто їде до міста з правого берега.",
    "ru": "Мост через реку снова открыли для всех, кто едет в город с правого берега.",
    "en": "The bridge over the river is open again for all who come to the town from the right bank.",
}


def rules(folder: Path) -> Path:
    text = 'name = "n"\ntitle = "N"\nhomepage = "https://n.example"\ndomains = ["n.example"]\n'
    text += '[linking]\nby = ["hreflang"]\n'
    text += "".join(f"[editions.{language}]\npaths = ['/{language}/\\w+']\n" for language in TEXTS)
    text += '[[layouts]]\nname = "l"\nmatch = "main"\ntitle = "h1"\nbody = "main"\n'
    (folder / "n.toml").write_text(text, encoding="utf-8")
    return folder / "n.toml"


def test_all_editions_are_removed_and_never_requested_again(paper: Newspaper, tmp_path: Path) -> None:
    urls = []
    for story in ("bridge", "bread"):
        links = "".join(f"<link rel=alternate hreflang={each} href=/{each}/{story}{each}>" for each in TEXTS)
        for language, text in TEXTS.items():
            urls.append(f"/{language}/{story}{language}")
            paper.put(urls[-1], f"<html>{links}<body><main><h1>{story} {language}</h1><p>{text}</p></main></html>")
    paper.sitemap("/map.xml", urls)
    run = build_run(RunConfig(site=str(rules(tmp_path))), tmp_path / "w", mirror=paper.base, workers=1)
    build(run, stages_of("crawl", "extract"))
    gone = take_down(tmp_path / "w", ["https://n.example/en/breaden"], silent)
    assert gone.editions == 3
    files = list((tmp_path / "w/crawl/warc").iterdir())
    text = b"".join(record.data for file in files for record in walk(file, 10**6))
    for language in TEXTS:
        assert f"bridge {language}".encode() in text
        assert f"bread {language}".encode() not in text
    paper.forget()
    build(
        build_run(RunConfig(site=str(tmp_path / "n.toml")), tmp_path / "w", mirror=paper.base, workers=1),
        stages_of("crawl"),
    )
    assert not [asked.path for asked in paper.asked if "bread" in asked.path]
