"""In: a pure function of a word, or a test of one. Out: what it gives, kept for the words seen: bounded, as quick as a dict."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MOST = 100_000  # words: those of a language
T = TypeVar("T")


class Memo(dict[str, T]):
    """`memo[word]` is what the function gives for the word. Forgets all when full; `lru_cache`, which keeps an order, takes twice
    the time."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> T:
        if len(self) >= MOST:
            self.clear()
        value = self[word] = self._function(word)
        return value


class Judged:
    """The words for which a test holds, told by operations on whole sets of words."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self._holds = holds
        self._known: tuple[set[str], set[str]] = (set(), set())  # seen, and those of them for which it holds

    def among(self, words: frozenset[str]) -> frozenset[str]:
        """Those of `words` for which the test holds."""
        seen, held = self._known
        new = words - seen
        if new:
            if len(seen) >= MOST:
                (seen, held), new = (set(), set()), words
                self._known = (seen, held)
            held.update(filter(self._holds, new))
            seen.update(new)
        return words & held
