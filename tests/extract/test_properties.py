"""Laws of the extractor on any text: exact offsets, ordered bounds, the same answer twice, work in step with length."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import extract, tagging
from ingest.extract.context import Context
from ingest.extract.dates import DayMention, may_settle_day
from ingest.extract.grounding import MAX_QUOTE_CHARS
from ingest.extract.identity import statement_ids
from ingest.extract.lexicons import Entry, openings
from ingest.extract.memory import Memo
from ingest.extract.sentences import split_sentences
from ingest.extract.sites import sides_of_places
from ingest.extract.tagging import tag_sentence
from ingest.extract.tokens import FORMS, spelled, tokenize, word_set
from ingest.records import ArticleText, Extraction, Statement
from tests.extract.cases_runner import KEYS, load

DAY = date(2024, 5, 10)
SENTENCES = sorted(case["text"] for kind in KEYS for case in load(kind))
WORDS = sorted(word_set("Russia Ukraine said that 12 soldiers were killed , and 3,000 tanks lost wounded according to “ ” ( ) – $5 over"))
PIECES = st.one_of(
    st.sampled_from(SENTENCES),
    st.sampled_from(
        [
            "Russia",
            "Ukraine",
            "said",
            "that",
            "12",
            "soldiers",
            "were",
            "killed",
            ",",
            "and",
            "3,000",
            "tanks",
            "lost",
            "wounded",
            "according",
            "to",
            "“",
            "”",
            "(",
            ")",
            "–",
            "$5",
            "over",
        ]
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join)


def _statements(result: Extraction) -> list[Statement]:
    return [*result.casualty_claims, *result.offers, *result.announcements]


@settings(max_examples=250, deadline=None)
@given(TEXTS, st.one_of(st.none(), st.dates()))
def test_quotes_are_exact_and_bounds_ordered(text: str, published_on: date | None) -> None:
    result = extract(ArticleText(text=text, published_on=published_on))
    for statement in _statements(result):
        span = statement.span
        assert 0 <= span.sentence_start <= span.char_start < span.char_end <= span.sentence_end <= len(text)
        assert span.char_end - span.char_start <= MAX_QUOTE_CHARS
    for claim in result.casualty_claims:
        assert claim.low is not None or claim.high is not None
        assert claim.low is None or claim.high is None or 0 <= claim.low <= claim.high
    for offer in result.offers:
        assert offer.amount_low is None or offer.amount is None or offer.amount_low <= offer.amount


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert extract(ArticleText(text=text, published_on=DAY)) == extract(ArticleText(text=text, published_on=DAY))


@pytest.mark.parametrize("letters", ["iİ", "iı", "sſ", "k\u212a"])
def test_letters_that_fold_to_others_are_read_without_a_crash(letters: str) -> None:
    """An expression that ignores case takes the second for the first; a dictionary does not."""
    story = "The Hamas-run ministry and Kremlin-backed officials said that 12 people were killed."
    for text in (story, *SENTENCES):
        extract(ArticleText(text=text.replace(*letters), published_on=DAY))


@settings(max_examples=150, deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=200)))
def test_sentences_and_tokens_stand_in_order_where_they_say(text: str) -> None:
    end = 0
    for sentence in split_sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        assert "\n" not in text[sentence.start : sentence.end]
        end = sentence.end
    last = 0
    for token in tokenize(text):
        assert last <= token.start < token.end
        assert text[token.start : token.end] == token.text
        last = token.end


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
def test_ids_are_distinct_within_a_text(sentences: list[str]) -> None:
    text = "\n\n".join(sentences)
    statements = _statements(extract(ArticleText(text=text, published_on=DAY)))
    ids = statement_ids("https://example.org/a", text, statements)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("sentence", SENTENCES[::25])
def test_work_grows_in_step_with_the_text(sentence: str) -> None:
    """Counts calls instead of seconds: four times the text may cost at most a little over four times the calls."""
    short, long = (_calls("\n\n".join([sentence] * n)) for n in (40, 160))
    assert long <= 4.4 * short


def _calls(text: str) -> int:
    count = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    article = ArticleText(text=text, published_on=DAY)
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        extract(article)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("chars", range(1, 120))
def test_a_text_may_break_off_anywhere(chars: int) -> None:
    """Live pages and paywalls cut texts in the middle of a sentence, even of an act."""
    text = (
        "Andriy Yusov, spokesman for military intelligence in Kyiv, announced that Ukraine had signed a decree to pay $500 a day to 12 men."
    )
    extract(ArticleText(text=text[:chars], published_on=date(2023, 9, 6)))


def test_a_word_tagged_by_itself_gets_what_the_search_for_phrases_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [tag_sentence(text, 0, spelled(text, 0, len(text)), 0, DAY) for text in SENTENCES]

    def signs_alone(spelling: str) -> tuple[str | None, None, frozenset[str] | None, str, str, int]:
        word, lower = FORMS[spelling]
        sign = tagging._SIGNS.get(lower) or ("q" if word in '"“”«»' else None)
        return sign, None, None if sign else frozenset(), word, lower, len(spelling) - len(word)

    monkeypatch.setattr(tagging, "_ALONE", Memo(signs_alone))
    assert [tag_sentence(text, 0, spelled(text, 0, len(text)), 0, DAY) for text in SENTENCES] == quick


def test_what_is_asked_before_a_sentence_is_tagged_hides_nothing() -> None:
    for text in SENTENCES:
        context = Context(ArticleText(text=text, published_on=DAY))
        for index, sentence in enumerate(context.sentences):
            words, told = context.words[index], text[sentence.start : sentence.end]
            chunks = context.tagged(index).chunks
            names = [c for c in chunks if isinstance(c.value, Entry) and c.value.lexicon in ("actors", "places")]
            days = [c for c in chunks if isinstance(c.value, DayMention) and c.value.on is not None]
            assert openings("actors").may_stand_in(words) or openings("places").may_stand_in(words) or not names, told
            assert index in context._placing or not sides_of_places(context.tagged(index)), told
            assert all(context.names_side(c.value.row[1]) for c in names if isinstance(c.value, Entry) and c.tag == "A"), told
            assert may_settle_day(words, told) or not days, told
