"""In: an act in a sentence. Out: who announces it: a state, body or official in office, or None."""

from __future__ import annotations

import re
from functools import cache

from ingest.extract.acts import AGENT, PAPERS, Act, acts_in, follows_paper
from ingest.extract.attribution import Credit, carried, credit_of, credits_in, governing, opening_name, run_left, subject_of
from ingest.extract.context import Context
from ingest.extract.lexicons import Entry, rows, surnames
from ingest.extract.naming import bodies_by_last_word
from ingest.extract.sides import side_of, span_text
from ingest.extract.tagging import Chunk, Tagged
from ingest.extract.tokens import word_set

_SUBORDINATE = word_set("how because if whether why unless although though once until before after")
_HYPOTHETICAL = word_set("how if whether why unless once until")
_UNFIT = re.compile(
    r"\b(?:former|ousted|ex-|retired|late|experts?|analysts?|activists?|unnamed|anonymous|sources?|officials?|diplomats?|correspondent)\b",
    re.IGNORECASE,
)
_OFFICE_KINDS = ("country", "capital", "body", "group", "person")
_NAME = re.compile(r"d?[AULRK](?:[AULRKs]|od?(?=[AULRK]))*")
_LEAD = re.compile(r"c?w?,?(?:p?D,?|p[dwN]{1,4},)?")
_TAIL = re.compile(r"(?:p?D|p[dwKLUAR]{1,4}|[dAKx.)q])*")  # all that may stand behind ", Kuleba said"
_PHRASES = re.compile(
    r",w,|,H[^,;:q]{1,12},|,(?:[jK]|R?A|RK+)(?:S|wp),V?|,?(?:w?p[dNX]?[wKALUDPRs]{1,5}|D)+,?w?"
)  # between a name and its verb: ", in a late vote,", "on Monday"
_NAME_BEHIND = re.compile(r"(?:od?[AUK]+|p[AL])*")
_A_LIST = r"A(?:,d?A)*,?cd?A"  # "Poland, the Netherlands and Denmark"
_STATE_LIST = re.compile(rf"d?{_A_LIST}")
_JOINT = re.compile(rf"(?:[wR]o)?{_A_LIST}$")
_PLACES = re.compile(r"(?:d?[RwP]o)?L(?:(?:,|,?c)(?:d?wo)?d?L)*$")
_NOT_SUBJECT = frozenset("pos,")
_LISTED = re.compile(rf"(?<![ALp])[,-](?P<states>d?{_A_LIST})(?:pj)?[,-]$")
_MADE = word_set(
    "imposed agreed signed announced declared introduced approved ordered adopted passed issued proposed"
)  # ", imposed by Poland,"
OPENING_CHUNKS = 6  # a "he" so near to the beginning of a sentence is the one who opened the sentence before
_STATES = re.compile(rf"c?w?,?(?:p?D,?|p[dwN]{{1,4}},)?d?{_A_LIST}")
_KINDS = {
    "group": ("group", "body"),
    "movement": ("group",),
    "organisation": ("body", "group"),
    "organization": ("body", "group"),
    "rebels": ("group",),
    "militia": ("group",),
    "agency": ("body",),
    "bloc": ("body",),
    "alliance": ("body",),
    "court": ("body",),
}
_PRIVATE = word_set(
    "businessman businesswoman entrepreneur tycoon billionaire blogger bloggers company companies firm firms analyst expert activist"
    " actor singer lawyer historian professor journalist retailer manufacturer producer bank brand"
)
_BODIES = word_set(
    "council commission ministry department army military government parliament senate assembly committee court office authority"
    " service administration cabinet command navy junta regime embassy force"
)
_SPOKEN_ACTS = word_set(
    "called urged demanded asked appealed vowed pledged promised warned rejected insisted announced reiterated invited offered refused"
)
_HEADS = dict.fromkeys(("regime", "junta", "generals"), word_set("regime junta military army government generals"))
_PLAIN_BODIES = _KINDS.keys() | _HEADS.keys()
BODY_LOOK_BACK = 4  # sentences
ACTING_WITHIN = 2  # sentences
_OWN_SIDE = re.compile(
    r"\b(?:his|her|its|their) (?:country|government|administration|side|ministry|army|forces|group|movement|office|cabinet)s?"
    r" (?:(?:has|have|had) )?(?:\w+ly |also )?$"
)
BRACKET_CHUNKS = 7
JOINT_CHUNKS = 16  # how far back a list of states is read
_PERSON_PRONOUNS = word_set("it he she they we i")


