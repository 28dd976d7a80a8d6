"""`dataset_info` of the card: the features, splits, rows and bytes of each config, for the Hub and `datasets`."""

from __future__ import annotations

from typing import Any

from corpus_builder.dataset.folder import DatasetFolder
from corpus_builder.parquet import footer


def dataset_info(folder: DatasetFolder) -> list[dict[str, Any]]:
    """An entry per config. `num_bytes` and `dataset_size` are uncompressed sizes, `download_size` is that of the files;
    all come from the files' footers."""
    from datasets import Features

    entries = []
    for config in folder.configs:
        splits, size, download = [], 0, 0
        for split, rows in folder.splits(config).items():
            paths = [part.path for part in folder.parts if part.config == config and part.split == split]
            own = sum(_uncompressed(path) for path in paths)
            splits.append({"name": split, "num_bytes": own, "num_examples": rows})
            size, download = size + own, download + sum(path.stat().st_size for path in paths)
        features = Features.from_arrow_schema(folder.schema(config))._to_yaml_list()
        entry = {"config_name": config, "features": features, "splits": splits}
        entries.append({**entry, "download_size": download, "dataset_size": size})
    return entries


def _uncompressed(path: Any) -> int:
    about = footer(path)
    return sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
