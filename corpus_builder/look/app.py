"""The application: the routes of the views behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from corpus_builder.errors import CorpusBuilderError
from corpus_builder.look.guard import Guard
from corpus_builder.look.page import Workbench, render
from corpus_builder.look.source import Source
from corpus_builder.look.store import Store, TooSlow
from corpus_builder.look.views import VIEWS


def application(source: Source, store: Store, token: str) -> Guard:
    """The workbench of one source under "/TOKEN/"."""
    return Guard(pages(source, store, token), token)


def pages(source: Source, store: Store, token: str) -> Starlette:
    """The pages of the workbench, to be put behind a Guard."""
    app = Starlette(
        routes=[Mount(f"/{token}", routes=[route for view in VIEWS for route in view.ROUTES])],
        exception_handlers={404: _not_found, TooSlow: _too_slow, CorpusBuilderError: _mistake},
    )
    app.state.workbench = Workbench(source, store, f"/{token}")
    return app


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
