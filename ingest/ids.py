"""In: content. Out: names derived from it: digests and ids, the same on every machine and in every year."""

from __future__ import annotations

import hashlib

ID_CHARS = 24  # 96 bits of SHA-256: no clash in sight below 10^12 rows


def digest(data: bytes) -> str:
    """SHA-256 of bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of the text in UTF-8. Lone surrogates cannot reach here: the cleaner drops them."""
    return digest(text.encode("utf-8"))


def content_id(*parts: str) -> str:
    """A short id over `parts`, which may hold anything: each is framed by its length, so no two lists share a preimage."""
    framed = b"".join([b"%d:%b" % (len(raw), raw) for raw in map(str.encode, parts)])
    return hashlib.sha256(framed).hexdigest()[:ID_CHARS]


def article_id(canonical_url: str, revision: int) -> str:
    """Names one revision of one page."""
    return content_id("article", canonical_url, str(revision))
