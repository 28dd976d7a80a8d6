"""Which corrected stories do not teach the aligner: they measure it."""

from __future__ import annotations

from hashlib import blake2b


def is_held_out(article_id: str, share: float, seed: int) -> bool:
    """Whether a story is held out, by a hash of its id: a share of all stories, always the same ones with a seed."""
    digest = blake2b(f"{seed}:{article_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
