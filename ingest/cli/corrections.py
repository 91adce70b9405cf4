"""In: correct, withdraw. Out: what a person decided, in the log, with reason and author."""

from __future__ import annotations

from typing import Any

import click

from ingest.cli.common import common, emit
from ingest.settings import Settings


@click.command()
@click.argument("statement_id", metavar="ID")
@click.option("--set", "assignments", multiple=True, metavar="FIELD=VALUE", help="Set a column; nothing after = empties it. Repeatable.")
@click.option("--reject", "is_rejected", is_flag=True, help="Take the whole row out of the tables.")
@click.option("--undo", "undone_id", metavar="CORRECTION", help="Take back one correction, by its correction_id.")
@click.option("--reason", required=True, help="Why; shows in the tables.")
@click.option("--by", "author", required=True, help="Who corrects; shows in the table corrections.")
@common
def correct(
    given: Settings,
    as_json: bool,
    statement_id: str,
    assignments: tuple[str, ...],
    is_rejected: bool,
    undone_id: str | None,
    reason: str,
    author: str,
) -> None:
    """Correct a statement, named by its claim_id, offer_id or announcement_id. The next build shows it.

    \b
    Example: claimledger correct 1f0c64be2a9d7e30c5b8a412 --set low=9166 --set high= --reason "misread" --by "A. Editor"
    """
    from ingest import flow

    if bool(assignments) + is_rejected + (undone_id is not None) != 1:
        raise click.UsageError("give one of --set (once or more), --reject and --undo")
    told = flow.correct(
        flow.open_house(flow.read_only(given)),
        statement_id,
        assignments=assignments,
        is_rejected=is_rejected,
        undone_id=undone_id,
        reason=reason,
        author=author,
        run_id=flow.new_run_id("correct"),
    )
    lines = [f"{c['correction_id']}: {c['field']}: {_value(c['old_value'])} -> {_value(c['new_value'])}" for c in told["corrections"]]
    emit(told, as_json, [*lines, "in the log; the next build shows it: claimledger build"])


@click.command()
@click.argument("url")
@click.option("--reason", required=True, help="Why; stands in the log.")
@click.option("--by", "author", required=True, help="Who withdraws; stands in the log.")
@common
def withdraw(given: Settings, as_json: bool, url: str, reason: str, author: str) -> None:
    """Take a page down: its text and body leave the archive, its quotes every edition; what it stated stays, as withdrawn.

    \b
    Example: claimledger withdraw https://gazette.example/a --reason "asked by the outlet" --by "A. Editor"
    """
    from ingest import flow

    told = flow.withdraw(flow.open_house(flow.read_only(given)), url, reason=reason, author=author, run_id=flow.new_run_id("withdraw"))
    emit(told, as_json, _withdrawn(told))


def _withdrawn(told: dict[str, Any]) -> list[str]:
    page = told["canonical_url"]
    if told["is_done_before"]:
        return [
            f"{page} was withdrawn already, on {told['recorded_at']:%Y-%m-%d} by {told['author']} ({told['reason']}); nothing is left of it"
        ]
    editions = ", ".join(map(str, told["editions"])) or "none"
    lines = [f"{page}: {told['bodies']} bodies and {told['texts']} texts removed; editions written anew: {editions}"]
    if told["leftovers"]:
        lines.append(f"{told['leftovers']} files or folders that stopped runs had left were removed: the page could lie in them")
    if told["work"]:
        lines.append("what unfinished runs had left was removed too; the next gather takes it up again")
    return [*lines, "the next build reads the whole log: claimledger build"] if told["build_removed"] else lines


def _value(text: str | None) -> str:
    return "(empty)" if text is None else text
