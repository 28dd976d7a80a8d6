"""Log lines on stderr: warnings and notices always, all lines with --verbose. logs/ of the workspace has them all."""

from __future__ import annotations

import logging

from corpus_builder.cli.terminal import say


class _Stderr(logging.Handler):
    """Writes to the stderr of the moment, which progress bars replace while they are shown."""

    verbose = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is shown: a warning, one that is marked as a notice (`extra={"notice": True}`), or verbose."""
        return self.verbose or record.levelno >= logging.WARNING or getattr(record, "notice", False)

    def format(self, record: logging.LogRecord) -> str:
        """The line: a notice as it is."""
        if getattr(record, "notice", False) and not self.verbose:
            return record.getMessage()
        return super().format(record)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        say(self.format(record), error=True)


_HANDLER = _Stderr()


def show_log_lines(*, verbose: bool) -> None:
    """Show the package's log lines from now on: those from INFO on, or warnings only."""
    package = logging.getLogger("corpus_builder")
    if _HANDLER not in package.handlers:
        package.addHandler(_HANDLER)
    _HANDLER.verbose = verbose
    _HANDLER.setLevel(logging.INFO)
    layout = "%(levelname)s %(name)s: %(message)s" if verbose else "warning: %(message)s"
    _HANDLER.setFormatter(logging.Formatter(layout))
