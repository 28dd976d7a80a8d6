"""croissant.json: the dataset described in the Croissant 1.0 vocabulary of MLCommons.

Each config is a record set whose fields are the columns of its Parquet files and the split. A FileSet without a
container means files beside croissant.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from corpus_builder.dataset.about import About
from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.dataset.tokenizers import FOLDER, tokenizers

# As in the Croissant 1.0 specification, https://docs.mlcommons.org/croissant/docs/croissant-spec.html
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def write_croissant(folder: DatasetFolder, about: About) -> None:
    """Write croissant.json into a dataset folder."""
    languages = folder.languages(folder.default())
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.name,
        "description": f"The {', '.join(languages)} editions of the articles of {about.site}, aligned in parallel.",
        "version": about.version,
        "license": about.licence,
        "url": about.homepage,
        "inLanguage": languages,
        "keywords": ["parallel corpus", "machine translation", "news"],
        **({"creator": [{"@type": "sc:Person", "name": name} for name in about.authors]} if about.authors else {}),
        "citeAs": f"{about.name}, version {about.version}, built from {about.homepage}",
        "distribution": [
            {
                "@type": "cr:FileSet",
                "@id": f"files/{config}",
                "name": f"files/{config}",
                "description": f"The Parquet files of {config}.",
                "encodingFormat": "application/x-parquet",
                "includes": f"data/{config}/*.parquet",
            }
            for config in folder.configs
        ]
        + [
            {
                "@type": "cr:FileSet",
                "@id": f"files/{FOLDER}",
                "name": f"files/{FOLDER}",
                "description": "sentencepiece models of the corpus, joint and per language.",
                "encodingFormat": "application/octet-stream",
                "includes": f"{FOLDER}/*.model",
            }
            for _ in tokenizers(folder.path)[:1]
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": config,
                "name": config,
                "description": f"{sum(folder.splits(config).values())} rows; docs of the columns are in README.md.",
                "field": [_split(config), *_fields(config, folder.schema(config))],
            }
            for config in folder.configs
        ],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder.path / "croissant.json").write_text(text + "\n", encoding="utf-8")


def _split(config: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": f"{config}/split",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"files/{config}"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": r".*/([^/]+?)-[^/]*\.parquet$"},
        },
    }


def _fields(config: str, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    for column in schema:
        field = {"@type": "cr:Field", "@id": f"{config}/{column.name}", "name": f"{config}/{column.name}"}
        if pa.types.is_struct(column.type):
            yield {**field, "subField": [_field(config, column.name, part) for part in column.type]}
        else:
            yield (
                _field(config, column.name)
                | ({"repeated": True} if pa.types.is_list(column.type) else {})
                | {"dataType": _type(column.type)}
            )


def _field(config: str, column: str, part: pa.Field | None = None) -> dict[str, Any]:
    """A column as a field, or a part of a struct column."""
    name = f"{config}/{column}" + (f"/{part.name}" if part else "")
    source: dict[str, Any] = {"fileSet": {"@id": f"files/{config}"}, "extract": {"column": column}}
    if part:
        source["transform"] = {"jsonPath": part.name}
    typed = {"dataType": _type(part.type)} if part else {}
    return {"@type": "cr:Field", "@id": name, "name": name, **typed, "source": source}


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _type(kind.value_type)
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    if pa.types.is_date(kind):
        return "sc:Date"
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    return "sc:Text"
