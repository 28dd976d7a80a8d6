"""croissant.json: the dataset described in the Croissant 1.1 vocabulary of MLCommons, with its RAI extension.

Each Parquet file is a FileObject with its hash, and a record set whose fields are its columns: that of the split
`train` of `sentences` is `sentences/train`. In a folder the addresses of files are relative to croissant.json;
publishing makes them absolute, so that the records load from that one file alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_builder.dataset.about import HUB, About, citation
from corpus_builder.dataset.folder import DatasetFolder, Part
from corpus_builder.dataset.licences import licence_url
from corpus_builder.dataset.tokenizers import tokenizers
from corpus_builder.files import file_hash

# As in the Croissant 1.1 specification, https://docs.mlcommons.org/croissant/docs/croissant-spec.html
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
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


def write_croissant(
    folder: DatasetFolder,
    about: About,
    period: tuple[str, str] | None = None,
    audits: Sequence[str] = (),
    corrected: int = 0,
) -> None:
    """Write croissant.json into a dataset folder; `period` is the first and last day of publication of the articles,
    `audits` a line about each audit by people, `corrected` the number of rows that people corrected or confirmed."""
    languages = folder.languages(folder.default())
    named = [(part, _name(folder, part)) for part in folder.parts]
    creators = [{"@type": "sc:Person", "name": name} for name in about.authors]
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": about.name,
        "description": f"The {', '.join(languages)} editions of the articles of {about.site}, aligned in parallel.",
        "version": about.version,
        "license": licence_url(about.licence, about.license_link) or about.license_name or about.licence,
        "url": HUB,
        "isBasedOn": about.homepage,
        "inLanguage": languages,
        "keywords": ["parallel corpus", "machine translation", "news"],
        **({"creator": creators} if creators else {}),
        "citeAs": citation(about, (period or ("", ""))[1][:4]),
        **_responsible(about, period, audits, corrected),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "repository",
                "name": "repository",
                "description": "The repository of the dataset on the Hub.",
                "contentUrl": HUB,
                "encodingFormat": "git+https",
                # A repository has no hash of its own: https://github.com/mlcommons/croissant/issues/80
                "sha256": "https://github.com/mlcommons/croissant/issues/80",
            },
            *(
                _file(folder, part.path, f"files/{name}", f"The rows of {name}.", "application/x-parquet")
                for part, name in named
            ),
            *(
                _file(folder, folder.path / each.path, each.path, "A sentencepiece model.", "application/octet-stream")
                for each in tokenizers(folder.path)
            ),
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": name,
                "name": name,
                "description": f"{part.rows} rows; docs of the columns are in README.md.",
                "field": list(_fields(name, folder.schema(part.config))),
            }
            for part, name in named
        ],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder.path / "croissant.json").write_text(text + "\n", encoding="utf-8")


def _responsible(about: About, period: tuple[str, str] | None, audits: Sequence[str], corrected: int) -> dict[str, Any]:
    """The fields of the RAI extension that are known."""
    return {
        "rai:dataCollection": f"Articles that {about.site} published in several languages"
        + "".join(f"; {each.number:,} from {each.name}" for each in about.making.sources)
        + ".",
        "rai:dataCollectionType": ["Web Scraping"],
        **({"rai:dataCollectionTimeframe": list(about.making.fetched)} if about.making.fetched else {}),
        "rai:dataPreprocessingProtocol": [
            "Text is extracted without menus, labels and advertising; sentences are aligned across the editions.",
            *([f"Articles were published from {period[0]} to {period[1]}."] if period else []),
            *(f"Rows: {each}" for each in about.making.filters),
        ],
        **(
            {
                "rai:dataAnnotationProtocol": "Rows of a stratified sample are judged: right, partly right or wrong.",
                "rai:dataAnnotationAnalysis": list(audits),
            }
            if audits
            else {}
        ),
        "rai:dataLimitations": [
            f"Rows are aligned automatically{f', but for {corrected:,} that people corrected' if corrected else ''}; "
            "`probability` is how likely each is to be correct.",
            "Sides have the same meaning, but are not always literal translations; the original is not known.",
        ],
        "rai:dataBiases": [f"News of {about.site}, with its subjects, style and phrases."],
        "rai:dataUseCases": [
            "Training and evaluation of machine translation",
            "Alignment, quotations, language models",
        ],
        "rai:personalSensitiveInformation": ["Names of people in the news, and what was reported of them."],
        "rai:dataReleaseMaintenancePlan": "Versions are numbered; ids are stable as long as a text is unchanged."
        + (f" Requests for removal: {about.takedown}" if about.takedown else ""),
    }


def _name(folder: DatasetFolder, part: Part) -> str:
    """`sentences/train`; with a number where a split has several files."""
    own = [each for each in folder.parts if (each.config, each.split) == (part.config, part.split)]
    return f"{part.config}/{part.split}" + (f"/{own.index(part)}" if len(own) > 1 else "")


def _file(folder: DatasetFolder, path: Path, name: str, about: str, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": about,
        "contentUrl": path.relative_to(folder.path).as_posix(),
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": kind,
        "sha256": file_hash(path),
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
    source: dict[str, Any] = {"fileObject": {"@id": f"files/{config}"}, "extract": {"column": column}}
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