def announcer_of(context: Context, index: int, tagged: Tagged, act: Act) -> Credit | None:
    """The one who issues the act; for what someone says about his own side's plans, the one who says it."""
    if act.strength == "noun":
        return _of_noun(context, index, tagged, act)
    is_passive = act.first > 0 and tagged.tags[act.first - 1] == "B" and not tagged.chunks[act.first].text.endswith("ing")
    is_participle = (
        act.first > 0
        and tagged.tags[act.first - 1] == ","
        and tagged.chunks[act.first].text in _MADE
        and AGENT.match(tagged.tags, act.last + 1) is not None
    )
    if ((is_passive or is_participle) and act.strength != "base") or follows_paper(tagged, act):
        return _by_agent(context, index, tagged, act)
    span = _relative_subject(tagged, act) or _plain_body(tagged, act) or _subject(tagged, act)
    if _OWN_SIDE.search(tagged.text[: tagged.chunks[act.first].start - tagged.start]):
        return speaker_of(context, index, tagged, act.first)  # "Scholz said his country would send …"
    if span is None:
        return _of_distant_verb(context, index, tagged, act)
    if tagged.tags[span[0]] == "j":
        return _of_pronoun(context, index, act, span)
    credit = _fit(context, index, tagged, span, act)
    if credit is not None and credit.party is None and (one := _one_of(context, index, tagged, span, act)) is not None:
        return one
    if credit is None or act.strength == "base":
        return credit and _told_by(context, index, tagged, act, credit)
    return None if _is_alleged(context, index, tagged, act, credit) else credit


def _one_of(context: Context, index: int, tagged: Tagged, span: tuple[int, int], act: Act) -> Credit | None:
    """'India and Pakistan agreed to halt all fighting, India's foreign secretary said': the one of those states who tells it."""
    sides = {side_of([c]) for c in tagged.chunks[max(0, span[1] - JOINT_CHUNKS) : span[1] + 1] if c.tag == "A"}
    speaker = governing(tagged, [c for c in credits_in(context, index) if c.name], act.first)
    is_theirs = tagged.text.startswith(" their ", tagged.chunks[act.first].end - tagged.start)  # "warned their citizens": each its own
    is_other = speaker is not None and (is_theirs or not act.first <= speaker.at <= act.last)  # "Poland and Slovakia announced …": both
    return speaker if speaker is not None and is_other and speaker.party in sides - {None} and may_announce(context, speaker) else None


def _relative_subject(tagged: Tagged, act: Act) -> tuple[int, int] | None:
    """'Sweden, which announced …', 'President Trump, who had announced the truce': the name before the relative pronoun."""
    match = re.search(r"[AULRK],H[VwB]{0,3}$", tagged.tags[max(0, act.first - 7) : act.first])
    if match is None or tagged.chunks[act.first - len(match.group()) + 2].text.lower() not in ("who", "which"):
        return None
    last = act.first - len(match.group())
    return run_left(tagged, last), last


def _plain_body(tagged: Tagged, act: Act) -> tuple[int, int] | None:
    """'The group has also pledged', 'the regime extended': a plain noun that stands for a body."""
    at = act.first - 1
    while at > 1 and tagged.tags[at] in "ZBVw" and tagged.chunks[at].text.lower() not in _PLAIN_BODIES:
        at -= 1
    is_plain = at > 0 and tagged.tags[at - 1 : at + 1] == "dw" and tagged.chunks[at].text.lower() in _PLAIN_BODIES
    return (at, at) if is_plain else None


def _subject(tagged: Tagged, act: Act) -> tuple[int, int] | None:
    at = act.first
    if at > 1 and tagged.chunks[at - 1].text.lower() == "than" and tagged.chunks[at - 2].text.lower() == "more":
        at -= 2  # "has more than doubled"
    while at > 0 and (back := _aside(tagged, at - 1)) is not None:
        at = back
    if any(c.text.lower() in _PRIVATE for c in tagged.chunks[at : act.first]):
        return None  # "a US businessman has offered"
    listed = _LISTED.search(tagged.tags, max(0, at - JOINT_CHUNKS), at)
    if listed is not None:
        return listed.start("states"), listed.end("states") - 1  # "five countries - Belgium, … and Britain - asked"
    return subject_of(tagged, at) if at else None


