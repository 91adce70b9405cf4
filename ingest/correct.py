"""In: what somebody wants corrected, the row as it is shown, the corrections so far. Out: the changes to be recorded.

What cannot be done is Misuse, in one line. A correction is of one field of one statement, or of the whole row (`is_rejected`); what it
sets is a text that the type of the column reads. Later ones win, field by field; an undo takes back one correction by its id.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ingest.errors import Misuse
from ingest.records import Announcement, CasualtyClaim, Kind, Offer

IS_REJECTED = "is_rejected"  # the field of a correction that takes the whole row out
TEXT_CHARS = 400
_RECORDS: Mapping[Kind, type] = {Kind.CASUALTY_CLAIM: CasualtyClaim, Kind.OFFER: Offer, Kind.ANNOUNCEMENT: Announcement}
_NOT_SAID = frozenset({"span", "rule"})  # where and by what a statement was found is no matter of correction
_BOUNDS = (("low", "high"), ("amount_low", "amount"))


class Action(StrEnum):
    SET = "set"
    REJECT = "reject"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a correction does. Values are texts; None is an empty field. `undone_id` names the correction that an undo takes back."""

    action: Action
    field: str
    old_value: str | None
    new_value: str | None
    undone_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A change that was recorded."""

    correction_id: str
    statement_id: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A statement as an edition tells it: the values of its fields, and whether it stands in its table (`reason` says why not).

    `words` holds what may stand in a field, for those fields that know all their words.
    """

    statement_id: str
    kind: Kind
    fields: Mapping[str, object]
    is_there: bool
    reason: str
    words: Mapping[str, Sequence[str]]


def setting(shown: Shown, wanted: Sequence[str], made: Sequence[Correction]) -> list[Change]:
    """One change per `field=value` of `wanted`; an empty value empties the field. `made` are the corrections of the statement so far."""
    _check_is_there(shown, made)
    now = {field: _value_now(shown, field, made) for field in _fields(shown.kind)}
    given: dict[str, str | None] = {}
    for one in wanted:
        field, value = _parsed(shown, one)
        if field in given:
            raise Misuse(f"{field} is set twice; set each field once")
        if value == now[field]:
            raise Misuse(f"{field} is {_told(value)} already; there is nothing to correct")
        given[field] = value
    _check_together(shown.kind, {**now, **given})
    return [Change(action=Action.SET, field=field, old_value=now[field], new_value=value) for field, value in given.items()]


def rejecting(shown: Shown, made: Sequence[Correction]) -> list[Change]:
    """The change that takes the row out of every table."""
    _check_is_there(shown, made)
    return [Change(action=Action.REJECT, field=IS_REJECTED, old_value="false", new_value="true")]


def undoing(correction_id: str, statement_id: str, made: Sequence[Correction]) -> list[Change]:
    """The change that takes back a correction of the statement: its values, the other way round."""
    undone = next((c.change for c in made if c.correction_id == correction_id), None)
    if undone is None:
        known = ", ".join(c.correction_id for c in _standing(made)) or "none"
        raise Misuse(f"no correction {correction_id!r} of statement {statement_id}; those that stand: {known}")
    if undone.action is Action.UNDO:
        raise Misuse(f"{correction_id} is an undo itself; make the correction anew with --set or --reject")
    if correction_id not in {c.correction_id for c in _standing(made)}:
        raise Misuse(f"correction {correction_id} was undone before; there is nothing to undo")
    return [
        Change(
            action=Action.UNDO,
            field=undone.field,
            old_value=undone.new_value,
            new_value=undone.old_value,
            undone_id=correction_id,
        )
    ]


def _standing(made: Sequence[Correction]) -> list[Correction]:
    """The corrections that no undo took back, in their order."""
    undone = {c.change.undone_id for c in made}
    return [c for c in made if c.change.action is not Action.UNDO and c.correction_id not in undone]


