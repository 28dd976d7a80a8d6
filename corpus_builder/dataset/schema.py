"""The columns of the dataset, as `datasets.Features` and as an Arrow schema that carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus_builder.dataset.quotes import QUOTES
from corpus_builder.dataset.rows import DOCUMENTS, LEVELS, MONOLINGUAL, pair_names

if TYPE_CHECKING:
    import pyarrow as pa


TOP = ("probability", "complete")
"""Scores that are columns of their own, as viewers and filters of other tools do not see into structs."""


def config_names(languages: Sequence[str]) -> list[str]:
    """All configs for some languages: documents, documents.en-uk, paragraphs, …, and monolingual.en, …"""
    names = []
    for config in (DOCUMENTS, *LEVELS, QUOTES):
        names += [config, *(f"{config}.{pair}" for pair in pair_names(languages))]
    return names + [f"{MONOLINGUAL}.{language}" for language in sorted(languages)]


def features(config: str, languages: Sequence[str], quality: Mapping[str, str]) -> Any:
    """The `datasets.Features` of a config for these languages; `quality` has its scores with their types."""
    from datasets import Features, List, Translation, Value

    level, _, pair = config.partition(".")
    if level == MONOLINGUAL:
        strings = ("section", "url", "language", "title", "text")
        columns = {"id": Value("string"), "article_id": Value("string"), "date": Value("date32")}
        return Features(columns | {name: Value("string") for name in strings} | {"flags": List(Value("string"))})
    names = pair.split("-") if pair else sorted(languages)
    parts = {name: Value(kind) for name, kind in quality.items() if name not in TOP}
    columns = {
        "id": Value("string"),
        "article_id": Value("string"),
        "date": Value("date32"),
        "section": Value("string"),
        "url": {language: Value("string") for language in names},
        "position": Value("int32"),
        "kind": Value("string"),
        "label": Value("string"),
        "translation": Translation(languages=names),
        **{name: Value(quality[name]) for name in TOP if name in quality},
        **({"quality": parts} if parts else {}),  # a struct without fields is no Parquet column
        "flags": List(Value("string")),
    }
    if level != DOCUMENTS:
        columns["audited"] = Value("string")
    columns["origin"] = Value("string")
    if level == QUOTES:
        per_language = {language: Value("string") for language in names}
        columns |= dict.fromkeys(("speaker", "mention", "cue", "form"), per_language)
        columns["paragraph_id"] = Value("string")
    return Features(columns)


def arrow_schema(config: str, languages: Sequence[str], quality: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of a config; its metadata lets `load_dataset` restore the features."""
    return features(config, languages, quality).arrow_schema
