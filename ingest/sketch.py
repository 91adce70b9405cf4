"""In: a text. Out: its near-copy sketch, a few hundred small integers; two sketches tell how much of one text stands in the other.

Fractional min-hashing of three-word shingles (Broder 1997; the fixed fraction as in Irber et al. 2022, "FracMinHash"): every shingle is
hashed, the lowest quarter of the hash range is kept. Unlike bottom-k signatures this estimates *containment*, which is what wire copies
keep when an outlet cuts the tail or writes a lede of its own. The hash is written out here, never taken from a library: stored sketches
must mean the same in every year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
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
OUTLINE_BITS = 2_048  # of texts up to some 4,000 words an outline tells unrelated ones apart; longer ones only cost the comparison
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


@dataclass(frozen=True, slots=True)
class Sketches:
    """Many sketches end to end: number `n` is `values[starts[n]:starts[n + 1]]`."""

    values: NDArray[np.uint32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, sketches: Iterable[tuple[int, ...]]) -> Sketches:
        arrays = [np.array(one, dtype=np.uint32) for one in sketches]
        starts = np.cumsum([0, *map(len, arrays)])
        return cls(np.concatenate([np.empty(0, np.uint32), *arrays]), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> NDArray[np.uint32]:
        return self.values[self.starts[number] : self.starts[number + 1]]

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    def outlines(self) -> Outlines:
        """One bit a hash, by its lowest bits."""
        bits = np.zeros((len(self), OUTLINE_BITS // 8), dtype=np.uint8)
        places = self.values % OUTLINE_BITS
        rows = np.repeat(np.arange(len(self)), self.sizes)
        np.bitwise_or.at(bits, (rows, places >> 3), (1 << (places & 7)).astype(np.uint8))
        words = bits.view(np.uint64)
        last = np.append(self.values, np.uint32(0))[self.starts[1:] - 1]  # of an empty one another's, which costs a comparison at most
        return Outlines(words, self.sizes, self.sizes - np.bitwise_count(words).sum(axis=1, dtype=np.int64), last >= CUT)


@dataclass(frozen=True, slots=True)
class Outlines:
    """What is quick to compare of many sketches: the bits, how many hashes, how many of them share a bit with another, which are whole."""

    words: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    lost: NDArray[np.int64]
    is_whole: NDArray[np.bool_]

    def most(self, mine: NDArray[np.int64], other: Outlines, theirs: NDArray[np.int64]) -> NDArray[np.float64]:
        """For each pair of numbers the most that `containment` can be: a common hash is a common bit, but for those that share one."""
        common = np.bitwise_count(self.words[mine] & other.words[theirs]).sum(axis=1, dtype=np.int64)
        common += np.minimum(self.lost[mine], other.lost[theirs])
        share = common / np.maximum(np.minimum(self.sizes[mine], other.sizes[theirs]), 1)
        return np.where(self.is_whole[mine] | other.is_whole[theirs], 1.0, share)


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
