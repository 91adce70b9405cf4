"""In: the lexicon files beside this module. Out: phrase tables for the tagger. Each file is read once."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ingest.extract.tokens import Token, tokenize

Row = tuple[str, ...]


class Entry(NamedTuple):
    """One lexicon line: which file it stands in and its columns."""

    lexicon: str
    row: Row


_WORD = re.compile(r"[^\W\d_]+")
Table = dict[str, list[tuple[tuple[str, ...], Entry]]]

# name -> columns; the order is also the order of preference when two lexicons hold the same phrase
SCHEMAS: dict[str, tuple[str, ...]] = {
    "actors": ("name", "party", "kind", "year_from", "year_to"),
    "places": ("name", "party"),
    "equipment": ("noun", "category", "subject"),
    "persons": ("noun", "population", "subject"),
    "verbs": ("form", "voice", "people", "equipment"),
    "qualifiers": ("phrase", "qualifier"),
    "currencies": ("form", "code"),
    "local_currencies": ("country", "unit", "code"),
    "speech": ("form", "sense"),
    "acts": ("form", "strength"),
    "topics": ("stem", "topic", "rank"),
    "offer_terms": ("stem", "field", "value"),
    "conflict": ("stem", "sense"),
    "roles": ("word", "kind"),
    "bodies": ("phrase",),
    "wars": ("side", "opponent", "voice"),
    "counters": ("name", "counts"),
    "rivals": ("one", "other"),
    "makes": ("model", "party"),
}


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Lines of one lexicon without its header, columns in the order of `SCHEMAS`."""
    text = files("ingest.extract").joinpath("lexicon", f"{name}.tsv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    if tuple(header.split("\t")) != SCHEMAS[name]:
        raise ValueError(f"lexicon {name}.tsv starts with {header!r}; expected the columns {', '.join(SCHEMAS[name])}")
    return tuple(tuple(line.split("\t")) for line in lines)


@cache
def table(*names: str) -> Table:
    """Phrases of these lexicons by their first token, longest first, earlier lexicons first."""
    found: Table = {}
    for name in names:
        for row in rows(name):
            words = tuple(token.lower for token in tokenize(row[0]))
            found.setdefault(words[0], []).append((words, Entry(name, row)))
    for phrases in found.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return found


def longest(phrases: Table, tokens: list[Token], index: int) -> tuple[Entry, int] | None:
    """The longest phrase at `tokens[index]` and the index after it. Names (actors, places) need a capital where the lexicon has one."""
    found = phrases.get(tokens[index].lower)
    if found is None:
        return None
    second = tokens[index + 1].lower if index + 1 < len(tokens) else ""
    for words, entry in found:
        stop = index + len(words)
        if len(words) > 1 and (words[1] != second or (len(words) > 2 and tuple(token.lower for token in tokens[index:stop]) != words)):
            continue
        if entry.lexicon in ("actors", "places") and not _same_case(entry.row[0], tokens, index, stop):
            continue
        return entry, stop
    return None


def _same_case(name: str, tokens: list[Token], index: int, stop: int) -> bool:
    """'US' is a country and 'us' is not; 'al-Qaeda' begins small."""
    first, last = tokens[index].text, tokens[stop - 1].text
    if name.isupper() and len(name) <= 5:
        return first.isupper()
    return first[0].isupper() == name[0].isupper() and (stop - index == 1 or last[0].isupper() or not name.split()[-1][0].isupper())


@cache
def stems(name: str, column: int = -1, value: str = "") -> re.Pattern[str]:
    """One expression for the beginnings of words in a lexicon, longest first ("bill$": the whole word only), for text in lower case;
    with `column`, of the lines that hold `value` there."""
    return re.compile(r"\b" + _trie([row[0] for row in rows(name) if column < 0 or row[column] == value]))


def _trie(stems: list[str]) -> str:
    """An expression that branches letter by letter, so that a word is compared with the stems of its own beginning only."""
    branches: dict[str, list[str]] = {}
    for stem in stems:
        if stem not in ("", "$"):
            branches.setdefault(stem[0], []).append(stem[1:])
    if not branches:
        return r"\b" if "" not in stems else ""
    forms = [re.escape(letter) + _trie(rest) for letter, rest in sorted(branches.items())]
    if "" in stems:
        return "(?:" + "|".join(forms) + ")?"
    if "$" in stems:
        forms.append(r"\b")
    return forms[0] if len(forms) == 1 else "(?:" + "|".join(forms) + ")"


def stem_row(name: str, found: str) -> Row:
    """The line of the stem that `stems` found."""
    lines = by_first(name)
    return lines.get(found) or lines[f"{found}$"]


@cache
def by_first(name: str) -> dict[str, Row]:
    """Lines of a lexicon by their first column."""
    return {row[0]: row for row in rows(name)}


class Openings(NamedTuple):
    """The letters-only words that the phrases of some lexicons begin with: those of one word, and the others with their second words."""

    alone: frozenset[str]
    joined: dict[str, frozenset[str]]

    def may_stand_in(self, words: frozenset[str]) -> bool:
        """Without this, no phrase stands in a text of these words (lower case)."""
        return not self.alone.isdisjoint(words) or any(not self.joined[word].isdisjoint(words) for word in words & self.joined.keys())


@cache
def openings(name: str, column: int = -1, values: frozenset[str] = frozenset()) -> Openings:
    """How the phrases of a lexicon begin; with `column`, those of the lines that hold one of `values` there."""
    spelled = [_WORD.findall(row[0].lower()) for row in rows(name) if column < 0 or row[column] in values]
    joined: dict[str, set[str]] = {}
    for words in spelled:
        if len(words) > 1:
            joined.setdefault(words[0], set()).add(words[1])
    return Openings(frozenset(words[0] for words in spelled if len(words) == 1), {first: frozenset(s) for first, s in joined.items()})


@cache
def surnames() -> dict[str, tuple[Row, ...]]:
    """Last word of a known person's name -> the actor rows that bear it."""
    found: dict[str, tuple[Row, ...]] = {}
    for row in rows("actors"):
        if row[2] == "person":
            last = row[0].split()[-1]
            found[last] = (*found.get(last, ()), row)
    return found
