"""From a saved response, by the rules of its site, to an edition; and from a table of articles to editions.

page.py draws the way of a page; tables.py reads articles that were extracted elsewhere; inspect.py serves who writes
site rules.
"""

from corpus_builder.extract.inspect import LayoutReport, inspect_layouts
from corpus_builder.extract.page import extract_page
from corpus_builder.extract.tables import read_articles

__all__ = ["LayoutReport", "extract_page", "inspect_layouts", "read_articles"]
