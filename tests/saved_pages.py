"""The sample newspaper's pages of a month as a folder of saved pages."""

from __future__ import annotations

from pathlib import Path

from corpus_builder.newspaper import load_newspaper
from corpus_builder.newspaper.server import answers
from corpus_builder.sites import load_site

HOME = "https://www.vilna-hazeta.example"


def save_month(folder: Path, year: int, month: int) -> None:
    """Save the articles of a month below `folder`, as wget mirrors them."""
    site = load_site("sample")
    for path, answer in answers(load_newspaper(), HOME).items():
        address = site.address(HOME + path)
        if (
            answer.status == 200
            and address
            and address.date
            and (address.date.year, address.date.month) == (year, month)
        ):
            file = folder / f"{HOME.partition('://')[2]}{path}index.html"
            file.parent.mkdir(parents=True)
            file.write_bytes(answer.body)
