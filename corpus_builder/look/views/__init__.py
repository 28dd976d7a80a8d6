"""The views, one file each. A view is a list of `Route`s under one heading of the navigation.

A new view is a file with `TITLE`, `PATH` and `ROUTES`, and its module in `VIEWS`.
"""

from __future__ import annotations

from types import ModuleType

from corpus_builder.look.views import audit, concordance, correct, drops, overview, quotations, stories

VIEWS: tuple[ModuleType, ...] = (overview, stories, concordance, quotations, drops, audit, correct)
"""In the order of the navigation."""
