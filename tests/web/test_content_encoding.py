"""Content-Encoding: undone within a limit, and not believed where the bytes are plainly something else."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.errors import SkipPage
from corpus_builder.web.content_encoding import decoded, gunzipped

PAGE = "<!DOCTYPE html><html><body><p>У місті відкрили міст.</p></body></html>".encode()
CP1251 = PAGE.decode().encode("cp1251")


@given(st.binary(max_size=2000))
def test_encodings_are_undone(body):
    raw_deflate = zlib.compress(body)[2:-4]
    for packed, name in (
        (gzip.compress(body), "gzip"), (zlib.compress(body), "deflate"), (raw_deflate, "deflate"), (body, None),
        (zlib.compress(gzip.compress(body)), "gzip, deflate"), (gzip.compress(body), "X-GZIP"),
        (brotli.compress(body), "br"), (zstandard.compress(body), "zstd"),
        (brotli.compress(gzip.compress(body)), "gzip, br"),
    ):  # fmt: skip
        assert decoded(packed, name, 10_000) == body
    assert gunzipped(gzip.compress(body) + gzip.compress(b"!"), 10_000) == body + b"!"


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_bodies_that_are_not_what_they_say_are_skipped_with_a_reason(body, name):
    try:
        decoded(body, name, 10_000)
    except SkipPage as error:
        assert error.reason in ("bad_encoding", "unknown_encoding", "too_large")  # noqa: PT017


@pytest.mark.parametrize("label", [None, "identity", "gzip", "gzip, gzip", "br", "UTF-8"])
@pytest.mark.parametrize("times", [1, 2])
def test_gzip_that_no_label_names(label, times):
    packed = gzip.compress(PAGE) if times == 1 else gzip.compress(gzip.compress(PAGE))
    assert decoded(brotli.compress(packed) if label == "br" else packed, label, 10_000) == PAGE
    with pytest.raises(SkipPage, match="too_large"):
        decoded(gzip.compress(gzip.compress(bytes(20_000))), None, 10_000)


def test_a_bomb_stops_at_the_limit():
    with pytest.raises(SkipPage, match="too_large"):
        decoded(gzip.compress(b"\0" * 10_000_000), "gzip", 1_000_000)


@pytest.mark.parametrize("label", ["gzip", "deflate", "br", "zstd", "UTF-8", "none", "identity", "utf-8, gzip", "LZW"])
@pytest.mark.parametrize("body", [PAGE, CP1251, b"User-agent: *\nDisallow: /search/\n"])
def test_text_under_any_label_is_text(label, body):
    assert decoded(body, label, 10_000) == body


@pytest.mark.parametrize(
    ("body", "label", "reason"),
    [
        (gzip.compress(PAGE, mtime=0)[:-9], "gzip", "bad_encoding"),
        (brotli.compress(PAGE * 9)[:-3], "br", "bad_encoding"),
        (bytes(range(256)), "br", "bad_encoding"),
        (bytes(range(256)), "deflate", "bad_encoding"),
        (bytes(range(256)), "aes128gcm", "unknown_encoding"),
    ],
)
def test_damage_and_the_unknown_have_a_reason(body, label, reason):
    with pytest.raises(SkipPage) as caught:
        decoded(body, label, 100_000)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("label", "bomb"),
    [
        ("gzip", gzip.compress(bytes(50_000_000), mtime=0)),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("br", brotli.compress(bytes(50_000_000))),
        ("zstd", zstandard.compress(bytes(50_000_000))),
    ],
    ids=["gzip", "deflate", "br", "zstd"],
)
def test_a_bomb_costs_no_more_memory_than_the_limit(label, bomb):
    """Brotli allocates outside Python, so what it returns is measured, not what it holds."""
    tracemalloc.start()
    with pytest.raises(SkipPage, match="too_large"):
        decoded(bomb, label, 1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
