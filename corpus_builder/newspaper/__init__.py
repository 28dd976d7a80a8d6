"""The bundled sample newspaper: fictional news in three editions, its gold, and a server that plays the site.

data/newspaper/ holds the texts. inline.py and stories.py read them into frozen types; gold.py tells what a perfect
builder would find in them; markup.py and templates/ render the pages, feeds.py the sitemaps and feeds; server.py puts
all of it on loopback with the faults of a real site. `python -m corpus_builder.newspaper` writes the gold again.
"""

from corpus_builder.newspaper.server import NewspaperServer
from corpus_builder.newspaper.stories import Newspaper, load_newspaper

__all__ = ["Newspaper", "NewspaperServer", "load_newspaper"]
