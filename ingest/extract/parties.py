"""In: a loss and its sentence, article and claimant. Out: the side whose people or equipment were lost, and the place, or None."""

from __future__ import annotations

from ingest.extract.attribution import run_left, subject_of
from ingest.extract.context import Context, side_of
from ingest.extract.lexicons import Entry
from ingest.extract.losses import Loss
from ingest.extract.tagging import Chunk, Tagged

_OPPONENT = {"UA": "RU", "RU": "UA"}
_ENEMY = frozenset({"enemy", "enemy's", "occupiers", "invaders", "occupants", "aggressor", "occupier"})
_INVADERS = frozenset({"invaders", "occupiers", "occupants", "occupier", "aggressor"})
_OWN = frozenset({"our", "we"})


def side_of_loss(context: Context, index: int, tagged: Tagged, loss: Loss, claimant_party: str | None, earlier: str | None) -> str | None:
    """The words beside the number first, then the loser, then who struck, then the place; `earlier` is the side of the list before it."""
    near = _phrase(tagged, loss)
    named = side_of([c for c in near if c.tag in "AU"]) or _people(near)
    if named:
        return named
    words = {c.text.lower() for c in near}
    if words & _ENEMY:
        return _enemy(words, claimant_party)
    if words & _OWN and claimant_party:
        return claimant_party
    if loss.noun.head is None and loss.rule == "reduced_passive":
        owner = _owner_of_losses(tagged, loss)
        if owner:
            return owner
    told = _loser(tagged, loss, claimant_party) or _heading_side(tagged, loss, claimant_party)
    if told:
        return told
    is_linked = loss.noun.head is None or loss.rule in ("subset", "listed", "loss_list") or _is_chained(tagged, loss)
    if is_linked and earlier:
        return earlier
    if loss.category == "personnel":
        return _by_place(context, index, tagged, loss)
    return _struck(tagged, loss, claimant_party, earlier) or (earlier if loss.rule == "reduced_passive" else None)


def _phrase(tagged: Tagged, loss: Loss) -> list[Chunk]:
    """The counted noun and what is tied to its end by 'of' or 'from'."""
    last = loss.noun.last + 1
    if tagged.tags[last : last + 1] == "o" or (last < len(tagged.chunks) and tagged.chunks[last].text.lower() == "from"):
        while last < len(tagged.chunks) and tagged.tags[last] in "odAURsp" and last < loss.noun.last + 6:
            last += 1
    return tagged.chunks[loss.noun.first : last]


def _people(chunks: list[Chunk]) -> str | None:
    for chunk in chunks:
        if chunk.tag == "P" and isinstance(chunk.value, Entry) and chunk.value.lexicon == "actors":
            return chunk.value.row[1]
    return None


def _enemy(words: set[str], claimant_party: str | None) -> str | None:
    if claimant_party in _OPPONENT:
        return _OPPONENT[claimant_party]
    return "RU" if words & _INVADERS else None


def _loser(tagged: Tagged, loss: Loss, claimant_party: str | None) -> str | None:
    """'Russia lost …', 'Russian casualties amounted to …', 'the loss of …'s tanks', 'Russia has suffered 70,000 casualties'."""
    if loss.rule not in ("lose", "count_noun", "nominal", "amount"):
        return None
    at = loss.verb if loss.rule != "count_noun" else loss.noun.first
    for back in range(at - 1, max(-1, at - 13), -1):
        chunk = tagged.chunks[back]
        if (chunk.tag in "AU" or _people([chunk])) and not _is_speaker(tagged, back):
            side = side_of(tagged.chunks[run_left(tagged, back) : back + 1]) or _people([chunk])
            if side or chunk.tag != "U":
                return side
        if chunk.text.lower() in _ENEMY:
            return _enemy({chunk.text.lower()}, claimant_party)
        if chunk.tag == "j" and loss.rule == "lose":
            return _antecedent(tagged, back, claimant_party)
        if chunk.tag in "S;NL" or chunk.tag in "tgv":
            return None
    return _after_of(tagged, loss)


def _owner_of_losses(tagged: Tagged, loss: Loss) -> str | None:
    """'Ukraine's losses amounted to 70 killed and 150 wounded'."""
    at = tagged.tags.rfind("n", 0, loss.noun.first)
    if at < 0 or tagged.chunks[at].text.lower() not in ("losses", "casualties"):
        return None
    return side_of([c for c in tagged.chunks[max(0, at - 3) : at] if c.tag == "A"])


