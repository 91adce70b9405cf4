"""In: settings. Out: an opened home: its log, archive and locks, and the kind (demo or live) that must not be mixed."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from ingest import shortage
from ingest.archive import ROOT as ARCHIVE
from ingest.archive import Archive
from ingest.errors import Halt, Misuse, Retry
from ingest.events import EventType
from ingest.ledger import Withdrawal
from ingest.log import ROOT as LOG
from ingest.log import Log
from ingest.pending import StreamState, fold, forget, lose
from ingest.publish import ASIDE
from ingest.settings import Settings
from ingest.sources import Source, read_sources
from ingest.storage import AlreadyExistsError, LocalStorage
from ingest.verdict import row_from_json

EDITIONS = "editions"  # the stream of what happens to the ledger itself
CORRECTIONS = "corrections"  # the stream of what people decide about statements and pages
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One home on disk and all that opens it."""

    settings: Settings
    storage: LocalStorage
    log: Log
    archive: Archive

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def build_path(self) -> Path:
        return self.home / "build.duckdb"

    def drop_build(self) -> None:
        """Delete the build database and what DuckDB keeps beside it: its write-ahead log, the folder that a killed process spilled to."""
        for path in self.home.glob("build.duckdb*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def state(self, stream: str) -> StreamState:
        """What the log knows of a stream, without what was withdrawn and without what lay in files that were set aside."""
        return lose(forget(fold(self.log.read(stream)), self.withdrawals()), self.lost(stream))

    def lost(self, stream: str) -> frozenset[str]:
        """The files of the archive that `verify --quarantine` set aside and nobody restored."""
        aside = (key.removeprefix(f"{ASIDE}/") for key in self.storage.keys(f"{ASIDE}/{ARCHIVE}/{stream}"))
        return frozenset(key for key in aside if not self.archive.has(key))

    def withdrawals(self) -> list[Withdrawal]:
        """Every takedown there ever was, in order."""
        return [
            Withdrawal(
                event_id=event.event_id,
                position=event.position,
                recorded_at=event.recorded_at,
                canonical_url=event.payload["canonical_url"],
                urls=tuple(event.payload["urls"]),
                captures=tuple(event.payload["captures"]),
                wordings=event.payload["wordings"],
                refused=tuple(map(row_from_json, event.payload["refused"])),
                reason=event.payload["reason"],
                author=event.payload["author"],
            )
            for event in self.log.read(CORRECTIONS, types=(EventType.ARTICLE_WITHDRAWN,))
        ]

    @contextmanager
    def writing(self, stream: str) -> Iterator[None]:
        """Hold a stream. Raises Retry when another process holds it."""
        with self.holding(f"streams/{stream}", f"stream {stream} is being written by another process; try again when it has ended"):
            yield

    @contextmanager
    def holding(self, name: str, message: str) -> Iterator[None]:
        """Hold a lock of this home, not waiting. A killed process lets go.

        Raises Retry with `message` when it is taken, and Retry for what a disk makes fail meanwhile.
        """
        path = self.home / "locks" / f"{name}.lock"
        with shortage.told(self.home):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(path, timeout=0):
                    yield
            except Timeout:
                raise Retry(message) from None

    def work_folder(self, run_id: str) -> Path:
        """Where the batches of a run lie until they are in the log."""
        return self.home / "work" / safe_name(run_id)


def open_house(settings: Settings) -> House:
    """Open a home, making it when it is not there. Raises Halt when a demo home meets live settings or the reverse."""
    kind = "demo" if settings.allow_loopback else "live"
    _check_kind(settings.home, kind)
    storage = LocalStorage(settings.home)
    return House(settings=settings, storage=storage, log=Log(storage), archive=Archive(storage))


def _check_kind(home: Path, kind: str) -> None:
    found = _kind_of(home)
    if found is None:
        _write_kind(home, kind)
        found = _kind_of(home)
    if found != kind:
        remedy = (
            "unset CLAIMLEDGER_ALLOW_LOOPBACK"
            if kind == "demo"
            else "name another home with --home, or set CLAIMLEDGER_ALLOW_LOOPBACK for the demo"
        )
        raise Misuse(f"{home} holds {found} data and these settings are for {kind} data; the two never mix: {remedy}")


def _kind_of(home: Path) -> str | None:
    """demo or live, as the home itself says; None when there is no home. Raises Halt for a home of a newer version or a broken file."""
    path = home / "home.json"
    try:
        told = orjson.loads(path.read_bytes())
        kind, format_ = str(told["kind"]), int(told["format"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Halt(f'{path} is not readable; it should say {{"kind":"live","format":{FORMAT}}}, or demo for a demonstration') from None
    if format_ > FORMAT:
        raise Halt(f"{home} was written by a newer claimledger (format {format_}, this one reads {FORMAT}); upgrade claimledger")
    return kind


def _write_kind(home: Path, kind: str) -> None:
    """Whole or not at all; of two processes that open a new home at once the first decides."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misuse(f"no home can be made at {home}: {error.strerror}; name another with --home or CLAIMLEDGER_HOME") from None
    with contextlib.suppress(AlreadyExistsError):
        LocalStorage(home).create("home.json", orjson.dumps({"kind": kind, "format": FORMAT}) + b"\n")


def read_only(settings: Settings) -> Settings:
    """Settings that fit the home there is: commands that only read or rebuild open a demo home without the loopback flag.

    A log without `home.json`, as a backup restores it, is of the kind that the settings are for.
    """
    kind = _kind_of(settings.home)
    if kind is None and (settings.home / LOG).is_dir():
        return settings
    if kind is None:
        raise Halt(f"no home at {settings.home}; run: claimledger gather, or name the home with --home")
    return replace(settings, allow_loopback=(settings.allow_loopback or "1") if kind == "demo" else "")


def find_source(house: House, slug: str) -> Source:
    """The source of a slug. Raises Misuse naming the known ones, or the error of its file."""
    sources, errors = read_sources(house.settings.sources)
    for source in sources:
        if source.slug == slug:
            return source
    for error in errors:
        if error.path.stem == slug:
            raise Misuse(str(error))
    raise Misuse(f"no source {slug!r} in {house.settings.sources}; known: {', '.join(s.slug for s in sources) or 'none'}")


def now() -> datetime:
    """The one clock of the house; rooms get its reading as an argument."""
    return datetime.now(UTC)


def new_run_id(command: str) -> str:
    return f"{command}__{now():%Y%m%dT%H%M%S.%fZ}"


def safe_name(run_id: str) -> str:
    """A run id as a file name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", run_id)[:120]


def write_whole(path: Path, data: bytes) -> None:
    """A file of this run, whole or not at all: a kill or a full disk leaves at most a scratch file."""
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_bytes(data)
    scratch.replace(path)


def tidy(house: House, run_id: str) -> None:
    """Remove the batches of a run."""
    shutil.rmtree(house.work_folder(run_id), ignore_errors=True)
