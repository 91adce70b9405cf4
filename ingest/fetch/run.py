"""In: the requests of one visit. Out: every one of them under one name, through `emit`, as it ends; also when the run
is stopped."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Sequence

from ingest import urls
from ingest.errors import Misuse
from ingest.fetch.asker import Asker
from ingest.fetch.client import Client
from ingest.fetch.guard import Guard
from ingest.fetch.hosts import Hosts, host_key
from ingest.fetch.item import Items, failure
from ingest.fetch.limits import Limits
from ingest.fetch.rulebook import RobotsParser, Rulebook
from ingest.records import FailureReason, Outcome, Request
from ingest.settings import Settings

Emit = Callable[[Outcome], None]
_DEFAULTS = Limits()


def fetch_all(
    settings: Settings,
    requests: Sequence[Request],
    *,
    delay_seconds: float,
    parse_robots: RobotsParser,
    emit: Emit,
    limits: Limits = _DEFAULTS,
) -> None:
    """Asks for all `requests`, one at a time per host, `delay_seconds` or the host's Crawl-delay apart, many hosts at once.

    `emit` gets each outcome as it ends, in no order, on the thread of the caller; it should be quick. Host state lies
    under `<home>/hosts/`. With `settings.proxy`, which addresses are connected to is the proxy's affair.
    Raises Misuse before the first request where a public host is named and no contact is set, Retry where the host
    state cannot be written, and what `emit` raises. When the process is told to end (SIGINT, SIGTERM), what is left
    ends as run_stopped, and then KeyboardInterrupt or SystemExit goes on.
    """
    work = fetch_all_async(settings, requests, delay_seconds=delay_seconds, parse_robots=parse_robots, emit=emit, limits=limits)
    asyncio.run(_until_told(work))


async def fetch_all_async(
    settings: Settings,
    requests: Sequence[Request],
    *,
    delay_seconds: float,
    parse_robots: RobotsParser,
    emit: Emit,
    limits: Limits = _DEFAULTS,
) -> None:
    """As `fetch_all`, inside a running loop; to be stopped by cancelling it."""
    _check_contact(settings, requests)
    guard = Guard(settings)
    desk = _Desk(requests, emit)
    try:
        async with Client(settings, limits, guard) as client:
            folder = settings.home / "hosts"
            asker = Asker(client, Hosts(folder, limits), limits)
            rulebook = Rulebook(folder, asker, guard, limits, parse_robots, delay_seconds)
            items = Items(asker, rulebook, guard, limits, settings.page_bytes)
            await _visit_all(desk, items)
    finally:
        desk.close()


class _Desk:
    """Hands out outcomes, exactly one per request."""

    def __init__(self, requests: Sequence[Request], emit: Emit) -> None:
        self.requests = requests
        self._emit = emit
        self._open = dict.fromkeys(range(len(requests)))

    def end(self, index: int, outcome: Outcome) -> None:
        """The request ends here. When `emit` fails nobody listens any more, and the rest is not handed out."""
        del self._open[index]
        try:
            self._emit(outcome)
        except BaseException:
            self._open.clear()
            raise

    def close(self) -> None:
        """Names what was not reached."""
        for index in tuple(self._open):
            detail = "the run was told to stop before this address was done; the next run asks for it"
            self.end(index, failure(self.requests[index], FailureReason.RUN_STOPPED, detail))


async def _visit_all(desk: _Desk, items: Items) -> None:
    """One task per host. The first error that is not an outcome stops them all and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for indices in _by_host(desk.requests).values():
                group.create_task(_visit(desk, items, indices))
    except ExceptionGroup as errors:
        raise _first(errors) from None


async def _visit(desk: _Desk, items: Items, indices: Sequence[int]) -> None:
    for index in indices:
        desk.end(index, await items.outcome(desk.requests[index]))


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, ExceptionGroup) else inner


def _by_host(requests: Sequence[Request]) -> dict[str, list[int]]:
    """Indices of the requests by host, in order. What is no address has no host and ends at once."""
    hosts: dict[str, list[int]] = {}
    for index, request in enumerate(requests):
        try:
            key = host_key(urls.parse(request.url))
        except ValueError:
            key = ""
        hosts.setdefault(key, []).append(index)
    return hosts


def _check_contact(settings: Settings, requests: Sequence[Request]) -> None:
    if settings.contact:
        return
    for request in requests:
        try:
            host = urls.host(request.url)
        except ValueError:
            continue  # ends as bad_url
        if settings.loopback_for(host) is None:
            raise Misuse(
                f"{host} is to be asked and would not know by whom: set CLAIMLEDGER_CONTACT to an address where you"
                " can be reached, for example https://example.org/bot or a mail address"
            )


async def _until_told(work: Coroutine[object, object, None]) -> None:
    """Runs `work`; a SIGTERM that nobody else handles cancels it and becomes SystemExit."""
    task = asyncio.ensure_future(work)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return await task
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        task.cancel()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    try:
        await task
    except asyncio.CancelledError:
        if told.is_set():
            raise SystemExit(128 + signal.SIGTERM) from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
