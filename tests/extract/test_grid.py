"""A grid of verbs of loss by frames of syntax by forms of number: every cell is one sentence with one known answer."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from ingest.extract import extract
from ingest.records import ArticleText

DAY = date(2024, 5, 10)


class Verb(NamedTuple):
    """A family: its measure and its participle, past, present, -ing and bare form."""

    measure: str
    done: str
    past: str
    does: str
    doing: str
    do: str


def _verbs(lines: str) -> list[Verb]:
    return [Verb(*(part.strip() for part in line.split(","))) for line in lines.strip().splitlines()]


OF_PEOPLE = _verbs(
    """
    killed, killed, killed, kills, killing, kill
    killed, murdered, murdered, murders, murdering, murder
    killed, executed, executed, executes, executing, execute
    killed, gunned down, gunned down, gun down, gunning down, gun down
    killed, shot dead, shot dead, shoots dead, shooting dead, shoot dead
    killed, slain, slew, slays, slaying, slay
    killed, massacred, massacred, massacres, massacring, massacre
    killed, beheaded, beheaded, beheads, beheading, behead
    killed, mown down, mowed down, mows down, mowing down, mow down
    wounded, wounded, wounded, wounds, wounding, wound
    wounded, injured, injured, injures, injuring, injure
    wounded, maimed, maimed, maims, maiming, maim
    captured, captured, captured, captures, capturing, capture
    captured, abducted, abducted, abducts, abducting, abduct
    captured, taken prisoner, took prisoner, takes prisoner, taking prisoner, take prisoner
    captured, seized, seized, seizes, seizing, seize
    casualties, eliminated, eliminated, eliminates, eliminating, eliminate
    casualties, neutralised, neutralised, neutralises, neutralising, neutralise
    casualties, wiped out, wiped out, wipes out, wiping out, wipe out
    """
)
OF_ARMS = _verbs(
    """
    destroyed, destroyed, destroyed, destroys, destroying, destroy
    destroyed, burned, burned, burns, burning, burn
    destroyed, torched, torched, torches, torching, torch
    destroyed, knocked out, knocked out, knocks out, knocking out, knock out
    destroyed, taken out, took out, takes out, taking out, take out
    destroyed, blown up, blew up, blows up, blowing up, blow up
    destroyed, set ablaze, set ablaze, sets ablaze, setting ablaze, set ablaze
    destroyed, smashed, smashed, smashes, smashing, smash
    destroyed, eliminated, eliminated, eliminates, eliminating, eliminate
    damaged, crippled, crippled, cripples, crippling, cripple
    captured, seized, seized, seizes, seizing, seize
    """
)
IN_THE_AIR = _verbs(
    """
    destroyed, shot down, shot down, shoots down, shooting down, shoot down
    destroyed, brought down, brought down, brings down, bringing down, bring down
    destroyed, intercepted, intercepted, intercepts, intercepting, intercept
    destroyed, jammed, jammed, jams, jamming, jam
    """
)
KINDS = [  # verbs, what is lost, a part of it, the category
    (OF_PEOPLE, "soldiers", "officers", "personnel"),
    (OF_ARMS, "tanks", "T-72s", "tank"),
    (IN_THE_AIR, "drones", "Shaheds", "drone"),
]
TOLD = {
    "active": "The army {past} {n} {what} near Mopti.",
    "perfect": "Rebels have {done} {n} {what} since Monday.",
    "headline": "Airstrike {does} {n} {what} in Gaza",
    "gerund": "The rebels attacked a base in Sudan, {doing} {n} {what}.",
    "after": "After {doing} {n} {what}, the rebels withdrew from Goma.",
    "managed": "Troops managed to {do} {n} {what} in the battle.",
    "passive": "The junta said {n} {what} were {done} near Lashio.",
    "passive perfect": "In Sudan {n} {what} have been {done} since the battle began.",
    "reported": "In Kivu {n} {what} are reported to have been {done} in the attack.",
    "reduced": "A rebel attack in Mali: {n} {what} {done}.",
    "with": "The battle ended with {n} {what} {done}.",
    "left": "The ambush left {n} {what} {done}, the army said.",
    "relative": "The {n} {what} that were {done} in the ambush came from Kano.",
    "which": "The attack, in which {n} {what} were {done}, was claimed by the rebels.",
    "inverted": "Also {done} were {n} {what}, the army said after the battle.",
    "part": "The army {past} 90 {what}, including {n} {part}.",
    "coordinated": "The army {past} 90 {what} and {n} {part} in the battle.",
    "of whom": "Of the 90 {what} at the base, {n} were {done} in the attack.",
    "number of": "The number of {what} {done} in the war has reached {n}.",
    "accused": "The rebels claimed to have {done} {n} {what} in the battle.",
}
UNTOLD = {
    "plan": "The army plans to {do} {n} {what} this year.",
    "hope": "The army hopes to manage to {do} {n} {what} in the war.",
    "threat": "The rebels threatened to {do} {n} {what} in Goma.",
    "failure": "The rebels failed to {do} {n} {what} in Goma.",
    "not managed": "The army did not manage to {do} {n} {what} in the battle.",
    "possible": "The strike could {do} {n} {what} in Gaza.",
    "condition": "If the rebels {do} {n} {what}, the army will strike.",
    "denial": "The army denied that it had {done} {n} {what} in the battle.",
    "negation": "In the battle {n} {what} were not {done}.",
    "wish": "The army wants {n} {what} {done}.",
    "future": "In the war {n} {what} will be {done}.",
    "without": "The army took the town without {doing} {n} {what}.",
    "able": "The missile is capable of {doing} {n} {what}.",
    "avoided": "The army avoided {doing} {n} {what}.",
    "court": "He was convicted of {doing} {n} {what} in the war.",
    "earlier war": "In the Second World War, {n} {what} were {done}.",
    "percent": "Some 14 percent of {what} were {done} in the war.",
}
NUMBERS = {
    "14": (14, 14),
    "fourteen": (14, 14),
    "a dozen": (12, 12),
    "1,204": (1204, 1204),
    "some 14": (14, 14),
    "at least 14": (14, None),
    "no fewer than 14": (14, None),
    "14 or more": (14, None),
    "more than 1,200": (1200, None),
    "up to 14": (None, 14),
    "nearly 1,200": (None, 1200),
    "between 14 and 16": (14, 16),
    "14-16": (14, 16),
    "another 14": (14, 14),
    "a further 14": (14, 14),
    "an additional 14": (14, 14),
}
NOUNS = {  # told by a noun or a set phrase, by measure
    "killed": [
        "The strike left {n} dead in Gaza.",
        "The strike left {n} people dead in Gaza.",
        "The strike claimed {n} lives in Gaza.",
        "The strike caused {n} deaths in Gaza.",
        "The strike resulted in {n} deaths in Gaza.",
        "The strike led to the deaths of {n} people in Gaza.",
        "The strike led to the death of {n} people in Gaza.",
        "The army reported {n} deaths in the battle.",
        "The army confirmed {n} dead in the battle.",
        "The death toll from the strike rose to {n}, medics in Gaza said.",
        "The death toll from the strike has risen to {n}, medics in Gaza said.",
        "The death toll from the strike stands at {n}, medics in Gaza said.",
        "The death toll from the strike now stands at {n}, medics in Gaza said.",
        "The death toll from the strike was {n}, medics in Gaza said.",
        "The death toll from the strike reached {n}, medics in Gaza said.",
        "Medics in Gaza put the death toll from the strike at {n}.",
        "Medics in Gaza raised the death toll from the strike to {n}.",
        "The strike in Gaza, with a death toll of {n}, was the deadliest yet.",
        "The number of dead from the strike rose to {n}, medics in Gaza said.",
        "The number of people killed in the strike rose to {n}, medics in Gaza said.",
        "The number of those killed in the strike has climbed to {n}, medics in Gaza said.",
        "There were {n} fatalities in the strike on Gaza.",
        "There have been {n} deaths in the strikes on Gaza.",
        "Medics in Gaza recovered {n} bodies after the strike.",
        "Medics in Gaza recovered the bodies of {n} people after the strike.",
        "The bodies of {n} people were found in the rubble in Gaza after the strike.",
        "Meanwhile {n} people lost their lives in the strike on Gaza.",
        "Meanwhile {n} people died in the strike on Gaza.",
        "Meanwhile {n} people have died in the strikes on Gaza.",
        "Meanwhile {n} people perished in the strike on Gaza.",
        "The strike cost {n} people their lives in Gaza.",
        "The strike on Gaza cost the lives of {n} people.",
        "The strike took the lives of {n} people in Gaza.",
        "Meanwhile {n} dead in Gaza strike",
        "Meanwhile {n} people dead after strike on Gaza",
        "Strike on Gaza leaves {n} dead",
        "The killing of {n} people in Gaza drew anger.",
        "The massacre of {n} people in El Fasher drew anger.",
        "A strike killing {n} people hit Gaza.",
        "The strike, which left {n} dead, hit Gaza.",
        "The strike, in which {n} people died, hit Gaza.",
        "The strike in Gaza brought the death toll to {n}.",
        "The strike brings the toll of the war in Gaza to {n}.",
        "Meanwhile {n} of them were killed in the strike on Gaza.",
        "At the hospital in Gaza {n} deaths from the strike were recorded.",
        "The UN verified {n} deaths in the strike on Gaza.",
        "The UN has confirmed the killing of {n} people in Gaza.",
        "The strike in Gaza: {n} dead.",
        "Dead: {n}. That is the toll of the strike in Gaza.",
        "Killed: {n}. That is the toll of the strike in Gaza.",
    ],
    "wounded": [
        "The strike left {n} wounded in Gaza.",
        "The strike left {n} people injured in Gaza.",
        "The strike left {n} with injuries in Gaza.",
        "The strike caused {n} injuries in Gaza.",
        "The number of wounded from the strike rose to {n}, medics in Gaza said.",
        "The number of injured from the strike has risen to {n}, medics in Gaza said.",
        "Meanwhile {n} people suffered injuries in the strike on Gaza.",
        "Meanwhile {n} people sustained injuries in the strike on Gaza.",
        "Meanwhile {n} people were taken to hospital after the strike on Gaza.",
        "Meanwhile {n} people were hospitalised after the strike on Gaza.",
        "Meanwhile {n} people were treated for shrapnel wounds after the strike on Gaza.",
        "Hospitals in Gaza received {n} wounded after the strike.",
        "Hospitals in Gaza admitted {n} wounded people after the strike.",
        "Hospitals in Gaza treated {n} wounded after the strike.",
        "Meanwhile {n} wounded in Gaza strike",
        "Medics in Gaza put the number of wounded in the strike at {n}.",
        "There were {n} wounded in the strike on Gaza.",
        "The strike in Gaza: {n} wounded.",
        "The wounding of {n} people in Gaza drew anger.",
    ],
    "captured": [
        "The rebels hold {n} soldiers captive in Goma.",
        "The rebels are holding {n} soldiers in Goma.",
        "Meanwhile {n} soldiers were taken captive in Goma by the rebels.",
        "Meanwhile {n} soldiers surrendered to the rebels in Goma.",
        "Meanwhile {n} soldiers laid down their arms in Goma.",
        "Meanwhile {n} soldiers gave themselves up to the rebels in Goma.",
        "The capture of {n} soldiers in Goma was shown on television.",
        "The abduction of {n} villagers in Goma by the rebels drew anger.",
        "Meanwhile {n} hostages are still held by the rebels in Goma.",
        "Meanwhile {n} soldiers are being held captive by the rebels in Goma.",
        "Meanwhile {n} soldiers remain in rebel captivity in Goma.",
    ],
    "missing": [
        "Meanwhile {n} soldiers are missing after the ambush in Mopti.",
        "Meanwhile {n} soldiers went missing after the ambush in Mopti.",
        "Meanwhile {n} soldiers have gone missing since the ambush in Mopti.",
        "Meanwhile {n} soldiers are still unaccounted for after the ambush in Mopti.",
        "Meanwhile {n} soldiers were reported missing after the ambush in Mopti.",
        "Meanwhile {n} soldiers disappeared after the ambush in Mopti.",
        "Meanwhile {n} soldiers remain missing after the ambush in Mopti.",
        "The ambush in Mopti left {n} soldiers missing.",
        "The number of soldiers missing after the ambush in Mopti rose to {n}.",
    ],
    "casualties": [
        "The army suffered {n} casualties in the battle.",
        "The army sustained {n} casualties in the battle.",
        "The army lost {n} soldiers in the battle.",
        "The army has lost {n} soldiers in the battle.",
        "The army's losses in the battle amounted to {n} soldiers.",
        "The army's losses in the battle came to {n}.",
        "Army casualties in the battle reached {n}.",
        "Casualties in the battle were put at {n}.",
        "The battle caused {n} casualties.",
        "There were {n} casualties in the battle.",
        "The rebels inflicted {n} casualties on the army in the battle.",
        "Military losses in the battle total {n}.",
        "The army's casualties in the battle are estimated at {n}.",
    ],
}
Row = tuple[str, str, int | None, int | None]


def _rows(sentence: str) -> list[Row]:
    claims = extract(ArticleText(text=sentence, published_on=DAY)).casualty_claims
    return [(c.measure, c.category, c.low, c.high) for c in claims if c.low != 90]


def _sentence(frame: str, verb: Verb, number: str, what: str, part: str) -> str:
    return frame.format(n=number, what=what, part=part, **verb._asdict())


@pytest.mark.parametrize("frame", TOLD)
def test_every_verb_is_found_in_every_frame(frame: str) -> None:
    wrong = []
    for verbs, what, part, category in KINDS:
        for verb in verbs:
            sentence = _sentence(TOLD[frame], verb, "14", what, part)
            if (rows := _rows(sentence)) != [(verb.measure, category, 14, 14)]:
                wrong.append((sentence, rows))
    assert not wrong


@pytest.mark.parametrize("frame", UNTOLD)
def test_what_was_not_done_is_no_loss(frame: str) -> None:
    sentences = [_sentence(UNTOLD[frame], verb, "14", what, part) for verbs, what, part, _ in KINDS for verb in verbs]
    assert [(sentence, rows) for sentence in sentences if (rows := _rows(sentence))] == []


@pytest.mark.parametrize("frame", TOLD)
def test_every_form_of_number_is_read_in_every_frame(frame: str) -> None:
    wrong = []
    for (verbs, what, part, category), (number, bounds) in ((kind, form) for kind in KINDS for form in NUMBERS.items()):
        sentence = _sentence(TOLD[frame], verbs[0], number, what, part)
        if (rows := _rows(sentence)) != [(verbs[0].measure, category, *bounds)]:
            wrong.append((sentence, rows))
    assert not wrong


@pytest.mark.parametrize("measure", NOUNS)
def test_every_form_of_number_is_read_beside_every_noun(measure: str) -> None:
    wrong = []
    for frame, (number, bounds) in ((frame, form) for frame in NOUNS[measure] for form in NUMBERS.items()):
        sentence = frame.format(n=number)
        if (rows := _rows(sentence)) != [(measure, "personnel", *bounds)]:
            wrong.append((sentence, rows))
    assert not wrong
