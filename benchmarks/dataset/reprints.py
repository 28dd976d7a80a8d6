"""Do reprints and updates cross splits? Stories of a built workspace are planted again under new ids and dates.

    python benchmarks/dataset/reprints.py WORKSPACE [--planted 30] [--seed 1]

Every planted story is an older one, either word for word (a reprint) or with a new headline, one paragraph less and one
more (an update), dated after all others, so that by time alone it would be test while its original is train. All are
built anew from a table of articles; how many have another split than their original, and what leaks, is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from corpus_builder.model import Story
from corpus_builder.stages.build import build, build_run
from corpus_builder.stages.config import RunConfig, saved_config
from corpus_builder.stages.stage import Source
from corpus_builder.workspace.layout import Workspace
from corpus_builder.workspace.splits import read_splits
from corpus_builder.workspace.tables import read_stories


def rows(story: Story, article_id: str, date: str | None, update: bool, donor: Story) -> list[dict[str, str | None]]:
    made = []
    for language, edition in story.editions.items():
        title, *blocks = [block.text for block in edition.blocks]
        if update:
            extra = donor.editions[language].blocks[-1].text if language in donor.editions else ""
            title, blocks = f"{title} (updated)", [*blocks[:-1], extra]
        day = date or (edition.published.date().isoformat() if edition.published else None)
        made.append({"id": article_id, "language": language, "url": f"https://news.example/{language}/{article_id}",
                     "date": day, "title": title, "text": "\n\n".join(filter(None, blocks))})  # fmt: skip
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--planted", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rnd = random.Random(options.seed)
    source = Workspace(options.workspace.absolute())
    stories = [s for path in source.shards().values() for s in read_stories(path) if len(s.editions) > 1]
    config = saved_config(source) or RunConfig(site="sample")
    planted: dict[str, tuple[str, bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "articles.jsonl"
        with table.open("w", encoding="utf-8") as out:

            def put(made: list[dict[str, str | None]]) -> None:
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)

            for story in stories:
                put(rows(story, story.article_id, None, False, story))
            whole = [
                story for story in stories if sum(len(b.text) for b in next(iter(story.editions.values())).blocks) > 400
            ]
            for number, story in enumerate(rnd.sample(whole, min(options.planted, len(whole)))):
                planted[f"9{number:06}"] = story.article_id, number % 2 == 1
                put(rows(story, f"9{number:06}", f"2031-01-{number % 28 + 1:02}", number % 2 == 1, rnd.choice(whole)))
        config = config.model_copy(
            update={"dataset": config.dataset.model_copy(update={"max_leakage": 1.0}), "since": None, "until": None}
        )
        run = build_run(config, Path(folder) / "w", source=Source(articles=table), workers=1)
        build(run)
        splits = dict(read_splits(run.workspace.splits))
        for kind, update in (("reprints", False), ("updates", True)):
            own = {new: old for new, (old, is_update) in planted.items() if is_update == update}
            crossing = [new for new, old in own.items() if splits.get(new) != splits.get(old)]
            print(f"{kind}: {len(own)} planted, {len(crossing)} in another split than their original")
        told = json.loads((run.workspace.dataset / "leakage.json").read_text(encoding="utf-8"))
        print("left out of train:", told["left_out_of_train"])
        for level, found in told["summary"].items():
            print(level, {split: f"{own['leaked']} of {own['rows']}" for split, own in found.items()})


if __name__ == "__main__":
    main()
