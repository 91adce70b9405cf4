"""In: frames as Parquet files with their expectations. Out: what Great Expectations found, per file and expectation.

The only module that imports Great Expectations, and inside the function: the import costs 5 to 10 seconds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.validate.frames import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One expectation over one file. `elements` are the rows with a value to judge; `failing` holds the places (from 0) of the rows in
    `file` that do not hold."""

    frame: Frame
    file: Path
    name: str
    is_held: bool
    elements: int = 0
    unexpected: int = 0
    observed: object = None
    failing: tuple[int, ...] = field(default=())
    error: str | None = None


def run(frames: Sequence[Frame]) -> tuple[Finding, ...]:
    """One checkpoint over all files of all frames, in an ephemeral context, silent and offline."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # five seconds: only who validates pays
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source: Any = context.data_sources.add_pandas("frames")
    owners: dict[str, tuple[Frame, Path]] = {}
    definitions = []
    for frame in frames:
        for file in frame.files:
            name = file.stem
            owners[name] = (frame, file)
            # Arrow-backed columns keep whole numbers whole beside NULL and cost a third of the memory of objects.
            batch = source.add_parquet_asset(name, path=file, dtype_backend="pyarrow").add_batch_definition("all")
            suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=_configurations(frame)))
            definitions.append(context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite)))
    checkpoint = gx.Checkpoint(name="edition", validation_definitions=definitions, result_format={"result_format": "COMPLETE"})
    result = context.checkpoints.add(checkpoint).run()
    return tuple(_finding(*owners[validation.suite_name], one) for validation in result.run_results.values() for one in validation.results)


def _configurations(frame: Frame) -> list[dict[str, Any]]:
    return [{"type": e.type, "kwargs": e.kwargs, "meta": {"name": e.name}} for e in frame.expectations]


def _finding(frame: Frame, file: Path, one: Any) -> Finding:
    result: Mapping[str, Any] = one.result or {}
    return Finding(
        frame=frame,
        file=file,
        name=one.expectation_config.meta["name"],
        is_held=bool(one.success),
        elements=int(result.get("element_count") or 0) - int(result.get("missing_count") or 0),
        unexpected=int(result.get("unexpected_count") or 0),
        observed=result.get("observed_value"),
        failing=tuple(result.get("unexpected_index_list") or ()),
        error=_raised(one.exception_info),
    )


def _raised(info: Mapping[str, Any] | None) -> str | None:
    """The message of the first exception; the information is flat or keyed by metric."""
    if not info:
        return None
    parts = [info] if "raised_exception" in info else [part for part in info.values() if isinstance(part, Mapping)]
    for part in parts:
        if part.get("raised_exception"):
            return str(part.get("exception_message") or "an exception without a message").splitlines()[0]
    return None
