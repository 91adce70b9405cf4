"""In: the log. Out: a validated edition: load, model, validate, publish; each step callable alone, as the scheduler does."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from ingest import datapackage, report
from ingest import editions as layout
from ingest import publish as publishing
from ingest import validate as validating
from ingest.catalog import read_tables
from ingest.clean import CLEANER_VERSION
from ingest.editions import Edition, Facts
from ingest.errors import Halt
from ingest.events import EventType
from ingest.extract import EXTRACTOR_VERSION
from ingest.flow import entries
from ingest.flow.house import EDITIONS, House, now, write_whole
from ingest.flow.loading import load_log, loads
from ingest.ids import digest
from ingest.ledger import Load
from ingest.load import open_build
from ingest.load.changed import book_published, is_everything_changed, mark_changed
from ingest.model import MARTS, PROJECT, run_dbt
from ingest.verdict import Outcome, Verdict, from_json, settle, to_json

EXPECTATIONS = Path(__file__).resolve().parents[2] / "expectations"
BUSY = "another build is at work in this home; wait until it has ended and run the command again"
LATELY = 20  # events of the stream `editions`: nearly always the last load is among them, and a log of years need not be read for it
STATEMENTS = ("casualty_claims", "offers", "announcements")

Counts = dict[str, Any]
Step = Callable[[House, str], Counts]


def build(house: House, run_id: str) -> Counts:
    """Load what is new, build the tables, judge them, publish. Raises Halt when the verdict fails: the last edition stays."""
    with house.holding("build", BUSY):
        return _steps(house, run_id)


def replay(house: House, run_id: str) -> Counts:
    """The same from an empty database: the whole log. The editions there are stay."""
    with house.holding("build", BUSY):
        house.drop_build()
        return _steps(house, run_id)


def _steps(house: House, run_id: str) -> Counts:
    steps: Mapping[str, Step] = {"load": load_log, "model": _model, "validate": _validate, "publish": _publish}
    return {name: step(house, run_id) for name, step in steps.items()}


def load(house: House, run_id: str) -> Counts:
    """Take in what the log holds and the build database does not."""
    with house.holding("build", BUSY):
        return load_log(house, run_id)


def model(house: House, run_id: str) -> Counts:
    """Build and test every published table."""
    with house.holding("build", BUSY):
        return _model(house, run_id)


def validate(house: House, run_id: str) -> Counts:
    """Judge the tables. Raises Halt for a failed verdict, its report kept under `failed-validation/`."""
    with house.holding("build", BUSY):
        return _validate(house, run_id)


def publish(house: House, run_id: str) -> Counts:
    """Publish what was judged. Raises Halt when the tables have changed since."""
    with house.holding("build", BUSY):
        return _publish(house, run_id)


def _model(house: House, run_id: str) -> Counts:
    """What is made anew begins with every statement, also those that an earlier verdict did not believe, but for those of withdrawn pages,
    which nobody can judge any more."""
    del run_id
    with open_build(house.build_path) as database:
        is_full = mark_changed(database, _rules())
    validating.judge_anew(house.build_path, (row for one in house.withdrawals() for row in one.refused))
    return _dbt(house, is_full=is_full)


@cache
def _rules() -> str:
    """Names what the tables are made by: the models, the expectations, the code that judges."""
    folders = {PROJECT: "*.*", EXPECTATIONS: "*.*", Path(validating.__file__).parent: "*.py"}
    files = (path for folder, pattern in folders.items() for path in sorted(folder.rglob(pattern)) if path.is_file())
    return digest(orjson.dumps([[path.name, digest(path.read_bytes())] for path in files]))


def _dbt(house: House, *, is_full: bool, select: str | None = None) -> Counts:
    done = run_dbt(house.home, build=house.build_path, full=is_full, select=select)
    return {"models": done.built, "tests": done.tests, "warnings": list(done.warnings)}


def _validate(house: House, run_id: str) -> Counts:
    current = layout.current_edition(house.home)
    before, at = current.path if current else None, now()
    verdict = validating.validate(house.build_path, before, EXPECTATIONS, at)
    if verdict.unbelievable:
        validating.refuse(house.build_path, verdict.unbelievable)
        with open_build(house.build_path) as database:
            is_full = is_everything_changed(database)
        _dbt(house, is_full=is_full, select="stg_unbelievable+")
        verdict = settle(verdict, validating.validate(house.build_path, before, EXPECTATIONS, at))
    verdict = replace(verdict, unbelievable=validating.refused(house.build_path))
    judged = {"load": _last_load(house).position, "verdict": to_json(verdict)}
    write_whole(_judged_path(house), orjson.dumps(judged))
    if verdict.outcome is Outcome.FAIL:
        _publish(house, run_id)
    return _told(verdict)


def _told(verdict: Verdict) -> Counts:
    warned = [f"{check.table}: {check.name}: {check.observed}" for check in verdict.warned]
    return {"outcome": verdict.outcome.value, "checks": len(verdict.checks), "warned": warned, "unbelievable": len(verdict.unbelievable)}


def _judged_path(house: House) -> Path:
    return house.home / "verdict.json"


def _verdict(house: House) -> Verdict:
    """The verdict on the tables as they are. Raises Halt when there is none, or it is about another load."""
    path = _judged_path(house)
    if not path.is_file():
        raise Halt(f"{path} is not there: the tables were not judged; run: claimledger build")
    judged = orjson.loads(path.read_bytes())
    if judged["load"] != _last_load(house).position:
        raise Halt("the log has been loaded since the tables were judged; run: claimledger build")
    return from_json(judged["verdict"])


def _last_load(house: House) -> Load:
    end = house.log.head(EDITIONS).position
    found = loads(house, after=max(end - LATELY, 0)) or loads(house)
    if not found:
        raise Halt(f"the log in {house.home} is empty; run: claimledger gather")
    return found[-1]


def _publish(house: House, run_id: str) -> Counts:
    verdict = _verdict(house)
    facts = _facts(house)
    is_failed = verdict.outcome is Outcome.FAIL
    rendered = report.render(verdict, None if is_failed else facts.number)
    package = datapackage.render(read_tables(MARTS), facts)
    done = publishing.publish(house.home, house.build_path, facts=facts, verdict=verdict, validation=rendered, package=package)
    is_new = isinstance(done, Edition)
    edition = done if isinstance(done, Edition) else done.edition
    with open_build(house.build_path) as database:
        book_published(database)
    _tell_published(house, run_id)
    pruned = publishing.prune(house.home, house.settings.editions_kept)
    rows = {name: content.rows for name, content in sorted(edition.tables.items())}
    return {"edition": edition.number, "is_new": is_new, "verdict": edition.verdict, "rows": rows, "pruned": list(pruned)}


def _facts(house: House) -> Facts:
    positions = {stream: last for one in loads(house) for stream, (_, last) in one.ranges.items()}
    heads = {stream: house.log.digest_at(stream, position) for stream, position in sorted(positions.items())}
    return Facts(
        number=1 + max((*layout.numbers(house.home), *(p["number"] for p in _published(house))), default=0),
        published_at=now(),
        known_at=_last_load(house).known_at,
        log_positions=dict(sorted(positions.items())),
        log_head_digest=digest(orjson.dumps(heads, option=orjson.OPT_SORT_KEYS)),
        code_version=importlib.metadata.version("claimledger"),
        cleaner_version=CLEANER_VERSION,
        extractor_version=EXTRACTOR_VERSION,
    )


def _published(house: House) -> list[dict[str, Any]]:
    return [event.payload for event in house.log.read(EDITIONS, types=(EventType.EDITION_PUBLISHED,))]


def _tell_published(house: House, run_id: str) -> None:
    """Append `EditionPublished` for each edition of which it was not told: a run that was killed after publishing leaves it to the next."""
    told = {payload["number"] for payload in _published(house)}
    untold = [layout.read_edition(house.home, number) for number in layout.numbers(house.home) if number not in told]
    events = [entries.edition_published(edition) for edition in untold]
    if events:
        with house.writing(EDITIONS):
            house.log.append(EDITIONS, events, recorded_at=now(), run_id=run_id)


def list_editions(house: House) -> list[Counts]:
    """The editions that are kept, newest first."""
    current = layout.pointed(house.home)
    return [
        {
            "number": edition.number,
            "published_at": edition.facts.published_at.isoformat(),
            "verdict": edition.verdict,
            "statements": sum(edition.tables[name].rows for name in STATEMENTS if name in edition.tables),
            "is_current": edition.number == current,
        }
        for edition in reversed(publishing.editions(house.home))
    ]


def use_edition(house: House, number: int) -> Path:
    """Make a kept edition the current one; its database."""
    return publishing.use(house.home, number).database


def diff_editions(house: House, a: int, b: int) -> dict[str, Counts]:
    """`statements`: what happened to statements between the two, whichever is the earlier; `tables`: per table what edition `b` has that
    `a` has not, and the reverse, and what changed under one key."""
    statements = {one.what: {"statements": one.statements, "ids": list(one.ids)} for one in publishing.happened(house.home, a, b)}
    return {"statements": statements, "tables": _table_diffs(house, a, b)}


def _table_diffs(house: House, a: int, b: int) -> Counts:
    return {
        one.table: {
            "added": one.only_b,
            "removed": one.only_a,
            "changed": one.changed,
            "added_keys": list(one.only_b_keys),
            "removed_keys": list(one.only_a_keys),
            "changed_keys": list(one.changed_keys),
        }
        for one in publishing.diff(house.home, a, b)
        if not one.is_same
    }
