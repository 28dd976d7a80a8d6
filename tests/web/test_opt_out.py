"""Opt-outs: which directives count, and for whom."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_builder.web.head import Head
from corpus_builder.web.opt_out import TdmRules, opt_out
from corpus_builder.web.responses import header_fields


@pytest.mark.parametrize(
    ("headers", "metas", "reason"),
    [
        ([("X-Robots-Tag", "noai, noimageai")], [], "opt_out_noai"),
        ([("X-Robots-Tag", "googlebot: noindex, nofollow")], [], None),
        ([("X-Robots-Tag", "googlebot: noindex"), ("X-Robots-Tag", "NoAI")], [], "opt_out_noai"),
        ([("X-Robots-Tag", "max-snippet:-1, noindex")], [], "opt_out_noindex"),
        ([("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 GMT")], [], None),
        ([("TDM-Reservation", "0")], [("robots", "index,follow")], None),
        ([], [("corpus-builder", "noai")], "opt_out_noai"),
        ([], [("googlebot", "noindex")], None),
        ([], [("robots", "max-image-preview:large")], None),
        ([], [("robots", "index, follow, max-image-preview:none")], None),
        ([], [("robots", "max-image-preview: none, noindex")], "opt_out_noindex"),
        ([], [("robots", "noindex;nofollow")], "opt_out_noindex"),
        ([], [("robots", "index"), ("robots", "noimageai")], "opt_out_noai"),
        ([], [("x-robots-tag", "otherbot: noindex, nofollow")], None),
        ([], [("x-robots-tag", "otherbot: noindex, corpus-builder: none")], "opt_out_noindex"),
        ([("X-Robots-Tag", "unavailable_after: Wed, 25 Jun 2030 15:00:00 GMT, noai")], [], "opt_out_noai"),
        ([("X-Robots-Tag", "max-image-preview:none")], [], None),
        ([("X-Robots-Tag", "*: noindex")], [], "opt_out_noindex"),
        ([("TDM-Reservation", "1"), ("TDM-Reservation", "0")], [], "opt_out_tdm"),
        ([], [("tdm-reservation", "0"), ("tdm-reservation", "1")], "opt_out_tdm"),
        ([], [("tdm-reservation", "1")], "opt_out_tdm"),
    ],
)
def test_opt_outs(headers, metas, reason):
    assert opt_out(header_fields(headers), Head(metas=tuple(metas))) == reason


def test_tdm_rules_take_the_first_that_fits():
    rules = TdmRules.parse(
        b'[{"location": "/free/*.html$", "tdm-reservation": 0}, {"location": "/free", "tdm-reservation": 1},'
        b' {"location": 5}, {"tdm-reservation": 1}, "x"]'
    )
    assert [rules.reserve(path) for path in ("/free/a.html", "/free/a.htmlx", "/free", "/", "/a/free")] == [
        False, True, True, False, False
    ]  # fmt: skip
    assert not TdmRules.parse(b"<html>").reserve("/")
    assert (
        TdmRules.parse(b'[{"location": "/' + b"*" * 40 + b'x$", "tdm-reservation": 1}]').reserve("/" + "a" * 500)
        is False
    )


@given(st.text("ab*", max_size=8), st.sampled_from(["", "$"]), st.text("ab", max_size=8))
def test_reserved_paths_are_those_of_the_pattern(pattern: str, end: str, path: str) -> None:
    rules = TdmRules.parse(json.dumps([{"location": f"/{pattern}{end}", "tdm-reservation": 1}]).encode())
    expression = re.escape(f"/{pattern}").replace(r"\*", ".*")
    found = re.fullmatch(expression, f"/{path}") if end else re.match(expression, f"/{path}")
    assert rules.reserve(f"/{path}") == bool(found)


def test_patterns_take_time_in_proportion() -> None:
    """An expression of this pattern would try some 10^20 ways."""
    rules = TdmRules.parse(b'[{"location": "/' + b"*a" * 30 + b'b$", "tdm-reservation": 1}]')
    assert not rules.reserve("/" + "a" * 8_000)
