"""In: a text. Out: its near-copy sketch, a few hundred small integers; two sketches tell how much of one text stands in the other.

Fractional min-hashing of three-word shingles (Broder 1997; the fixed fraction as in Irber et al. 2022, "FracMinHash"): every shingle is
hashed, the lowest quarter of the hash range is kept. Unlike bottom-k signatures this estimates *containment*, which is what wire copies
keep when an outlet cuts the tail or writes a lede of its own. The hash is written out here, never taken from a library: stored sketches
must mean the same in every year.
"""

from __future__ import annotations

import re
from unicodedata import normalize
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS = 3
MAX_WORDS = 20_000  # the longest of 257 real articles has a third of this; bounds time and the size of the event
SMALL_WORDS = 12  # a quarter of fewer shingles than this is often nothing, so short texts keep all
CUT = 1 << 30  # a kept hash stands in the lowest quarter of 32 bits; only short texts hold greater ones

# Han and kana have no spaces between words: there each character counts as a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_SEED = np.uint64(0x9E3779B97F4A7C15)  # splitmix64 (Steele, Lea, Flood 2014): increment and both multipliers
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = (np.uint64(bits) for bits in (30, 27, 31, 32))


def words(text: str) -> list[str]:
    """The first MAX_WORDS words, casefolded, without punctuation."""
    plain = text if text.isascii() else normalize("NFC", text)
    found = _WORD.findall(plain[: MAX_WORDS * 40].casefold())
    return found[:MAX_WORDS]


def sketch(text: str) -> tuple[int, ...]:
    """The sketch of `text`: unsigned 32-bit integers, ascending, unique; empty for a text without words."""
    found = words(text)
    if not found:
        return ()
    marks = np.array([crc32(word.encode("utf-8", "replace")) for word in found], dtype=np.uint64)
    tops = _shingle_hashes(marks) >> _32
    if len(found) >= SMALL_WORDS:
        tops = tops[tops < CUT]
    return tuple(np.unique(tops).tolist())


def containment(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Share of the smaller sketch that stands in the other, 0 to 1; 0 when either is empty.

    A short text keeps all its hashes, a long one a quarter: between the two only that quarter is compared.
    """
    if _is_whole(a) != _is_whole(b):
        a, b = tuple(h for h in a if h < CUT), tuple(h for h in b if h < CUT)
    smaller = min(len(a), len(b))
    return len(set(a).intersection(b)) / smaller if smaller else 0.0


def _is_whole(hashes: tuple[int, ...]) -> bool:
    return bool(hashes) and hashes[-1] >= CUT


def _shingle_hashes(marks: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One 64-bit hash per shingle of consecutive words; a text of fewer words than a shingle is one shingle."""
    size = min(SHINGLE_WORDS, len(marks))
    count = len(marks) - size + 1
    state = np.full(count, _SEED, dtype=np.uint64)
    for place in range(size):
        state = _mix(state ^ marks[place : place + count])
    return state


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64, with its increment; unsigned overflow wraps by design."""
    state = state + _SEED
    state = (state ^ (state >> _30)) * _MIX_1
    state = (state ^ (state >> _27)) * _MIX_2
    return state ^ (state >> _31)
