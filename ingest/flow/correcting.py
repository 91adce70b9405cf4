"""In: a statement and what is wrong with it. Out: the correction in the log; the next build shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from ingest import correct as deciding
from ingest import read
from ingest.correct import Action, Change, Correction, Shown
from ingest.errors import Misuse
from ingest.events import EventType
from ingest.flow import entries
from ingest.flow.house import CORRECTIONS, House, now
from ingest.ids import ID_CHARS
from ingest.model import vocabularies
from ingest.records import Kind

TABLES = {Kind.CASUALTY_CLAIM: "casualty_claims", Kind.OFFER: "offers", Kind.ANNOUNCEMENT: "announcements"}
_NEWEST = """
SELECT kind, valid_to_at IS NULL AS is_there, reason, "row" FROM statement_history WHERE statement_id = '{}'
ORDER BY valid_to_at IS NULL DESC, valid_from_at DESC LIMIT 1
"""


def correct(
    house: House,
    statement_id: str,
    *,
    reason: str,
    author: str,
    run_id: str,
    assignments: Sequence[str] = (),
    is_rejected: bool = False,
    undone_id: str | None = None,
) -> dict[str, Any]:
    """Append corrections of one statement: its fields set, the row rejected, or one correction undone.

    Raises Misuse for what cannot be done, Retry when another correction is being written, Halt without an edition.
    """
    check_words(reason=reason, by=author)
    with house.writing(CORRECTIONS):
        shown = _shown(house, statement_id)
        made = [one for one in corrections(house) if one.statement_id == statement_id]
        changes = _changes(shown, made, assignments, is_rejected, undone_id)
        events = [
            entries.statement_corrected(statement_id, shown.kind, change, reason.strip(), author.strip(), now()) for change in changes
        ]
        house.log.append(CORRECTIONS, events, recorded_at=now(), run_id=run_id)
    told = [{"correction_id": e.event_id, **{k: e.payload[k] for k in ("action", "field", "old_value", "new_value")}} for e in events]
    return {"statement_id": statement_id, "corrections": told}


def corrections(house: House) -> list[Correction]:
    """Every correction there ever was, in order."""
    return [
        Correction(
            correction_id=event.event_id,
            statement_id=event.payload["statement_id"],
            change=Change(
                action=Action(event.payload["action"]),
                field=event.payload["field"],
                old_value=event.payload["old_value"],
                new_value=event.payload["new_value"],
                undone_id=event.payload["undone_id"],
            ),
        )
        for event in house.log.read(CORRECTIONS, types=(EventType.STATEMENT_CORRECTED,))
    ]


def _changes(
    shown: Shown, made: Sequence[Correction], assignments: Sequence[str], is_rejected: bool, undone_id: str | None
) -> Sequence[Change]:
    if undone_id is not None:
        return deciding.undoing(undone_id, shown.statement_id, made)
    return deciding.rejecting(shown, made) if is_rejected else deciding.setting(shown, assignments, made)


def check_words(**said: str) -> None:
    """Raises Misuse for a reason or a name that is empty or no printable line."""
    for name, text in said.items():
        if not text.strip() or not text.isprintable():
            raise Misuse(f"--{name} {text!r:.80} was given; one printable line was expected")


def _shown(house: House, statement_id: str) -> Shown:
    """The statement as the current edition tells it. Raises Misuse when it does not."""
    if not re.fullmatch(rf"[0-9a-f]{{{ID_CHARS}}}", statement_id):
        raise Misuse(
            f"{statement_id!r:.80} is no id of a statement; {ID_CHARS} hex digits were expected, as in claim_id of casualty_claims"
        )
    rows = read.ask(house.home, _NEWEST.format(statement_id)).table.to_pylist()
    if not rows:
        raise Misuse(
            f"no statement {statement_id} in the current edition; ids stand in the statement tables, what is new comes with a build"
        )
    (row,) = rows
    kind = Kind(row["kind"])
    parties = tuple(read.ask(house.home, "SELECT code FROM parties ORDER BY code").table.column("code").to_pylist())
    fields = orjson.loads(row["row"])
    words = dict.fromkeys((name for name in fields if name == "party" or name.endswith("_party")), parties)
    return Shown(
        statement_id=statement_id,
        kind=kind,
        fields=fields,
        is_there=row["is_there"],
        reason=row["reason"],
        words={**words, **vocabularies(TABLES[kind])},
    )
