"""The exceptions of the project, named by what follows from them.

CorpusBuilderError
├── UsageError          the user asked for something that cannot be: exit status 2
│   └── ConfigError     … in a config file or in the rules of a site
├── RunError            the run failed for a reason outside the program (disk, network, data): exit status 1
├── NothingProduced     the run ended without a row: exit status 3
├── SkipPage            one page or article is left out, with its reason; the run goes on
└── RetryLater          one request is to be made again later; the run goes on

A message names the thing and lists the choices; `next_step` says what to do about it.
"""

from __future__ import annotations


class CorpusBuilderError(Exception):
    """The root of all errors that the program raises on purpose."""

    exit_status = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class UsageError(CorpusBuilderError):
    """What was asked for cannot be: a wrong option, a missing file, an unknown name."""

    exit_status = 2


class ConfigError(UsageError):
    """A config or site rule file holds something that it must not, or lacks something."""


class RunError(CorpusBuilderError):
    """The run failed for a reason that lies outside the program: disk, network, damaged data."""


class NothingProduced(CorpusBuilderError):
    """The run went to its end and produced nothing."""

    exit_status = 3


class SkipPage(CorpusBuilderError):
    """One page is left out of the corpus.

    `reason` is a short stable word for counting (`empty_body`, `off_site`), `detail` is for the reader.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class RetryLater(CorpusBuilderError):
    """One request has to be made again, at the earliest after `after` seconds (None: by the usual backoff)."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
