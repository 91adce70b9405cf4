"""In: generated events. Out: events a second appended to the log in batches of 1,000, and loaded into DuckDB with 1 KB payloads."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.common import ROUNDS, calibrate, figure, median, seconds
from ingest.events import Event, EventType
from ingest.flow.intake import take_in
from ingest.ids import content_id, digest
from ingest.ledger import Load
from ingest.load import open_build
from ingest.log import Log
from ingest.storage import LocalStorage

AT = datetime(2026, 1, 1, tzinfo=UTC)
BATCHES, BATCH = 50, 1_000


def capture(number: int, padding: str) -> Event:
    payload = {
        "url": f"https://outlet.example/news/{number}-{padding}",
        "final_url": f"https://outlet.example/news/{number}-{padding}",
        "role": "article",
        "status": 200,
        "is_unchanged": False,
        "content_type": "text/html",
        "charset": "utf-8",
        "etag": content_id("etag", str(number)),
        "last_modified": None,
        "body_digest": digest(str(number).encode()),
        "body_bytes": 200_000,
        "warc_file": "archive/outlet/2026/20260101T000000Z-0123456789abcdef.warc.gz",
        "warc_offset": number * 60_000,
        "warc_bytes": 60_000,
    }
    return Event(type=EventType.CAPTURE_TAKEN, occurred_at=AT, payload=payload)


def append(root: Path, batches: list[list[Event]]) -> Log:
    log = Log(LocalStorage(root))
    for batch in batches:
        log.append("outlet", batch, recorded_at=AT, run_id="bench")
    return log


def load(log: Log, path: Path) -> None:
    one = Load(position=1, known_at=AT, ranges={"outlet": (1, log.head("outlet").position)})
    with open_build(path) as database:
        take_in(database, one, log.tables("outlet"), [])


def main() -> None:
    """Print both figures."""
    batches = [[capture(number * BATCH + i, "x" * 300) for i in range(BATCH)] for number in range(BATCHES)]
    events = BATCHES * BATCH
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        rounds = iter(range(100))
        append(root / "warm", batches[:1])
        print(f"calibration loop {calibrate():.3f} s")
        taken = median(lambda: append(root / str(next(rounds)), batches))
        figure("log append, batches of 1,000", events / taken, "events/s", 50_000, at_most=False)
        log = append(root / "load", batches)
        payload = len(next(log.tables("outlet")).column("payload")[0].as_py())
        times = sorted(seconds(lambda: load(log, root / f"{next(rounds)}.duckdb")) for _ in range(ROUNDS))
        figure(f"load into DuckDB, payloads of {payload} bytes", events / times[ROUNDS // 2], "events/s", 60_000, at_most=False)


if __name__ == "__main__":
    main()
