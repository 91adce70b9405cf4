"""In: an article. Out: its sentences, tagged when first asked for, and who was introduced in it under which office and side."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

from ingest.extract.dates import DayMention
from ingest.extract.introductions import Introduction, aliases_in, introductions_in, offices
from ingest.extract.lexicons import Entry, openings, stems
from ingest.extract.memory import Judged
from ingest.extract.sentences import Sentence, split_sentences
from ingest.extract.sides import opening_side, side_of
from ingest.extract.sites import PLACING_WORDS, sides_of_places
from ingest.extract.tagging import Chunk, Tagged, tag_sentence
from ingest.extract.tokens import LETTERS, lowered, spelled, word_set
from ingest.extract.wars import groups, is_group, opponents
from ingest.records import ArticleText

T = TypeVar("T")
_ENGLISH = word_set("the of and to in a is was that for on with by has have were from said as at it its")
_FOREIGN = word_set(
    "al alla av bir ca che con da das de del dem der des det di die do du een ein eine el en est et fra från for för het i il ir ist je"
    " jest kad ki la las le les los med mit na nicht nie não och og os para par pour på que se sein sich się som sur til un una und"
    " uma van ve vom von w we y yra z za że zu"
) - word_set("for i die we")  # function words that no English list of figures is made of
ENGLISH_SAMPLE_CHARS, ENGLISH_MIN_WORDS, ENGLISH_SHARE = 3000, 40, 0.15  # English news lies near 0.35, German near 0.07
SHORT_TEXT_CHARS, LONG_TEXT_CHARS = 500, 3000
GROUP_WITHIN = 4  # sentences, for the group whose fighters are told of
HOME_SHARE = 0.75  # of the sentences that name a place
LEAD = 4  # sentences: what they name in short is told in full later
LOOK_BACK = 4  # sentences, for the state that is spoken of
_SHORT_NAME = re.compile(r"\([A-Z]{2,6}\)")
_ARMIES = word_set("army military forces force navy defence defense ministry staff")
_TROOPS = _ARMIES - {"defence", "defense", "ministry", "staff"}
_ARMY_NAMES = frozenset({"IDF", "FARDC", "ENDF", "Tatmadaw"})
_ARMY_WORDS = _TROOPS | {name.lower() for name in _ARMY_NAMES}
_FOREIGN_ARMIES_IN = word_set("LB SY IQ YE")  # they fight the armed groups there
_ARMY_THERE = {"PS": "IL"}  # "the army" in Gaza and the West Bank is Israel's
_DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,2})(?:, [^()—–:\n]{1,30})?(?: \([^()\n]{2,40}\))?(?::| ?[—–]| --?)\s"
)
_YEAR_TOLD = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+")


class Context:
    """What is known of one article while it is read. Holds nothing but the article and what follows from it."""

    def __init__(self, article: ArticleText) -> None:
        self.article = article
        self.text = article.text
        self._tagged: dict[int, Tagged] = {}
        self.credits: dict[tuple[int, int], Any] = {}  # filled by `attribution`: its credits per sentence and depth
        self.parties_told: dict[str, str] = {}  # filled by `naming`: surname -> side
        self._homes: list[tuple[int, str | None]] = []
        self._memo: dict[Hashable, Any] = {}

    def memo(self, name: Hashable, found: Callable[[], T]) -> T:
        """What `found` gives, asked once for the article."""
        if name not in self._memo:
            self._memo[name] = found()
        known: T = self._memo[name]
        return known

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences in text order."""
        return split_sentences(self.text)

    def sentence(self, index: int) -> str:
        """The text of the sentence with this number."""
        return self.text[self.sentences[index].start : self.sentences[index].end]

    def tagged(self, index: int) -> Tagged:
        """The sentence with this number as chunks."""
        if index not in self._tagged:
            sentence = self.sentences[index]
            tagged = tag_sentence(self.text, sentence.start, self._spelled[index], sentence.paragraph, self.article.published_on)
            self._tagged[index] = _with_known_days(tagged) if self._names_hamas else tagged
        return self._tagged[index]

    @cached_property
    def _names_hamas(self) -> bool:
        return "Hamas" in self.text or "Gaza" in self.text

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, at the same offsets."""
        return lowered(self.text)

    @cached_property
    def _spelled(self) -> list[list[str]]:
        """The tokens of each sentence as they stand."""
        return [spelled(self.text, s.start, s.end) for s in self.sentences]

    @cached_property
    def _listed(self) -> list[list[str]]:
        """The words of each sentence in their order, lower case."""
        return [list(chain.from_iterable(map(LETTERS.__getitem__, found))) for found in self._spelled]

    @cached_property
    def words(self) -> list[frozenset[str]]:
        """The words of each sentence, lower case."""
        return list(map(frozenset, self._listed))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """All words of the article."""
        return frozenset().union(*self.words)

    def words_that(self, are: Judged) -> frozenset[str]:
        """The words of the article of which this holds."""
        return self.memo(are, lambda: are.among(self._vocabulary))

    @cached_property
    def is_english(self) -> bool:
        """The grammar reads English alone: 'die' is a verb in it and an article elsewhere."""
        sampled = bisect_left(self.sentences, ENGLISH_SAMPLE_CHARS, key=lambda sentence: sentence.start)
        words = list(chain.from_iterable(self._listed[:sampled]))
        english = sum(map(_ENGLISH.__contains__, words))
        if len(words) < ENGLISH_MIN_WORDS or english >= ENGLISH_SHARE * len(words):
            return True
        return english > sum(w in _FOREIGN for w in words)  # a tally of equipment has few words like "the" and none like "der"

    @cached_property
    def is_on_conflict(self) -> bool:
        """The article speaks of an armed conflict: two different words of war, four in a long one. A few lines are taken at their word."""
        if len(self.text) <= SHORT_TEXT_CHARS:
            return True
        enough = 2 if len(self.text) <= LONG_TEXT_CHARS else 4
        told: set[str] = set()
        for stem in stems("conflict", 1, "conflict").finditer(self.lowered):
            word = _WORD.match(self.lowered, stem.start())
            if word is not None and word.end() >= stem.end():
                told.add(word.group())
            if len(told) >= enough:
                return True
        return False

    @property
    def introductions(self) -> dict[str, Introduction]:
        """Surnames and unnamed bodies ('defence ministry') that the article ties to an office or a side."""
        return self._introduced(frozenset())

    def introduced(self, name: str) -> Introduction | None:
        """The introduction of one surname; only sentences that name it are read for it."""
        return self._introduced(frozenset(LETTERS[name])).get(name)

    def _introduced(self, words: frozenset[str]) -> dict[str, Introduction]:
        """The introductions in sentences that have all these words."""
        return self.memo(("introduced", words), lambda: self._merged(i for i in self._with_office if words <= self.words[i]))

    def _merged(self, indexes: Iterable[int]) -> dict[str, Introduction]:
        found: dict[str, Introduction] = {}
        for index in indexes:
            for key, introduction in self._introductions_in(index):
                known = found.get(key)
                if known is None or (known.party is None and introduction.party):
                    found[key] = introduction._replace(at=index)
        return found

    def _introductions_in(self, index: int) -> list[tuple[str, Introduction]]:
        return self.memo(("introductions", index), lambda: introductions_in(self.tagged(index)))

    @cached_property
    def _with_office(self) -> list[int]:
        """The sentences that name an office or a body; asked before they are tagged."""
        return [index for index, words in enumerate(self.words) if not offices().isdisjoint(words)]

    @cached_property
    def aliases(self) -> dict[str, Introduction]:
        """'UN Human Rights Monitoring Mission (HRMMU)': short name -> the full one and its side."""
        found: dict[str, Introduction] = {}
        for index in sorted({self.sentence_at(match.start()) for match in _SHORT_NAME.finditer(self.text)}):
            found = {**aliases_in(self.tagged(index)), **found}
        return found

    def body_like(self, word: str, at: int) -> Introduction | None:
        """'the ministry' in sentence `at` is the one body introduced up to there, of a lead in the whole article, whose name ends so; None
        when two sides have one."""
        word = _head_last(word.lower())
        last = frozenset(LETTERS[word.rpartition(" ")[2]]) - {"defense"}  # of either spelling
        told = ((key, i) for key, i in self._introduced(last).items() if i.at <= at or at < LEAD)
        bodies = ((_head_last(key), i) for key, i in told if key.islower() and i.party)
        found = [i for key, i in bodies if key == word or key.endswith(f" {word}")]
        return found[0] if found and len({i.party for i in found}) == 1 else None

    def army_side(self) -> str | None:
        """'the army said': the one side whose army, ministry or forces the article names; None when it names two."""
        sides = {i.party for key, i in self.introductions.items() if key.islower() and i.party and key.split()[-1] in _ARMIES}
        if sides:
            return sides.pop() if len(sides) == 1 else None
        home = self.home(len(self.text))
        if home in _FOREIGN_ARMIES_IN and self.fights_group is not None:
            return self.fights_group  # "the military killed 12 Hezbollah fighters near Tyre"
        return _ARMY_THERE.get(home or "", home) or self.army or self.fights_group

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that holds this offset."""
        return bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1

    def state_before(self, offset: int, of_the_struck: bool = False) -> str | None:
        """'the foreign minister said': the one state named last ahead of `offset`, at most three sentences back; of two, for those who tell
        `of_the_struck`, the one in which it happened: 'Israel struck Beirut. … the health ministry said', else the one that acts just
        before: 'Iran told of its war with Israel. Health Minister Bondar said'."""
        last = self.sentence_at(offset)
        for index in range(last, max(-1, last - LOOK_BACK), -1):
            tagged = self.tagged(index)
            sides = {c.value.row[1] for c in tagged.chunks if c.start < offset and isinstance(c.value, Entry) and _is_of_state(c)}
            if len(sides) > 1 and of_the_struck:
                sides = sides_of_places(tagged) or sides
            if len(sides) == 1:
                return sides.pop()
            if sides:
                return opening_side(tagged) if index < last and tagged.paragraph == self.sentences[last].paragraph else None
        return None

    @cached_property
    def dateline(self) -> str | None:
        """'KATHMANDU (AP) — …': the country from whose capital or town the report is filed."""
        match = _DATELINE.match(self.text)
        if match is None:
            return None
        return next(
            (side for c in self.tagged(0).chunks if c.start < match.end("place") and _is_of_state(c) and (side := side_of([c]))), None
        )

    def home(self, before: int) -> str | None:
        """The country of the places that the article puts events in up to this offset: the one they all lie in, or by far the most."""
        while not self._homes or self._homes[-1][0] <= before:
            self._homes.append(next(self._homes_ahead, (len(self.text) + 1, None)))
        at = bisect_right(self._homes, before, key=lambda home: home[0])
        return self._homes[at - 1][1] if at else None

    @cached_property
    def _homes_ahead(self) -> Iterator[tuple[int, str | None]]:
        """Where each sentence with a place starts and the home up to its end; read as far as asked."""
        told: Counter[str] = Counter()
        for index in self._placing:
            told.update(sides_of_places(self.tagged(index)))
            first = told.most_common(1)
            is_home = bool(first) and (len(told) == 1 or (first[0][1] >= 5 and first[0][1] >= HOME_SHARE * told.total()))
            yield self.sentences[index].start, first[0][0] if is_home else None

    @cached_property
    def _naming(self) -> list[int]:
        """The sentences that may name an actor or a place; asked before they are tagged."""
        actors, places = openings("actors"), openings("places")
        return [i for i, words in enumerate(self.words) if actors.may_stand_in(words) or places.may_stand_in(words)]

    @cached_property
    def _placing(self) -> list[int]:
        """The sentences that may put an event in a country; asked before they are tagged."""
        countries, places = openings("actors", 2, frozenset({"country", "capital"})), openings("places")
        return [
            i
            for i, words in enumerate(self.words)
            if places.may_stand_in(words) or (not PLACING_WORDS.isdisjoint(words) and countries.may_stand_in(words))
        ]

    def _naming_side(self, sides: frozenset[str]) -> list[int]:
        """The sentences that may name an actor of one of these sides; asked before they are tagged."""
        actors = openings("actors", 1, sides)
        return [i for i, words in enumerate(self.words) if actors.may_stand_in(words)]

    @cached_property
    def army(self) -> str | None:
        """The one state whose soldiers, army or forces the article names; None when it names none or two."""
        found: set[str] = set()
        soldiers = openings("persons", 1, frozenset({"military"}))
        for index in self._naming:
            if not _ARMY_WORDS.isdisjoint(self.words[index]) or soldiers.may_stand_in(self.words[index]):
                found |= armies_in(self.tagged(index))
        return found.pop() if len(found) == 1 else None

    @cached_property
    def armed_group(self) -> str | None:
        """The one armed group that the article names; None when it names none or two."""
        named = (c.value for i in self._naming_side(groups()) for c in self.tagged(i).chunks if c.tag == "A")
        found = {entry.row[1] for entry in named if isinstance(entry, Entry) and entry.row[2] == "group"}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def fights_group(self) -> str | None:
        """The state that is at war with the one armed group that the article names."""
        group = self.armed_group
        return opponents().get(group) if group else None

    def armed_group_near(self, index: int, state: str | None) -> str | None:
        """The armed group of the sentences up to `GROUP_WITHIN` away: the one they name, of several those at war with `state` and of these
        the one that the article names most; where they name none, the one of the whole article, if it is named again."""
        near = range(max(0, index - GROUP_WITHIN), min(len(self.sentences), index + GROUP_WITHIN + 1))
        here = {side for i in near for side in self._groups_named[i]}
        told = Counter(side for sides in self._groups_named for side in sides)
        foes = {side for side in here if state and opponents().get(side) == state}
        if not here:
            return next(iter(told)) if len(told) == 1 and told.total() > 1 else None
        most = sorted(((told[side], side) for side in foes or here), reverse=True)
        return most[0][1] if len(most) == 1 or most[0][0] > most[1][0] else None

    @cached_property
    def _groups_named(self) -> list[list[str]]:
        """The armed groups of each sentence, as often as it names them."""
        found: list[list[str]] = [[] for _ in self.sentences]
        for index in self._naming_side(groups()):
            named = (chunk.value for chunk in self.tagged(index).chunks if isinstance(chunk.value, Entry))
            found[index] = [entry.row[1] for entry in named if entry.lexicon == "actors" and is_group(entry.row[1])]
        return found

    def names_side(self, side: str) -> bool:
        """The article names this side; read as far as it does."""
        return self.memo(("side", side), lambda: any(side in self._sides_in(index) for index in self._naming_side(frozenset({side}))))

    def _sides_in(self, index: int) -> set[str]:
        return {c.value.row[1] for c in self.tagged(index).chunks if c.tag == "A" and isinstance(c.value, Entry)}

    @cached_property
    def sides(self) -> frozenset[str]:
        """Every side that the article names."""
        return frozenset().union(*map(self._sides_in, self._naming))


