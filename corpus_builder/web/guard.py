"""The one seam for unexpected exceptions: whatever a page does to the code, it becomes a drop; the build goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from corpus_builder.errors import CorpusBuilderError, SkipPage, place_of
from corpus_builder.web.time_limit import PAGE_SECONDS, TimeIsUp, time_limit

logger = logging.getLogger(__name__)

EXTRACTOR_ERROR = "extractor_error"
"""The reason for dropping a page that raised an exception nobody expected."""

EXTRACTOR_TIMEOUT = "extractor_timeout"
"""The reason for dropping a page that took longer than time_limit.PAGE_SECONDS."""

EXTRACTOR_MEMORY = "extractor_memory"
"""The reason for dropping a page that took more memory than web/page_process.py allows."""

EXTRACTOR_FAILURES = frozenset({EXTRACTOR_ERROR, EXTRACTOR_TIMEOUT, EXTRACTOR_MEMORY})
"""The reasons for dropping a page that say something about this program, or about a page made to harm it."""

_OF_THE_MACHINE = (OSError, MemoryError, ImportError)
"""What says something about the machine and not about the page; a rerun may go well, so the build ends with it."""

_SEAMS = (__name__, time_limit.__module__)
"""Modules that are not the place of a fault: this one and the time limit."""

_MESSAGE = 200
"""Most characters of an exception's message in a drop. Chosen: some messages quote the whole page."""


@contextmanager
def guarded(url: str) -> Iterator[None]:
    """Turn any exception that a page causes into SkipPage `extractor_error` with the exception and its place.

    The project's own exceptions, and those of the machine (disk, memory, installation), pass. A page that takes too
    long is SkipPage `extractor_timeout`, with the place where it was.
    """
    try:
        with time_limit(PAGE_SECONDS):
            yield
    except TimeIsUp as error:
        place = place_of(error, _SEAMS)
        logger.warning("%s takes more than %g seconds (%s) and is dropped", url, PAGE_SECONDS, place)
        raise SkipPage(EXTRACTOR_TIMEOUT, f"more than {PAGE_SECONDS:g} seconds ({place})") from error
    except (CorpusBuilderError, *_OF_THE_MACHINE):
        raise
    except Exception as error:  # any: the cause is unknown by definition, and one page must not end a build
        logger.info("%s raised an unexpected exception", url, exc_info=True)
        raise SkipPage(EXTRACTOR_ERROR, described(error)) from error


def described(error: Exception) -> str:
    """An exception on one line: its type, its message, and the innermost place in this package as module:line."""
    # Not printable: line breaks, control characters, lone surrogates.
    message = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(error)[:_MESSAGE])
    return f"{type(error).__name__}: {message} ({place_of(error, _SEAMS)})"
