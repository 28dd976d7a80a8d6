"""Responses with a bad header line are read without it."""

from __future__ import annotations

import asyncio

import pytest

from corpus_builder.crawl.fetch import Exchange, Fetcher
from corpus_builder.crawl.headers import clean_head
from corpus_builder.errors import RetryLater


def fetched(*responses: bytes, pause: int = 1 << 20) -> list[Exchange]:
    """One request a response, over one connection; the response is sent in parts of `pause` bytes."""

    async def run() -> list[Exchange]:
        waiting = list(responses)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while waiting:
                await reader.readuntil(b"\r\n\r\n")
                response = waiting.pop(0)
                for start in range(0, len(response), pause):
                    writer.write(response[start : start + pause])
                    await writer.drain()
                    await asyncio.sleep(0)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, Fetcher("test", timeout=5, max_bytes=10_000, trust_env=False) as fetcher:
            return [await fetcher.get(url) for _ in responses]

    return asyncio.run(run())


def response(line: bytes, body: bytes = b"hello", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\nX-A: 1\r\n%b\r\nX-B: 2\r\n\r\n%b" % (status, len(body), line, body)


@pytest.mark.parametrize(
    "line",
    [b"Foo bar", b"Bad Name: x", "X-Ü: ї".encode(), b": v", b"HTTP/1.1 200 OK", b"<br>Warning: x", b"=: \x00",
     b"X: a\x00b", b"X: a\rb", b"X-Name : v", b"Foo bar\r\n goes on"],
)  # fmt: skip
@pytest.mark.parametrize("pause", [1, 1 << 20])
def test_a_bad_line_costs_only_itself(line, pause):
    first, second = fetched(response(line), response(line, b"Foo bar\r\n\r\nBad Name: x", b"404 No"), pause=pause)
    assert (first.status, first.body) == (200, b"hello")
    assert (second.status, second.body) == (404, b"Foo bar\r\n\r\nBad Name: x"), "a body is never changed"
    assert [(exchange.fields["x-a"], exchange.fields["x-b"]) for exchange in (first, second)] == [("1", "2")] * 2


def test_good_heads_stay_as_they_are():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Long: a\r\n  b\r\nSet-Cookie: a=b: c\r\n\r\n"
    assert clean_head(head) == head
    assert clean_head(head.replace(b"\r\n", b"\n")) == head


def test_interim_responses_and_chunks():
    chunked = b"HTTP/1.1 200 OK\r\nbad\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na\r\n\r\n\r\n0\r\n\r\n"
    [exchange] = fetched(b"HTTP/1.1 103 Early Hints\r\nnope\r\nLink: x\r\n\r\n" + chunked)
    assert (exchange.status, exchange.body) == (200, b"a\r\n\r\n")


def test_what_is_no_http_is_retried_later():
    for garbage in (b"nonsense\r\n\r\n", b"x" * 200_000, b"HTTP/1.1 200 OK\r\nContent-Le"):
        with pytest.raises(RetryLater):
            fetched(garbage)
