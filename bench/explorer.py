"""In: sizes of a made-up history in articles. Out: the export at the smallest; first page, filters and memory at the largest.

`python -m bench.explorer 4000 96000` makes about 12,000 and 300,000 claims; without sizes 2,000 and 6,000. What Streamlit does
on the server is in the figures, what the browser does is not.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.common import calibrate, figure, seconds
from bench.press import Press
from bench.scale import NIGHT, apart, build, grow, told
from ingest import read

ROOT = Path(__file__).resolve().parent.parent
SMALL = (2_000, 6_000)
TURNS = 3
FIRST_SECONDS, FILTER_MS, EXPORT_SECONDS, EXPORT_ENTRIES = 1.5, 500.0, 60.0, 10_000
KNOWN = object()  # a day on which the ledger knew less
FILTERS: dict[str, list[dict[str, Any]]] = {
    "": [
        {"kinds": ["offer"]},
        {"parties": 0},
        {"speakers": 0},
        {"sources": 0},
        {"measures": 0},
        {"topics": 0},
        {"text": "tank"},
        {"at_least": 2},
        {"known": KNOWN},
        {"p": 3},
    ],
    "compare": [{"measure": 1}, {"parties": 0}, {"population": 0}, {"known": KNOWN}],
    "offers": [{"parties": 0}, {"actions": 0}],
}


def export(home: Path, folder: Path) -> tuple[float, int]:
    """Seconds of an export and its entries."""
    from explorer import site

    reader = read.current_reader(home)
    written: dict[str, int] = {}
    taken = seconds(lambda: written.update(site.export(reader, folder)))
    return taken, written["entries"]


def pages(home: Path) -> tuple[float, dict[str, float], float]:
    """Seconds of the first page in a new process, milliseconds of each filter (median of 3), peak memory in GB."""
    from streamlit.testing.v1 import AppTest

    import explorer.shell  # noqa: F401  a server has imported its libraries before anybody comes

    os.environ["CLAIMLEDGER_HOME"] = str(home)
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=300)
    known_on = read.current_reader(home).edition.facts.known_at.date()
    first = seconds(app.run)
    taken: dict[str, float] = {}
    for page, filters in FILTERS.items():
        if page:
            app.switch_page(f"screens/{page}.py")
        taken[f"{page or 'timeline'}, opened"] = 1_000 * seconds(app.run)
        for one in filters:
            ((key, value),) = one.items()
            taken[f"{page or 'timeline'}: {key}"] = 1_000 * median(_set(app, key, value, turn, known_on) for turn in range(TURNS))
    if app.exception or any("This page broke" in one.proto.body for one in app.get("html")):
        raise RuntimeError("a page broke; the log above tells why")
    return first, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _set(app: Any, key: str, value: Any, turn: int, known_on: date) -> float:
    """Seconds until the page stands with one filter set; it is taken back afterwards. Every turn chooses a day that is new to the app,
    before `known_on`, the day of the last load: from then on a day is the edition itself."""
    widget = app.get_by_key(key)
    if value is KNOWN:
        days = (known_on - widget.min).days
        value = widget.min + timedelta(days=days * (turn + 1) // (TURNS + 1) + (1 if app.title[0].value == "Claims compared" else 0))
    elif isinstance(value, int) and hasattr(widget, "options"):
        chosen = widget.options[min(value, len(widget.options) - 1)]
        value = [chosen] if widget.type == "multiselect" else chosen
    before = widget.value
    taken = seconds(widget.set_value(value).run)
    app.get_by_key(key).set_value(before).run()
    return taken


def main() -> None:
    """Print the figures."""
    given = sorted(max(NIGHT, int(one) // NIGHT * NIGHT) for one in sys.argv[1:]) or list(SMALL)
    press, written = Press(), 0
    print(f"calibration loop {calibrate():.3f} s")
    with tempfile.TemporaryDirectory() as scratch:
        home, sources = Path(scratch) / "home", Path(scratch) / "sources"
        for size in given:
            press = apart(grow, home, sources, press, (size - written) // NIGHT)
            told(f"build of {size:,} articles", apart(build, home, sources))
            written = size
            if size == given[0]:
                taken, entries = apart(export, home, Path(scratch) / "site")
                figure(f"export of {entries:,} entries", taken, "s", EXPORT_SECONDS * max(1.0, entries / EXPORT_ENTRIES), at_most=True)
        claims = read.counts(home)["casualty_claims"]
        first, filters, peak = apart(pages, home)
        figure(f"first page, {claims:,} claims", first, "s", FIRST_SECONDS, at_most=True)
        for name, milliseconds in filters.items():
            figure(name, milliseconds, "ms", FILTER_MS, at_most=True)
        print(f"peak memory of the app {peak:.2f} GB; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
