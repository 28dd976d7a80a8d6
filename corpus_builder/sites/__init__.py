"""The rules of a site, from configs/sites/NAME.toml: its URLs and editions, how to crawl it, how to read its pages.

rules.py has the schema, load.py finds and reads a file, site.py interprets URLs by the rules.
"""

from corpus_builder.sites.load import load_site, site_names
from corpus_builder.sites.rules import SiteRules
from corpus_builder.sites.site import PageKey, Site

__all__ = ["PageKey", "Site", "SiteRules", "load_site", "site_names"]