def _aside(tagged: Tagged, at: int) -> int | None:
    """Where what stands between a subject and its verb begins: a word, a day, a mark that opens a quotation, a bracket."""
    tag = tagged.tags[at]
    if tag == ")":
        opening = tagged.tags.rfind("(", max(0, at - BRACKET_CHUNKS), at)
        return opening if opening > 0 and tagged.tags[opening - 1] in "BVwD" else None
    if tag == "q":
        return at if at and tagged.tags[at - 1] in "BV" else None  # 'he had "instructed'
    return at if tag in "ZBVwD" and tagged.chunks[at].text.lower() not in PAPERS else None


def _fit(context: Context, index: int, tagged: Tagged, span: tuple[int, int], act: Act) -> Credit | None:
    """The credit of a subject that may announce: a state, body or official in office, never the press, crowds or unnamed officials."""
    while span[1] > span[0] and tagged.tags[span[1]] == "w":
        span = (span[0], span[1] - 1)  # "the governor of Sumy region"
    chunks = tagged.chunks[span[0] : span[1] + 1]
    excluded = _SUBORDINATE if act.strength == "base" else _HYPOTHETICAL
    ahead = {c.text.lower() for c in tagged.chunks[max(0, span[0] - 2) : span[0]] if c.tag != ","}
    if not ahead.isdisjoint(excluded):
        return None
    joint = _joint(tagged, span[1])
    if joint is not None:
        return Credit(act.first, joint, None, False, False, None)
    if tagged.tags[span[1]] == "L" and act.strength not in ("base", "topical") and (regions := _regions(tagged, span)) is not None:
        return regions
    credit = _short_name(context, chunks) or _named(context, credit_of(context, index, span, act.first))
    if (credit is None or credit.party is None) and not any(_is_of_many(c) for c in chunks):
        credit = _definite(context, index, tagged, span) or (_at_home(context, tagged, span, credit) if credit is not None else None)
    if credit is None or credit.name is None or _UNFIT.search(credit.name) or credit.party == "MEDIA":
        return None
    if credit.party is None:
        return credit if any(_is_of_many(c) for c in chunks) else None
    return credit if credit.at < 0 or _holds_office(context, chunks) else None


def _definite(context: Context, index: int, tagged: Tagged, span: tuple[int, int]) -> Credit | None:
    """'The group has pledged', 'the commission called on', 'the regime': the group or body that the sentences just before name so."""
    word = tagged.chunks[span[1]].text.lower()
    if tagged.tags[max(0, span[0] - 1) : span[1] + 1] not in ("dw", "dU", "dP", "dK"):
        return None
    if (kinds := _KINDS.get(word)) is not None:
        for back in range(index - 1, max(-1, index - 3), -1):
            named = [c for c in context.tagged(back).chunks if c.tag == "A" and isinstance(c.value, Entry) and c.value.row[2] in kinds]
            if len({c.value.row[1] for c in named if isinstance(c.value, Entry)}) == 1:
                return Credit(-1, named[-1].text, side_of(named[-1:]), False, False, None)
    heads = _HEADS.get(word, frozenset({word}) if word in _BODIES else frozenset())
    for back in range(index - 1, max(-1, index - 1 - BODY_LOOK_BACK), -1) if heads else ():
        earlier = context.tagged(back)
        for at in range(len(earlier.chunks) - 1, -1, -1):
            if earlier.tags[at] in "AUKw" and not heads.isdisjoint(_ends(earlier.chunks[at].text.lower().split())):
                credit = credit_of(context, back, (run_left(earlier, at), _run_right(earlier, at)), at)
                if credit is not None and credit.name and credit.party not in (None, "MEDIA"):
                    return credit._replace(at=-1)
    return None


def _ends(words: list[str]) -> list[str]:
    """'Council of the European Union', 'Foreign Ministry': the words by which a body may be called again."""
    return [words[0], words[-1]]


def _at_home(context: Context, tagged: Tagged, span: tuple[int, int], credit: Credit) -> Credit:
    """'The parliament', 'Security Minister Khalif Ahmed Ereg': of the one country in whose places all happens so far."""
    tags = tagged.tags[span[0] : span[1] + 1]
    if "R" not in tags and not tags.endswith("U"):
        return credit
    return credit._replace(party=context.home(tagged.end) or context.state_before(tagged.chunks[span[0]].start))


