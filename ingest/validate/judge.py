"""In: a built database, the last edition, the expectations, the instant of the run. Out: the verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from ingest import shortage
from ingest.validate import checkpoint, frames
from ingest.validate.checkpoint import Finding
from ingest.validate.frames import Frame
from ingest.validate.suites import Expectation, Suite, read_suites
from ingest.verdict import CheckResult, Level, UnbelievableRow, Verdict, verdict_of

SAMPLES = 10
SAMPLE_CHARS = 400
_COUNTED_BY = ("column", "column_A")  # kwargs of expectations that judge row by row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    check: CheckResult
    unbelievable: tuple[UnbelievableRow, ...] = ()


def validate(build_path: Path, previous_edition: Path | None, expectations: Path, run_at: datetime) -> Verdict:
    """Judge the tables of schema main in `build_path`; `previous_edition` is the folder of the last edition.

    The database is only read and must not be open for writing anywhere. Raises Halt for a wrong expectation file, Retry when the
    database is held. Whatever else goes wrong inside a check is an error of that check and fails the verdict.
    """
    suites = read_suites(expectations)
    with TemporaryDirectory(prefix="claimledger-") as scratch:
        with frames.opened(build_path, previous_edition, run_at, Path(scratch)) as connection:
            made = [
                frames.write_frame(connection, suite.table, group, Path(scratch), f"{suite.table}-{number}")
                for suite in suites
                for number, group in enumerate(_by_frame(suite))
            ]
        judged = tuple(_judge(made, _run(made)))
    return verdict_of((j.check for j in judged), run_at, (row for j in judged for row in j.unbelievable))


def _by_frame(suite: Suite) -> Iterator[tuple[Expectation, ...]]:
    """Expectations that share query and level share a frame."""
    groups: dict[tuple[str | None, Level], list[Expectation]] = defaultdict(list)
    for expectation in suite.expectations:
        groups[expectation.query, expectation.level].append(expectation)
    return map(tuple, groups.values())


def _run(made: Sequence[Frame]) -> tuple[Finding, ...]:
    """What the checkpoint found; when it breaks as a whole, every expectation broke with its message."""
    sound = [frame for frame in made if frame.error is None]
    try:
        return checkpoint.run(sound)
    except Exception as error:
        if shortage.is_behind(error):
            raise
        told = f"the checkpoint broke: {type(error).__name__}: {error}".splitlines()[0]
        return tuple(
            Finding(frame=frame, file=file, name=e.name, is_held=False, error=told)
            for frame in sound
            for file in frame.files
            for e in frame.expectations
        )


def _judge(made: Iterable[Frame], findings: Iterable[Finding]) -> Iterator[_Judged]:
    """One result per expectation, in the order of the files."""
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.frame.table, finding.name].append(finding)
    for frame in made:
        for expectation in frame.expectations:
            yield _one(frame, expectation, found[frame.table, expectation.name])


def _one(frame: Frame, expectation: Expectation, findings: Sequence[Finding]) -> _Judged:
    error = frame.error or next((f.error for f in findings if f.error), None)
    if error is None and not findings:
        error = f"the checkpoint gave no result: Great Expectations knows no {expectation.type} with these kwargs"
    failing = [] if error else [row for finding in findings for row in _rows(finding)]
    is_held = error is None and all(finding.is_held for finding in findings)
    check = CheckResult(
        table=frame.table,
        name=expectation.name,
        type=expectation.type,
        reason=expectation.reason,
        level=expectation.level,
        severity=expectation.severity,
        is_held=is_held,
        observed=_observed(expectation, findings, failing),
        elements=sum(f.elements for f in findings),
        unexpected=sum(f.unexpected for f in findings),
        samples=() if is_held else tuple(map(_sample, failing[:SAMPLES])),
        error=error,
    )
    is_refusing = expectation.level is Level.ROW and not is_held
    return _Judged(check=check, unbelievable=tuple(_refused(frame, expectation, row) for row in failing) if is_refusing else ())


def _rows(finding: Finding) -> list[Mapping[str, Any]]:
    """The failing rows of a file."""
    if not finding.failing:
        return []
    rows: list[Mapping[str, Any]] = (
        pq.ParquetFile(finding.file, pre_buffer=False).read(use_threads=False).take(list(finding.failing)).to_pylist()
    )
    return rows


def _observed(expectation: Expectation, findings: Sequence[Finding], failing: Sequence[Mapping[str, Any]]) -> str:
    """One line: what was found beside what would have been right. Rows without a value are not judged and not counted."""
    if not any(key in expectation.kwargs for key in _COUNTED_BY):
        return ", ".join(str(f.observed) for f in findings if f.observed is not None) or "nothing"
    judged, unexpected = sum(f.elements for f in findings), sum(f.unexpected for f in findings)
    column, wanted = expectation.kwargs.get("column", "columns"), _wanted(expectation)
    if judged == 0:
        return f"nothing to judge: {column} is unknown"
    if not unexpected:
        return f"{column} {wanted} in {'the one row' if judged == 1 else f'all {judged:,} rows'}"
    if judged == 1 and failing:
        return f"{column} is {_figure(failing[0].get(column))}, expected {wanted}"
    return f"{unexpected:,} of {judged:,} rows not as expected: {column} {wanted}"


def _wanted(expectation: Expectation) -> str:
    """What would have been right, from the arguments of the expectation."""
    is_strict = {key: bool(expectation.kwargs.get(f"strict_{key[:3]}")) for key in ("min_value", "max_value")}
    words = {
        "min_value": "above" if is_strict["min_value"] else "at least",
        "max_value": "below" if is_strict["max_value"] else "at most",
        "value_set": "one of",
        "regex": "of the form",
    }
    return " and ".join(f"{words[key]} {_figure(value)}" for key, value in expectation.kwargs.items() if key in words)


def _figure(value: object) -> str:
    """A value for people: whole numbers in groups of three, fractions to four places, flags as SQL writes them."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4f}".rstrip("0").rstrip(".")
        case list() | tuple():
            return ", ".join(map(_figure, value))
        case _:
            return str(value)


def _sample(row: Mapping[str, Any]) -> str:
    text = ", ".join(
        f"{key} {_figure(value)}" for key, value in row.items() if value is not None and key not in ("valid_from_at", "recorded_at")
    )
    return text if len(text) <= SAMPLE_CHARS else text[: SAMPLE_CHARS - 1] + "…"


def _refused(frame: Frame, expectation: Expectation, row: Mapping[str, Any]) -> UnbelievableRow:
    column = expectation.kwargs.get("column", "")
    return UnbelievableRow(
        table=frame.table,
        statement_id=row["statement_id"],
        article_id=row["article_id"],
        valid_from_at=row["valid_from_at"],
        expectation=expectation.name,
        detail=f"{column} is {_figure(row.get(column))}, expected {_wanted(expectation)}: {expectation.reason}",
        recorded_at=row["recorded_at"],
    )
