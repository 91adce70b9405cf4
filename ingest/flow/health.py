"""In: a home. Out: how it is: edition and age, what waits per source, quiet sources, disk."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest import editions as layout
from ingest import read
from ingest.clean import CLEANER_VERSION
from ingest.flow.house import EDITIONS, House, now
from ingest.flow.loading import loads
from ingest.flow.stages import extractor_of
from ingest.pending import summary
from ingest.sources import read_sources

QUIET = """
SELECT source FROM source_days
WHERE day_on > (SELECT max(day_on) FROM source_days) - 7
QUALIFY row_number() OVER (PARTITION BY source ORDER BY day_on DESC) = 1 AND is_quiet
ORDER BY source
"""


def status(house: House) -> dict[str, Any]:
    """Everything `claimledger status` tells."""
    sources, errors = read_sources(house.settings.sources)
    covered = {stream: last for load in loads(house) for stream, (_, last) in load.ranges.items()}
    streams = [s for s in house.log.streams() if s != EDITIONS]
    return {
        "home": str(house.home),
        "kind": "demo" if house.settings.allow_loopback else "live",
        "edition": _edition(house.home),
        "sources": {source.slug: _source(house, source) for source in sources if source.slug in streams},
        "never_visited": [source.slug for source in sources if source.enabled and source.slug not in streams],
        "quiet_sources": _quiet(house.home),
        "source_errors": [str(error) for error in errors],
        "unloaded": {s: n for s in streams if (n := house.log.head(s).position - covered.get(s, 0))},
        "last_load_at": max((load.known_at for load in loads(house)), default=None),
        "disk": _disk(house.home),
    }


def _edition(home: Path) -> dict[str, Any] | None:
    edition = layout.current_edition(home)
    if edition is None:
        return None
    age: datetime = edition.facts.published_at
    return {
        "number": edition.number,
        "published_at": age,
        "age_hours": (now() - age).total_seconds() / 3600,
        "verdict": edition.verdict,
        "rows": {name: content.rows for name, content in edition.tables.items()},
    }


def _source(house: House, source: Any) -> dict[str, Any]:
    told = summary(house.state(source.slug), CLEANER_VERSION, *extractor_of(source))
    return {"last_success_at": told.pop("last_success_at"), "pending": told}


def _quiet(home: Path) -> list[str]:
    """Sources whose last visited day brought nothing although they used to, as the current edition says."""
    if layout.current_number(home) is None:
        return []
    return [str(row["source"]) for row in read.ask(home, QUIET).table.to_pylist()]


def _disk(home: Path) -> dict[str, int]:
    used = sum(path.stat().st_size for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    return {"used_mb": used // 1_000_000, "free_mb": shutil.disk_usage(home).free // 1_000_000}
