"""Fetching a site politely, and reading what was fetched: the crawler, its frontier, its WARC files.

crawl() fills a folder, fetch_archive() another one from an archive on the net; index_crawl(), index_warcs() and
index_pages() list the newest capture of each article page in such a folder, in any WARC files, or among saved pages;
read_captures() reads them. crawl_drops() lists what was dropped and why, crawl_links() the links between editions.
docs/crawling.md describes how a site is crawled.
"""

from corpus_builder.crawl.archive import fetch_archive
from corpus_builder.crawl.archive_options import Archive, archive_of
from corpus_builder.crawl.captures import read_captures
from corpus_builder.crawl.crawler import crawl
from corpus_builder.crawl.drops import crawl_drops
from corpus_builder.crawl.index import index_crawl
from corpus_builder.crawl.links import crawl_links
from corpus_builder.crawl.options import CaptureRef, CrawlOptions, CrawlSummary, SeenLink
from corpus_builder.crawl.pages import index_pages
from corpus_builder.crawl.plan import CrawlPlan, plan
from corpus_builder.crawl.removal import ids_of_pages, remove_archived, remove_records, withdraw
from corpus_builder.crawl.warc_index import index_warcs

__all__ = [
    "Archive",
    "CaptureRef",
    "CrawlOptions",
    "CrawlPlan",
    "CrawlSummary",
    "SeenLink",
    "archive_of",
    "crawl",
    "crawl_drops",
    "crawl_links",
    "fetch_archive",
    "ids_of_pages",
    "index_crawl",
    "index_pages",
    "index_warcs",
    "plan",
    "read_captures",
    "remove_archived",
    "remove_records",
    "withdraw",
]
