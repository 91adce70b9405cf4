"""In: gzipped pages with `pages.jsonl`. Out: a server process that answers each under its real host and path, over http."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from ingest.urls import canonical


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines()]


def plain_http(url: str) -> str:
    return "http://" + url.split("://", 1)[1]


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server in a process of its own."""
    command = [sys.executable, "-m", "bench.pagesite", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # a pipe
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def source_file(folder: Path, target: Path, slug: str = "real_pages") -> Path:
    """A source of kind urls that names every page."""
    fields = {
        "slug": slug,
        "name": "Real pages",
        "kind": "urls",
        "urls": [plain_http(row["url"]) for row in rows(folder)],
        "language": "any",
        "country": "XX",
        "delay_seconds": 0,
        "entered_on": "2026-11-22",
    }
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{slug}.yaml"
    path.write_text(yaml.safe_dump(fields, sort_keys=False), encoding="utf-8")
    return path


async def _serve(folder: Path) -> None:
    bodies = {canonical(plain_http(row["url"])): gzip.decompress((folder / row["file"]).read_bytes()) for row in rows(folder)}

    async def answer(request: web.Request) -> web.Response:
        body = bodies.get(canonical(f"http://{request.host}{request.raw_path}"))
        if body is None:
            return web.Response(status=404, text="no such page")
        return web.Response(body=body, content_type="text/html")

    app = web.Application()
    app.router.add_route("GET", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    asyncio.run(_serve(parser.parse_args().folder))
