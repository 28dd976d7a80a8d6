"""corpus-builder: from a trilingual news site to an aligned, measured, published parallel dataset.

Arrows between the packages point down only:

    cli → pipeline → {crawl, extract, align, quality, dataset, evaluate, report, newspaper} → sites → text
        → model, errors, resources
"""

__version__ = "0.1.0"