def armies_in(tagged: Tagged) -> set[str]:
    """Codes of states with soldiers or an army behind their name: 'Malian soldiers', 'Israel's army', 'the Israel Defense Forces'."""
    found: set[str] = set()
    for at, chunk in enumerate(tagged.chunks):
        if chunk.tag != "A" or not isinstance(chunk.value, Entry) or len(chunk.value.row[1]) != 2:
            continue
        behind = [c for c in tagged.chunks[at + 1 : at + 4] if c.tag not in "sw"][:1]
        is_army = not _TROOPS.isdisjoint(chunk.text.lower().split()) or chunk.text in _ARMY_NAMES
        if is_army or any(_is_army_word(c) for c in behind):
            found.add(chunk.value.row[1])
    return found - {"UN", "EU"}


def _is_army_word(chunk: Chunk) -> bool:
    if chunk.tag == "P":
        return isinstance(chunk.value, Entry) and chunk.value.lexicon == "persons" and chunk.value.row[1] == "military"
    return chunk.tag == "U" and not _TROOPS.isdisjoint(chunk.text.lower().split())


def _is_of_state(chunk: Chunk) -> bool:
    """A country, its capital, people or a place in it."""
    value = chunk.value
    if not isinstance(value, Entry) or value.lexicon not in ("actors", "places") or len(value.row[1]) != 2:
        return False
    return chunk.tag == "L" or (chunk.tag in "AP" and value.row[2] in ("country", "capital", "demonym", "people"))


def _with_known_days(tagged: Tagged) -> Tagged:
    """'October 7' in an article on Hamas is the day in 2023, whenever it was published."""
    chunks = [_of_2023(chunk) if chunk.tag == "D" else chunk for chunk in tagged.chunks]
    return tagged._replace(chunks=chunks)


def _of_2023(chunk: Chunk) -> Chunk:
    day = chunk.value
    if not isinstance(day, DayMention) or not day.on or (day.on.month, day.on.day) != (10, 7) or _YEAR_TOLD.search(chunk.text):
        return chunk
    return chunk._replace(value=day._replace(on=date(2023, 10, 7)))


def _head_last(body: str) -> str:
    """'ministry of defence' as 'defense ministry': one spelling and order for the names of a body."""
    head, _, of = body.replace("defence", "defense").partition(" of ")
    return f"{of} {head}" if of else head
