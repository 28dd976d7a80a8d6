"""The verdicts of a workspace's audits, for the rows that are published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpus_builder.audit.decisions import decisions
from corpus_builder.audit.folder import read_audits

Key = tuple[str, str, str, str, str]
"""Level, article id, pair, and the texts of its two sides. A rebuild that changes the third side of a row gives it
another id, but what was said of this pair still holds."""


class AuditedPairs:
    """The verdict on every pair of texts that was judged, by `verdicts`; of several the worst."""

    def __init__(self, verdicts: Mapping[Key, int]) -> None:
        self._verdicts = verdicts

    @classmethod
    def read(cls, folder: Path) -> AuditedPairs:
        """Those of all audits in a workspace's audit/."""
        found: dict[Key, int] = {}
        for audit in read_audits(folder):
            for each in decisions(audit):
                for pair, verdict in each.verdicts.items():
                    a, b = pair.split("-")
                    texts = each.row.translation
                    if a in texts and b in texts:
                        key = (audit.design.level, each.row.article_id, pair, texts[a], texts[b])
                        found[key] = max(verdict.value, found.get(key, 0))
        return cls(found)

    def of(self, level: str, article_id: str, translation: Mapping[str, str | None]) -> dict[str, int]:
        """The verdicts on a row's pairs: 1 right, 2 partly, 3 wrong; those that nobody judged are left out."""
        if not self._verdicts:
            return {}
        sides = sorted((language, text) for language, text in translation.items() if text)
        found = {}
        for i, (a, left) in enumerate(sides):
            for b, right in sides[i + 1 :]:
                if verdict := self._verdicts.get((level, article_id, f"{a}-{b}", left, right)):
                    found[f"{a}-{b}"] = verdict
        return found
