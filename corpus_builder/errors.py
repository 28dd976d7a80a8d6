"""The exceptions of the project, one class for each consequence.

CorpusBuilderError
├── UsageError          a wrong option, a missing file, an unknown name: exit status 2
│   └── ConfigError     … in a config file or in the rules of a site
├── RunError            the run failed because of disk, network or data: exit status 1
├── NothingProduced     the run finished without a result: exit status 3
├── SkipPage            one page or article is dropped, with its reason; the run continues
└── RetryLater          one request must be repeated later; the run continues

The message names what is wrong and lists the choices. `next_step` says what to do about it; the command line prints it
on a second line.
"""

from __future__ import annotations

import traceback
from collections.abc import Collection


class CorpusBuilderError(Exception):
    """Base class of all errors that the program raises on purpose."""

    exit_status = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class UsageError(CorpusBuilderError):
    """The request is wrong: an option, a file that does not exist, an unknown name."""

    exit_status = 2


class ConfigError(UsageError):
    """A config file or the rules of a site have a wrong or a missing key."""


class RunError(CorpusBuilderError):
    """The run failed for a reason outside the program: disk, network, damaged data."""


class NothingProduced(CorpusBuilderError):
    """The run finished without a result: no rows, no edition, no beads."""

    exit_status = 3


class SkipPage(CorpusBuilderError):
    """One page is dropped from the corpus.

    `reason` is a short, stable identifier to count by (`empty_body`, `off_site`); `detail` is text for a reader.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class RetryLater(CorpusBuilderError):
    """One request must be repeated, no earlier than `after` seconds from now (None: after the usual backoff)."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


def place_of(error: BaseException, without: Collection[str] = ()) -> str:
    """The innermost place in this package that an exception went through, as module:line; not in modules `without`."""
    package = __name__.partition(".")[0]
    places = [
        f"{module}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__"))).startswith(package) and module not in without
    ]
    return places[-1] if places else "unknown place"
