"""In: date texts as pages write them. Out: the instant in UTC or the day they name, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from ingest.clean import dates, head, jsonld

FETCHED = datetime(2025, 3, 9, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-07T18:42:10+01:00", "2025-03-07 17:42:10"),
        ("2025-03-07T18:42:10.123Z", "2025-03-07 18:42:10.123000"),
        ("2025-03-07T18:42+0100", "2025-03-07 17:42:00"),
        ("2025-03-07 18:42:10 +0300", "2025-03-07 15:42:10"),
        ("2025-03-07T23:30:00-05:00", "2025-03-08 04:30:00"),
        ("20250307T184210Z", "2025-03-07 18:42:10"),
        ("2025-03-07T18:42:10", "2025-03-07 18:42:10"),
        ("Fri, 07 Mar 2025 18:42:10 GMT", "2025-03-07 18:42:10"),
        ("Fri, 07 Mar 2025 18:42:10 +0200", "2025-03-07 16:42:10"),
        ("March 7, 2025 6:42 PM EST", "2025-03-07 23:42:00"),
        ("7 March 2025, 18:42 CET", "2025-03-07 17:42:00"),
        ("Fri Mar 07 2025 18:42:10 GMT+0000 (Coordinated Universal Time)", "2025-03-07 18:42:10"),
        ("1741372930", "2025-03-07 18:42:10"),
        ("1741372930000", "2025-03-07 18:42:10"),
        ("2025-03-07", "2025-03-07 day"),
        ("20250307", "2025-03-07 day"),
        ("2025/03/07", "2025-03-07 day"),
        ("7 March 2025", "2025-03-07 day"),
        ("March 7, 2025", "2025-03-07 day"),
        ("07.03.2025", "2025-03-07 day"),
        ("07.03.2025 18:42", "2025-03-07 18:42:00"),
        ("2025-02-30", None),
        ("March 2025", None),
        ("18:42", None),
        ("Friday", None),
        ("yesterday", None),
        ("", None),
        ("2025", None),
        ("0", None),
        ("99999999", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("2024-01-01T00:00:00+99:99", "2024-01-01 00:00:00"),
        ("99999999999999999999", None),
        ("²", None),
    ],
)
def test_reading_table(text: str, expected: str | None) -> None:
    told = dates.read(text)
    if expected is None:
        assert told is None
    else:
        assert told is not None
        day, _, clock = expected.partition(" ")
        assert (str(told.instant.replace(tzinfo=None)) if clock != "day" else f"{told.instant.date()} day") == f"{day} {clock}"
        assert told.is_day_only == (clock == "day")


def published(body: str) -> dates.Told | None:
    tree = document_fromstring(body)
    blocks = [script.text for script in tree.iter("script")]
    return dates.published(jsonld.read(blocks, "https://x.example/a"), head.read(tree), tree, FETCHED)


def ld(value: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"h","datePublished":"{value}"}}</script>'


@pytest.mark.parametrize(
    ("body", "instant", "is_day_only"),
    [
        (ld("2025-03-07T18:00:00Z") + "<meta name=date content=2025-03-01>", "2025-03-07T18:00:00+00:00", False),
        # a bare day is sharpened by an instant of that day, not by one of another day
        (ld("2025-03-07") + "<meta property=article:published_time content=2025-03-07T18:00:00Z>", "2025-03-07T18:00:00+00:00", False),
        (ld("2025-03-07") + "<meta property=article:published_time content=2025-03-01T18:00:00Z>", "2025-03-07T00:00:00+00:00", True),
        # a time without zone takes the zone of the same wall clock elsewhere
        (ld("2025-03-07T18:00:00") + "<meta name=date content=2025-03-07T18:00:00+02:00>", "2025-03-07T16:00:00+00:00", False),
        # what cannot be true at the capture is not believed; the next source is
        (ld("2031-01-01T00:00:00Z") + "<meta name=date content=2025-03-02>", "2025-03-02T00:00:00+00:00", True),
        (ld("1970-01-01T00:00:00Z") + "<time pubdate datetime=2025-03-03T10:00:00Z>", "2025-03-03T10:00:00+00:00", False),
        ("<article><time datetime=2025-03-04T10:00:00Z></time></article><time datetime=2024-01-01>", "2025-03-04T10:00:00+00:00", False),
        ("<div itemprop=datePublished content=2025-03-05T10:00:00Z></div>", "2025-03-05T10:00:00+00:00", False),
        ("<time class=modified datetime=2025-03-05T10:00:00Z></time>", None, False),
        ("<p>nothing</p>", None, False),
    ],
)
def test_of_several_dates_the_best_believable_one(body: str, instant: str | None, is_day_only: bool) -> None:
    told = published(f"<html><body>{body}</body></html>")
    assert (told.instant.isoformat() if told else None) == instant
    assert told is None or told.is_day_only is is_day_only


def _run(script: str, zone: str) -> str:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-W", "ignore", "-c", script]
    return subprocess.run(command, cwd=root, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True).stdout


def test_the_zone_of_this_machine_does_not_count() -> None:
    texts = ("7 March 2025 18:42 EST", "7 March 2025 18:42", "7 March 2025 18:42 XYZ")
    script = f"from ingest.clean import dates; print(*(dates.read(t).instant for t in {texts}))"
    told = {_run(script, zone) for zone in ("UTC", "Asia/Tokyo", "America/New_York", "XYZ-5")}
    assert told == {"2025-03-07 23:42:00+00:00 2025-03-07 18:42:00+00:00 2025-03-07 18:42:00+00:00\n"}


@given(st.datetimes(min_value=datetime(1996, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_iso_instants_are_read_exactly(instant: datetime) -> None:
    told = dates.read(instant.astimezone(UTC).isoformat())
    assert told is not None
    assert told.instant == instant.astimezone(UTC)  # in one zone: Python holds no two zones equal in a repeated hour


@given(st.text(max_size=60))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    told = dates.read(text)
    assert told is None or told.instant.tzinfo is UTC
