"""Who may ask, what every response says of itself, and the style sheet and script; the pages are in app.py.

Only this machine, only with the token: the server listens on loopback, the address has a token that is drawn at each
start, and a Host header that is not loopback is refused, so that no page of another site reaches the workbench by a
name that it lets point here (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # A link to a page of the site must not tell it the token. "no-referrer" would make the origin of our forms null.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
SCRIPTS = ("look.js", "judge.js", "correct.js")
"""The one script of the pages, in its parts."""
LARGEST = 100_000
"""Bytes of a form. Chosen: a thousand times what the workbench sends."""


class Guard:
    """Refuses a request for another host, from another site, without the token, or too large."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application answer it, with the headers of every response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in _HEADERS.items() if k.encode() not in own),
                ]
            await send(message)

        request = Request(scope)
        answer: ASGIApp | None = self._refusal(request)
        if answer is None and request.method in ("GET", "HEAD"):
            file = _FILES.get(request.url.path.removeprefix(f"/{self._token}/"))
            answer = file() if file else None
        await (answer or self._app)(scope, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "").lower()
        if host.rpartition(":")[0] not in HOSTS and host not in HOSTS:
            return PlainTextResponse("This workbench answers on loopback only.", 421)
        token = request.url.path.lstrip("/").partition("/")[0]
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            return PlainTextResponse("Open the whole address that corpus-builder look printed.", 403)
        if request.method not in ("GET", "HEAD"):
            if request.headers.get("origin", f"http://{host}") != f"http://{host}":
                return PlainTextResponse("This form was sent from another site.", 403)
            length = request.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > LARGEST:
                return PlainTextResponse("This form is too large.", 413)
        return None


class Later:
    """An application that is made while the server starts: what the pages import takes longer than all the rest. The
    first requests wait for it. `failed` is called where it cannot be made; `raise_failure` raises why."""

    def __init__(self, make: Callable[[], ASGIApp], failed: Callable[[], None]) -> None:
        from threading import Thread

        self._made: Future[ASGIApp] = Future()
        self._make = make
        self._failed = failed
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._made.set_result(self._make())
        except BaseException as error:  # noqa: BLE001 - raised again where the server ends
            self._made.set_exception(error)
            self._failed()

    def raise_failure(self) -> None:
        """Raise what kept the application from being made, if anything did."""
        if self._made.done() and (error := self._made.exception()):
            raise error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request when the application is made."""
        app = await asyncio.wrap_future(self._made)
        await app(scope, receive, send)


def _style() -> Response:
    here = Path(__file__).parent / "templates"
    sheets = (Path(__file__).parents[1] / "report" / "templates" / "base.css", here / "look.css")
    bars = "".join(f".p{i}{{--p:{i / 100:g}}}\n" for i in range(101))
    text = "\n".join([*(sheet.read_text(encoding="utf-8") for sheet in sheets), bars])
    return Response(text, media_type="text/css")


def _script() -> Response:
    folder = Path(__file__).parent / "templates"
    return Response(b"\n".join((folder / name).read_bytes() for name in SCRIPTS), media_type="text/javascript")


_FILES: dict[str, Callable[[], Response]] = {"look.css": _style, "look.js": _script}
