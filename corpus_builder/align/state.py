"""What an aligner has learned: vocabularies, and by language pair a translation table and a lattice model."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from corpus_builder.align.arcs import Arcs
from corpus_builder.align.encoder.cache import Embedder
from corpus_builder.align.two.lattice_model import LatticeModel, first_model
from corpus_builder.align.words.cognates import Method
from corpus_builder.align.words.edit_transducer import Transducer
from corpus_builder.align.words.translation_table import TranslationTable
from corpus_builder.align.words.vocabulary import Vocabulary
from corpus_builder.errors import UsageError
from corpus_builder.model import Document


@dataclass(slots=True)
class PairState:
    """What is known of a language pair.

    `trained_on` has by document (`fingerprint`) the beads that the table was learned from; `method` says how cognates
    are found (cognates.py), and `spelling` is what was learned for that.
    """

    table: TranslationTable = field(default_factory=TranslationTable.empty)
    model: LatticeModel = field(default_factory=first_model)
    trained_on: dict[int, Arcs] = field(default_factory=dict)
    method: Method = "table"
    spelling: Transducer | None = None


@dataclass(slots=True)
class AlignerState:
    """All that an aligner knows. The pairs' languages are in the order of `languages`."""

    languages: tuple[str, ...]
    vocabularies: dict[str, Vocabulary]
    pairs: dict[tuple[str, str], PairState]
    encoder: str = ""
    """The identity of the sentence encoder that it was trained with; empty without one."""


def fingerprint(document: Document, a: str, b: str) -> int:
    """A hash of the texts of two editions, 56 bits."""
    digest = blake2b(digest_size=7)
    for language in (a, b):
        lines = [segment.text for segment in document.segments[language]]
        digest.update("\n".join([*lines, "\0"]).encode("utf-8"))
    return int.from_bytes(digest.digest(), "big")


def require_same_encoder(state: AlignerState, encoder: Embedder | None, name: str) -> None:
    """Raise UsageError if the aligner called `name` was trained with another encoder than `encoder`."""
    used = encoder.identity if encoder else ""
    if state.encoder != used:
        raise UsageError(
            f"{name} was trained {f'with the encoder {state.encoder}' if state.encoder else 'without an encoder'}, "
            f"but this run uses {f'the encoder {used}' if used else 'none'}",
            next_step="use the same encoder, or train again",
        )
