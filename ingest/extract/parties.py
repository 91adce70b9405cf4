"""In: a loss and its sentence, article and claimant. Out: the side whose people or equipment were lost, or None."""

from __future__ import annotations

from collections.abc import Callable

from ingest.extract.context import Context
from ingest.extract.evidence import Case, Claimant, Verdict, by_enemy, by_make, by_phrase, phrase_of
from ingest.extract.lost import Loss
from ingest.extract.owners import (
    by_both,
    by_infliction,
    by_link,
    by_list,
    by_loser,
    by_losses_before,
    by_own_losses,
    by_owner,
    by_ranks,
    by_side_named,
)
from ingest.extract.scenes import by_arms_borne, by_occupation, by_scene
from ingest.extract.strikes import by_boast, by_fire
from ingest.extract.tagging import Tagged

_EVIDENCE: tuple[Callable[[Case], Verdict], ...] = (  # the clearest first
    by_ranks,
    by_phrase,
    by_enemy,
    by_owner,
    by_list,
    by_infliction,
    by_side_named,
    by_both,
    by_loser,
    by_link,
    by_own_losses,
    by_losses_before,
    by_boast,
    by_arms_borne,
    by_occupation,
    by_scene,
    by_make,
    by_fire,
)


def side_of_loss(
    context: Context, index: int, tagged: Tagged, loss: Loss, claimant: Claimant, earlier: str | None, is_item: bool = False
) -> str | None:
    """What the first piece of evidence says that says anything; `earlier` is the side of the list before the loss, `is_item` says that the
    loss is a further item of that list."""
    phrase = phrase_of(tagged, loss)
    words = frozenset(chunk.text.lower() for chunk in phrase)
    case = Case(context, index, tagged, loss, claimant, earlier, is_item, phrase, words)
    verdict = next((found for evidence in _EVIDENCE if (found := evidence(case)) is not None), None)
    return verdict[0] if verdict else None
