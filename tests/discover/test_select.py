"""Which leads a source wants."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover import select
from ingest.records import Lead
from ingest.sources import Source

ON = date(2024, 3, 10)


def source(**more: object) -> Source:
    return Source.model_validate(
        {"slug": "gazette", "name": "G", "kind": "feed", "url": "https://g.example/", "language": "en", "country": "GB"} | more
    )


def lead(url: str, title: str | None = None, day: int | None = None) -> Lead:
    return Lead(url=url, title=title, published_at=datetime(2024, 3, day, 23, 59, tzinfo=UTC) if day else None)


def test_the_first_of_each_address_stays_under_its_canonical_form() -> None:
    """Trackers change from night to night: as written, one page would be asked for again and again."""
    leads = [
        lead("https://g.example/a?utm_source=rss", "first"),
        lead("HTTPS://G.example/a", "second"),
        lead("nonsense"),
    ]
    found = select(source(), leads, ON)
    assert [(one.url, one.title) for one in found] == [("https://g.example/a", "first"), ("nonsense", None)]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ({}, ["/world/1", "/sport/2", "/world/video/3"]),
        ({"include": ["/world/"]}, ["/world/1", "/world/video/3"]),
        ({"exclude": ["/video/", "sport"]}, ["/world/1"]),
        ({"include": ["world", "sport"], "exclude": ["1$"]}, ["/sport/2", "/world/video/3"]),
    ],
)
def test_patterns(rules: dict[str, object], kept: list[str]) -> None:
    leads = [lead(f"https://g.example{path}") for path in ("/world/1", "/sport/2", "/world/video/3")]
    assert [one.url.removeprefix("https://g.example") for one in select(source(**rules), leads, ON)] == kept


@pytest.mark.parametrize(
    ("keyword", "title", "url", "is_kept"),
    [
        ("war", "The WAR goes on", "/x", True),
        ("war", "A warm day", "/x", False),
        ("war", None, "/news/war-news", True),
        ("war", None, "/warm", False),
        ("General Staff", "general-staff: figures", "/x", True),
        ("General Staff", "Staff general", "/x", False),
        ("потери", "Новые ПОТЕРИ", "/x", True),
        ("потери", None, "/%D0%BF%D0%BE%D1%82%D0%B5%D1%80%D0%B8", True),
    ],
)
def test_keywords_are_whole_words(keyword: str, title: str | None, url: str, is_kept: bool) -> None:
    found = select(source(keywords=[keyword]), [lead(f"https://g.example{url}", title)], ON)
    assert bool(found) is is_kept


def test_age_counts_days_and_spares_the_undated() -> None:
    leads = [lead("https://g.example/7", day=7), lead("https://g.example/8", day=8), lead("https://g.example/u")]
    assert select(source(max_age_days=2), leads, ON) == (leads[1], leads[2])


_leads = st.lists(
    st.builds(
        Lead,
        url=st.sampled_from([f"https://g.example/{n}" for n in range(6)] + ["bad", "https://G.example/1#x"]),
        title=st.none() | st.sampled_from(["war", "peace", "warm war"]),
        published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=12,
)


@given(_leads, st.sampled_from([{}, {"keywords": ["war"]}, {"include": ["[1-3]"]}, {"max_age_days": 3}]))
def test_select_is_an_ordered_subset_and_stable(leads: list[Lead], rules: dict[str, object]) -> None:
    chosen = select(source(**rules), leads, ON)
    rest = iter(leads)
    assert all(any((one.title, one.published_at) == (other.title, other.published_at) for other in rest) for one in chosen)
    assert select(source(**rules), chosen, ON) == chosen
