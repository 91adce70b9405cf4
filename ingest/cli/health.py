"""In: status, verify. Out: how the ledger is, for people and for monitors; exit code 1 when something needs a look."""

from __future__ import annotations

from typing import Any

import click

from ingest.cli.common import common, counted, emit
from ingest.errors import Halt
from ingest.settings import Settings

STALE_HOURS = 36  # one missed night


@click.command()
@common
def status(given: Settings, as_json: bool) -> None:
    """Last runs, current edition and its age, pending work, quiet sources, disk. Exit code 1 when the edition is older than 36 h.

    \b
    Example: claimledger status --json
    """
    from ingest import flow

    told = flow.status(flow.open_house(flow.read_only(given)))
    emit(told, as_json, _lines(told))
    age = told["edition"]["age_hours"] if told["edition"] else None
    if age is None:
        raise Halt("no edition yet; run: claimledger build")
    if age > STALE_HOURS:
        raise Halt(
            f"the current edition is {age:.0f} hours old; more than {STALE_HOURS} means a missed night:"
            " see the warehouse DAG, or run: claimledger build"
        )


def _lines(told: dict[str, Any]) -> list[str]:
    edition = told["edition"]
    head = "no edition yet"
    if edition:
        when = f"published {edition['published_at']:%Y-%m-%d %H:%M} UTC ({edition['age_hours']:.1f} h ago)"
        head = f"edition {edition['number']}, {when}, verdict {edition['verdict']}"
    lines = [head, f"home {told['home']} ({told['kind']}), {told['disk']['used_mb']} MB used, {told['disk']['free_mb']} MB free"]
    lines += [f"quiet: {slug}" for slug in told["quiet_sources"]]
    if told["never_visited"]:
        lines.append(f"never visited: {', '.join(told['never_visited'])}")
    lines += [f"wrong source file: {error}" for error in told["source_errors"]]
    for slug, source in told["sources"].items():
        last = f"{source['last_success_at']:%Y-%m-%d %H:%M} UTC" if source["last_success_at"] else "never"
        lines.append(f"{slug:<28} last success {last:<20} {counted(source['pending'])}")
    lines.append(f"not loaded yet: {counted(told['unloaded'])}")
    return lines


@click.command()
@click.option(
    "--quarantine",
    is_flag=True,
    help="Move broken archive files and editions to <home>/quarantine; gather then fetches anew what they held. The log is never touched.",
)
@common
def verify(given: Settings, as_json: bool, quarantine: bool) -> None:
    """Hash chains, archive digests, quotes, editions. Names every broken thing; exit code 1 when there is one.

    What was set aside before, and files that nothing in the log names, are told as well; they are nothing that breaks.

    \b
    Example: claimledger verify
             claimledger verify --quarantine
    """
    from ingest import flow

    result = flow.verify(flow.open_house(flow.read_only(given)), quarantine=quarantine)
    lines = [line for name in ("broken", "lost", "leftovers", "set_aside") for line in result[name]]
    emit(result, as_json, [*lines, f"checked {counted(result['checked'])}"])
    if result["broken"]:
        raise Halt(f"{len(result['broken'])} broken things; docs/operations.md tells what to do with each")
