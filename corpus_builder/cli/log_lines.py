"""Log lines on stderr: warnings always, all lines with --verbose. The workspace's logs/ has them in any case."""

from __future__ import annotations

import logging

from corpus_builder.cli.terminal import say


class _Stderr(logging.Handler):
    """Writes to the stderr of the moment, which progress bars replace while they are shown."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        say(self.format(record), error=True)


_HANDLER = _Stderr()


def show_log_lines(*, verbose: bool) -> None:
    """Show the package's log lines from now on: those from INFO on, or warnings only."""
    package = logging.getLogger("corpus_builder")
    if _HANDLER not in package.handlers:
        package.addHandler(_HANDLER)
    _HANDLER.setLevel(logging.INFO if verbose else logging.WARNING)
    layout = "%(levelname)s %(name)s: %(message)s" if verbose else "warning: %(message)s"
    _HANDLER.setFormatter(logging.Formatter(layout))
