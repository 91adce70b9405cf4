"""In: a verdict and the number of the edition it is about. Out: the texts of the validation report, HTML and JSON.

Pure. The HTML is one file that loads nothing and runs nothing; whatever stands in a failing row is shown, never interpreted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from ingest import inert
from ingest.verdict import CheckResult, Level, Outcome, Severity, Verdict, to_json

_SAYS = {
    Outcome.PASS: "Every expectation holds.",
    Outcome.WARN: "Published. Some expectations do not hold; none of them forbids publication.",
    Outcome.FAIL: (
        "Not published; the last edition stays. An expectation that forbids publication does not hold, or could not be checked. "
        "Look at the rows below, mend or disable the source, or change the expectation with a reason; then run: claimledger build"
    ),
}
_REFUSED_SHOWN = 200


def render(verdict: Verdict, number: int | None) -> Mapping[str, str]:
    """`index.html` and `verdict.json`. `number` is None when nothing is published."""
    return {"index.html": _html(verdict, number), "verdict.json": json.dumps(to_json(verdict), indent=2, ensure_ascii=False) + "\n"}


def _html(verdict: Verdict, number: int | None) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["inert"] = lambda text: inert.named(str(text))
    template = environment.from_string(files(__package__).joinpath("validation.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        verdict=verdict,
        says=_SAYS[verdict.outcome],
        number=number,
        when=f"{verdict.run_at:%Y-%m-%d %H:%M} UTC",
        trouble=(*verdict.failed, *verdict.warned),
        held=_held(verdict),
        effect=_effect,
        shown=_shown,
        counts={outcome: sum(check.outcome is outcome for check in verdict.checks) for outcome in Outcome},
        statements=len({row.version for row in verdict.unbelievable}),
        refused=verdict.unbelievable[:_REFUSED_SHOWN],
    )


def _held(verdict: Verdict) -> list[tuple[str, list[CheckResult]]]:
    """What holds, by table, in the order of the verdict."""
    names = dict.fromkeys(check.table for check in verdict.checks)
    grouped = ((name, [c for c in verdict.checks if c.table == name and c.outcome is Outcome.PASS]) for name in names)
    return [(name, checks) for name, checks in grouped if checks]


def _effect(check: CheckResult) -> str:
    """What it does when it does not hold."""
    if check.level is Level.ROW:
        return "refuses rows"
    return "stops the edition" if check.severity is Severity.ERROR else "warns"


def _shown(check: CheckResult) -> str:
    """How many of the rows that do not hold are listed."""
    count = len(check.samples)
    rows = "the row" if check.unexpected == 1 else f"{check.unexpected:,} rows"
    return rows if count == check.unexpected else f"{count} of {rows}"
