"""In: texts and their altered copies. Out: the laws of the near-copy sketch."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sketch import CUT, MAX_WORDS, Sketches, containment, sketch, words

MASK = (1 << 64) - 1
# Written down once and never to be changed: what the log holds must mean the same in every year.
GOLDEN = {
    "Ukraine lost 43,000 soldiers, Zelensky said.": (1672631451, 3719473516, 3785328870, 3919596984, 4097571756),
    "one": (3239961679,),
    "Один два три": (1759506720,),
    "": (),
    "… — !": (),
    "The ministry said on Monday that eleven people had been killed at the railway junction and that trains would run again by Wednesday": (
        16182692,
        122863080,
        504935369,
        970020448,
        1032082071,
    ),
}


def prose(seed: int, count: int) -> list[str]:
    """`count` made-up words with the skew of real prose: few words are frequent."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(4000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    return chance.choices(vocabulary, weights, k=count)


def changed(story: list[str], share: float) -> list[str]:
    chance = random.Random(7)
    places = set(chance.sample(range(len(story)), int(len(story) * share)))
    return [f"other{i}" if i in places else word for i, word in enumerate(story)]


def told(story: list[str]) -> tuple[int, ...]:
    return sketch(" ".join(story))


@pytest.mark.parametrize(("text", "expected"), GOLDEN.items())
def test_stored_values_mean_the_same_for_ever(text: str, expected: tuple[int, ...]) -> None:
    assert sketch(text) == expected


def test_the_hash_is_splitmix64_over_crc32_whatever_numpy_does() -> None:
    from zlib import crc32

    def mix(x: int) -> int:
        x = (x + 0x9E3779B97F4A7C15) & MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        return x ^ (x >> 31)

    story = prose(1, 300)
    expected = set()
    for start in range(len(story) - 2):
        state = 0x9E3779B97F4A7C15
        for word in story[start : start + 3]:
            state = mix(state ^ crc32(word.encode()))
        if state >> 62 == 0:
            expected.add(state >> 32)
    assert told(story) == tuple(sorted(expected))


@pytest.mark.parametrize("seed", range(5))
def test_wire_copies_stand_apart_from_unrelated_texts(seed: int) -> None:
    story = prose(seed, 600)
    mine = told(story)
    assert containment(mine, told([*prose(seed + 50, 60), *story])) >= 0.99  # a lede of its own
    assert containment(mine, told(story[:420])) >= 0.99  # cut by 30 %
    assert containment(mine, told(changed(story, 0.05))) >= 0.75
    assert 0.45 <= containment(mine, told(changed(story, 0.15))) <= 0.75
    assert containment(mine, told(prose(seed + 100, 600))) <= 0.02


def test_punctuation_case_and_spaces_do_not_count() -> None:
    plain = "The ministry said on Monday that 1,200 men had been exchanged near the border at dawn"
    assert sketch(plain) == sketch("“THE ministry — said\n\non Monday, that 1 200 men had been exchanged, near the border at dawn!”")


def test_a_short_text_is_found_in_a_long_one_that_quotes_it() -> None:
    short, story = prose(3, 9), prose(4, 600)
    assert max(told(short)) >= CUT > max(told(story))
    assert containment(told(short), told(short)) == 1.0
    assert containment(told(short), told(story)) == 0.0
    assert containment(told(short), told([*story[:300], *short, *story[300:]])) in (0.0, 1.0)  # all that the quarter holds of it


def test_han_text_without_spaces_is_cut_into_characters() -> None:
    assert words("乌克兰 army") == ["乌", "克", "兰", "army"]


def test_only_the_first_words_count() -> None:
    story = [f"w{i}" for i in range(MAX_WORDS + 500)]
    assert told(story) == told(story[:MAX_WORDS])


@given(st.text(max_size=400))
def test_any_text_gives_ascending_unique_unsigned_32_bit_integers(text: str) -> None:
    hashes = sketch(text)
    assert all(a < b for a, b in pairwise(hashes))
    assert all(0 <= h < 1 << 32 for h in hashes)
    assert containment(hashes, hashes) == (1.0 if hashes else 0.0)


@given(st.lists(st.sampled_from("abcdefghij"), max_size=60), st.lists(st.sampled_from("abcdefghij"), max_size=60))
def test_containment_is_symmetric_and_a_share(a: list[str], b: list[str]) -> None:
    share = containment(told(a), told(b))
    assert share == containment(told(b), told(a))
    assert 0.0 <= share <= 1.0


hashes = st.sets(st.one_of(st.integers(0, 40), st.integers(0, CUT - 1), st.integers(CUT, (1 << 32) - 1)), max_size=60)


@given(st.lists(hashes, min_size=1, max_size=6))
def test_no_outline_rules_out_what_two_sketches_hold_in_common(sets: list[set[int]]) -> None:
    many = [tuple(sorted(one)) for one in sets]
    outlines = Sketches.of(many).outlines()
    new, old = (np.array(side) for side in zip(*[(a, b) for a in range(len(many)) for b in range(len(many))], strict=True))
    most = outlines.most(new, outlines, old)
    assert all(most[n] >= containment(many[a], many[b]) for n, (a, b) in enumerate(zip(new, old, strict=True)))


def test_outlines_tell_unrelated_stories_apart() -> None:
    outlines = Sketches.of(told(prose(seed, 600)) for seed in range(20)).outlines()
    assert outlines.most(np.arange(19), outlines, np.arange(1, 20)).max() < 0.3


def test_a_page_of_600_words_costs_little() -> None:
    text = " ".join(prose(9, 600))
    sketch(text)

    def once() -> float:
        start = time.perf_counter()
        for _ in range(20):
            sketch(text)
        return (time.perf_counter() - start) / 20

    assert min(once() for _ in range(5)) < 0.001  # 0.16 ms measured; the room is for loaded machines
