# ruff: noqa: S608  every name and type that goes into SQL here is our own: from this file or from warehouse/raw.sql
"""In: Arrow tables of the log. Out: one typed row per event in `raw`, and this load's statements in temporary tables, without quotes.

A payload is parsed once, by DuckDB, into the types of the columns it fills. What a payload must hold is thus written in one place,
`warehouse/raw.sql`; a missing key or a value of another type is an error.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import Halt
from ingest.events import VERSIONS, EventType, decode, encode
from ingest.ledger import Load
from ingest.load.database import BuildDatabase

ENVELOPE = ("stream", "position", "event_id", "occurred_at", "recorded_at", "known_at", "run_id")
PARENT = ("ordinal", "capture_id", "canonical_url", "text_digest")  # what a statement's row takes from its extraction
CUT = ("quote", "quote_prefix", "quote_suffix")  # what the archive adds
STATEMENTS = ("casualty_claims", "offers", "announcements")
REFUSED = {"reason": "VARCHAR", "detail": "VARCHAR"}
TABLES: Mapping[EventType, str] = {
    EventType.LEAD_FOUND: "lead_found",
    EventType.CAPTURE_TAKEN: "capture_taken",
    EventType.CAPTURE_FAILED: "capture_failed",
    EventType.ARTICLE_CLEANED: "article_cleaned",
    EventType.CAPTURE_REJECTED: "capture_rejected",
    EventType.STATEMENTS_EXTRACTED: "statements_extracted",
    EventType.ARTICLE_GONE: "article_gone",
    EventType.ARTICLE_WITHDRAWN: "article_withdrawn",
    EventType.STATEMENT_CORRECTED: "statement_corrected",
}  # the events of the stream `editions` tell of the ledger itself and fill no table


class EventLoader:
    """Takes in the events of one load, table by table. Positions must be those of the load's ranges, each once, in order."""

    def __init__(self, database: BuildDatabase, load: Load) -> None:
        self._database = database
        self._load = load
        self._next = {stream: first for stream, (first, _) in load.ranges.items()}
        self._inserts = {type_: self._insert_sql(type_, table) for type_, table in TABLES.items()}
        self._extraction = self._parsed(EventType.STATEMENTS_EXTRACTED, self._extraction_structure())
        for table in STATEMENTS:
            cut = ", ".join(CUT)
            self._run(f"CREATE OR REPLACE TEMP TABLE told_{table} AS SELECT * EXCLUDE ({cut}) FROM raw.{table} LIMIT 0")

    def take(self, table: pa.Table) -> None:
        """Raises Halt for a gap or a foreign stream, and for types and versions this code does not know."""
        self._count(table)
        table = newest_versions(table)
        with self._database.view("incoming", table):
            for type_ in sorted(pc.unique(table.column("type")).to_pylist()):
                self._take_type(EventType(type_))

    def finish(self) -> None:
        """Raises Halt when the log held less than the load says."""
        for stream, (_, end) in self._load.ranges.items():
            if self._next[stream] != end + 1:
                last, load = self._next[stream] - 1, self._load.position
                raise Halt(f"stream {stream} ends at {last}, load {load} goes to {end}; run: claimledger verify")

    def _count(self, table: pa.Table) -> None:
        streams = pc.unique(table.column("stream")).to_pylist()
        for stream in streams:
            positions = table.filter(pc.equal(table.column("stream"), stream)).column("position").to_pylist()
            first = self._next.get(stream, 0)
            is_next = first and positions == list(range(first, first + len(positions)))
            if not is_next or positions[-1] > self._load.ranges[stream][1]:
                raise Halt(
                    f"load {self._load.position}: stream {stream} gives positions {positions[0]} to {positions[-1]}, "
                    f"those from {first} to {self._load.ranges.get(stream, (0, 0))[1]} were expected; run: claimledger verify"
                )
            self._next[stream] += len(positions)

    def _take_type(self, type_: EventType) -> None:
        if type_ is EventType.STATEMENTS_EXTRACTED:
            self._run(f"CREATE OR REPLACE TEMP TABLE extracted AS {self._extraction}")
            self._run(f"INSERT INTO raw.statements_extracted BY NAME SELECT * EXCLUDE ({', '.join(STATEMENTS)}, rejections) FROM extracted")
            self._take_lists()
        elif type_ in self._inserts:
            self._run(self._inserts[type_])

    def _take_lists(self) -> None:
        kept = ", ".join((*ENVELOPE, *PARENT[1:]))
        for table in STATEMENTS:
            self._run(f"INSERT INTO told_{table} BY NAME {_unnested(kept, table)}")
        self._run(f"INSERT INTO raw.statement_rejections BY NAME SELECT *, 'extract' AS stage FROM ({_unnested(kept, 'rejections')})")

    def _insert_sql(self, type_: EventType, table: str) -> str:
        return f"INSERT INTO raw.{table} BY NAME {self._parsed(type_, self._payload_columns(table))}"

    def _parsed(self, type_: EventType, structure: object) -> str:
        envelope = ", ".join(column for column in ENVELOPE if column != "known_at")
        form = orjson.dumps(structure).decode()
        known_at = self._load.known_at.isoformat()
        return (
            f"SELECT * EXCLUDE (payload), unnest(payload) FROM (SELECT {envelope}, TIMESTAMPTZ '{known_at}' AS known_at, "
            f"from_json_strict(payload, '{form}') AS payload FROM incoming WHERE type = '{type_}')"
        )

    def _payload_columns(self, table: str, without: tuple[str, ...] = ()) -> dict[str, object]:
        """Payload key -> type; a list as DuckDB's JSON reader wants it told."""
        columns = self._database.columns(table).items()
        return {name: _json_type(type_) for name, type_ in columns if name not in (*ENVELOPE, *without)}

    def _extraction_structure(self) -> dict[str, object]:
        lists: dict[str, object] = {table: [self._payload_columns(table, (*PARENT, *CUT))] for table in STATEMENTS}
        return {**self._payload_columns("statements_extracted"), **lists, "rejections": [REFUSED]}

    def _run(self, sql: str) -> None:
        self._database.run(sql)


def _json_type(type_: str) -> object:
    if type_.endswith("[]"):
        return [_json_type(type_.removesuffix("[]"))]
    return "TIMESTAMPTZ" if type_ == "TIMESTAMP WITH TIME ZONE" else type_


def _unnested(kept: str, column: str) -> str:
    return (
        f"SELECT * EXCLUDE (item), unnest(item) FROM "
        f"(SELECT {kept}, unnest({column}) AS item, generate_subscripts({column}, 1)::INTEGER AS ordinal FROM extracted)"
    )


def newest_versions(table: pa.Table) -> pa.Table:
    """The same events with every payload as the newest version of its type has it. Only older rows are decoded one by one."""
    versions, types = table.column("version").to_pylist(), table.column("type").to_pylist()
    newest: Mapping[str, int] = {type_.value: version for type_, version in VERSIONS.items()}
    old = [row for row, (type_, version) in enumerate(zip(types, versions, strict=True)) if newest.get(type_) != version]
    if not old:
        return table
    payloads = table.column("payload").to_pylist()
    for row in old:
        payloads[row] = encode(decode(types[row], versions[row], payloads[row])[1]).decode()
    return table.set_column(table.schema.get_field_index("payload"), "payload", pa.array(payloads, pa.string()))
