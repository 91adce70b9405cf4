"""In: what each expectation found. Out: frozen records of it and the verdict over all: pass, warn or fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

LEFT = "these rows were refused already and are still in the tables; the models must leave out raw.unbelievable"
WITHDRAWN = "a row of a page that was withdrawn"
_INSTANTS = ("valid_from_at", "recorded_at")


class Outcome(StrEnum):
    """What a verdict says of an edition: publish, publish and tell, publish nothing."""

    PASS = "pass"  # noqa: S105  a verdict, no password
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
    """A version of a statement that must leave the published tables. Both instants are the version's own: a replay says the same."""

    table: str
    statement_id: str
    article_id: str
    valid_from_at: datetime
    expectation: str
    detail: str
    recorded_at: datetime

    @property
    def version(self) -> tuple[str, str, str, datetime]:
        """What names the version."""
        return self.table, self.statement_id, self.article_id, self.valid_from_at


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


def verdict_of(checks: Iterable[CheckResult], run_at: datetime, unbelievable: Iterable[UnbelievableRow] = ()) -> Verdict:
    """The worst outcome of any check decides. No check at all fails: nothing was judged."""
    kept = tuple(checks)
    outcomes = {check.outcome for check in kept}
    worst = next((o for o in (Outcome.FAIL, Outcome.WARN, Outcome.PASS) if o in outcomes), Outcome.FAIL)
    return Verdict(outcome=worst, run_at=run_at, checks=kept, unbelievable=tuple(unbelievable))


def settle(first: Verdict, second: Verdict) -> Verdict:
    """The verdict over tables that were built again without the rows `first` did not believe.

    What was refused comes from `first`, everything about whole tables from `second`, which saw what will be published. A row that
    `second` refuses all the same fails: the models did not leave out what they were told to leave out.
    """
    refused = (check for check in first.checks if check.level is Level.ROW)
    whole = (check for check in second.checks if check.level is Level.TABLE)
    left = (replace(c, error=LEFT) for c in second.checks if c.level is Level.ROW and not c.is_held)
    return verdict_of((*refused, *whole, *left), second.run_at, first.unbelievable)


def without(verdict: Verdict, article_ids: Collection[str]) -> Verdict:
    """The verdict without the rows of these articles among its samples, for they quote them."""
    return replace(verdict, checks=tuple(replace(c, samples=tuple(_unless_of(s, article_ids) for s in c.samples)) for c in verdict.checks))


def _unless_of(sample: str, article_ids: Collection[str]) -> str:
    return WITHDRAWN if any(name in sample for name in article_ids) else sample


def to_json(verdict: Verdict) -> dict[str, Any]:
    """As JSON values, so that one process can judge and another publish."""
    return {
        "outcome": verdict.outcome.value,
        "run_at": verdict.run_at.isoformat(),
        "checks": [{**asdict(check), "samples": list(check.samples)} for check in verdict.checks],
        "unbelievable": [row_to_json(row) for row in verdict.unbelievable],
    }


def from_json(data: Mapping[str, Any]) -> Verdict:
    """The reverse of `to_json`."""
    return Verdict(
        outcome=Outcome(data["outcome"]),
        run_at=datetime.fromisoformat(data["run_at"]),
        checks=tuple(_check_from(check) for check in data["checks"]),
        unbelievable=tuple(row_from_json(row) for row in data["unbelievable"]),
    )


def row_to_json(row: UnbelievableRow) -> dict[str, Any]:
    """As JSON values. No word of the text is among them."""
    return {**asdict(row), **{at: getattr(row, at).isoformat() for at in _INSTANTS}}


def row_from_json(data: Mapping[str, Any]) -> UnbelievableRow:
    """The reverse of `row_to_json`. Verdicts of before versions were told apart name the recording alone."""
    told = {at: datetime.fromisoformat(data.get(at) or data["recorded_at"]) for at in _INSTANTS}
    return UnbelievableRow(**{**data, **told})


def _check_from(data: Mapping[str, Any]) -> CheckResult:
    typed = {"level": Level(data["level"]), "severity": Severity(data["severity"]), "samples": tuple(data["samples"])}
    return CheckResult(**{**data, **typed})
