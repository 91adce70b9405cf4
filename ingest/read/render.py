"""In: a query result. Out: the same as bytes: a table for people, CSV, a JSON array, Parquet.

CSV is what people open in a spreadsheet, so a text cell that a spreadsheet would take for a formula (beginning with = + - @ or a tab)
gets a leading apostrophe there, as OWASP advises; numbers stay as they are. JSON and Parquet give every text exactly.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.errors import Misuse
from ingest.read.query import QueryResult

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CELL_CHARS = 300  # a longer text would push the other columns off the screen; csv, json and parquet give all of it
_INT64 = 2**63
_MARKS = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " "),  # terminal escapes, line breaks, tabs
    **dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), None),  # marks that turn the writing direction
}


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def render(result: QueryResult, form: Format | str, out: BinaryIO, *, width: int | None = None) -> None:
    """Write `result` to `out`. `width` is that of the terminal in characters (table only; None: as wide as the rows need).

    Raises Misuse for a format or, in Parquet, a column type that does not exist.
    """
    match _format(form):
        case Format.TABLE:
            out.write(_table(result, width).encode())
        case Format.CSV:
            out.write(_csv(result.table).encode())
        case Format.JSON:
            out.write(_json(result.table))
        case Format.PARQUET:
            _parquet(result.table, out)


def inert(text: str) -> str:
    """Without anything a terminal would obey: control characters become spaces, direction marks vanish."""
    return text.translate(_MARKS)


def _format(form: Format | str) -> Format:
    try:
        return Format(form)
    except ValueError:
        raise Misuse(f"format {form!r} does not exist; choose one of: {', '.join(Format)}") from None


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _table(result: QueryResult, width: int | None) -> str:
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for field in result.table.schema:
        is_number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
        drawn.add_column(Text(inert(field.name)), justify="right" if is_number else "left", overflow="fold")
    for row in _rows(result.table):
        drawn.add_row(*(Text(_shown(value)) for value in row))  # Text, never markup: a title may hold [red]
    told = f"{result.table.num_rows} row{'' if result.table.num_rows == 1 else 's'}, edition {result.edition}"
    more = "; there are more: add LIMIT, or narrow it with WHERE" if result.is_cut else ""
    console = Console(
        file=io.StringIO(),
        width=width or 100_000,
        color_system=None,
        force_terminal=False,
        emoji=False,
        highlight=False,
    )
    with console.capture() as captured:
        console.print(drawn)
    body = "\n".join(line.rstrip() for line in captured.get().splitlines())
    return f"{body}\n({told}{more})\n"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        text = _instant(value).replace("T", " ")
    else:
        text = inert(value if isinstance(value, str) else str(_plain(value)))
    return text if len(text) <= CELL_CHARS else text[: CELL_CHARS - 1] + "…"


def _csv(table: pa.Table) -> str:
    """As in RFC 4180, but lines end with LF, as shells expect and every reader takes: comma, quotes doubled; UTF-8. NULL and the empty text
    are both an empty cell; JSON tells them apart."""
    rows = ([_cell(name) for name in table.column_names], *([_cell(value) for value in row] for row in _rows(table)))
    return "".join(_line(row) for row in rows)


def _line(cells: Sequence[object]) -> str:
    """The writer quotes the signs of its own line end alone, so it ends lines with both, and a cell may hold either."""
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\r\n").writerow(cells)
    return sink.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: object) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    plain = _plain(value)
    return orjson.dumps(plain, default=_plain).decode() if isinstance(plain, (list, dict, tuple)) else plain


def _json(table: pa.Table) -> bytes:
    """An array with one object per line, so that both `jq` and `grep` like it."""
    names = table.column_names
    lines = (orjson.dumps(dict(zip(names, map(_plain, row), strict=True)), default=_plain) for row in _rows(table))
    return b"[" + b",\n ".join(lines) + b"]\n"


def _plain(value: object) -> object:
    """A value that JSON has: instants and days as ISO 8601, big whole numbers as text, bytes as hex."""
    match value:
        case None | bool() | str() | float() | list() | dict():
            return value
        case int():
            return value if -_INT64 <= value < _INT64 else str(value)
        case Decimal():
            return _plain(int(value)) if value == value.to_integral_value() else float(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case tuple() if type(value) is tuple:
            return list(value)
        case _:
            return str(value)


def _instant(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parquet(table: pa.Table, out: BinaryIO) -> None:
    sink = io.BytesIO()
    try:
        pq.write_table(table, sink, compression="zstd")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        types: Sequence[str] = [f"{field.name} ({field.type})" for field in table.schema]
        raise Misuse(
            f"Parquet cannot hold one of these columns: {', '.join(types)} ({error}); cast it, for example CAST(x AS VARCHAR)"
        ) from error
    out.write(sink.getvalue())
