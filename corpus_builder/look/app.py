"""The application: who may ask, what every response says of itself, and the routes of the views.

Only this machine, only with the token: the server listens on loopback, the address has a token that is drawn at each
start, and a Host header that is not loopback is refused, so that no page of another site reaches the workbench by a
name that it lets point here (DNS rebinding).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus_builder.errors import CorpusBuilderError
from corpus_builder.look.page import Workbench, environment, render
from corpus_builder.look.source import Source
from corpus_builder.look.store import Store, TooSlow
from corpus_builder.look.views import VIEWS

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
SCRIPTS = ("look.js", "judge.js")
"""The one script of the pages, in its parts."""
LARGEST = 100_000
"""Bytes of a form. Chosen: a thousand times what the workbench sends."""


def application(source: Source, store: Store, token: str) -> Starlette:
    """The workbench of one source under "/TOKEN/"."""
    routes = [route for view in VIEWS for route in view.ROUTES]
    app = Starlette(
        routes=[Mount(f"/{token}", routes=[*routes, Route("/look.css", _style), Route("/look.js", _script)])],
        exception_handlers={404: _not_found, TooSlow: _too_slow, CorpusBuilderError: _mistake},
    )
    app.add_middleware(Guard, token=token)
    app.state.workbench = Workbench(source, store, f"/{token}")
    return app


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

        refused = self._refusal(Request(scope))
        await (refused or self._app)(scope, receive, with_headers)

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


def _style(_: Request) -> Response:
    loader = environment().loader
    assert loader is not None
    sheets = [loader.get_source(environment(), name)[0] for name in ("base.css", "look.css")]
    bars = "".join(f".p{i}{{--p:{i / 100:g}}}\n" for i in range(101))
    return Response("\n".join([*sheets, bars]), media_type="text/css")


def _script(_: Request) -> Response:
    folder = Path(__file__).parent / "templates"
    return Response(b"\n".join((folder / name).read_bytes() for name in SCRIPTS), media_type="text/javascript")


def _not_found(request: Request, _: Exception) -> Response:
    return render(request, "message.html.j2", "", 404, title="Not found", text="There is no such page.", help_text="")


def _too_slow(request: Request, _: Exception) -> Response:
    return render(
        request, "message.html.j2", "", 503, title="The search took too long",
        text="It was ended.", help_text="Search for longer words, or for fewer.",
    )  # fmt: skip


def _mistake(request: Request, error: Exception) -> Response:
    help_text = error.next_step if isinstance(error, CorpusBuilderError) else ""
    return render(
        request, "message.html.j2", "", 400, title="That did not work", text=str(error), help_text=help_text
    )  # fmt: skip
