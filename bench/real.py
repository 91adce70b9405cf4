"""In: folders of real pages, plain texts and official series. Out: what the whole job makes of them, through the real DAGs, printed.

`python -m bench.real SHARED [--only NAME]`, where SHARED holds `pages/`, `seeds/` and `reference/`. Nothing of it is copied anywhere.
"""

from __future__ import annotations

import argparse
import html
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from bench.pagesite import plain_http, serving, source_file
from ingest import read
from ingest.records import Article, Rejection, RejectionReason
from ingest.settings import Settings
from ingest.urls import canonical
from ops.dagrun import DagResult, run_dags
from tests.clean.agreement import Compared, agreement, misses, rows_of

SERIES = {
    "russia_losses_personnel.json": {
        "personnel": {"measure": "casualties", "category": "personnel", "qualifier": "personnel*"},
    },
    "russia_losses_equipment.json": {
        "tank": {"measure": "destroyed", "category": "tank"},
        "APC": {"measure": "destroyed", "category": "armoured_vehicle"},
        "field artillery": {"measure": "destroyed", "category": "artillery"},
        "MRL": {"measure": "destroyed", "category": "mlrs"},
        "aircraft": {"measure": "destroyed", "category": "aircraft"},
        "helicopter": {"measure": "destroyed", "category": "helicopter"},
        "drone": {"measure": "destroyed", "category": "drone"},
        "naval ship": {"measure": "destroyed", "category": "ship"},
    },
}


def run(home: Path, sources: Path, data: Path, loopback: str) -> list[DagResult]:
    """Every source of a folder through its DAG, then the warehouse."""
    base = Settings(home=home, sources=sources, data=data)
    chosen = replace(base, contact="https://example.org/bench", allow_loopback=loopback, workers=2)
    slugs = [path.stem for path in sorted(sources.glob("*.yaml"))]
    found = run_dags(chosen, [*(f"gather__{slug}" for slug in slugs), "warehouse"], home / "logs")
    for result in found.values():
        print(f"  {result.dag_id}: {result.state} in {result.seconds:.1f} s {result.reasons or ''}")
    return list(found.values())


def real_pages(folder: Path, scratch: Path) -> None:
    """All pages under their real hosts and paths."""
    print("Real pages")
    source_file(folder, scratch / "sources")
    with serving(folder) as port:
        run(scratch / "home", scratch / "sources", scratch, f"*=127.0.0.1:{port}")
    print_rows(scratch / "home", "SELECT stage, reason, count(*) AS n FROM rejections GROUP BY ALL ORDER BY n DESC, reason")
    compared = list(_compared(folder, scratch / "home"))
    told = agreement(compared)
    print(f"  {len(compared)} pages, articles {sum(isinstance(c.result, Article) for c in compared)}")
    print(f"  title exact or near {told.title:.3f} (similarity of at least 0.9 alone {told.title_alike:.3f})")
    print(f"  day {told.day:.3f}, minute {told.minute:.3f}")
    print(f"  authors equal {told.authors:.3f}, overlapping {told.authors_near:.3f}")
    print(*(f"    {line}" for line in misses(compared)), sep="\n")
    print_rows(scratch / "home", "SELECT count(*) AS claims, count(DISTINCT article_id) AS articles FROM casualty_claims")


def _compared(folder: Path, home: Path) -> Iterator[Compared]:
    rows = {row["url"]: row for row in read.query(home, "SELECT * FROM articles WHERE is_latest").table.to_pylist()}
    for truth in rows_of(folder):
        row = rows.get(canonical(plain_http(truth["url"])))
        yield Compared(truth=truth, result=_article(row) if row else _none())


def _none() -> Rejection:
    return Rejection(reason=RejectionReason.NOT_AN_ARTICLE, detail="not among the published articles")


def _article(row: dict[str, Any]) -> Article:
    return Article(
        canonical_url=row["canonical_url"],
        title=row["title"],
        authors=tuple(row["authors"] or ()),
        outlet=row["outlet"],
        language=row["language"],
        published_at=row["published_at"].astimezone(UTC) if row["published_at"] else None,
        is_published_day_only=False,
        text=row["text"] or "",
    )


