"""In: what each expectation found. Out: frozen records of it and the verdict over all: pass, warn or fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What a verdict says of an edition: publish, publish and tell, publish nothing."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


class Severity(StrEnum):
    """How bad it is when an expectation does not hold."""

    WARN = "warn"
    ERROR = "error"


class Level(StrEnum):
    """What an expectation judges: a whole table, or single statements, which then leave the tables one by one."""

    TABLE = "table"
    ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One expectation over one frame. `error` is set when the check itself broke: it then counts as not held, whatever the severity.
    `observed` is one line for people; `samples` are some of the rows that do not hold, one line each."""

    table: str
    name: str
    type: str
    reason: str
    level: Level
    severity: Severity
    is_held: bool
    observed: str
    elements: int = 0
    unexpected: int = 0
    samples: tuple[str, ...] = ()
    error: str | None = None

    @property
    def outcome(self) -> Outcome:
        """A row-level expectation that does not hold costs the rows, not the edition."""
        if self.error is not None:
            return Outcome.FAIL
        if self.is_held:
            return Outcome.PASS
        return Outcome.FAIL if self.level is Level.TABLE and self.severity is Severity.ERROR else Outcome.WARN


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbelievableRow:
    """A statement that must leave the published tables. `recorded_at` is that of the statement: no clock enters, so a replay says the same."""

    table: str
    statement_id: str
    article_id: str
    expectation: str
    detail: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement over one build, made at `run_at`."""

    outcome: Outcome
    run_at: datetime
    checks: tuple[CheckResult, ...]
    unbelievable: tuple[UnbelievableRow, ...] = ()

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if check.outcome is Outcome.FAIL)

    @property
    def warned(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if check.outcome is Outcome.WARN)


def verdict_of(
    checks: Iterable[CheckResult], run_at: datetime, unbelievable: Iterable[UnbelievableRow] = ()
) -> Verdict:
    """The worst outcome of any check decides. No check at all fails: nothing was judged."""
    kept = tuple(checks)
    outcomes = {check.outcome for check in kept}
    worst = next((o for o in (Outcome.FAIL, Outcome.WARN, Outcome.PASS) if o in outcomes), Outcome.FAIL)
    return Verdict(outcome=worst, run_at=run_at, checks=kept, unbelievable=tuple(unbelievable))
