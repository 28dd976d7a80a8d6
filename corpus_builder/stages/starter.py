"""A commented run config to start from, for `corpus-builder init`."""

from __future__ import annotations

import json
from pathlib import Path

from corpus_builder.sites import load_site
from corpus_builder.sites.load import site_names

_TEXT = """\
# A run config for {title} ({homepage}). docs/build.md has all keys; those that are commented out show their defaults.
#
#   corpus-builder plan THIS-FILE --since 2025-12-01 --until 2025-12-31      how long it would take
#   corpus-builder build THIS-FILE --workspace {name}                        crawl, align, write the dataset
#
# A later build with other dates adds its stories to the workspace.
site = {site}
languages = {languages}
# since = 2025-12-01               # first day; without dates, all that the site lists
# until = 2025-12-31               # last day, included
# limit = 100                      # maximum number of stories of a run, the newest; default: no limit

[crawl]
# Required for a site on the network: your mail or web address, which the site's owner sees in the user agent.
# contact = "mailto:you@university.example"
# delay = {delay}                      # seconds between two requests; a longer Crawl-delay of robots.txt wins
# sources = ["sitemaps", "hreflang"] # also: {more}

[dataset]
name = {dataset}
licence = "other"                  # as the Hub names licences; "other" needs license_name and license_link
# authors = ["Name Surname"]       # as they appear in the citation
# takedown = "mailto:you@university.example"  # where a publisher can ask for a takedown
# validation = 0.1                 # shares of the stories; the newest go to test
# test = 0.1

# A filter: rows of less than this score are dropped (docs/quality.md).
# [[filters]]
# score = "probability"
# min = 0.5
"""


def starter_config(site: str) -> str:
    """The text of a run config for a shipped site, or the path of a rule file.

    Raises ConfigError for a site without rules.
    """
    loaded = load_site(site)
    rules = loaded.rules
    listings = {"feeds": rules.crawl.feeds, "apis": rules.crawl.apis, "archives": rules.crawl.archives}
    given = [name for name, of in listings.items() if of]
    return _TEXT.format(
        title=" ".join(rules.title.split()),
        homepage=rules.homepage,
        name=rules.name,
        site=_string(site if site in site_names() else str(Path(site).absolute())),
        languages=json.dumps(list(loaded.languages)),
        delay=rules.crawl.delay,
        more=", ".join(f'"{name}"' for name in given) or "nothing for this site",
        dataset=_string(f"{rules.title}, parallel"),
    )


def _string(text: str) -> str:
    """A basic string of TOML: JSON writes the same, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
