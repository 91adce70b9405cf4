"""In: an official series of loss figures (JSON or CSV) and its `table` key. Out: one canonical line per date, and the claims of a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from ingest.records import ArticleText, Basis, CasualtyClaim, Extraction, Qualifier, Rejection, RejectionReason, Span
from ingest.sources import Column, Table

EXTRACTOR = "table"
EXTRACTOR_VERSION = "1.0.0"
QUOTE_CHARS = 400
MAX_ROWS = 100_000  # a row a day: 270 years
_WORDS = {  # what series write beside a figure -> how the canonical line says it
    "about": "about",
    "~": "about",
    "approximately": "about",
    "more": "more than",
    "more than": "more than",
    ">": "more than",
    "less": "up to",
    "up to": "up to",
    "<": "up to",
}
_PLAIN = frozenset({"", "exact", "exactly", "="})
_QUALIFIERS = {"about": Qualifier.ABOUT, "more than": Qualifier.AT_LEAST, "up to": Qualifier.UP_TO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One date of a series as an article: `text` is the canonical line."""

    on: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be read; `detail` is one line for people."""

    detail: str


def read_table(body: bytes, table: Table) -> Iterator[Line | BadRow]:
    """The rows of a JSON array of objects or a CSV with a header, in their order. A body that is neither is one BadRow."""
    try:
        rows = _rows(body)
    except (ValueError, csv.Error) as error:
        yield BadRow(detail=f"neither a JSON array of objects nor a CSV with a header: {error}")
        return
    if len(rows) > MAX_ROWS:
        yield BadRow(detail=f"the table has {len(rows)} rows; at most {MAX_ROWS}, one per day, were expected")
        return
    for number, row in enumerate(rows, start=1):
        yield _line(number, row, table)


def _rows(body: bytes) -> list[Mapping[str, object]]:
    text = body.decode("utf-8-sig")
    if text.lstrip()[:1] in "[{":
        data = orjson.loads(text)
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise ValueError("the JSON is no array of objects")
        return data
    reader = csv.DictReader(io.StringIO(text))
    if not reader.fieldnames or len(reader.fieldnames) < 2:
        raise ValueError("the first line is no header of at least two columns")
    return list(reader)


def _line(number: int, row: Mapping[str, object], table: Table) -> Line | BadRow:
    stated = row.get(table.date)
    try:
        on = _day(stated)
        parts = [part for name, column in table.columns.items() if (part := _part(name, row, column))]
    except ValueError as error:
        return BadRow(detail=f"row {number} ({table.date}: {stated!r:.40}): {error}; expected a date YYYY-MM-DD and whole numbers")
    if not parts:
        return BadRow(detail=f"row {number} ({on}): none of the columns {', '.join(table.columns)} is filled")
    return Line(on=on, text=f"{on.isoformat()}: {'; '.join(parts)}")


def _day(stated: object) -> date:
    """A day, or an instant that begins with one."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)([T ].*)?", str(stated).strip(), re.ASCII)
    if not found:
        raise ValueError("no day")
    return date.fromisoformat(found[1])


def _part(name: str, row: Mapping[str, object], column: Column) -> str | None:
    value = row.get(name)
    if value is None or str(value).strip() == "":
        return None
    said = str(row.get(column.qualifier) or "").strip().lower() if column.qualifier else ""
    if said not in _WORDS and said not in _PLAIN:
        raise ValueError(f"column {column.qualifier!r} says {said!r:.40}, which is none of {', '.join(_WORDS)}")
    return " ".join(filter(None, (name, _WORDS.get(said), str(_whole(name, value)))))


def _whole(name: str, value: object) -> int:
    """1234, 1234.0, "1,234", "1 234": never 1.5, and never 15 for "1,5"."""
    text = re.sub(r"[,\s]", "", text) if re.fullmatch(r"\d{1,3}([,\s]\d{3})+", text := str(value).strip()) else text
    found = re.fullmatch(r"(\d{1,12})(\.0*)?", text, re.ASCII)
    if not found or isinstance(value, bool):
        raise ValueError(f"column {name!r} holds {value!r:.40}")
    return int(found[1])


def line_claims(article: ArticleText, table: Table) -> Extraction:
    """The claims of one canonical line. A zero is no claim. The quote is the line, or the figure's own part of a very long line."""
    head, _, rest = article.text.partition(": ")
    try:
        on = date.fromisoformat(head)
    except ValueError:
        return Extraction(rejections=(Rejection(reason=RejectionReason.BAD_RECORD, detail=f"no canonical line: {article.text[:80]!r}"),))
    claims: list[CasualtyClaim] = []
    refused: list[Rejection] = []
    start = len(head) + 2
    for part in rest.split("; "):
        found = _claim(part, start, len(article.text), on, table)
        if isinstance(found, Rejection):
            refused.append(found)
        elif found is not None:
            claims.append(found)
        start += len(part) + 2
    return Extraction(casualty_claims=tuple(claims), rejections=tuple(refused))


def _claim(part: str, start: int, line_chars: int, on: date, table: Table) -> CasualtyClaim | Rejection | None:
    label, _, digits = part.rpartition(" ")
    said = next((word for word in _QUALIFIERS if label.endswith(" " + word)), None)
    column = table.columns.get(label.removesuffix(f" {said}") if said else label)
    if column is None or not digits.isdigit():
        known = ", ".join(table.columns)
        return Rejection(
            reason=RejectionReason.BAD_RECORD, detail=f"{part!r:.80} is no column of the source and a number; columns: {known}"
        )
    if int(digits) == 0:
        return None
    number, qualifier = int(digits), _QUALIFIERS[said] if said else Qualifier.EXACT
    span = (0, line_chars) if line_chars <= QUOTE_CHARS else (start, start + len(part))
    return CasualtyClaim(
        span=Span(char_start=span[0], char_end=span[1], sentence_start=0, sentence_end=line_chars),
        rule="table",
        claimed_on=on,
        claimant=table.claimant,
        claimant_party=table.claimant_party,
        party=table.party,
        population=table.population,
        measure=column.measure,
        category=column.category,
        subject=column.subject,
        is_subset=column.subject is not None,
        place=None,
        low=None if qualifier is Qualifier.UP_TO else number,
        high=None if qualifier is Qualifier.AT_LEAST else number,
        qualifier=qualifier,
        period=table.period,
        as_of=on,
        as_of_basis=Basis.STATED,
    )
