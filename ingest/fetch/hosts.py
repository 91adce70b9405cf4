"""In: a host and a delay. Out: a turn at the host, held by one exchange at a time among all tasks and processes of a
home."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock
from yarl import URL

from ingest.errors import Retry
from ingest.fetch.limits import Limits
from ingest.fetch.trouble import Trouble
from ingest.ids import content_id
from ingest.records import FailureReason

_POLL_SECONDS = 0.02  # how often a lock that another process holds is tried again
_NAME_CHARS = 150


def host_key(url: URL) -> str:
    """Names the host of `url` for locks and delays: the same for http and https; another port is another host."""
    host = url.raw_host or ""
    return host if url.port in (80, 443) else f"{host}:{url.port}"


def file_name(key: str) -> str:
    """A file name for a host key or an origin, readable and never shared by two."""
    safe = re.sub(r"[^a-z0-9.-]", "_", key)
    return safe if safe == key and len(key) <= _NAME_CHARS else f"{safe[:_NAME_CHARS]}-{content_id(key)}"


@dataclass(slots=True)
class _State:
    """What is kept of a host: when its last exchange began or ended, and until when it asked to be left alone."""

    asked_at: float = 0.0
    not_before: float = 0.0

    def wait(self, delay: float) -> float:
        """Seconds until the host may be asked; at most 0: now."""
        return max(self.asked_at + delay, self.not_before) - time.time()


class Hosts:
    """The state of hosts under one folder: `<host>.lock`, held during an exchange, and `<host>.json`, when the last one ended.

    The lock is the kernel's (flock): it ends with its process. The times are of the wall clock, the only one that processes share;
    a clock that was set back costs one delay at most.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._local: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._held: dict[str, _State] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _disk(folder, error) from error

    @asynccontextmanager
    async def turn(self, key: str, delay: float) -> AsyncIterator[None]:
        """Waits until `delay` seconds after the last exchange with the host, and until nobody else has a turn.

        Raises Trouble(HOST_STOPPED) when the wait gets longer than `turn_seconds`, Retry when the folder cannot be written.
        """
        async with self._local[key]:
            lock = await self._acquired(key, delay)
            try:
                self._note(key)  # at the beginning too: a process that is killed has asked as well
                yield
            finally:
                try:
                    self._note(key)
                finally:
                    del self._held[key]
                    lock.release()

    def postpone(self, key: str, seconds: float) -> None:
        """Nobody may ask the host for that long: it said so. To be called within a turn."""
        self._held[key].not_before = time.time() + seconds

    async def _acquired(self, key: str, delay: float) -> filelock.BaseFileLock:
        """The lock, when the host may be asked; its state is held with it."""
        lock = filelock.FileLock(self._path(key, "lock"), blocking=False, thread_local=False, fallback_to_soft=False)
        give_up_at = time.monotonic() + self._limits.turn_seconds
        while time.monotonic() < give_up_at:
            if not _taken(lock):
                await asyncio.sleep(_POLL_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  spreads the tries
                continue
            try:
                wait = self._look(key, delay)
            except Retry:
                lock.release()
                raise
            if wait <= 0:
                return lock
            lock.release()  # others may have shorter delays
            await asyncio.sleep(wait)
        raise Trouble(
            FailureReason.HOST_STOPPED,
            f"other processes held {key} for {self._limits.turn_seconds:.0f} s; see which ones gather, and run again",
        )

    def _look(self, key: str, delay: float) -> float:
        """Reads the state under the lock; seconds until the host may be asked, at most 0 when the state is now held."""
        state = self._read(key)
        wait = state.wait(delay)
        if wait <= 0:
            self._held[key] = state
        return wait

    def _read(self, key: str) -> _State:
        path = self._path(key, "json")
        try:
            kept = json.loads(path.read_bytes())
            return self._believed(path, _State(float(kept["asked_at"]), float(kept["not_before"])))
        except FileNotFoundError:
            return _State()
        except (ValueError, KeyError, TypeError):  # half-written by a process that was killed: the file's own time tells when
            return self._believed(path, _State(asked_at=_changed_at(path)))
        except OSError as error:
            raise _disk(path, error) from error

    def _believed(self, path: Path, kept: _State) -> _State:
        """The state as far as it can be true. A time beyond it comes from a clock since set back, and is written down again: left
        alone it would bind for ever."""
        now = time.time()
        state = _State(min(kept.asked_at, now), min(kept.not_before, now + self._limits.retry_after_seconds))
        if state != kept:
            _write(path, state)
        return state

    def _note(self, key: str) -> None:
        """The host is being asked now."""
        self._held[key].asked_at = time.time()
        _write(self._path(key, "json"), self._held[key])

    def _path(self, key: str, ending: str) -> Path:
        return self._folder / f"{file_name(key)}.{ending}"


def _write(path: Path, state: _State) -> None:
    try:
        path.write_text(json.dumps(asdict(state)), encoding="ascii")
    except OSError as error:
        raise _disk(path, error) from error


def _taken(lock: filelock.BaseFileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return False
    except (OSError, NotImplementedError) as error:
        raise _disk(Path(lock.lock_file), error) from error
    return True


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _disk(path: Path, error: Exception) -> Retry:
    return Retry(f"{path} cannot be used ({error}); a writable folder with file locks was expected, see --home and the disk")