def _check_is_there(shown: Shown, made: Sequence[Correction]) -> None:
    rejected = next((c for c in _standing(made) if c.change.action is Action.REJECT), None)
    if rejected is not None:
        raise Misuse(
            f"statement {shown.statement_id} was rejected by correction {rejected.correction_id}; "
            f"take that back first: claimledger correct {shown.statement_id} --undo {rejected.correction_id}"
        )
    was_rejected = shown.reason == "rejected"  # and taken back since the edition
    if not shown.is_there and not was_rejected:
        raise Misuse(f"statement {shown.statement_id} is in no table any more ({shown.reason}); only what is shown can be corrected")


def _value_now(shown: Shown, field: str, made: Sequence[Correction]) -> str | None:
    """What the edition shows, or what corrections say that it does not know of yet."""
    of_field = [c for c in made if c.change.field == field]
    standing = [c for c in _standing(of_field) if c.change.action is Action.SET]
    if standing:
        return standing[-1].change.new_value
    return of_field[0].change.old_value if of_field else _text(shown.fields[field])


def _fields(kind: Kind) -> dict[str, object]:
    """Field -> type as the record declares it."""
    hints = typing.get_type_hints(_RECORDS[kind])
    return {name: hint for name, hint in hints.items() if name not in _NOT_SAID}


def _parsed(shown: Shown, wanted: str) -> tuple[str, str | None]:
    """Field and value of `field=value`, the value as the column's type writes it."""
    field, is_set, text = wanted.partition("=")
    fields = _fields(shown.kind)
    if not is_set:
        raise Misuse(f"--set {wanted!r:.80} was given; field=value was expected, such as low=9")
    if field not in fields:
        raise Misuse(f"{shown.kind} has no field {field!r:.40} to correct; its fields: {', '.join(fields)}")
    text, hint = text.strip(), fields[field]
    if not text:
        if not isinstance(hint, types.UnionType):
            raise Misuse(f"{field} cannot be empty; give a value, or take the row out with --reject")
        return field, None
    return field, _checked(field, text, hint, shown.words.get(field))


def _checked(field: str, text: str, hint: object, words: Sequence[str] | None) -> str:
    if words is not None:
        if text not in words:
            shown = ", ".join(words) if len(words) <= 30 else "the codes of the table parties"
            raise Misuse(f"{field} cannot be {text!r:.80}; it takes one of: {shown}")
        return text
    base = next((t for t in (bool, int, float, date) if t in (hint, *typing.get_args(hint))), str)
    try:
        return _READERS[base](text)
    except ValueError as error:
        raise Misuse(f"{field} cannot be {text!r:.80}; {error}") from None


def _bool(text: str) -> str:
    if text not in ("true", "false"):
        raise ValueError("it takes true or false")
    return text


def _int(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError("it takes a whole number from 0 on, digits only")
    return str(int(text))


def _float(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ValueError("it takes a number from 0 on, such as 1000000 or 0.5")
    return str(value)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("it takes a day as YYYY-MM-DD") from None


def _str(text: str) -> str:
    if not text.isprintable() or len(text) > TEXT_CHARS:
        raise ValueError(f"it takes one printable line of at most {TEXT_CHARS} characters")
    return text


_READERS = {bool: _bool, int: _int, float: _float, date: _date, str: _str}


def _text(value: object) -> str | None:
    """A value of an edition as corrections write it."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _told(value: str | None) -> str:
    return "empty" if value is None else repr(value)


def _check_together(kind: Kind, fields: Mapping[str, str | None]) -> None:
    """What the fields of one row owe each other."""
    for lower, upper in _BOUNDS:
        low, high = fields.get(lower), fields.get(upper)
        if low is not None and high is not None and float(low) > float(high):
            raise Misuse(f"{lower} would be {low} and {upper} {high}; the lower bound cannot be above the upper one: set both")
    if kind is Kind.CASUALTY_CLAIM:
        if fields["low"] is None and fields["high"] is None:
            raise Misuse("low and high would both be empty; a claim tells a number: set one, or take the row out with --reject")
        if (fields["as_of"] is None) != (fields["as_of_basis"] is None):
            raise Misuse("as_of and as_of_basis go together; set both, or empty both with --set as_of= --set as_of_basis=")
