"""What speaks most against a row, in words: the report, the workbench and lists of weak rows say the same."""

from __future__ import annotations

from collections.abc import Mapping

from corpus_builder.quality.columns import CALIBRATED, REASON, Value
from corpus_builder.quality.filters import COMMON


def reason_against(quality: Mapping[str, Value], level: str) -> str:
    """What is weakest in a row of the configs of a level ("sentences"): the pair, where it is one of several, the score
    that shows it, and the side where it is one. "" where nothing is. Where no reason was published, the scores that
    common filters would reject the row for.

    >>> reason_against({"weakest_pair": "en-uk", "weakest_reason": "side en: coverage"}, "sentences")
    'en-uk coverage (en)'
    >>> reason_against({"weakest_reason": "pair: numbers_agree"}, "sentences")
    'numbers_agree'
    >>> reason_against({"names_agree": 0.0, "probability": 0.2}, "sentences")
    'names_agree'
    """
    where, colon, score = str(quality.get(REASON) or "").partition(": ")
    if colon:
        side = {"pair": "", "all": " (all pairs)"}.get(where, f" ({where.removeprefix('side ')})")
        pair = quality.get("weakest_pair")
        return f"{pair} {score}{side}" if pair else f"{score}{side}"
    failing = (each.score for each in COMMON if each.rejects(quality, level) is not None)
    return ", ".join(dict.fromkeys(name for name in failing if name not in CALIBRATED))
