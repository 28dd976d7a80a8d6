"""A stand-in for a chat endpoint, on loopback: it returns capitals or what it is told, and makes scripted errors."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What an endpoint may do instead of translating; each is the status, the headers and the body, or None for no answer.
ERRORS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "busy": (429, {"Retry-After": "7"}, b"slow down"),
    "busy-until-date": (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b""),
    "down": (503, {}, b"<html>"),
    "no-json": (200, {}, b"<html>welcome</html>"),
    "no-choices": (200, {}, b'{"choices": []}'),
    "not-even-an-object": (200, {}, b'["hello"]'),
    "empty": (200, {}, b'{"choices": [{"message": {"content": " "}, "finish_reason": "stop"}]}'),
    "refused": (200, {}, b'{"choices": [{"message": {"content": null, "refusal": "no"}}]}'),
    "cut-off": (200, {}, b'{"choices": [{"message": {"content": "HALF"}, "finish_reason": "length"}]}'),
    "forbidden": (401, {}, b'{"error": "no such key"}'),
    "unknown-model": (404, {}, b'{"error": "no such model"}'),
}


class ChatServer:
    """Serves while it is entered. `script` lists, per segment, the errors to make before translating it, or words to
    answer instead. `reply` makes an answer of a segment, `segment_of` finds the segment in the last message.

    "hang" keeps the connection open without an answer until the server ends, "close" breaks it. `answered` counts
    translations given, `requests` holds all bodies and headers.
    """

    def __init__(
        self,
        script: dict[str, list[str]] | None = None,
        reply: Callable[[str], str] = lambda segment: f" {segment.upper()}\n",
        segment_of: Callable[[str], str] = lambda content: content.rpartition(
            "TEXT:\n" if "TEXT:\n" in content else "\n"
        )[2],
    ) -> None:
        self.script, self.reply, self.segment_of = script or {}, reply, segment_of
        self.answered: Counter[str] = Counter()
        self.requests: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.hanging = threading.Event()
        self._end = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> ChatServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        segment = self.segment_of(body["messages"][-1]["content"])
        with self._lock:
            self.requests.append((body, {"path": handler.path, **dict(handler.headers)}))
            errors = self.script.get(segment, [])
            error = errors.pop(0) if errors else None
        if error == "hang":
            self.hanging.set()
            self._end.wait()
            return
        if error == "close":
            handler.close_connection = True
            handler.connection.close()
            return
        if error in ERRORS:
            status, headers, content = ERRORS[error]
        else:
            status, headers = 200, {"Content-Type": "application/json"}
            message = {"role": "assistant", "content": error or self.reply(segment)}
            completion = {
                "id": f"chatcmpl-{len(self.requests)}", "object": "chat.completion", "created": 0,
                "model": body["model"], "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
            }  # fmt: skip
            content = json.dumps(completion).encode()
            with self._lock:
                self.answered[segment] += 1
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)