def seeds(folder: Path, scratch: Path) -> None:
    """Plain texts, wrapped in the plainest HTML."""
    print("Seed texts")
    pages = {f"/{path.stem}": _wrapped(path) for path in sorted(folder.glob("*.txt"))}
    with _Server(pages) as port:
        urls = [f"http://seeds.example{path}" for path in pages]
        _write(scratch / "sources" / "seeds.yaml", slug="seeds", name="Seeds", kind="urls", urls=urls)
        run(scratch / "home", scratch / "sources", scratch, f"*.example=127.0.0.1:{port}")
    home = scratch / "home"
    print_rows(home, "SELECT url, text_chars, title, published_at FROM articles ORDER BY url")
    claims = "SELECT right(url, 24) AS page, claimant, claimant_party AS by, party, measure, category, low, high, period, as_of, quote"
    print_rows(home, f"{claims} FROM casualty_claims ORDER BY url, char_start")
    offers = "SELECT right(url, 24) AS page, offeror, action, benefit, amount, currency, per, quote"
    print_rows(home, f"{offers} FROM offers ORDER BY url, char_start")
    print_rows(home, "SELECT right(url, 24) AS page, announcer, topic, quote FROM announcements ORDER BY url, char_start")


def _wrapped(path: Path) -> bytes:
    """One paragraph per line; the title is the beginning of the first."""
    paragraphs = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    body = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    title = html.escape(paragraphs[0][:80])
    head = f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>"
    return f"{head}<body><article><h1>{title}</h1>{body}</article></body></html>".encode()


class _Server:
    """Serves a few pages on an ephemeral port."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> int:
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_address[1]

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def reference(folder: Path, scratch: Path) -> None:
    """Official series as `table` sources; every filled cell above zero must come out as one claim with its number and date."""
    print("Official series")
    for name, columns in SERIES.items():
        slug = Path(name).stem
        claimant = {"claimant": "General Staff of the Armed Forces of Ukraine", "claimant_party": "UA", "party": "RU"}
        table = {"date": "date", "columns": columns, **claimant}
        _write(scratch / "sources" / f"{slug}.yaml", slug=slug, name=slug, kind="table", path=name, table=table)
    run(scratch / "home", scratch / "sources", folder, "1")
    for name, columns in SERIES.items():
        _compare(scratch / "home", folder / name, columns)
    print_rows(scratch / "home", "SELECT source, count(*) AS n FROM rejections GROUP BY ALL")


def _compare(home: Path, path: Path, columns: dict[str, dict[str, str]]) -> None:
    wanted = {
        (row["date"], spec["category"], int(row[name]))
        for row in json.loads(path.read_text(encoding="utf-8"))
        for name, spec in columns.items()
        if row.get(name)
    }
    sql = f"SELECT as_of, category, coalesce(low, high) AS number FROM casualty_claims WHERE source = '{path.stem}'"
    found = {(str(row["as_of"]), row["category"], row["number"]) for row in read.query(home, sql, max_rows=1_000_000).table.to_pylist()}
    told = f"{len(wanted & found)} published as they are, {len(wanted - found)} missing, {len(found - wanted)} others"
    print(f"  {path.name}: {len(wanted)} figures, {told}")


def _write(file: Path, **fields: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    common = {"language": "en", "country": "UA", "delay_seconds": 0}
    file.write_text(yaml.safe_dump({**common, **fields}, sort_keys=False), encoding="utf-8")


def print_rows(home: Path, sql: str) -> None:
    for row in read.query(home, sql).table.to_pylist():
        print("   ", " | ".join(str(value) for value in row.values()))


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--only", choices=["pages", "seeds", "reference"])
    given = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, work in (("pages", real_pages), ("seeds", seeds), ("reference", reference)):
            if given.only in (None, name):
                work((given.shared / name).resolve(), Path(scratch) / name)


if __name__ == "__main__":
    main()
