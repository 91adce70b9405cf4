"""In: a seed. Out: nights of made-up articles of realistic length, each sentence with what it states; the same seed, the same nights.

A sentence that states something is written together with its statement, so quotes and offsets are right by construction. Words are made
of syllables, so no text is anybody's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from ingest.records import (
    Announcement,
    Basis,
    CasualtyClaim,
    Extraction,
    Offer,
    Qualifier,
    Span,
    Statement,
)

START = datetime(2022, 3, 1, 2, 0, tzinfo=UTC)  # the first night: the sample queries ask about the months after it
SOURCES = tuple(f"outlet_{letter}" for letter in "abcdefgh")
WORDS, VOCABULARY = 485, 30_000  # words give about 3,000 characters with the sentences that state something
COPIED, EDITED, MISHAPS = 0.1, 0.02, 0.01  # shares of a night's articles
COPIED_NIGHTS = 3  # a copy appears at most so many nights after its original
CLAIMS, OFFERS, ANNOUNCEMENTS = 3.0, 0.25, 0.5  # mean per article
DATED = 0.75  # share of claims that say which day they hold for
NO_SPAN = Span(char_start=0, char_end=0, sentence_start=0, sentence_end=0)

# Who speaks, for which side, and how high they count; a claim is about one of the two sides at war.
CLAIMANTS = (
    ("General Staff", "UA", 1.0),
    ("Ministry of Defence", "RU", 0.6),
    ("Department of Defense", "US", 0.8),
    ("Defence Intelligence", "GB", 0.9),
    ("Monitoring Mission", None, 0.5),
)
# What is lost: category, population, measure, its name, what became of it, and how many a day.
LOSSES = (
    ("personnel", "military", "killed", "soldiers", "killed", 400),
    ("personnel", "military", "wounded", "soldiers", "wounded", 900),
    ("personnel", "military", "captured", "soldiers", "captured", 30),
    ("personnel", "civilian", "killed", "residents", "killed", 25),
    ("personnel", "civilian", "wounded", "residents", "wounded", 60),
    ("tank", None, "destroyed", "tanks", "destroyed", 9),
    ("artillery", None, "destroyed", "guns", "destroyed", 12),
    ("drone", None, "destroyed", "drones", "shot down", 40),
    ("aircraft", None, "destroyed", "aircraft", "shot down", 1),
)
SIDES = (("RU", "Russian"), ("UA", "Ukrainian"))
# Outlets word the same thing differently; with one wording for all, every article would look a little like every other.
SAID = ("said", "said that", "reported that", "told reporters that", "put it that", "stated that", "wrote that", "counted and said")
BEEN = ("were", "had been", "have been", "were reportedly", "were confirmed")
TOPICS = ("mobilisation", "recruitment", "sanctions", "military_aid", "evacuation", "operation", "prisoners", "other")
ACTS = (("surrender", "lay down arms"), ("enlist", "enlist"), ("hand_over_equipment", "hand over equipment"), ("serve", "stay in service"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence with its full stop; `says` is what it states, its span still to be set."""

    text: str
    says: Statement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One version of a page before it is captured. `published_at` is UTC."""

    source: str
    url: str
    title: str
    published_at: datetime
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What the sources show in one night: `pages` new or edited, and addresses that give nothing. `at` is the instant of the fetch."""

    at: datetime
    pages: tuple[Written, ...]
    refused: tuple[tuple[str, str], ...]  # source and address


