"""The workbench in Chromium, for tests: serving a source, and what axe-core and the width of a page say of it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from corpus_builder.look.source import Source
from corpus_builder.look.store import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MARKS = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@contextmanager
def served(source: Source) -> Iterator[str]:
    """Serve a source on a free port; its address with the token."""
    import uvicorn

    from corpus_builder.look.app import application

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = application(source, Store(source.index()), "token")
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/token"
        server.should_exit = True
        thread.join()


def assert_accessible(browser: Any, addresses: list[str], width: int, scheme: str) -> None:
    """axe-core finds nothing in any page, and no page scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    # axe-core is put into the page, which the policy of the workbench would refuse.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for address in addresses:
        page.goto(address)
        found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        assert not found, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()


def watched(browser: Any, **how: Any) -> tuple[Any, list[str]]:
    """A page in a context of its own, and the list of its faults: of the console, of scripts, and dialogs."""
    opened = browser.new_context(**how).new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("dialog", lambda dialog: (faults.append("a text of the corpus ran as a script"), dialog.dismiss()))
    return opened, faults
