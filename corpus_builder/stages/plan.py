"""What the crawl of a run would ask of its site."""

from __future__ import annotations

from corpus_builder.crawl import CrawlPlan, plan
from corpus_builder.stages.config import RunConfig, site_of
from corpus_builder.stages.crawl import options_of
from corpus_builder.stages.stage import Progress, silent


def plan_crawl(config: RunConfig, *, mirror: str | None = None, progress: Progress = silent) -> CrawlPlan:
    """The plan of a run's crawl; no page is requested and nothing is written.

    Raises what crawl.plan raises, and ConfigError for a language that the site does not have.
    """
    site = site_of(config, mirror)
    return plan(site, options_of(config, config.languages or site.languages), progress)
