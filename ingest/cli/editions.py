"""In: editions list, use, diff. Out: the editions that are kept, a step back to one, what differs between two."""

from __future__ import annotations

import click

from ingest.cli.common import common, emit
from ingest.settings import Settings


@click.group()
def editions() -> None:
    """Go back, compare."""


@editions.command("list")
@common
def list_(given: Settings, as_json: bool) -> None:
    """The editions that are kept, newest first; the star marks the current one.

    \b
    Example: claimledger editions list
    """
    from ingest import flow

    rows = flow.list_editions(flow.open_house(flow.read_only(given)))
    emit(
        rows,
        as_json,
        [
            f"{'*' if r['is_current'] else ' '} {r['number']:>5}  {r['published_at']}  {r['verdict']:<5} {r['statements']} statements"
            for r in rows
        ]
        or ["no edition yet; run: claimledger build"],
    )


@editions.command("use")
@click.argument("number", type=click.IntRange(min=1))
@common
def use(given: Settings, as_json: bool, number: int) -> None:
    """Make a kept edition the current one, until the next build publishes.

    \b
    Example: claimledger editions use 41
    """
    from ingest import flow

    path = flow.use_edition(flow.open_house(flow.read_only(given)), number)
    emit({"current": str(path)}, as_json, [f"current is edition {number}: {path}"])


@editions.command("diff")
@click.argument("a", type=click.IntRange(min=1))
@click.argument("b", type=click.IntRange(min=1))
@common
def diff(given: Settings, as_json: bool, a: int, b: int) -> None:
    """What happened to statements between two editions (new, revised, corrected, gone …); what B has, lacks or tells otherwise than A.

    \b
    Example: claimledger editions diff 41 42
    """
    from ingest import flow

    found = flow.diff_editions(flow.open_house(flow.read_only(given)), a, b)
    lines = []
    for what, one in found["statements"].items():
        more = ", …" if one["statements"] > len(one["ids"]) else ""
        lines.append(f"{one['statements']} {what}: {', '.join(one['ids'])}{more}")
    for name, told in found["tables"].items():
        lines.append(f"{name}: {told['added']} new, {told['removed']} gone, {told['changed']} changed")
        lines += [
            f"    {sign} {key}" for sign, part in (("+", "added_keys"), ("-", "removed_keys"), ("~", "changed_keys")) for key in told[part]
        ]
    emit(found, as_json, lines or ["no difference"])