def _run_right(tagged: Tagged, last: int) -> int:
    """'Council of the EU', 'Ministry of Defence of Ukraine': the name that the words behind go on with."""
    match = _NAME_BEHIND.match(tagged.tags, last + 1)
    return match.end() - 1 if match else last


def _is_of_many(chunk: Chunk) -> bool:
    """A body of several states, which has no side: 'the African Union', 'G7'."""
    return chunk.tag == "A" and isinstance(chunk.value, Entry) and chunk.value.row[1:3] == ("", "body")


def _short_name(context: Context, chunks: list[Chunk]) -> Credit | None:
    """'the Commission', 'the Senate': a body whose full name stands elsewhere in the article."""
    word = chunks[-1].text
    is_bare = len(chunks) == 1 or (len(chunks) == 2 and chunks[0].tag == "d")
    if not is_bare or not word[0].isupper() or chunks[-1].tag not in "KU":
        return None
    named = [row for row in bodies_by_last_word().get(word, ()) if row[0] in context.text]
    return Credit(-1, named[0][0], named[0][1], False, False, None) if named else None


def _named(context: Context, credit: Credit | None) -> Credit | None:
    """'The Polish president' is called by his name where the article tells it."""
    words = (credit.name or "").lower().split() if credit else []
    offices = _offices().intersection(words)
    if credit is None or not offices or (words[-1] not in offices and words[-2:-1] != ["of"]):
        return credit
    modifiers = {row[0] for row in rows("roles")}.intersection(words)
    for known in context.introductions.values():
        full = known.fullest.lower().split()
        if (
            known.party
            and credit.party in (None, known.party)
            and modifiers <= set(full)
            and full[-1] not in _offices()
            and full[-2:-1] != ["of"]
        ):
            return credit._replace(name=known.fullest, party=known.party)
    return credit


def _regions(tagged: Tagged, span: tuple[int, int]) -> Credit | None:
    """'Tatarstan', 'Samara and Orenburg', 'the governors of Surin and Sisaket': places of one side whose authorities act."""
    match = _PLACES.search(tagged.tags, max(0, span[1] - JOINT_CHUNKS), span[1] + 1)
    if match is None or tagged.tags[match.start() - 1 : match.start()] in _NOT_SUBJECT:
        return None
    chunks = tagged.chunks[match.start() : span[1] + 1]
    sides = [side_of([c]) for c in chunks if c.tag == "L"]
    if len(set(sides)) != 1 or sides[0] is None or (len(sides) == 1 and len(chunks) > 1):
        return None  # "the governor of Sumy" speaks under his office
    return Credit(-1, span_text(tagged, chunks[chunks[0].tag == "d" :]), sides[0], False, False, None)


def _joint(tagged: Tagged, last: int) -> str | None:
    """'The leaders of Latvia and Poland', 'Israel and Hamas': states and armed groups that act together announce without a side."""
    begin = max(0, last - JOINT_CHUNKS)
    match = _JOINT.search(tagged.tags[begin : last + 1])
    if match is None or tagged.tags[begin + match.start() - 1 : begin + match.start()] in ("p", "o", "s"):
        return None
    chunks = tagged.chunks[begin + match.start() : last + 1]
    states = [c.value.row for c in chunks if c.tag == "A" and isinstance(c.value, Entry)]
    if len({row[1] for row in states}) < 2 or not all(map(_may_join, states)):
        return None
    return span_text(tagged, chunks)


def _may_join(row: tuple[str, ...]) -> bool:
    return row[2] in ("country", "capital", "group") or (row[2] == "body" and row[1] in ("", "EU", "NATO", "UN"))


def _acting_before(context: Context, index: int, is_person: bool) -> Credit | None:
    """'Meanwhile, the governor has directed … He also appealed to …': who acts by name in the sentences before, in the same paragraph."""
    for back in range(index - 1, max(-1, index - 1 - ACTING_WITHIN), -1):
        if context.sentences[back].paragraph != context.sentences[index].paragraph:
            return None
        tagged = context.tagged(back)
        for act in reversed(acts_in(tagged)):
            span = _subject(tagged, act)
            credit = None if span is None or tagged.tags[span[0]] == "j" else announcer_of(context, back, tagged, act)
            if credit is not None and credit.name and credit.party and _is_official(credit) == is_person:
                return credit
    return None


