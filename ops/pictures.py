"""In: the demonstration's edition and Chromium. Out: the pictures of the explorer in docs/pictures/, each below 300 KB."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ingest.editions import current_number
from ingest.errors import Halt
from ingest.read import query

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo" / "warehouse"
FOLDER = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`address` of a page, seen in a window of so many pixels."""

    name: str
    address: str
    width: int = 1280
    height: int = 900
    scheme: str = "light"


def main() -> int:
    if current_number(DEMO) is None:
        raise Halt("the demonstration has no edition; run: make demo")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise Halt("no Chromium; run: apt install chromium")
    FOLDER.mkdir(exist_ok=True)
    port = _free_port()
    command = [str(Path(sys.executable).with_name("claimledger")), "explore", "--home", str(DEMO), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(port, server)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for picture in _pictures():
                context = browser.new_context(
                    viewport={"width": picture.width, "height": picture.height},
                    color_scheme="dark" if picture.scheme == "dark" else "light",
                )
                _take(context.new_page(), f"http://127.0.0.1:{port}", picture)
                context.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    return 0


def _pictures() -> tuple[Picture, ...]:
    widest = "SELECT group_id_a FROM disputes WHERE party = 'RU' AND measure = 'killed' ORDER BY gap_ratio DESC, dispute_id LIMIT 1"
    point = str(query(DEMO, widest).table.to_pylist()[0]["group_id_a"])
    return (
        Picture(name="compare", address=f"compare?entry={point}", height=1080),
        Picture(name="timeline", address="", height=900),
        Picture(name="offers-dark", address="offers", scheme="dark"),
        Picture(name="evidence", address=f"evidence?entry={point}", height=1200),
        Picture(name="compare-telephone", address="compare", width=390, height=1000),
        Picture(name="changes", address="changes"),
        Picture(name="sources", address="sources"),
        Picture(name="sql", address="sql"),
    )


def _take(page: Page, root: str, picture: Picture) -> None:
    page.goto(f"{root}/{picture.address}")
    page.wait_for_selector(".cl-edition", timeout=60_000)
    page.wait_for_selector(".stApp[data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(1_500)  # charts fade in
    path = FOLDER / f"{picture.name}.png"
    page.screenshot(path=path)
    sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB\n")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise Halt("the explorer ended at once; run: claimledger explore --home demo/warehouse")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise Halt("the explorer did not answer within a minute")


if __name__ == "__main__":
    sys.exit(main())
