"""The included sample newspaper: fictional news in three editions, its gold annotation, and a server for it.

data/newspaper/ holds the texts. inline.py and stories.py read them; gold.py derives what a perfect builder extracts
and aligns; markup.py and templates/ render the pages, feeds.py sitemaps and feeds; server.py serves all of it on
loopback, with the faults of a real site, and archive.py serves it as an archive does. `python -m
corpus_builder.newspaper` writes the gold files.
"""

from corpus_builder.newspaper.server import NewspaperServer
from corpus_builder.newspaper.stories import Newspaper, load_newspaper

__all__ = ["Newspaper", "NewspaperServer", "load_newspaper"]