def _is_official(credit: Credit) -> bool:
    """A person, or an office that stands for one: 'the governor'."""
    return credit.is_person or not _offices().isdisjoint((credit.name or "").lower().split())


def _joint_before(context: Context, index: int) -> str | None:
    """'Estonia and Latvia agreed … They also …': the states that open the sentence before."""
    tagged = context.tagged(index - 1) if index else None
    match = _STATES.match(tagged.tags) if tagged else None
    return _joint(tagged, match.end() - 1) if tagged and match else None


def _holds_office(context: Context, chunks: list[Chunk]) -> bool:
    tags = "".join(c.tag for c in chunks)
    actors = [c.value for c in chunks if c.tag == "A" and isinstance(c.value, Entry)]
    if chunks[-1].tag == "K":
        known = context.introduced(chunks[-1].text)
        return bool(known and known.is_office) or "R" in tags or chunks[-1].text in surnames()
    if chunks[-1].tag in "U":
        return True
    if chunks[-1].tag == "R":
        entry = chunks[-1].value
        return isinstance(entry, Entry) and entry.row[1] == "office"
    if chunks[-1].tag == "L":
        return any(c.text.lower() in _offices() for c in chunks)  # "the governor of Sumy region"
    return chunks[-1].tag == "A" and bool(actors) and actors[-1].row[2] in _OFFICE_KINDS


def may_announce(context: Context, credit: Credit | None) -> bool:
    """A speaker with a side and an office: no press, no crowd, nobody without a name."""
    if credit is None or credit.name is None or credit.party in (None, "MEDIA", "NGO") or _UNFIT.search(credit.name):
        return False
    last = credit.name.split()[-1]
    known = context.introduced(last)
    return (
        bool(known and known.is_office)
        or last in surnames()
        or not credit.is_person
        or not _offices().isdisjoint(credit.name.lower().split())
    )


@cache
def _offices() -> frozenset[str]:
    return frozenset(row[0] for row in rows("roles") if row[1] == "office")


def speaker_of(context: Context, index: int, tagged: Tagged, at: int) -> Credit | None:
    """Who says the words at chunk `at`, if he may announce."""
    credit = governing(tagged, [c for c in credits_in(context, index) if c.name], at) or carried(context, index)
    return _named(context, credit) if may_announce(context, credit) and credit is not None and not credit.denies else None


def _told_by(context: Context, index: int, tagged: Tagged, act: Act, subject: Credit) -> Credit | None:
    """'Poland will send …' is Poland's; told by its minister it is his; told by another side it is a forecast."""
    sources = [c for c in credits_in(context, index) if c.name]
    source = governing(tagged, sources, act.first)
    if source is None:
        is_firm = tagged.chunks[act.first].text.lower() != "would"
        return subject if is_firm and not _is_conditional(tagged, act) else None
    if source.party not in (None, subject.party) or _is_conditional(tagged, act):
        return None
    if _UNFIT.search(source.name or ""):
        return None  # what an unnamed official tells of his side's plans
    return source if may_announce(context, source) and not source.denies else subject


def _is_alleged(context: Context, index: int, tagged: Tagged, act: Act, subject: Credit) -> bool:
    """'London said Moscow had deployed …': what one side says that another did is a report."""
    for source in credits_in(context, index):
        between = tagged.tags[min(source.at, act.first) + 1 : max(source.at, act.first)]
        if any(c.text.lower() in ("while", "whereas") for c in tagged.chunks[source.at + 1 : act.first]):
            continue
        is_before = source.at < act.first and not set(between) & set("c;q")
        is_behind = source.at > act.last and _TAIL.fullmatch(tagged.tags, source.at + 1) and set(between) & set(",q-")
        if (is_before or is_behind) and source.party not in (None, "MEDIA", "NGO", subject.party):
            return True
    return False


def _is_conditional(tagged: Tagged, act: Act) -> bool:
    return any(c.text.lower() in ("if", "unless") for c in tagged.chunks[: act.last])


def _of_noun(context: Context, index: int, tagged: Tagged, act: Act) -> Credit | None:
    """'Norway's refusal to send …': the name in the possessive."""
    last = act.first - 2
    return _fit(context, index, tagged, (run_left(tagged, last), last), act) if last >= 0 and tagged.tags[last] in "AUK" else None


