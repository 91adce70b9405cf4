"""Quantities, sums and days in running text."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.extract.dates import parse_day
from ingest.extract.money import parse_money
from ingest.extract.numbers import parse_quantity
from ingest.extract.tokens import tokenize
from ingest.records import Basis, Qualifier


@pytest.mark.parametrize(
    ("text", "low", "high", "qualifier"),
    [
        ("1,200", 1200, 1200, "exact"),
        ("1\u202f200", 1200, 1200, "exact"),
        ("twenty-three", 23, 23, "exact"),
        ("a dozen", 12, 12, "exact"),
        ("half a million", 500_000, 500_000, "exact"),
        ("two and a half thousand", 2500, 2500, "exact"),
        ("4.5 thousand", 4500, 4500, "exact"),
        ("100k", 100_000, 100_000, "exact"),
        ("three hundred and five", 305, 305, "exact"),
        ("two thousand four hundred", 2400, 2400, "exact"),
        ("70,000 to 80,000", 70_000, 80_000, "range"),
        ("70-80 thousand", 70_000, 80_000, "range"),
        ("between 10 and 15", 10, 15, "range"),
        ("two or three", 2, 3, "range"),
        ("over 300", 300, None, "at_least"),
        ("no fewer than twelve", 12, None, "at_least"),
        ("up to 40", None, 40, "up_to"),
        ("not more than 40", None, 40, "up_to"),
        ("nearly 1,000", None, 1000, "up_to"),
        ("roughly 60", 60, 60, "about"),
        ("90 or more", 90, None, "at_least"),
        ("500+", 500, None, "at_least"),
        ("a total of 75", 75, 75, "exact"),
    ],
)
def test_a_quantity_has_the_bounds_it_tells(text: str, low: int | None, high: int | None, qualifier: str) -> None:
    found = parse_quantity(tokenize(text), 0)
    assert found is not None
    assert (found[0].low, found[0].high, found[0].qualifier) == (low, high, Qualifier(qualifier))
    assert (found[0].start, found[0].end) == (0, len(text))


@pytest.mark.parametrize(
    "text", ["soldiers", "hundreds", "dozens of men", "47th", "155mm", "24-year-old", "9.166", "between 5", "T-72", "а б"]
)
def test_what_is_no_whole_number_gives_none(text: str) -> None:
    assert parse_quantity(tokenize(text), 0) is None


@pytest.mark.parametrize(
    ("text", "low", "amount", "currency", "per"),
    [
        ("5 million rubles", None, 5e6, "RUB", None),
        ("$10K", None, 10_000, "USD", None),
        ("₽195,000", None, 195_000, "RUB", None),
        ("UAH 100,000", None, 100_000, "UAH", None),
        ("100,000 hryvnias per month", None, 100_000, "UAH", "month"),
        ("€2,000 a month", None, 2000, "EUR", "month"),
        ("US$8,000", None, 8000, "USD", None),
        ("$3.5bn", None, 3.5e9, "USD", None),
        ("between $4,500 and $6,000", 4500, 6000, "USD", None),
        ("100,000 to 120,000 rubles", 100_000, 120_000, "RUB", None),
        ("A$110 million", None, 110e6, "AUD", None),
    ],
)
def test_a_sum_has_currency_and_period(text: str, low: float | None, amount: float, currency: str, per: str | None) -> None:
    found = parse_money(tokenize(text), 0)
    assert found is not None
    assert (found[0].low, found[0].amount, found[0].currency, found[0].per) == (low, amount, currency, per)
    assert found[0].end == len(text)


@pytest.mark.parametrize(
    ("text", "on", "basis"),
    [
        ("March 4", date(2024, 3, 4), Basis.EVENT),
        ("4 March", date(2024, 3, 4), Basis.EVENT),
        ("Dec. 24", date(2023, 12, 24), Basis.EVENT),
        ("24th of February 2022", date(2022, 2, 24), Basis.EVENT),
        ("February 30", None, Basis.EVENT),
        ("as of May 1, 2024", date(2024, 5, 1), Basis.STATED),
        ("Friday", date(2024, 5, 10), Basis.WEEKDAY),
        ("Saturday", date(2024, 5, 4), Basis.WEEKDAY),
        ("yesterday", date(2024, 5, 9), Basis.EVENT),
        ("today", date(2024, 5, 10), Basis.PUBLICATION),
        ("April 2024", None, Basis.EVENT),
    ],
)
def test_a_day_is_counted_from_publication(text: str, on: date | None, basis: Basis) -> None:
    found = parse_day(tokenize(text), 0, date(2024, 5, 10))
    assert found is not None
    assert (found[0].on, found[0].basis) == (on, basis)


@pytest.mark.parametrize("text", ["Friday", "March 4", "yesterday"])
def test_without_a_publication_day_a_relative_day_stays_open(text: str) -> None:
    found = parse_day(tokenize(text), 0, None)
    assert found is not None
    assert found[0].on is None


@pytest.mark.parametrize("text", ["may", "march", "friday", "sunday best"])
def test_lower_case_words_are_no_days(text: str) -> None:
    assert parse_day(tokenize(text), 0, date(2024, 5, 10)) is None