def _is_speaker(tagged: Tagged, at: int) -> bool:
    return tagged.tags[at + 1 : at + 2] in ("S", "G")


def _antecedent(tagged: Tagged, at: int, claimant_party: str | None) -> str | None:
    """'it had lost', 'they had lost', 'we lost' inside what a side says is that side, when the sentence names no other between."""
    word = tagged.chunks[at].text.lower()
    if word == "we":
        return claimant_party
    sides = {side_of([c]) for c in tagged.chunks[:at] if c.tag == "A"} - {None}
    return sides.pop() if len(sides) == 1 and word in ("it", "they") else None


def _after_of(tagged: Tagged, loss: Loss) -> str | None:
    if loss.rule not in ("amount", "nominal"):
        return None
    tail = tagged.chunks[loss.verb + 1 : loss.verb + 6]
    return side_of([c for c in tail if c.tag == "A"])


def _heading_side(tagged: Tagged, loss: Loss, claimant_party: str | None) -> str | None:
    if loss.rule not in ("listed", "loss_list"):
        return None
    head = tagged.chunks[: max(0, tagged.tags.find(":"))]
    words = {c.text.lower() for c in head}
    return _enemy(words, claimant_party or "UA") if words & _ENEMY else side_of([c for c in head if c.tag == "A"])


def _is_chained(tagged: Tagged, loss: Loss) -> bool:
    """A later item of one list, or a further verb after 'and': '… had been downed, and 251 tanks destroyed'."""
    before = tagged.tags[max(0, loss.noun.first - 2) : loss.noun.first]
    return (loss.category != "personnel" or loss.rule == "count_noun") and before != "" and before[-1] in "c,"


def _struck(tagged: Tagged, loss: Loss, claimant_party: str | None, earlier: str | None) -> str | None:
    """Who shoots down or destroys something strikes the other side of the main war; what a side 'lost' is its own."""
    if loss.rule == "active":
        if loss.verb and tagged.tags[loss.verb - 1] == "c":
            return earlier
        subject = subject_of(tagged, loss.verb)
        if subject is None:
            return None
        if tagged.tags[subject[0]] == "j":
            return _OPPONENT.get(claimant_party or "")
        return _OPPONENT.get(side_of(tagged.chunks[subject[0] : subject[1] + 1]) or "")
    if loss.rule in ("passive", "reduced_passive") and tagged.tags[loss.verb + 1 : loss.verb + 2] == "b":
        agent = side_of([c for c in tagged.chunks[loss.verb + 2 : loss.verb + 6] if c.tag == "A"])
        return agent if tagged.tags[loss.verb] == "l" else _OPPONENT.get(agent or "")
    if loss.category in ("drone", "missile") and loss.measure == "destroyed":
        return _OPPONENT.get(claimant_party or "")  # who reports drones downed reports those of the other side
    return None


def place_of(tagged: Tagged) -> Chunk | None:
    """The place that the sentence puts the event in."""
    for at, chunk in enumerate(tagged.chunks):
        if chunk.tag == "L" and not _is_in_title(tagged, at):
            return chunk
    return None


def _is_in_title(tagged: Tagged, at: int) -> bool:
    """'the governor of Donetsk region', 'Kharkiv mayor': the place names an office."""
    return tagged.tags[at + 1 : at + 2] == "R" or (at > 1 and tagged.tags[at - 1] == "o" and tagged.tags[at - 2] == "R")


def _by_place(context: Context, index: int, tagged: Tagged, loss: Loss) -> str | None:
    """Civilians and people of no told population belong to the country of the place; not in occupied territory."""
    if loss.population not in ("civilian", None):
        return None
    for back in range(index, max(-1, index - 2), -1):
        sentence = tagged if back == index else context.tagged(back)
        place = place_of(sentence)
        if place is not None and isinstance(place.value, Entry):
            return place.value.row[1] or None
        country = _in_country(sentence)
        if country:
            return country
    return None


def _in_country(tagged: Tagged) -> str | None:
    for at, chunk in enumerate(tagged.chunks):
        before = at - 2 if at > 1 and tagged.tags[at - 1] == "w" else at - 1  # "on southern Israel"
        is_place = before >= 0 and tagged.chunks[before].text.lower() in ("in", "across", "inside", "on")
        if is_place and chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[2] in ("country", "capital"):
            return chunk.value.row[1]
    return None
