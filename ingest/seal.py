"""In: bytes with room for their own digest. Out: the same bytes with it, and later whether they still are what was sealed."""

from __future__ import annotations

from ingest.ids import digest

ROOM = "0" * 64  # stands where the digest will be, and while it is computed


def sealed(data: bytes, mark: bytes) -> bytes:
    """`data` with its own SHA-256 in the 64 digits after the last `mark`. Raises ValueError when there is no mark."""
    return _with(data, mark, digest(_with(data, mark, ROOM)))


def is_sealed(data: bytes, mark: bytes) -> bool:
    """Whether no byte of `data` was changed since it was sealed."""
    start = data.rfind(mark) + len(mark)
    told = data[start : start + len(ROOM)]
    return start >= len(mark) and digest(_with(data, mark, ROOM)).encode() == told


def _with(data: bytes, mark: bytes, value: str) -> bytes:
    start = data.rindex(mark) + len(mark)
    return data[:start] + value.encode() + data[start + len(value) :]
