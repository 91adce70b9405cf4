"""In: cleanings and tellings made up by hand and by chance. Out: the laws of revisions, clusters and groups."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.ids import article_id, content_id, digest
from ingest.ledger import Cleaning, Grouping, Index, Opener, Revision, Telling
from ingest.load import open_build
from ingest.project import INDEX_LEAST, MIN_HASHES, group_key, index_hashes, near, place_captures, place_clusters, place_groups
from ingest.records import Kind
from ingest.sketch import CUT, containment, sketch
from tests.ledgers import Ledger, announcement, claim

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://g.example/a"


def cleaning(capture: str, text: str, *, at: int = 0, position: int = 1, url: str = URL, body: str | None = None, **more: Any) -> Cleaning:
    when = T0 + timedelta(hours=at)
    fields = {"stream": "gazette", "title": "T", "sketch": sketch(text), "seen_at": when, **more}
    names = {
        "capture_id": capture,
        "canonical_url": url,
        "text_digest": digest(text.encode()),
        "body_digest": digest((body or capture).encode()),
    }
    return Cleaning(position=position, fetched_at=when, **names, **fields)


def placed(*cleanings: Cleaning) -> list[tuple[str, int, bool]]:
    found = place_captures(cleanings, [], []).placements
    return [(p.capture_id, p.revision, p.is_opener) for p in found]


def test_the_same_title_and_text_is_the_same_revision() -> None:
    assert placed(cleaning("c1", "one"), cleaning("c2", "one", at=1), cleaning("c3", "two", at=2)) == [
        ("c1", 1, True),
        ("c2", 1, False),
        ("c3", 2, True),
    ]


def test_a_changed_title_is_a_change_of_the_page() -> None:
    assert placed(cleaning("c1", "one"), cleaning("c2", "one", at=1, title="Other")) == [("c1", 1, True), ("c2", 2, True)]


def test_a_text_that_comes_back_is_a_new_revision() -> None:
    assert [p[1] for p in placed(cleaning("c1", "one"), cleaning("c2", "two", at=1), cleaning("c3", "one", at=2))] == [1, 2, 3]


def test_the_capture_before_by_instant_of_fetch_counts_not_the_one_before_in_the_log() -> None:
    assert placed(cleaning("c1", "one", at=5), cleaning("c2", "two", at=1), cleaning("c3", "two", at=2)) == [
        ("c1", 1, True),
        ("c2", 2, True),
        ("c3", 2, False),
    ]


def test_another_cleaner_version_adds_a_face_to_the_revision_its_capture_opened() -> None:
    found = place_captures([cleaning("c1", "one"), cleaning("c1", "one, cleaned better", position=2)], [], [])
    assert [r.revision for r in found.revisions] == [1]
    assert [(f.article_id, f.position) for f in found.faces] == [(article_id(URL, 1), 1), (article_id(URL, 1), 2)]


def test_another_cleaner_version_of_an_absorbed_capture_changes_nothing() -> None:
    found = place_captures([cleaning("c1", "one"), cleaning("c2", "one", at=1), cleaning("c2", "other", at=1, position=3)], [], [])
    assert (len(found.revisions), len(found.faces)) == (1, 1)


def test_an_equal_body_is_no_change_of_the_page_even_when_a_new_cleaner_reads_it_otherwise() -> None:
    assert placed(cleaning("c1", "one", body="b"), cleaning("c2", "one, cleaned better", at=1, body="b")) == [
        ("c1", 1, True),
        ("c2", 1, False),
    ]


def test_one_page_in_two_sources_has_one_history() -> None:
    assert placed(cleaning("c1", "one"), cleaning("c2", "two", at=1, stream="herald")) == [("c1", 1, True), ("c2", 2, True)]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.integers(0, 5)), max_size=20), st.integers(0, 20))
def test_revisions_placed_in_two_loads_are_those_of_one(captures: list[tuple[int, str, int]], cut: int) -> None:
    all_ = [
        cleaning(f"c{name}", text, at=at, position=n, url=f"https://g.example/{name % 2}") for n, (name, text, at) in enumerate(captures)
    ]
    once = place_captures(all_, [], [])
    first = place_captures(all_[:cut], [], [])
    second = place_captures(all_[cut:], first.placements, first.faces)
    assert first.placements + second.placements == once.placements
    assert first.faces + second.faces == once.faces
    numbers = Counter((p.canonical_url, p.revision) for p in once.placements if p.is_opener)
    assert all(count == 1 for count in numbers.values())


# Clusters -------------------------------------------------------------------------------------------------------------


def prose(seed: int, words: int = 300) -> str:
    chance = random.Random(seed)
    return " ".join(f"w{chance.randint(0, 4000)}" for _ in range(words))


def revision(name: str, text: str, *, days: float = 0, url: str | None = None, position: int = 1) -> Revision:
    when = T0 + timedelta(days=days)
    return Revision(
        article_id=name, canonical_url=url or f"https://g.example/{name}", revision=1, capture_id=name, fetched_at=when, seen_at=when,
        stream="gazette", position=position, sketch=sketch(text),
    )  # fmt: skip


def clusters(*revisions: Revision) -> list[str]:
    return [m.cluster_id for m in place_clusters(revisions, 1, {}, [])]


def test_a_copy_with_a_lede_of_its_own_and_without_the_tail_joins_the_earliest() -> None:
    story = prose(1)
    cut = " ".join(story.split()[:200])
    assert clusters(revision("a", story), revision("b", prose(2, 60) + " " + story), revision("c", cut), revision("d", prose(3))) == [
        "a",
        "a",
        "a",
        "d",
    ]


def test_a_short_lede_of_a_long_wire_story_is_found_by_its_few_hashes() -> None:
    story = prose(5, 1200)
    for words in (100, 150, 200):
        assert clusters(revision("a", story), revision("b", " ".join(story.split()[:words]))) == ["a", "a"]


def test_a_text_that_holds_two_stories_joins_the_one_the_ledger_learnt_of_first() -> None:
    one, other = prose(1), prose(2)
    both = f"{one} {other}"
    assert clusters(revision("z", one), revision("a", other), revision("m", both)) == ["z", "a", "z"]


def test_a_copy_more_than_seven_days_later_opens_its_own_cluster() -> None:
    story = prose(1)
    assert clusters(revision("a", story), revision("b", story, days=6.9), revision("c", story, days=7.1)) == ["a", "a", "a"], "c copies b"
    assert clusters(revision("a", story), revision("c", story, days=7.1)) == ["a", "c"]


def test_texts_too_short_to_tell_apart_never_join() -> None:
    assert clusters(revision("a", "five soldiers were killed"), revision("b", "five soldiers were killed")) == ["a", "b"]


def test_background_repeated_by_the_same_outlet_is_no_copy() -> None:
    background = prose(9, 120)
    assert clusters(revision("a", prose(1, 200) + background), revision("b", prose(2, 200) + background)) == ["a", "b"]


def test_revisions_of_one_page_stay_in_one_cluster_whatever_they_say() -> None:
    assert clusters(revision("a", prose(1), url=URL), revision("b", prose(2), url=URL)) == ["a", "a"]
    assert [m.cluster_id for m in place_clusters([revision("c", prose(3), url=URL)], 2, {URL: "a"}, [])] == ["a"]


def test_a_text_too_short_has_no_index() -> None:
    assert index_hashes(tuple(range(MIN_HASHES - 1))) == ()
    assert len(index_hashes(tuple(range(MIN_HASHES)))) == MIN_HASHES
    assert len(index_hashes(sketch(prose(1, 1000)))) < 60
    assert {len(index_hashes(tuple(range(CUT - 30, CUT)))), len(index_hashes((*range(3), *range(CUT - 30, CUT))))} == {INDEX_LEAST}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 80), st.floats(0, 9)), max_size=25), st.integers(0, 25))
@settings(deadline=None)
def test_near_articles_are_those_that_a_look_at_every_pair_finds(told: list[tuple[int, int, float]], cut: int) -> None:
    """Stories that begin alike; `near.MOST_CANDIDATES` set to 3, so that the ones that share less fall away."""
    texts = [" ".join([*prose(story).split()[:words], *prose(50 + n, 80).split()]) for n, (story, words, _) in enumerate(told)]
    all_ = [revision(f"a{n % 7}-{n}", text, days=told[n][2], position=n) for n, text in enumerate(texts)]
    older, new = all_[:cut], all_[cut:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "MOST_CANDIDATES", 3)
        found = near.near_older(new, indexed(older))
        pairs = {(new[a].article_id, found.articles[b]) for a, b in zip(found.pairs.new, found.pairs.old, strict=True)}
        peers = {(a, b) for a, some in near.copies_of_peers(new).items() for b in some}
    assert pairs == {(one.article_id, other.article_id) for one in new for other in sharing_most(one, older)}
    before = {(a, all_.index(b) - cut) for a, one in enumerate(new) for b in sharing_most(one, new[:a], window=None)}
    assert {(a, b) for a, b in before if containment(new[a].sketch, new[b].sketch) >= near.THRESHOLD} <= peers <= before


def sharing_most(one: Revision, others: Sequence[Revision], window: timedelta | None = near.WINDOW) -> list[Revision]:
    shared = {n: len(set(one.sketch) & set(index_hashes(other.sketch))) for n, other in enumerate(others)}
    name = [other.article_id if window else n for n, other in enumerate(others)]
    close = [n for n in shared if shared[n] and (window is None or abs(one.seen_at - others[n].seen_at) <= window)]
    return [others[n] for n in sorted(close, key=lambda n: (-shared[n], name[n]))[:3]]


def indexed(revisions: Sequence[Revision]) -> Index:
    """The index of `revisions` as the database gives it."""
    ordered = sorted(revisions, key=lambda r: r.article_id)
    rows = sorted((value, number) for number, one in enumerate(ordered) for value in index_hashes(one.sketch))
    return Index(
        hashes=np.array([value for value, _ in rows], dtype=np.uint32),
        numbers=np.array([number for _, number in rows], dtype=np.int64),
        articles=[one.article_id for one in ordered],
        seen_at=np.array([int(one.seen_at.timestamp() * 1_000_000) for one in ordered], dtype=np.int64),
    )


# Groups ---------------------------------------------------------------------------------------------------------------


def grouped(tellings: Sequence[Telling], openers: Sequence[Opener], taken: Sequence[tuple[str, str]]) -> list[Grouping]:
    return place_groups(tellings, [group_key(one) for one in tellings], openers, taken)


def telling(
    article: str, position: int, *, kind: Kind = Kind.CASUALTY_CLAIM, ordinal: int = 1, seen: int = 0, cluster: str = "", **fields: Any
) -> Telling:
    wording = fields.pop("wording", "quote")
    return Telling(
        kind=kind, statement_id=content_id(article, str(ordinal), wording), article_id=article, cluster_id=cluster or article,
        fields={"outlet": "Gazette", **fields}, wording=wording, seen_on=date(2026, 3, 1) + timedelta(days=seen),
        order=(1, "s", position, ordinal),
    )  # fmt: skip


def groups(*tellings: Telling) -> list[int]:
    """The number of the group each row is in, in order of first appearance."""
    found = [g.group_id for g in grouped(tellings, [], [])]
    return [list(dict.fromkeys(found)).index(name) for name in found]


CLAIM = {
    "claimant_party": "UA",
    "party": "RU",
    "measure": "killed",
    "category": "personnel",
    "low": 5,
    "high": 5,
    "as_of": date(2026, 3, 1),
}


def test_the_same_claim_of_two_outlets_is_one_group() -> None:
    assert groups(telling("a", 1, **CLAIM), telling("b", 2, seen=30, **CLAIM)) == [0, 0]


@pytest.mark.parametrize(
    "change",
    [{"low": 6}, {"high": None}, {"party": "UA"}, {"claimant_party": "RU"}, {"place": "Kursk"}, {"subject": "child"}, {"as_of": None}],
)
def test_any_other_field_is_another_group(change: dict[str, Any]) -> None:
    assert groups(telling("a", 1, **CLAIM), telling("b", 2, **{**CLAIM, **change})) == [0, 1]


def test_without_a_date_the_opener_must_be_within_three_days() -> None:
    undated = {**CLAIM, "as_of": None}
    assert groups(telling("a", 1, **undated), telling("b", 2, seen=3, **undated), telling("c", 3, seen=4, **undated)) == [0, 0, 1]


def test_without_a_claimant_party_the_outlet_speaks() -> None:
    nobody = {**CLAIM, "claimant_party": None}
    assert groups(telling("a", 1, **nobody), telling("b", 2, **nobody), telling("c", 3, outlet="Herald", **nobody)) == [0, 0, 1]


def test_two_rows_of_one_article_never_share_a_group() -> None:
    assert groups(
        telling("a", 1, **CLAIM), telling("a", 1, ordinal=2, **CLAIM), telling("b", 2, **CLAIM), telling("b", 2, ordinal=2, **CLAIM)
    ) == [0, 1, 0, 1]


ACT = {"kind": Kind.ANNOUNCEMENT, "announcer_party": "UA", "announcer": "Ministry", "topic": "other"}


def test_two_acts_of_one_office_on_one_day_stay_apart() -> None:
    assert groups(telling("a", 1, wording="It bans fishing.", **ACT), telling("b", 2, wording="It opens a road.", **ACT)) == [0, 1]


def test_the_same_wording_is_the_same_act() -> None:
    assert groups(telling("a", 1, wording="It bans fishing.", **ACT), telling("b", 2, wording="It  bans FISHING", **ACT)) == [0, 0]


def test_a_reworded_act_joins_only_among_copies_that_tell_one_such_act() -> None:
    one = telling("a", 1, wording="It bans fishing.", cluster="c", **ACT)
    other = telling("b", 2, wording="Fishing is banned.", cluster="c", **ACT)
    assert groups(one, other) == [0, 0]
    assert groups(one, other, telling("b", 2, ordinal=2, wording="It opens a road.", cluster="c", **ACT)) == [0, 1, 2]


def test_an_offer_is_told_by_act_benefit_and_amount() -> None:
    pay = {
        "kind": Kind.OFFER,
        "offeror_party": "RU",
        "action": "enlist",
        "benefit": "money",
        "amount": 2.5,
        "currency": "RUB",
        "per": "once",
    }
    assert groups(telling("a", 1, **pay), telling("b", 2, **pay), telling("c", 3, **{**pay, "amount": 25.0})) == [0, 0, 1]


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from([1, 2]), st.sampled_from([None, date(2026, 3, 1)]), st.integers(0, 6)), max_size=15
)


@given(ROWS, st.integers(0, 15))
def test_groups_decided_in_two_loads_are_those_of_one(rows: list[tuple[int, int, date | None, int]], cut: int) -> None:
    all_ = [
        telling(f"a{a}", n, seen=seen, wording=f"q{n}", **{**CLAIM, "low": low, "as_of": as_of})
        for n, (a, low, as_of, seen) in enumerate(rows)
    ]
    once = grouped(all_, [], [])
    first = grouped(all_[:cut], [], [])
    taken = [(g.group_id, g.article_id) for g in first]
    assert first + grouped(all_[cut:], [opener(g) for g in first if g.is_opener], taken) == once
    assert all(count == 1 for count in Counter((g.group_id, g.article_id) for g in once).values())
    assert len({g.group_id for g in once}) == sum(g.is_opener for g in once)


def test_the_earliest_opener_in_ledger_order_is_joined_however_the_openers_are_handed_in() -> None:
    undated = {**CLAIM, "as_of": None}
    early, late = (opener(g) for g in grouped([telling("a", 1, **undated), telling("b", 2, seen=4, **undated)], [], []))
    (joined,) = grouped([telling("c", 3, seen=2, **undated)], [late, early], [])
    assert joined.group_id == early.group_id != late.group_id


def opener(group: Grouping) -> Opener:
    return Opener(**{name: getattr(group, name) for name in Opener.__slots__})


def test_the_key_sets_unknown_apart_from_everything() -> None:
    assert group_key(telling("a", 1, **CLAIM)) != group_key(telling("a", 1, **{**CLAIM, "party": None}))
    assert group_key(telling("a", 1, place="")) != group_key(telling("a", 1))


# The whole projection -------------------------------------------------------------------------------------------------

STORIES = [prose(n, 90) + f" Kyiv said {n} soldiers were killed. It bans fishing." for n in range(3)]
NIGHTS = st.lists(
    st.lists(st.tuples(st.sampled_from(["gazette", "herald"]), st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=4),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(nights=NIGHTS)
def test_nights_taken_in_one_by_one_give_the_tables_of_a_replay(
    nights: list[list[tuple[str, int, int, bool]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    ledger = Ledger(home)
    for night in nights:
        for stream, page, story, has_lede in night:
            text = (prose(99, 30) + " " if has_lede else "") + STORIES[story]
            said = {
                "claims": [claim(f"Kyiv said {story} soldiers were killed.", low=story)],
                "announcements": [announcement("It bans fishing.")],
            }
            ledger.article(stream, f"https://x.example/{page}", text, **said)
        ledger.load()
        ledger.build(home / "nightly.duckdb")
    ledger.build(home / "replay.duckdb")
    assert decided(home / "nightly.duckdb") == decided(home / "replay.duckdb")


def test_a_claim_told_again_in_a_later_load_joins_its_group(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for night in range(3):
        ledger.article(
            f"paper{night}",
            f"https://p{night}.example/a",
            prose(night, 90) + " Kyiv said five died.",
            claims=[claim("Kyiv said five died.", low=5, high=5, claimant_party="UA", as_of=date(2026, 3, 1))],
        )
        ledger.load()
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        rows = database.rows("SELECT group_id, is_opener FROM raw.groups ORDER BY load_position")
    assert [r["is_opener"] for r in rows] == [True, False, False]
    assert len({r["group_id"] for r in rows}) == 1


def decided(path: Path) -> dict[str, list[str]]:
    with open_build(path) as database:
        tables = ("revisions", "placements", "faces", "clusters", "groups", "sketch_index", "loads", "casualty_claims", "announcements")
        return {table: [repr(row) for row in database.rows(f"SELECT * FROM raw.{table} ORDER BY ALL")] for table in tables}


def test_a_copy_of_an_article_of_an_earlier_load_is_found_by_the_index(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.article(
        "gazette",
        "https://g.example/a",
        STORIES[0],
        claims=[claim("0 soldiers were killed", low=0, as_of=date(2026, 3, 1), claimant_party="UA")],
    )
    ledger.load()
    ledger.article("herald", "https://h.example/a", prose(99, 60) + " " + STORIES[0])
    ledger.article("herald", "https://h.example/b", STORIES[1])
    ledger.load()
    with open_build(ledger.build(tmp_path / "build.duckdb")) as database:
        rows = database.rows(
            "SELECT canonical_url, cluster_id, copied_article_id FROM raw.clusters JOIN raw.revisions USING (article_id) ORDER BY ALL"
        )
    first = article_id("https://g.example/a", 1)
    assert [(r["cluster_id"], r["copied_article_id"]) for r in rows] == [
        (first, None),
        (first, first),
        (article_id("https://h.example/b", 1), None),
    ]
