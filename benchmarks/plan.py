"""How long a month of a news site takes, by what `corpus-builder plan` computes from a real sitemap.

Serves the saved sitemap of Ukrainska Pravda (../shared/data/sitemaps) on loopback and plans its crawl at the delay of
the site's rules, for responses of 0 to 0.5 s. The sitemap lists one day, which is multiplied by 30. Found: 161 stories
and 483 pages a day; 4.0, 5.0 and 6.0 hours.

    python benchmarks/plan.py
"""

from __future__ import annotations

import argparse
import http.server
import threading
from datetime import date
from pathlib import Path

from corpus_builder.crawl import CrawlOptions, plan
from corpus_builder.sites import load_site

SITEMAP = Path(__file__).resolve().parents[2] / "shared" / "data" / "sitemaps" / "sitemap-2025-12.xml"
DAYS = 30
RESPONSES = (0.0, 0.25, 0.5)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers robots.txt and the sitemap."""

    def do_GET(self) -> None:
        """Answer."""
        host = f"http://{self.headers['Host']}"
        bodies = {"/robots.txt": f"Sitemap: {host}/sitemap-2025-12.xml\n".encode()}
        body = SITEMAP.read_bytes() if self.path == "/sitemap-2025-12.xml" else bodies.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def main() -> None:
    """Print pages and stories of a day, and hours for a month."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = load_site("pravda", f"http://127.0.0.1:{server.server_port}")
    whole = plan(site, CrawlOptions(site.languages, delay=site.rules.crawl.delay))
    print("stories by day:", dict(whole.days))
    first = date.fromisoformat(min(whole.days))
    day = plan(site, CrawlOptions(site.languages, since=first, until=first, delay=site.rules.crawl.delay))
    print(f"{first}: {day.stories} stories, {day.pages} pages; delay {day.delay:.1f} s")
    for response in RESPONSES:
        hours = day.pages * DAYS * (day.delay + response) / 3600
        print(f"{DAYS} such days, {response:.2f} s a response: {day.pages * DAYS:,} pages, {hours:.1f} hours")
    server.shutdown()


if __name__ == "__main__":
    main()
