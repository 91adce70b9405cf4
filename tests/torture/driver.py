"""In: a command and a seed. Out: the command killed at moments the seed names, run on, and everything that was not as it should be.

After each kill and at the end: the chain holds, what was acknowledged is there, nothing is double, the edition could be read all the time,
no process is left; at the end what an undisturbed run gave is there, row for row and event for event, instants aside.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import orjson

from ingest import flow
from ingest.errors import Halt
from ingest.events import EventType
from ingest.flow.house import House
from ingest.ids import digest
from ingest.settings import Settings
from tests.torture.child import Run, play
from tests.torture.world import World, write_sources

COMMANDS = ("gather", "revisit", "reprocess", "correct", "build", "publish")  # `revisit` is a gather that finds edits
SLOW = ("build", "publish")
_FINDS = {"revisit": "gathered", "reprocess": "gathered", "correct": "built", "build": "news", "publish": "judged"}
_BUSY = ("another build", "another process", "holds the database")  # what a process that outlives its parent a little makes others say
_PATIENCE = 60.0  # seconds until such a process must have ended
# What two runs of one thing may differ in: the clock, ids made of instants, and how work was cut into files.
_PASSING = {"fetched_at", "capture_id", "warc_file", "warc_offset", "warc_bytes", "text_file", "published_at"}
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["ingest.cli.main", "ingest.flow", "tests.torture.child"])


@dataclass(slots=True)
class Ended:
    """How a run ended. `was_killed`: by us, before it was done."""

    was_killed: bool
    operations: int = 0
    code: int = -1
    output: str = ""
    seconds: float = 0.0
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """One case: how often it was struck, and what was wrong."""

    command: str
    number: int
    kills: int = 0
    runs: int = 0
    reads: int = 0
    problems: list[str] = field(default_factory=list)


class Theatre:
    """The world, its homes, and what each command does to them undisturbed."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder, self.world = folder, world
        self.sources = write_sources(folder / "sources", again=False)
        self.later = write_sources(folder / "sources_later", again=True)

    def settings(self, home: Path) -> Settings:
        return Settings(home=home, sources=self.sources, allow_loopback=self.world.rule, workers=1)

    def house(self, home: Path) -> House:
        return flow.open_house(self.settings(home))

    def home(self, template: Path | None, name: str) -> Path:
        """A copy of a template, or no home at all."""
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        if template is not None:
            shutil.copytree(template, home, symlinks=True)
        return home

    def run(
        self,
        command: str,
        home: Path,
        *,
        kill_at: int = 0,
        kill_before: tuple[str, int] = ("", 0),
        is_group: bool = False,
        after: float | None = None,
    ) -> Ended:
        """One run to its end, or until it was killed: by itself at an operation, or from outside `after` seconds."""
        self.world.visit = 2 if command == "revisit" else 1
        run = Run(arguments=self._arguments(command), environment=self._environment(command, home), newer=command == "reprocess")
        mine, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=play, args=(replace(run, kill_at=kill_at, kill_before=kill_before, is_group=is_group), theirs))
        started = time.monotonic()
        process.start()
        theirs.close()
        ended = _listen(mine, process, after, is_group)
        ended.seconds = time.monotonic() - started
        if ended.code == 0:
            self._wholes.setdefault(command, ended)
        self._groups.append(process.pid or 0)
        process.close()
        return ended

    @cached_property
    def _groups(self) -> list[int]:
        return []

    def left_running(self) -> Iterator[str]:
        """Runs of which a process still lives when it should have ended: workers end with their pipe, dbt with its parent."""
        until = time.monotonic() + _PATIENCE
        while self._groups:
            self._groups[:] = [group for group in self._groups if _is_alive(group)]
            if time.monotonic() > until:
                yield f"processes still run {_PATIENCE} s after their run ended (groups {self._groups})"
                return
            time.sleep(0.02)

    def _arguments(self, command: str) -> Sequence[str]:
        if command == "correct":
            return ("correct", self.statement, "--set", "low=1", "--set", "high=2", "--reason", "misread", "--by", "An editor")
        return ("gather",) if command == "revisit" else (command,)

    def _environment(self, command: str, home: Path) -> Mapping[str, str]:
        told = {
            "HOME": home,
            "SOURCES": self.later if command == "revisit" else self.sources,
            "ALLOW_LOOPBACK": self.world.rule,
            "WORKERS": 1,
        }
        return {f"CLAIMLEDGER_{name}": str(value) for name, value in told.items()}

    def template(self, command: str) -> Path | None:
        """The home that `command` finds."""
        return getattr(self, _FINDS[command]) if command in _FINDS else None

    def _made(self, name: str, template: Path | None, *commands: str) -> Path:
        home = self.home(template, name)
        for command in commands:
            ended = self.run(command, home)
            assert ended.code == 0, f"{command} undisturbed: {ended.output}"
        return home

    @cached_property
    def gathered(self) -> Path:
        return self._made("gathered", None, "gather")

    @cached_property
    def built(self) -> Path:
        return self._made("built", self.gathered, "build")

    @cached_property
    def statement(self) -> str:
        """A claim of the edition in `built`."""
        with duckdb.connect(str(self.built / "current" / "claimledger.duckdb"), read_only=True) as connection:
            return str(connection.execute("SELECT min(claim_id) FROM casualty_claims").fetchall()[0][0])

    @cached_property
    def news(self) -> Path:
        """An edition, and a log that goes on: a correction, an edit, a page that is gone, a new page."""
        return self._made("news", self.built, "correct", "revisit")

    @cached_property
    def judged(self) -> Path:
        home = self.home(self.news, "judged")
        house = self.house(home)
        for step in (flow.load, flow.model, flow.validate):
            step(house, "test")
        return home

    def undisturbed(self, command: str) -> Path:
        """The home that the command leaves when nothing disturbs it. A build ends as its last step ends on the same log."""
        if command == "build":
            return self.undisturbed("publish")
        if command not in self._undisturbed:
            self._undisturbed[command] = self._made(f"undisturbed-{command}", self.template(command), command)
        return self._undisturbed[command]

    def whole(self, command: str) -> Ended:
        """A run of the command that nothing disturbed: how many operations and how long."""
        if command not in self._wholes:
            self._made(f"whole-{command}", self.template(command), command)
        return self._wholes[command]

    @cached_property
    def _wholes(self) -> dict[str, Ended]:
        return {}

    @cached_property
    def _undisturbed(self) -> dict[str, Path]:
        return {}


