"""In: two editions of a home. Out: what happened to statements between them; per table, the rows only one has and those that changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.editions import EDITION_TABLE, KEYS, read_edition
from ingest.publish import tables
from ingest.publish.tables import Shape, literal, quoted

_HAPPENED = """
WITH told AS (
    SELECT DISTINCT statement_id, CASE reason WHEN 'extracted' THEN 'new' ELSE reason END AS what
    FROM statement_history WHERE valid_from_at > $after AND valid_from_at <= $until
)
SELECT what, count(*), list(statement_id ORDER BY statement_id)[1:$samples] FROM told GROUP BY what
ORDER BY list_position(['new', 'revised', 're-cleaned', 're-extracted', 'corrected', 'rejected', 'gone', 'withdrawn'], what)
"""
_SIDES = {"only_a": "b.k IS NULL", "only_b": "a.k IS NULL", "changed": "a.h <> b.h"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """Counts, and up to `samples` keys of each kind as JSON. A table that only one edition has counts all its rows there."""

    table: str
    only_a: int
    only_b: int
    changed: int
    only_a_keys: tuple[str, ...] = ()
    only_b_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return not (self.only_a or self.only_b or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChange:
    """Statements to which one thing happened (`new`, else a reason of the histories), counted once each; up to `samples` ids."""

    what: str
    statements: int
    ids: tuple[str, ...]


def happened(home: Path, a: int, b: int, *, samples: int = 5) -> tuple[StatementChange, ...]:
    """What came to statements after the earlier of the two editions was known and until the later one was, as that one's histories tell it.

    Nothing where the later edition is of before histories were kept. Raises Misuse when an edition is not there.
    """
    earlier, later = sorted((read_edition(home, a), read_edition(home, b)), key=lambda edition: edition.facts.known_at)
    if "casualty_claim_history" not in later.tables:
        return ()
    with tables.opened(later=later.database) as connection:
        connection.execute("USE later")
        found = connection.execute(
            _HAPPENED, {"after": earlier.facts.known_at, "until": later.facts.known_at, "samples": samples}
        ).fetchall()
    return tuple(StatementChange(what=what, statements=count, ids=tuple(ids)) for what, count, ids in found)


def diff(home: Path, a: int, b: int, *, samples: int = 5) -> tuple[TableDiff, ...]:
    """Every table of either edition but `edition`, by name. Raises Misuse when an edition is not there."""
    files = {"a": read_edition(home, a).database, "b": read_edition(home, b).database}
    with tables.opened(**files) as connection:
        shapes_a, shapes_b = ({s.name: s for s in tables.shapes(connection, side)} for side in ("a", "b"))
        names = sorted({*shapes_a, *shapes_b} - {EDITION_TABLE})
        return tuple(_table_diff(connection, name, shapes_a.get(name), shapes_b.get(name), samples) for name in names)


def _table_diff(connection: duckdb.DuckDBPyConnection, name: str, a: Shape | None, b: Shape | None, samples: int) -> TableDiff:
    rows = f"WITH a AS ({_rows('a', name, a)}), b AS ({_rows('b', name, b)})"
    both = "FROM a FULL JOIN b ON a.k = b.k"
    counted = ", ".join(f"count(*) FILTER ({condition})" for condition in _SIDES.values())
    found = connection.execute(f"{rows} SELECT {counted} {both}").fetchone() or (0, 0, 0)
    keys = [
        tuple(
            row[0]
            for row in connection.execute(
                f"{rows} SELECT coalesce(a.k, b.k) AS k {both} WHERE {where} ORDER BY k LIMIT {samples}"
            ).fetchall()
        )
        for where in _SIDES.values()
    ]
    return TableDiff(
        table=name,
        only_a=found[0],
        only_b=found[1],
        changed=found[2],
        only_a_keys=keys[0],
        only_b_keys=keys[1],
        changed_keys=keys[2],
    )


def _rows(side: str, name: str, shape: Shape | None) -> str:
    """A query of (k, h): the key as JSON and the hash of the row. Without a key the row is its own, numbered among its equals."""
    if shape is None:
        return "SELECT NULL::VARCHAR AS k, NULL::VARCHAR AS h WHERE false"
    place = f"{side}.main.{quoted(name)} AS r"
    row = "CAST(to_json(r) AS VARCHAR)"
    keys = KEYS.get(name, ())
    if keys and {c.name for c in shape.columns}.issuperset(keys):
        packed = ", ".join(f"{literal(key)}, r.{quoted(key)}" for key in keys)
        return f"SELECT CAST(json_object({packed}) AS VARCHAR) AS k, sha256({row}) AS h FROM {place}"  # noqa: S608  our own quoted names
    return f"SELECT {row} || ' #' || row_number() OVER (PARTITION BY {row}) AS k, sha256({row}) AS h FROM {place}"  # noqa: S608  our own quoted names
