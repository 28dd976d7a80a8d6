"""A saved response and the rules of its site -> an edition; a table of articles -> editions.

page.py shows the steps for a page; tables.py reads articles that were extracted elsewhere; inspect.py reports what each
layout and selector finds on a page, for authors of site rules.
"""

from corpus_builder.extract.inspect import LayoutReport, inspect_layouts
from corpus_builder.extract.page import extract_page
from corpus_builder.extract.tables import read_articles

__all__ = ["LayoutReport", "extract_page", "inspect_layouts", "read_articles"]
