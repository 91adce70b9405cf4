"""In: a row as it is shown, corrections so far, a wish. Out: the changes, or one line saying what would have been right."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.correct import Action, Change, Correction, Shown, rejecting, setting, undoing
from ingest.errors import Misuse
from ingest.model import vocabularies
from ingest.records import Kind

NAME = "1f0c64be2a9d7e30c5b8a412"
CLAIM = Shown(
    statement_id=NAME,
    kind=Kind.CASUALTY_CLAIM,
    fields={
        "claimed_on": None, "claimant": "General Staff", "claimant_party": "UA", "party": "RU", "population": "military",
        "measure": "killed", "category": "personnel", "subject": None, "is_subset": False, "place": None, "low": 90, "high": None,
        "qualifier": "at_least", "period": "day", "as_of": "2026-03-01", "as_of_basis": "stated",
    },
    is_there=True,
    reason="extracted",
    words={**vocabularies("casualty_claims"), "party": ("RU", "UA"), "claimant_party": ("RU", "UA")},
)  # fmt: skip
OFFER = Shown(
    statement_id=NAME,
    kind=Kind.OFFER,
    fields={
        "offered_on": None, "valid_until": None, "status": "offered", "offeror": "Kyiv", "offeror_party": "UA", "announced_by": None,
        "audience": None, "audience_party": None, "action": "surrender", "benefit": "money", "amount_low": None, "amount": 500.0,
        "currency": "USD", "per": "once", "amount_usd": 500.0, "usd_basis": "usd",
    },
    is_there=True,
    reason="extracted",
    words=vocabularies("offers"),
)  # fmt: skip


def made(*changes: Change) -> list[Correction]:
    return [Correction(correction_id=f"c{n}", statement_id=NAME, change=change) for n, change in enumerate(changes, start=1)]


def low(new: str | None, old: str | None = "90") -> Change:
    return Change(action=Action.SET, field="low", old_value=old, new_value=new)


def undo(correction_id: str, change: Change) -> Change:
    return dataclasses.replace(change, action=Action.UNDO, old_value=change.new_value, new_value=change.old_value, undone_id=correction_id)


REJECT = Change(action=Action.REJECT, field="is_rejected", old_value="false", new_value="true")


class TestSetting:
    @pytest.mark.parametrize(
        ("shown", "wanted", "expected"),
        [
            (CLAIM, "low=9", ("low", "90", "9")),
            (CLAIM, "low= 0091 ", ("low", "90", "91")),
            (CLAIM, "place=Bakhmut = north", ("place", None, "Bakhmut = north")),
            (CLAIM, "claimant=", ("claimant", "General Staff", None)),
            (CLAIM, "is_subset=true", ("is_subset", "false", "true")),
            (CLAIM, "as_of=2026-02-28", ("as_of", "2026-03-01", "2026-02-28")),
            (CLAIM, "party=UA", ("party", "RU", "UA")),
            (CLAIM, "qualifier=about", ("qualifier", "at_least", "about")),
            (OFFER, "amount=1000000.5", ("amount", "500.0", "1000000.5")),
        ],
    )
    def test_a_value_is_written_as_the_column_reads_it(self, shown: Shown, wanted: str, expected: tuple[str, ...]) -> None:
        (change,) = setting(shown, [wanted], [])
        assert (change.field, change.old_value, change.new_value) == expected
        assert (change.action, change.undone_id) == (Action.SET, None)

    @pytest.mark.parametrize(
        ("shown", "wanted", "message"),
        [
            (CLAIM, ["low"], "field=value was expected, such as low=9"),
            (CLAIM, ["lwo=9"], "casualty_claim has no field 'lwo' to correct; its fields: claimed_on, claimant"),
            (CLAIM, ["quote=x"], "has no field 'quote'"),
            (CLAIM, ["low=-1"], "low cannot be '-1'; it takes a whole number from 0 on"),
            (CLAIM, ["low=1.5"], "low cannot be '1.5'; it takes a whole number"),
            (CLAIM, ["low=٣"], "it takes a whole number"),
            (CLAIM, ["low=90"], "low is '90' already; there is nothing to correct"),
            (CLAIM, ["place="], "place is empty already"),
            (CLAIM, ["measure="], "measure cannot be empty; give a value, or take the row out with --reject"),
            (CLAIM, ["measure=vanished"], "measure cannot be 'vanished'; it takes one of: killed, wounded"),
            (CLAIM, ["party=Narnia"], "party cannot be 'Narnia'; it takes one of: RU, UA"),
            (CLAIM, ["is_subset=yes"], "it takes true or false"),
            (CLAIM, ["as_of=1 March"], "it takes a day as YYYY-MM-DD"),
            (CLAIM, ["as_of="], "as_of and as_of_basis go together"),
            (CLAIM, ["high=80"], "low would be 90 and high 80; the lower bound cannot be above the upper one"),
            (CLAIM, ["low="], "low and high would both be empty; a claim tells a number"),
            (CLAIM, ["low=9", "low=8"], "low is set twice"),
            (CLAIM, ["place=a\nb"], "it takes one printable line"),
            (OFFER, ["amount=inf"], "it takes a number from 0 on"),
            (OFFER, ["amount=much"], "amount cannot be 'much'; it takes a number from 0 on"),
            (OFFER, ["amount_low=501"], "amount_low would be 501.0 and amount 500.0"),
        ],
    )
    def test_what_cannot_be_is_said_in_one_line(self, shown: Shown, wanted: Sequence[str], message: str) -> None:
        with pytest.raises(Misuse) as told:
            setting(shown, wanted, [])
        assert message in str(told.value)
        assert "\n" not in str(told.value)

    def test_fields_that_only_fit_together_are_set_together(self) -> None:
        changes = setting(CLAIM, ["low=", "high=80"], [])
        assert [(c.field, c.new_value) for c in changes] == [("low", None), ("high", "80")]
        assert [c.field for c in setting(CLAIM, ["as_of=", "as_of_basis="], [])] == ["as_of", "as_of_basis"]

    def test_a_correction_that_no_build_has_seen_yet_counts(self) -> None:
        before = made(low("9"))
        assert setting(CLAIM, ["low=8"], before)[0].old_value == "9"
        with pytest.raises(Misuse, match="low is '9' already"):
            setting(CLAIM, ["low=9"], before)

    def test_what_was_undone_gives_way_to_the_correction_before_and_at_last_to_what_was_extracted(self) -> None:
        corrected = dataclasses.replace(CLAIM, fields={**CLAIM.fields, "low": 8})  # the edition knows the corrections, not the undoing
        twice = [low("9"), low("8", old="9")]
        assert setting(corrected, ["low=7"], made(*twice, undo("c2", twice[1])))[0].old_value == "9"
        assert setting(corrected, ["low=7"], made(*twice, undo("c2", twice[1]), undo("c1", twice[0])))[0].old_value == "90"

    def test_a_statement_that_is_gone_or_rejected_cannot_be_corrected(self) -> None:
        with pytest.raises(Misuse, match="is in no table any more \\(gone\\)"):
            setting(dataclasses.replace(CLAIM, is_there=False, reason="gone"), ["low=9"], [])
        with pytest.raises(Misuse, match=f"was rejected by correction c1; take that back first: claimledger correct {NAME} --undo c1"):
            setting(CLAIM, ["low=9"], made(REJECT))


class TestRejecting:
    def test_the_whole_row_is_taken_out_once(self) -> None:
        assert rejecting(CLAIM, []) == [REJECT]
        with pytest.raises(Misuse, match="was rejected by correction c1"):
            rejecting(CLAIM, made(REJECT))

    def test_after_an_undo_it_can_be_rejected_again_before_the_next_build(self) -> None:
        out = dataclasses.replace(CLAIM, is_there=False, reason="rejected")
        assert rejecting(out, made(REJECT, undo("c1", REJECT))) == [REJECT]


class TestUndoing:
    def test_it_turns_the_values_round_and_names_what_it_takes_back(self) -> None:
        (change,) = undoing("c1", NAME, made(low("9")))
        assert change == Change(action=Action.UNDO, field="low", old_value="9", new_value="90", undone_id="c1")

    @pytest.mark.parametrize(
        ("correction_id", "message"),
        [
            ("c9", f"no correction 'c9' of statement {NAME}; those that stand: c1"),
            ("c2", "correction c2 was undone before; there is nothing to undo"),
            ("c3", "c3 is an undo itself; make the correction anew"),
        ],
    )
    def test_what_cannot_be_undone_is_said(self, correction_id: str, message: str) -> None:
        twice = [low("9"), low("8", old="9")]
        with pytest.raises(Misuse, match=message):
            undoing(correction_id, NAME, made(*twice, undo("c2", twice[1])))


@given(st.lists(st.tuples(st.sampled_from(["set", "undo"]), st.integers(0, 9)), max_size=12))
def test_the_old_value_is_what_a_reader_of_the_log_would_find(steps: list[tuple[str, int]]) -> None:
    """A model: a stack of values per field, from which undoing takes one out wherever it lies."""
    done: list[Correction] = []
    stack: list[tuple[str, str]] = []
    for action, number in steps:
        name = f"c{len(done) + 1}"
        shown = stack[-1][1] if stack else "90"
        if action == "set" and str(number) != shown:
            (change,) = setting(CLAIM, [f"low={number}"], done)
            assert change.old_value == shown
            stack.append((name, str(number)))
        elif action == "undo" and stack:
            undone, _ = stack.pop(number % len(stack))
            (change,) = undoing(undone, NAME, done)
        else:
            continue
        done.append(Correction(correction_id=name, statement_id=NAME, change=change))
