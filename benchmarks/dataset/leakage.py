"""Do held-out texts stand in train, verbatim? Asked of the files alone, without the program's own search.

    python benchmarks/dataset/leakage.py WORKSPACE/dataset

Every text of validation and test of every config, language by language, is looked for as it is written in all
training texts of every config, `monolingual` included; of documents, every paragraph. Texts of fewer than 25 letters
and digits are left out. The table has the rows of which some text was found; of documents, those of which more than
half of the letters were. It ends with status 1 where a row of a config other than documents is found, or where
leakage.json says otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq

LEAST = 25


def texts(row: dict) -> dict[str, str]:
    """A row's texts by language."""
    sides = row["translation"] if "translation" in row else {row["language"]: row["text"]}
    return {language: text for language, text in sides.items() if text}


def letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def main(folder: Path) -> int:
    train: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    held: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for path in sorted(folder.glob("data/*/*.parquet")):
        config, split = path.parent.name, path.name.partition("-")[0]
        for row in pq.read_table(path).to_pylist():
            if split == "train":
                for language, text in texts(row).items():
                    train[config][language].append(text)
            else:
                held[config, split].append(row)
    joined = {config: {x: "\n\n".join(own) for x, own in by.items()} for config, by in train.items()}
    found: dict[tuple[str, str], Counter] = defaultdict(Counter)
    partly: Counter = Counter()
    for key, rows in held.items():
        whole = key[0].partition(".")[0] in ("documents", "monolingual")
        for row in rows:
            somewhere = False
            for config, by_language in joined.items():
                total, there = Counter(), Counter()
                for language, text in texts(row).items():
                    for piece in text.split("\n") if whole else [text]:
                        if letters(piece) >= LEAST:
                            total[language] += len(piece)
                            there[language] += len(piece) if piece in by_language.get(language, "") else 0
                leaks = [2 * there[x] > total[x] if whole else there[x] > 0 for x in total]
                found[key][config] += any(leaks)
                somewhere |= any(there.values())
            partly[key] += somewhere
    told = json.loads((folder / "leakage.json").read_text(encoding="utf-8"))["summary"]
    wrong = 0
    columns = sorted(train)
    print("held-out rows | rows | with a text in train | found in train", *columns, sep=" | ")
    for (config, split), rows in sorted(held.items()):
        counts = found[config, split]
        print(config, split, len(rows), partly[config, split], *(counts[name] for name in columns), sep=" | ")
        level = config.partition(".")[0]
        own = told.get(level, {}).get(split, {}).get("in_train", {})
        for name in columns:
            if config == level and counts[name] and not own.get(name.partition(".")[0]):
                print(f"  {counts[name]} found in {name}, and leakage.json has none")
                wrong += 1
        wrong += level not in ("documents", "monolingual") and sum(counts.values())
    return 1 if wrong else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("dataset", type=Path)
    sys.exit(main(options.parse_args().dataset))
