"""In: what an address says of a filter. Out: its value, or what would have been right; and the other way round. Pure.

An address holds the codes of the tables (`parties=UA`, `measure=killed`, `since=2022-03-04`), never the words that are shown for them: the
words may change, the codes do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Protocol

from explorer.labels import day

SHOWN = 6  # so many right values a message tells
_FLAGS = {"true": True, "false": False}


class Kind(Protocol):
    """What a filter may be set to."""

    def read(self, text: str) -> Any:
        """The value. Raises ValueError for a text that names none."""
        ...

    def write(self, value: Any) -> str: ...

    def right(self, wrong: str, /) -> str:
        """What would have been right instead of `wrong`."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options; their codes are what `str` makes of them."""

    options: Sequence[Any]
    names: Callable[[Any], str] = str

    def read(self, text: str) -> Any:
        for option in self.options:
            if str(option) == text:
                return option
        raise ValueError(text)

    def write(self, value: Any) -> str:
        return str(value)

    def right(self, wrong: str, /) -> str:
        if not self.options:
            return "there is nothing to choose from here"
        ordered = sorted(self.options, key=lambda option: not self._is_near(option, wrong))
        told = ", ".join(self._told(option) for option in ordered[:SHOWN])
        return f"{told}; the filter lists {len(self.options)}" if len(self.options) > SHOWN else told

    def _is_near(self, option: Any, wrong: str) -> bool:
        known = (str(option).casefold(), self.names(option).casefold())
        return bool(get_close_matches(wrong.casefold(), known, n=1))

    def _told(self, option: Any) -> str:
        code, name = str(option), self.names(option)
        return code if code == name else f"{code} ({name})"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a span, both ends included."""

    first: date
    last: date

    def read(self, text: str) -> date:
        value = date.fromisoformat(text)
        if not self.first <= value <= self.last:
            raise ValueError(text)
        return value

    def write(self, value: date) -> str:
        return value.isoformat()

    def right(self, _: str, /) -> str:
        return f"a day from {self.first.isoformat()} ({day(self.first)}) to {self.last.isoformat()} ({day(self.last)})"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of a span, both ends included; `most` None: without end."""

    least: int
    most: int | None = None

    def read(self, text: str) -> int:
        value = int(text)
        if value < self.least or (self.most is not None and value > self.most):
            raise ValueError(text)
        return value

    def write(self, value: int) -> str:
        return str(value)

    def right(self, _: str, /) -> str:
        return f"a whole number from {self.least}" + ("" if self.most is None else f" to {self.most}")


@dataclass(frozen=True, slots=True)
class Flag:
    """On or off."""

    def read(self, text: str) -> bool:
        if text not in _FLAGS:
            raise ValueError(text)
        return _FLAGS[text]

    def write(self, value: bool) -> str:
        return "true" if value else "false"

    def right(self, _: str, /) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class Text:
    """Anything, up to a length in characters."""

    most: int = 200

    def read(self, text: str) -> str:
        if len(text) > self.most:
            raise ValueError(text)
        return text

    def write(self, value: str) -> str:
        return value

    def right(self, _: str, /) -> str:
        return f"a text of at most {self.most:,} characters"


def read(kind: Kind, given: Sequence[str]) -> tuple[list[Any], list[str]]:
    """The values that the texts name, each once, and the texts that name none. An empty text names nothing and is not wrong: it empties
    a filter that would else be set."""
    values, wrong = [], []
    for text in dict.fromkeys(given):
        try:
            if text:
                values.append(kind.read(text))
        except ValueError:
            wrong.append(text)
    return values, wrong


def complaint(name: str, wrong: str, kind: Kind) -> str:
    """What was received and what would have been right."""
    return f"The address asks for {name}={_short(wrong)}, which names nothing here and was left out. Right would be: {kind.right(wrong)}."


def unknown(name: str, takes: Sequence[str]) -> str:
    """The same for the name of a filter."""
    told = f"It takes: {', '.join(takes)}." if takes else "It takes none."
    return f"The address sets {_short(name)}, which this page does not have and which was left out. {told}"


def _short(text: str) -> str:
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
