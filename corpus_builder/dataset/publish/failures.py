"""What a failed request to the Hub means: worth repeating or not, and what to tell the user.

The Hub's client raises HfHubHTTPError for an answer, a subclass of its HTTP library's HTTPError for no answer, a
RuntimeError around either for an upload, and JSONDecodeError where an error page came instead of JSON.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator

from corpus_builder.errors import CorpusBuilderError, RunError, UsageError

# Answers after which the same request may succeed: time-outs, "another commit operation is in progress for this
# repository" (409), rate limits, trouble on the Hub's side.
PASSING = frozenset({408, 409, 429, 500, 502, 503, 504})
LOGIN = "get a token that may write at https://huggingface.co/settings/tokens, then `hf auth login` or set HF_TOKEN"


def status_of(error: BaseException) -> int | None:
    """The HTTP status behind an error; None where there was no answer."""
    from huggingface_hub.errors import HfHubHTTPError

    return next((one.response.status_code for one in _chain(error) if isinstance(one, HfHubHTTPError)), None)


def may_pass(error: BaseException) -> bool:
    """Whether a request that ended so is worth repeating."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined] # of the HTTP library behind the client

    status = status_of(error)
    if status is not None:
        return status in PASSING
    return any(isinstance(one, HTTPError | json.JSONDecodeError) for one in _chain(error))


def wait_asked_for(error: BaseException) -> float | None:
    """Seconds after which the Hub wants to be asked again."""
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    for one in _chain(error):
        if isinstance(one, HfHubHTTPError):
            if (after := one.response.headers.get("Retry-After", "")).isdigit():
                return float(after)
            limit = parse_ratelimit_headers(one.response.headers)
            return float(limit.reset_in_seconds) if limit and one.response.status_code == 429 else None
    return None


def explained(error: Exception, doing: str, endpoint: str) -> CorpusBuilderError:
    """The error as a user is told it. `doing` completes "while …"."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, CorpusBuilderError):
        return error
    for one in _chain(error):
        if isinstance(one, OfflineModeIsEnabled):
            return UsageError("HF_HUB_OFFLINE is set, so the Hub cannot be asked", next_step="unset HF_HUB_OFFLINE")
        if isinstance(one, OSError) and one.errno in (errno.ENOSPC, errno.EDQUOT):
            return RunError(
                f"the disk is full, while {doing}{f': {one.filename}' if one.filename else ''}",
                next_step="make room where HF_HOME points (by default ~/.cache/huggingface), then run the same command",
            )
    said = _said_by(error)
    status = status_of(error)
    if status is not None:
        message, next_step = _ANSWERS.get(status, ("the Hub refused with status {status}", "see what the Hub says"))
        if status >= 500 and status != 507:
            message, next_step = "the Hub has trouble (status {status})", _AGAIN
        told = message.format(status=status) + f", while {doing}" + (f": {said}" if said else "")
        return RunError(told, next_step=next_step)
    if isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError):
        return RunError(f"the Hub refuses, while {doing}: {said}", next_step="mend it and export again")
    if isinstance(error, OSError) and not may_pass(error):
        return RunError(f"{error.strerror or said}, while {doing}", next_step="see to the file, then run it again")
    if may_pass(error):
        return RunError(f"{endpoint} did not answer as it should, while {doing}: {said}", next_step=_AGAIN)
    return RunError(f"it failed, while {doing}: {type(error).__name__}: {said}", next_step=_AGAIN)


_AGAIN = "run the same command again: what was sent is not sent twice, and nothing is published twice"
_ANSWERS = {
    401: ("the Hub does not accept the token", LOGIN),
    402: ("the Hub wants to be paid for this", "see the billing settings of the namespace, or choose another"),
    403: (
        "the Hub does not permit this",
        "look with `hf auth whoami` who you are; the token must be one that writes, and the namespace one of yours",
    ),
    404: (
        "the Hub does not know this repository, or hides it from this token",
        "check --repo, and that the token may read and write it",
    ),
    412: ("the Hub has a newer commit than it showed", _AGAIN),
    409: ("the Hub is busy with another commit to this repository", _AGAIN),
    413: ("the Hub refuses so large a request", "publish fewer or smaller files"),
    429: ("the Hub's rate limit is reached", "wait some minutes, then run the same command again"),
    507: ("the storage of the namespace on the Hub is full", "free some, or choose another namespace"),
}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__


def _said_by(error: BaseException) -> str:
    """What the Hub or the system says, in one line."""
    from huggingface_hub.errors import HfHubHTTPError

    last = list(_chain(error))
    for one in last:
        if isinstance(one, HfHubHTTPError):
            return " ".join((one.server_message or "").split())
    root = last[-1] if isinstance(error, RuntimeError) else error
    return " ".join(str(root).split()) or type(root).__name__
