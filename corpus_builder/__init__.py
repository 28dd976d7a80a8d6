"""corpus-builder: from a trilingual news site to an aligned, measured, published parallel dataset.

Arrows between the packages point down only:

    cli → stages → workspace → {crawl, extract, align, quality, dataset, evaluate, report, newspaper} → {sites, quotes}
        → web → text → {toml, tmx, parquet, jit} → files → {model, errors, resources, install}
"""

__version__ = "0.1.0"