def _listen(mine: Connection, process: Any, after: float | None, is_group: bool) -> Ended:
    """Take what the process tells until its pipe closes; strike it `after` seconds unless it is done."""
    until = None if after is None else time.monotonic() + after
    acknowledged: list[tuple[str, int, str]] = []
    done: tuple[int, int, str] | None = None
    while True:
        if not mine.poll(None if until is None else max(0.0, until - time.monotonic())):
            _strike(process, is_group)
            until = None
            continue
        try:
            kind, *told = mine.recv()
        except EOFError:
            break
        if kind == "done":
            done, until = (told[0], told[1], told[2]), None
        else:
            acknowledged.append((told[0], told[1], told[2]))
    process.join()
    if done is None and process.exitcode != -signal.SIGKILL:
        return Ended(was_killed=False, output=f"ended by itself with {process.exitcode}", acknowledged=acknowledged)
    operations, code, output = done or (0, -1, "")
    return Ended(was_killed=done is None, operations=operations, code=code, output=output, acknowledged=acknowledged)


def _strike(process: Any, is_group: bool) -> None:
    if is_group and process.pid and os.getpgid(process.pid) == process.pid:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Reader(threading.Thread):
    """Queries `current` without pause; every query must succeed and see one whole edition."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.problems, self.reads = home / "current" / "claimledger.duckdb", [], 0
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                with duckdb.connect(str(self.path), read_only=True) as connection:
                    ((claims, number),) = connection.execute(
                        "SELECT (SELECT count(*) FROM casualty_claims), number FROM edition"
                    ).fetchall()
                self.reads += 1
                if claims < 1:
                    self.problems.append(f"edition {number} has no claims")
            except duckdb.Error as error:
                self.problems.append(f"the edition could not be read: {error}")
            self._stopped.wait(0.05)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@contextmanager
def reading(home: Path, outcome: Outcome) -> Iterator[None]:
    """Somebody reads the edition meanwhile, when there is one."""
    if not (home / "current").exists():
        yield
        return
    reader = Reader(home)
    reader.start()
    try:
        yield
    finally:
        reader.stop()
        outcome.reads = reader.reads
        outcome.problems += reader.problems[:3]


def torture(theatre: Theatre, command: str, seed: int, number: int) -> Outcome:
    """Case `number` of a command: kill it one to three times, let it run on, compare."""
    chance = random.Random(f"{seed} {command} {number}")
    expected, whole = theatre.undisturbed(command), theatre.whole(command)
    outcome = Outcome(command=command, number=number)
    home = theatre.home(theatre.template(command), f"case-{command}")
    known = segments(home)
    with reading(home, outcome):
        for _ in range(chance.randint(1, 2 if command in SLOW else 3)):
            is_group = chance.random() < 0.5
            if chance.random() < 0.5:
                ended = theatre.run(command, home, kill_at=chance.randint(1, whole.operations), is_group=is_group)
            else:
                ended = theatre.run(command, home, after=chance.uniform(0.0, whole.seconds), is_group=is_group)
            outcome.runs += 1
            outcome.kills += ended.was_killed
            outcome.problems += [f"after a kill: {one}" for one in standing(theatre, home, known, ended.acknowledged)]
            if not ended.was_killed:
                break
        last = run_on(theatre, command, home)
        outcome.runs += 1
    outcome.problems += standing(theatre, home, known, last.acknowledged)
    outcome.problems += different(theatre, command, home, expected)
    outcome.problems += theatre.left_running()
    return outcome


def run_on(theatre: Theatre, command: str, home: Path) -> Ended:
    """Run the command again until it says that it is done."""
    until = time.monotonic() + _PATIENCE
    while True:
        ended = theatre.run(command, home)
        is_done = ended.code == 0 or (command == "correct" and "is '1' already" in ended.output)
        if is_done or time.monotonic() > until or not any(busy in ended.output for busy in _BUSY):
            if not is_done:
                raise AssertionError(f"{command} does not run on: {ended.output}")
            return ended


def segments(home: Path) -> dict[str, str]:
    """Every segment of the log and its digest."""
    return {path.relative_to(home).as_posix(): digest(path.read_bytes()) for path in sorted((home / "log").rglob("*.parquet"))}


def standing(theatre: Theatre, home: Path, known: dict[str, str], acknowledged: Sequence[tuple[str, int, str]]) -> Iterator[str]:
    """What was known is there as it was, what was acknowledged is there, the whole is whole. `known` grows by what is new."""
    if not (home / "home.json").exists():  # killed before there was a home
        return
    now = segments(home)
    yield from (f"{key} was changed or is gone" for key, was in known.items() if now.get(key) != was)
    known.update(now)
    house = theatre.house(home)
    for stream, position, is_digest in acknowledged:
        try:
            if house.log.digest_at(stream, position) != is_digest:
                yield f"{stream} {position} was acknowledged with another segment"
        except Halt as error:
            yield f"{stream} {position} was acknowledged and is lost: {error}"
    for stream in house.log.streams():
        ids = Counter(event.event_id for event in house.log.read(stream))
        yield from (f"{stream}: event {one} stands {times} times" for one, times in ids.items() if times > 1)
    yield from (f"verify: {line}" for line in flow.verify(house)["broken"])


def different(theatre: Theatre, command: str, home: Path, expected: Path) -> Iterator[str]:
    """What the home tells otherwise than the undisturbed one."""
    one, other = told(theatre.house(home)), told(theatre.house(expected))
    yield from (f"only after the kill: {event} ({times} more)" for event, times in (one - other).items())
    yield from (f"only undisturbed: {event} ({times} more)" for event, times in (other - one).items())
    if command in SLOW:
        yield from (f"table {name} has other rows than undisturbed" for name in differing(home, expected))


def told(house: House) -> Counter[str]:
    """What happened, without when and where it lies. A run that goes on may ask once more for a listing, and find a page as it was."""
    found: Counter[str] = Counter()
    for stream in house.log.streams():
        for event in house.log.read(stream):
            payload = {key: value for key, value in event.payload.items() if key not in _PASSING}
            is_look = event.type is EventType.CAPTURE_TAKEN and (payload["role"] == "listing" or payload["is_unchanged"])
            if stream != "editions" and not is_look:
                found[f"{stream} {event.type} {orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()[:600]}"] += 1
    return found


def differing(home: Path, expected: Path) -> list[str]:
    """The tables of the current editions whose rows differ, instants aside."""
    one, other = rows(home), rows(expected)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def rows(home: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(home / "current" / "claimledger.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal ORDER BY ALL"
        ).fetchall()
        kept: dict[str, list[str]] = {}
        for table, column, kind in columns:
            if table != "edition" and "TIMESTAMP" not in kind and column not in ("run_id", "row"):
                kept.setdefault(table, []).append(f'"{column}"')
        return {
            table: sorted(map(repr, connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()))
            for table, names in kept.items()
        }