def _by_agent(context: Context, index: int, tagged: Tagged, act: Act) -> Credit | None:
    """'A decree was signed by President …'."""
    agent = AGENT.match(tagged.tags, act.last + 1)
    listed = _STATE_LIST.match(tagged.tags, agent.end()) if agent else None
    if listed and (joint := _joint(tagged, listed.end() - 1)):
        return Credit(act.first, joint, None, False, False, None)
    match = _NAME.match(tagged.tags, agent.end()) if agent else None
    apposed = (
        re.match(r",(?P<name>K{2,3})(?=[,x;]|$)", tagged.tags[match.end() :]) if match and tagged.tags[match.end() - 1] == "R" else None
    )
    if match and apposed:
        at = match.end()
        return _fit(context, index, tagged, (at + apposed.start("name"), at + apposed.end("name") - 1), act)
    return _fit(context, index, tagged, (match.start(), match.end() - 1), act) if match else None


def _of_distant_verb(context: Context, index: int, tagged: Tagged, act: Act) -> Credit | None:
    """'The ministry closed the crossing and ordered …', 'Oslo in a late vote approved …': the subject stands further off."""
    if act.first < 2:
        return None
    if tagged.tags[act.first - 1] == "c" and tagged.chunks[act.first].text.lower() in _SPOKEN_ACTS:
        said = next((at for at in range(act.first - 2, 0, -1) if tagged.tags[at] == "S"), None)
        span = subject_of(tagged, said) if said is not None else None
        if span is not None and (credit := _fit(context, index, tagged, span, act)) is not None:
            return credit  # "The council declared that nobody had to obey and called on …"
    if tagged.tags[act.first - 1] == "c":
        earlier = [a for a in acts_in(tagged) if a.first < act.first]
        if earlier:
            return announcer_of(context, index, tagged, earlier[-1])
    lead = _LEAD.match(tagged.tags)
    match = _NAME.match(tagged.tags, lead.end() if lead else 0)
    if match is None or match.end() >= act.first:
        return None
    between = tagged.tags[match.end() : act.first]
    is_near = _PHRASES.fullmatch(between) is not None
    is_joined = between.endswith("c") and not set(between) & set("HTSG:;j")
    if not (is_near or is_joined):
        return None
    return _fit(context, index, tagged, (match.start() + (tagged.tags[match.start()] == "d"), match.end() - 1), act)


def _of_pronoun(context: Context, index: int, act: Act, span: tuple[int, int]) -> Credit | None:
    """'Germany said it would send …': the speaker of the same sentence; else whoever spoke before."""
    tagged = context.tagged(index)
    word = tagged.chunks[span[0]].text.lower()
    if word not in _PERSON_PRONOUNS or (span[0] and tagged.tags[span[0] - 1] == "H"):
        return None
    sources = [c for c in credits_in(context, index) if c.name]
    if word == "i" and tagged.chunks[act.first].text.lower() in ("do", "did"):
        return None  # "I do not agree with him" is an opinion; "I order" is an act
    if act.strength == "base" and _is_conditional(tagged, act):
        return None
    own = [c for c in sources if c.at < span[0]]
    if not own and word in ("he", "she") and span[0] <= OPENING_CHUNKS:
        before = opening_name(context, context.tagged(index - 1), len(context.tagged(index - 1).tags)) if index else None
        own = [Credit(act.first, *before, False, None)] if before and before[2] and before[1] else []
    if not own and word in ("we", "i"):
        own = sources[:1] or [c for c in (carried(context, index),) if c is not None]  # "We urge them to leave," Kirby said
    if not own and word == "they":
        joint = _joint_before(context, index)
        return Credit(act.first, joint, None, False, False, None) if joint else None
    if own and word == "they" and (joint := _joint(tagged, own[-1].at - 1)):
        return Credit(act.first, joint, None, False, False, None)
    credit = own[-1] if own else credit_of(context, index, span, act.first)
    if credit is None and word in ("he", "she"):
        opening = opening_name(context, tagged, act.first)
        credit = Credit(act.first, *opening, False, None) if opening else None
    if (credit is None or credit.name is None) and word in ("he", "she", "it"):
        credit = _acting_before(context, index, word != "it")
    return credit if credit is not None and may_announce(context, credit) and not credit.denies else None