class Press:
    """Writes nights, the same ones for the same seed, in order."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = np.random.default_rng(seed)
        self._words = _vocabulary(self._chance)
        weights = 1 / (np.arange(VOCABULARY) + 3.0)  # as in prose, few words are most of the text
        self._reach = np.cumsum(weights / weights.sum())
        self._recent: deque[tuple[Written, ...]] = deque(maxlen=COPIED_NIGHTS)
        self._places = tuple(word.title() for word in self._words[900:960])
        self._nights = 0

    @property
    def nights(self) -> int:
        """How many it has written."""
        return self._nights

    def night(self, articles: int) -> Night:
        """The next night, with `articles` new pages and some of the night before edited."""
        at = START + timedelta(days=self._nights)
        fresh = tuple(self._page(number, at) for number in range(articles))
        edited = tuple(self._edited(page) for page in self._some_of_last_night(round(articles * EDITED)))
        refused = tuple((SOURCES[n % len(SOURCES)], f"{root(n)}/broken/{at:%Y%m%d}-{n}") for n in range(round(articles * MISHAPS)))
        self._recent.append(fresh)
        self._nights += 1
        return Night(at=at, pages=(*fresh, *edited), refused=refused)

    def _page(self, number: int, at: datetime) -> Written:
        published = at - timedelta(minutes=int(self._chance.integers(30, 20 * 60)))
        is_copy = self._recent and self._chance.random() < COPIED
        sentences = self._copied() if is_copy else self._composed(published.date())
        title = " ".join(self._prose(8)).capitalize()
        url = f"{root(number)}/{at:%Y/%m/%d}/{number}"
        return Written(source=SOURCES[number % len(SOURCES)], url=url, title=title, published_at=published, sentences=sentences)

    def _composed(self, on: date) -> tuple[Sentence, ...]:
        """Prose with statements in between."""
        words = self._prose(round(WORDS * self._chance.lognormal(-0.08, 0.4)))
        cuts = np.cumsum(self._chance.integers(8, 24, len(words) // 8 + 1))
        lines = [Sentence(text=_sentence(part)) for part in _parts(words, cuts)]
        said = [self._claim(on) for _ in range(self._chance.poisson(CLAIMS))]
        said += [self._offer(on) for _ in range(self._chance.poisson(OFFERS))]
        said += [self._announcement(on) for _ in range(self._chance.poisson(ANNOUNCEMENTS))]
        for one in said:
            lines.insert(int(self._chance.integers(len(lines) + 1)), one)
        return tuple(lines)

    def _copied(self) -> tuple[Sentence, ...]:
        """Another page of the last nights, its tail cut or with a lede of its own."""
        night = self._recent[int(self._chance.integers(len(self._recent)))]
        sentences = night[int(self._chance.integers(len(night)))].sentences
        if self._chance.random() < 0.5:
            return sentences[: max(1, round(len(sentences) * 0.8))]
        return (Sentence(text=_sentence(self._prose(30))), *sentences)

    def _some_of_last_night(self, count: int) -> Iterable[Written]:
        last = self._recent[-1] if self._recent else ()
        return (last[place] for place in sorted(self._chance.choice(len(last), min(count, len(last)), replace=False).tolist()))

    def _edited(self, page: Written) -> Written:
        """The page with one more sentence and its first exact figure one higher."""
        sentences = list(page.sentences)
        for place, one in enumerate(sentences):
            if isinstance(one.says, CasualtyClaim) and one.says.low is not None:
                sentences[place] = _one_more(one, one.says, one.says.low)
                break
        return replace(page, sentences=(*sentences, Sentence(text=_sentence(self._prose(14)))))

    def _claim(self, on: date) -> Sentence:
        who, for_party, times = CLAIMANTS[self._pick(len(CLAIMANTS))]
        category, population, measure, lost, end, a_day = LOSSES[self._pick(len(LOSSES))]
        party, adjective = SIDES[self._pick(2)]
        period = ("cumulative", "day", "incident")[self._pick(3)]
        day = on - timedelta(days=min(int(self._chance.geometric(0.3)) - 1, 60))
        number = self._number(day, period, a_day * times)
        is_dated, place = self._chance.random() < DATED, self._places[self._pick(len(self._places))] if period == "incident" else None
        where, when = f" near {place}" if place else "", f" as of {day:%B} {day.day}" if is_dated else ""
        said, been, opening = SAID[self._pick(len(SAID))], BEEN[self._pick(len(BEEN))], self._prose(1)[0].title()
        text = f"{opening}, {who} {said} {number:,} {adjective} {lost} {been} {end}{where}{when}."
        claim = CasualtyClaim(
            span=NO_SPAN, rule="claim.history", claimed_on=on, claimant=who, claimant_party=for_party, party=party, population=population,
            measure=measure, category=category, subject=None, is_subset=False, place=place, low=number, high=number,
            qualifier=Qualifier.EXACT, period=period, as_of=day if is_dated else None, as_of_basis=Basis.STATED if is_dated else None,
        )  # fmt: skip
        return Sentence(text=text, says=claim)

    def _number(self, day: date, period: str, a_day: float) -> int:
        """One of three figures of a day, so that outlets agree often; running totals grow."""
        days = (day - date(2022, 1, 1)).days if period == "cumulative" else 1
        scale = 0.1 if period == "incident" else 1.0
        return 1 + round(days * a_day * scale * (1 + 0.05 * self._pick(3)))

    def _offer(self, on: date) -> Sentence:
        party, adjective = SIDES[self._pick(2)]
        action, act = ACTS[self._pick(len(ACTS))]
        amount = 500 * (1 + self._pick(40))
        offer = Offer(
            span=NO_SPAN, rule="offer.history", offered_on=on, valid_until=None, status="offered", offeror=f"{adjective} Ministry",
            offeror_party=party, announced_by=None, audience="soldiers", audience_party=None, action=action, benefit="money",
            amount_low=float(amount), amount=float(amount), currency="USD", per="once", amount_usd=float(amount), usd_basis="usd",
        )  # fmt: skip
        opening = self._prose(1)[0].title()
        return Sentence(text=f"{opening}, the {adjective} Ministry offered ${amount:,} to soldiers who {act}.", says=offer)

    def _announcement(self, on: date) -> Sentence:
        party, adjective = SIDES[self._pick(2)]
        topic = TOPICS[self._pick(len(TOPICS))]
        announcement = Announcement(
            span=NO_SPAN, rule="announcement.history", announced_on=on, announcer=f"{adjective} Ministry", announcer_party=party,
            topic=topic, channel="statement",
        )  # fmt: skip
        told = self._prose(9)
        return Sentence(text=f"{told[0].title()}, the {adjective} Ministry announced that {' '.join(told[1:])}.", says=announcement)

    def _pick(self, many: int) -> int:
        return int(self._chance.integers(many))

    def _prose(self, count: int) -> list[str]:
        ranks = np.searchsorted(self._reach, self._chance.random(count))
        return [self._words[min(rank, VOCABULARY - 1)] for rank in ranks.tolist()]


def _vocabulary(chance: np.random.Generator) -> tuple[str, ...]:
    """Made-up words, the frequent ones short."""
    syllables = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "er", "il", "or")]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        count = 1 if len(words) < 60 else 2 if len(words) < 4_000 else 3
        words["".join(syllables[place] for place in chance.integers(len(syllables), size=count).tolist())] = None
    return tuple(words)


def _parts(words: Sequence[str], cuts: Iterable[int]) -> Iterable[Sequence[str]]:
    start = 0
    for cut in cuts:
        if words[start:cut]:
            yield words[start:cut]
        start = cut


def _sentence(words: Sequence[str]) -> str:
    return " ".join(words).capitalize() + "."


def _one_more(sentence: Sentence, claim: CasualtyClaim, number: int) -> Sentence:
    text = sentence.text.replace(f" {number:,} ", f" {number + 1:,} ")
    return Sentence(text=text, says=replace(claim, low=number + 1, high=number + 1))


def root(number: int) -> str:
    """The site of a source."""
    return f"https://{SOURCES[number % len(SOURCES)].replace('_', '-')}.example"


def render(sentences: Sequence[Sentence]) -> tuple[str, Extraction]:
    """The text, a blank line after every fourth sentence, and its statements with their spans, in text order."""
    pieces, said, end = [], [], 0
    for number, sentence in enumerate(sentences, 1):
        if sentence.says is not None:
            stop = end + len(sentence.text)
            said.append(replace(sentence.says, span=Span(char_start=end, char_end=stop - 1, sentence_start=end, sentence_end=stop)))
        pieces += [sentence.text, "\n\n" if number % 4 == 0 else " "]
        end += len(sentence.text) + len(pieces[-1])
    found = Extraction(
        casualty_claims=tuple(one for one in said if isinstance(one, CasualtyClaim)),
        offers=tuple(one for one in said if isinstance(one, Offer)),
        announcements=tuple(one for one in said if isinstance(one, Announcement)),
    )
    return "".join(pieces).rstrip(), found
