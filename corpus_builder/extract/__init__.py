"""From a saved response, by the rules of its site, to an edition; and from a table of articles to editions.

page.py draws the way of a page; tables.py reads articles that were extracted elsewhere.
"""

from corpus_builder.extract.page import extract_page
from corpus_builder.extract.tables import read_articles

__all__ = ["extract_page", "read_articles"]
