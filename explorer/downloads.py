"""In: rows and where they come from. Out: the same as CSV or Parquet that says so itself. Pure.

A CSV begins with lines that begin with `#` (`read_csv(…, comment='#')` leaves them out); a Parquet file has them as key-value metadata,
each key beginning with `claimledger_`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

import pyarrow as pa

from explorer.labels import VERDICTS, day, instant
from ingest.read import Format, QueryResult, render

NOTE = "Rows say that somebody said it, not that it is true. Texts and quotes belong to their publishers."


def provenance(edition: Mapping[str, object], *, view: str, asked: Mapping[str, object], known: date | None = None) -> dict[str, str]:
    """What a file says of itself. `asked` are the filters, as they stand in the address."""
    return {
        "source": f"Claimledger, edition {edition['number']}, published {instant(edition['published_at'])}",  # type: ignore[arg-type]
        "verdict": VERDICTS.get(str(edition["verdict"]), str(edition["verdict"])),
        "as_known": f"{day(known)}, end of the day, UTC" if known else f"{instant(edition['known_at'])}",  # type: ignore[arg-type]
        "log_head_digest": str(edition["log_head_digest"]),
        "view": view,
        "filters": urlencode(sorted(asked.items()), doseq=True) or "none",
        "note": NOTE,
    }


def as_csv(table: pa.Table, told: Mapping[str, str]) -> bytes:
    """UTF-8, CRLF; cells that a spreadsheet would run as formulas are made harmless."""
    head = "".join(f"# {name}: {' '.join(value.split())}\r\n" for name, value in told.items())
    return head.encode() + _rendered(table, Format.CSV)


def as_parquet(table: pa.Table, told: Mapping[str, str]) -> bytes:
    return _rendered(table.replace_schema_metadata({f"claimledger_{name}": value for name, value in told.items()}), Format.PARQUET)


def _rendered(table: pa.Table, form: Format) -> bytes:
    out = io.BytesIO()
    render(QueryResult(table=table, is_cut=False, edition=0), form, out)
    return out.getvalue()
