"""What a failed request to the Hub means: whether to retry, and the message for the user.

The Hub's client raises HfHubHTTPError for a response, a subclass of its HTTP library's HTTPError for no response, a
RuntimeError around either for an upload, and JSONDecodeError where an error page came instead of JSON.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator

from corpus_builder.errors import CorpusBuilderError, RunError, UsageError

# Statuses after which a retry may succeed: time-outs, "another commit operation is in progress for this repository"
# (409), rate limits, problems on the Hub's side.
PASSING = frozenset({408, 409, 429, 500, 502, 503, 504})
LOGIN = (
    "get a token with write permission at https://huggingface.co/settings/tokens, then `hf auth login` or set HF_TOKEN"
)


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an error; None where there was no response."""
    from huggingface_hub.errors import HfHubHTTPError

    return next((each.response.status_code for each in _chain(error) if isinstance(each, HfHubHTTPError)), None)


def may_pass(error: BaseException) -> bool:
    """Whether a retry may succeed."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined] # of the HTTP library behind the client

    status = status_of(error)
    if status is not None:
        return status in PASSING
    return any(isinstance(each, HTTPError | json.JSONDecodeError) for each in _chain(error))


def wait_asked_for(error: BaseException) -> float | None:
    """Seconds to wait before a retry, if the Hub says so."""
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    for each in _chain(error):
        if isinstance(each, HfHubHTTPError):
            if (after := each.response.headers.get("Retry-After", "")).isdigit():
                return float(after)
            limit = parse_ratelimit_headers(each.response.headers)
            return float(limit.reset_in_seconds) if limit and each.response.status_code == 429 else None
    return None


def explained(error: Exception, doing: str, endpoint: str) -> CorpusBuilderError:
    """The error with a message for the user. `doing` completes "while …"."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, CorpusBuilderError):
        return error
    for each in _chain(error):
        if isinstance(each, OfflineModeIsEnabled):
            return UsageError("the Hub cannot be reached: HF_HUB_OFFLINE is set", next_step="unset HF_HUB_OFFLINE")
        if isinstance(each, OSError) and each.errno in (errno.ENOSPC, errno.EDQUOT):
            return RunError(
                f"disk full while {doing}{f': {each.filename}' if each.filename else ''}",
                next_step="free space in HF_HOME (default: ~/.cache/huggingface), then run the same command again",
            )
    answer = _said_by(error)
    status = status_of(error)
    if status is not None:
        message, next_step = _ANSWERS.get(
            status, ("the Hub refused the request (status {status})", "see the message of the Hub")
        )
        if status >= 500 and status != 507:
            message, next_step = "the Hub has a problem (status {status})", _AGAIN
        text = message.format(status=status) + f" while {doing}" + (f": {answer}" if answer else "")
        return RunError(text, next_step=next_step)
    if isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError):
        return RunError(f"the Hub rejects the dataset while {doing}: {answer}", next_step="fix that and export again")
    if isinstance(error, OSError) and not may_pass(error):
        return RunError(
            f"{error.strerror or answer} while {doing}", next_step="check the file, then run the command again"
        )
    if may_pass(error):
        return RunError(f"no valid response from {endpoint} while {doing}: {answer}", next_step=_AGAIN)
    return RunError(f"unexpected error while {doing}: {type(error).__name__}: {answer}", next_step=_AGAIN)


_AGAIN = "run the same command again; nothing is sent or published twice"
_ANSWERS = {
    401: ("the Hub does not accept the token", LOGIN),
    402: ("the Hub requires payment for this", "see the billing settings of the namespace, or choose another"),
    403: (
        "the Hub denies permission",
        "check with `hf auth whoami`: the token needs write permission, and the namespace must be one of yours",
    ),
    404: (
        "repository not found on the Hub, or not visible with this token",
        "check --repo, and that the token has read and write permission",
    ),
    412: ("the Hub has a newer commit than it reported", _AGAIN),
    409: ("the Hub is busy with another commit to this repository", _AGAIN),
    413: ("the request is too large for the Hub", "publish fewer or smaller files"),
    429: ("rate limit of the Hub", "wait some minutes, then run the same command again"),
    507: ("the storage of the namespace on the Hub is full", "free space, or choose another namespace"),
}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__


def _said_by(error: BaseException) -> str:
    """The message of the Hub or the system, in one line."""
    from huggingface_hub.errors import HfHubHTTPError

    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, HfHubHTTPError):
            return " ".join((each.server_message or "").split())
    root = chain[-1] if isinstance(error, RuntimeError) else error
    return " ".join(str(root).split()) or type(root).__name__
