"""The columns of the dataset, as `datasets.Features` and as an Arrow schema that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpus_builder.dataset.rows import LEVELS, pair_names

if TYPE_CHECKING:
    import pyarrow as pa


def config_names(languages: Sequence[str]) -> list[str]:
    """All configs for some languages: documents, paragraphs, paragraphs.en-uk, …"""
    names = ["documents"]
    for config in LEVELS:
        names += [config, *(f"{config}.{pair}" for pair in pair_names(languages))]
    return names


def features(config: str, languages: Sequence[str]) -> Any:
    """The `datasets.Features` of a config of a dataset in these languages."""
    from datasets import Features, List, Translation, Value

    level, _, pair = config.partition(".")
    own = pair.split("-") if pair else sorted(languages)
    scores = ["probability"]
    if level in LEVELS and not pair:
        scores += ["score", *(f"probability_{name.replace('-', '_')}" for name in pair_names(own))]
    return Features(
        {
            "id": Value("string"),
            "article_id": Value("string"),
            "date": Value("string"),
            "section": Value("string"),
            "url": {language: Value("string") for language in own},
            "position": Value("int32"),
            "kind": Value("string"),
            "label": Value("string"),
            "translation": Translation(languages=own),
            "quality": {score: Value("float64") for score in scores},
            "flags": List(Value("string")),
        }
    )


def arrow_schema(config: str, languages: Sequence[str]) -> pa.Schema:
    """The Arrow schema of a config; its metadata lets `load_dataset` restore the features."""
    return features(config, languages).arrow_schema
