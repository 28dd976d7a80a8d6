"""The filters of OpusFilter and bicleaner-hardrules on the rows of detection.py, which runs this in another Python.

    python peers.py ROWS.json SCORES.json

OpusFilter's filters that need no trained model, at their defaults; language identification by its Lingua filter.
Hardrules with all rules, those for numbers and scripts included, without its language model and its adult-content
model, which have to be trained or fetched; its language rule asks py3langid, as FastSpell's model has to be fetched.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import types
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

SCRIPTS = {"uk": "Cyrillic", "ru": "Cyrillic", "en": "Latin"}


def opusfilter_scores(rows: list[dict[str, Any]]) -> dict[str, list[float]]:
    """By filter a score a row, the greater the better."""
    from opusfilter import filters as f
    from opusfilter.lid import LinguaFilter

    out: dict[str, list[float]] = {}
    for pair in sorted({tuple(row["pair"]) for row in rows}):
        at = [i for i, row in enumerate(rows) if tuple(row["pair"]) == pair]
        texts = [tuple(rows[i]["texts"]) for i in at]
        made = {
            "LengthRatio": (f.LengthRatioFilter(unit="char"), -1),
            "LengthRatio.word": (f.LengthRatioFilter(unit="word"), -1),
            "CharacterScore": (f.CharacterScoreFilter(scripts=[SCRIPTS[x] for x in pair]), 1),
            "TerminalPunctuation": (f.TerminalPunctuationFilter(), 1),
            "NonZeroNumerals": (f.NonZeroNumeralsFilter(), 1),
            "LongestCommonSubstring": (f.LongestCommonSubstringFilter(), -1),
            "Similarity": (f.SimilarityFilter(), -1),
            "Repetition": (f.RepetitionFilter(), -1),
            "AlphabetRatio": (f.AlphabetRatioFilter(), 1),
            "AverageWordLength": (f.AverageWordLengthFilter(), 1),
            "Lingua": (LinguaFilter(languages=list(pair)), 1),
        }
        for name, (filter_, sign) in made.items():
            own = out.setdefault(f"{name}", [float("nan")] * len(rows))
            for i, score in zip(at, filter_.score(texts), strict=True):
                values = score if isinstance(score, (list, tuple)) else [score]
                own[i] = min(sign * float(value) for value in values)
    return out


def hardrules_scores(rows: list[dict[str, Any]]) -> list[float]:
    """By row minus the number of rules that fire."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)

    class FastSpell:
        def __init__(self, lang: str, mode: str) -> None:  # noqa: ARG002
            self.lang = lang

        def getlang(self, sentence: str) -> str:
            return str(identifier.classify(sentence)[0])

    sys.modules["fastspell"] = types.ModuleType("fastspell")
    sys.modules["fastspell"].FastSpell = FastSpell  # type: ignore[attr-defined]
    for unused in ("kenlm", "fasttext"):  # its language model and its adult-content model are not used
        if importlib.util.find_spec(unused) is None:
            sys.modules[unused] = types.ModuleType(unused)
            sys.modules[unused].FastText = types.SimpleNamespace()  # type: ignore[attr-defined]
    from hardrules.hardrules import Hardrules

    scores = [0.0] * len(rows)
    for pair in sorted({tuple(row["pair"]) for row in rows}):
        rules = Hardrules(
            Namespace(disable_lm_filter=True, lm_threshold=0, disable_porn_removal=True, disable_lang_ident=False,
                      source_lang=pair[0], target_lang=pair[1], run_all_rules=True, disable_minimal_length=False,
                      rules_config={"no_number_inconsistencies": True, "no_script_inconsistencies": True})
        )  # fmt: skip
        for i, row in enumerate(rows):
            if tuple(row["pair"]) == pair:
                fired = rules.wrong_tu(*row["texts"])
                scores[i] = -float(len(fired)) if fired else 0.0
    return scores


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("scores", type=Path)
    arguments = parser.parse_args()
    rows = json.loads(arguments.rows.read_text(encoding="utf-8"))
    scores: dict[str, list[float]] = {}
    try:
        scores |= opusfilter_scores(rows)
    except ImportError as error:
        print(f"OpusFilter is skipped: {error}", file=sys.stderr)
    try:
        scores["hardrules"] = hardrules_scores(rows)
    except ImportError as error:
        print(f"hardrules is skipped: {error}", file=sys.stderr)
    arguments.scores.write_text(json.dumps(scores), encoding="utf-8")


if __name__ == "__main__":
    main()
