"""The interface of translators, and translating with a cache.

A translator has an identity (everything that its translations depend on) and yields translations as they are finished.
translate_all() asks it only for segments that are not in the cache and stores every piece at once, so a killed run
resumes where it stopped and no segment is translated twice, not even one that occurs twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from corpus_builder.errors import RunError
from corpus_builder.evaluate.cache import AnswerCache


class Translator(Protocol):
    """A system to run. `identity` is JSON: the kind, the model, the options, the languages.

    `takes_documents` tells that it uses the context of a document: its segments may have line breaks, which are between
    the lines of a document. Documents are given to other translators line by line.
    """

    identity: Mapping[str, object]
    takes_documents: ClassVar[bool]

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield mappings from segments to translations as they are finished, each segment once.

        Raises:
            RunError: a segment could not be translated. Finished translations have been yielded before.
        """
        ...


def translate_all(
    translator: Translator,
    segments: Sequence[str],
    cache: AnswerCache,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[str]:
    """The translations of all segments, in order; only those that are not in the cache are translated.

    Args:
        translator: the system.
        segments: the source segments, or documents with line breaks between their lines.
        cache: where translations are stored.
        progress: called with the number of different segments that are translated, and of all.

    Raises:
        RunError: a segment could not be translated; finished translations are in the cache.
    """
    if any("\n" in segment for segment in segments) and not translator.takes_documents:
        documents = [segment.split("\n") for segment in segments]
        lines = iter(translate_all(translator, [line for document in documents for line in document], cache, progress))
        return ["\n".join(next(lines) for _ in document) for document in documents]
    wanted = list(dict.fromkeys(segments))
    translations = {segment: cache.get(translator.identity, segment) for segment in wanted}
    missing = [segment for segment in wanted if translations[segment] is None]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    if missing:
        try:
            for piece in translator.translate(missing):
                cache.put(translator.identity, piece)
                translations.update(piece)
                done += len(piece)
                progress(done, len(wanted))
        except RunError as error:
            note = f"{done} of {len(wanted)} segments are in the cache; run the same command again to continue"
            raise RunError(str(error), next_step="; ".join(filter(None, (error.next_step, note)))) from error
    lost = [segment for segment in missing if translations[segment] is None]
    if lost:
        raise RunError(
            f"the translator returned nothing for {len(lost)} of {len(missing)} segments; the first is {lost[0][:80]!r}"
        )
    return [translations[segment] or "" for segment in segments]


# Bytes below which a file's content is hashed. Chosen: configs and vocabularies are smaller, weights are larger.
_HASHED = 1 << 20


def folder_digest(path: Path) -> str:
    """A hash of a model folder: names and sizes of all files, and the contents of those under 1 MiB.

    Weights are identified by size and by the small files beside them; hashing gigabytes takes longer than loading.
    """
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(path)}\0{size}\0".encode())
        if size < _HASHED:
            digest.update(file.read_bytes())
    return digest.hexdigest()
