"""Errors put into right rows: the classic kinds of noise in parallel corpora, after Khayrallah and Koehn (2018) and
what the filters of OpusFilter and Bicleaner look for, each as a function of a row's texts and the pair to damage.

One side is damaged, chosen by chance.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

Texts = Mapping[str, str]
Pair = tuple[str, str]
Damaged = dict[str, str] | None
"""The side that is damaged, by its language; None where the text gives no ground for that error."""
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZА-ЯІЇЄҐ][a-zа-яіїєґё']{3,}")
BOILERPLATE = {
    "uk": (
        "Підписуйтеся на наші сторінки у соцмережах.",
        "Фото: прес-служба",
        "Слідкуйте за новинами в каналі.",
    ),
    "ru": ("Подписывайтесь на наши страницы в соцсетях.", "Фото: пресс-служба", "Следите за новостями в канале."),
    "en": ("Subscribe to our pages on social media.", "Photo: press service", "Follow the news in our channel."),
}


class Noise:
    """Makes errors; `others` are texts of the same corpus by language, for what is to stand in a wrong place."""

    def __init__(self, others: Mapping[str, Sequence[str]], seed: int = 1) -> None:
        self.others = others
        self.names = {
            language: sorted({name for text in texts for name in _NAME.findall(text)})
            for language, texts in others.items()
        }
        self.random = random.Random(seed)
        self.kinds: Mapping[str, Callable[[Texts, Pair], Damaged]] = {
            "misaligned": self.misaligned,
            "wrong language": self.wrong_language,
            "untranslated": self.untranslated,
            "truncated": self.truncated,
            "merged": self.merged,
            "number swapped": self.number_swapped,
            "name swapped": self.name_swapped,
            "boilerplate": self.boilerplate,
        }

    def misaligned(self, texts: Texts, pair: Pair) -> Damaged:
        """A side is the text of another row, of like length, so that length alone does not tell."""
        side = self._side(pair)
        length = len(texts[side])
        for _ in range(50):
            other = self.random.choice(self.others[side])
            if other != texts[side] and 0.75 * length <= len(other) <= 1.33 * length:
                return {side: other}
        return None

    def wrong_language(self, texts: Texts, pair: Pair) -> Damaged:
        """A side is the translation into the third language."""
        side = self._side(pair)
        third = next((language for language in texts if language not in pair), None)
        return {side: texts[third]} if third else None

    def untranslated(self, texts: Texts, pair: Pair) -> Damaged:
        """A side is the very text of the other."""
        side = self._side(pair)
        return {side: texts[pair[1] if side == pair[0] else pair[0]]}

    def truncated(self, texts: Texts, pair: Pair) -> Damaged:
        """A side lacks its second half, or more."""
        side = self._side(pair)
        words = texts[side].split()
        if len(words) < 6:
            return None
        keep = self.random.randint(len(words) * 3 // 10, len(words) * 6 // 10)
        return {side: " ".join(words[: max(keep, 2)])}

    def merged(self, texts: Texts, pair: Pair) -> Damaged:
        """A side has another sentence after its own."""
        side = self._side(pair)
        return {side: f"{texts[side]} {self.random.choice(self.others[side])}"}

    def number_swapped(self, texts: Texts, pair: Pair) -> Damaged:
        """A number of a side is another one of as many digits."""
        side = self._side(pair)
        found = list(_NUMBER.finditer(texts[side]))
        if not found:
            return None
        match = self.random.choice(found)
        least = 10 ** (len(match[0]) - 1)
        new = str(self.random.randint(least, least * 10 - 1))
        if new == match[0]:
            new = str(int(new) + 1)
        return {side: texts[side][: match.start()] + new + texts[side][match.end() :]}

    def name_swapped(self, texts: Texts, pair: Pair) -> Damaged:
        """A name of a side is another name of the corpus."""
        side = self._side(pair)
        found = list(_NAME.finditer(texts[side]))
        if not found or len(self.names[side]) < 2:
            return None
        match = self.random.choice(found)
        new = self.random.choice(self.names[side])
        if new[:4] == match[0][:4]:
            return None
        return {side: texts[side][: match.start()] + new + texts[side][match.end() :]}

    def boilerplate(self, texts: Texts, pair: Pair) -> Damaged:  # noqa: ARG002 - all kinds are called alike
        """A side is what the site says everywhere."""
        side = self._side(pair)
        return {side: self.random.choice(BOILERPLATE[side])}

    def _side(self, pair: Pair) -> str:
        return self.random.choice(pair)
