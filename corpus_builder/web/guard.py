"""The one seam for unexpected exceptions: whatever a page does to the code, it becomes a drop; the build goes on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from corpus_builder.errors import CorpusBuilderError, SkipPage

logger = logging.getLogger(__name__)

EXTRACTOR_ERROR = "extractor_error"
"""The reason for dropping a page that raised an exception nobody expected."""

_OF_THE_MACHINE = (OSError, MemoryError, ImportError)
"""What says something about the machine and not about the page; a rerun may go well, so the build ends with it."""

_MESSAGE = 200
"""Most characters of an exception's message in a drop. Chosen: some messages quote the whole page."""


@contextmanager
def guarded(url: str) -> Iterator[None]:
    """Turn any exception that a page causes into SkipPage `extractor_error` with the exception and its place.

    The project's own exceptions, and those of the machine (disk, memory, installation), pass.
    """
    try:
        yield
    except (CorpusBuilderError, *_OF_THE_MACHINE):
        raise
    except Exception as error:  # any: the cause is unknown by definition, and one page must not end a build
        logger.info("%s raised an unexpected exception", url, exc_info=True)
        raise SkipPage(EXTRACTOR_ERROR, described(error)) from error


def described(error: Exception) -> str:
    """An exception on one line: its type, its message, and the innermost place in this package as module:line."""
    package = __name__.partition(".")[0]
    places = [
        f"{module}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__"))).startswith(package) and module != __name__
    ]
    # Not printable: line breaks, control characters, lone surrogates.
    message = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(error)[:_MESSAGE])
    return f"{type(error).__name__}: {message} ({places[-1] if places else 'unknown place'})"
