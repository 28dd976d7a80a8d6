"""Rules of sites are compiled once, and again where the languages change."""

from __future__ import annotations

from corpus_builder.extract.compiled import compiled_site
from corpus_builder.languages import forget
from corpus_builder.sites import load_site


def test_rules_are_compiled_again_after_the_languages_changed() -> None:
    site = load_site("sample")
    compiled = compiled_site(site)
    assert compiled_site(site) is compiled
    forget()  # what add_folder does
    assert compiled_site(site) is not compiled
