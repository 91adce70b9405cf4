"""The filter behind `claimledger extract`: one JSON line in, one out."""

from __future__ import annotations

import json

import pytest

from ingest.extract.lines import extract_line

TEXT = "The Ukrainian army said on Tuesday that 12 Russian soldiers were killed near Kharkiv."
CLAIM_FIELDS = {
    *("claimant", "claimant_party", "party", "population", "measure", "category", "low", "high", "period", "as_of", "quote"),
    *("char_start", "char_end", "qualifier", "as_of_basis", "subject", "is_subset", "place", "claimed_on", "rule"),
}
OFFER_FIELDS = {
    *("offeror", "offeror_party", "announced_by", "audience", "audience_party", "action", "benefit", "amount", "currency", "per", "quote"),
    *("char_start", "char_end", "offered_on", "valid_until", "status", "amount_low", "amount_usd", "usd_basis", "rule"),
}
ANNOUNCEMENT_FIELDS = {"announcer", "announcer_party", "topic", "announced_on", "channel", "quote", "char_start", "char_end", "rule"}


def _line(**fields: object) -> str:
    return json.dumps({"id": "a1", "text": TEXT, "published": "2024-05-10"} | fields)


def test_a_line_gives_its_statements_with_offsets() -> None:
    row, is_good = extract_line(_line())
    claim = row["casualty_claims"][0]
    assert is_good
    assert row["id"] == "a1"
    assert TEXT[claim["char_start"] : claim["char_end"]] == claim["quote"]
    assert (claim["low"], claim["as_of"], claim["place"]) == (12, "2024-05-07", "Kharkiv")


def test_fields_are_those_of_the_interface() -> None:
    text = f"{TEXT} Ukraine offers Russian soldiers $10,000 if they surrender. Poland imposed sanctions on Russia."
    row, _ = extract_line(_line(text=text))
    assert set(row["casualty_claims"][0]) == CLAIM_FIELDS
    assert set(row["offers"][0]) == OFFER_FIELDS
    assert set(row["announcements"][0]) == ANNOUNCEMENT_FIELDS


def test_the_answer_is_plain_json_and_bytes_read_like_text() -> None:
    row, _ = extract_line(_line())
    assert json.loads(json.dumps(row)) == row
    assert extract_line(_line().encode()) == extract_line(_line())


def test_offsets_count_code_points() -> None:
    text = "😀 «Слава» " + TEXT
    claim = extract_line(_line(text=text))[0]["casualty_claims"][0]
    assert text[claim["char_start"] : claim["char_end"]] == claim["quote"]


@pytest.mark.parametrize(
    ("line", "identifier", "words"),
    [
        ("not json", None, "received no JSON"),
        ("[1]", None, "received a JSON list"),
        (b"\xff\xfe", None, "not UTF-8"),
        ('{"text": "x"}', None, "id is a text or a whole number"),
        ('{"id": "k"}', "k", "text is the article's words"),
        ('{"id": "k", "text": 5}', "k", "received text of type int"),
        ('{"id": "k", "text": "x", "published": "10 May"}', "k", "YYYY-MM-DD"),
        ('{"id": "k", "text": "x", "published": 20240510}', "k", "published is a text or null"),
        ("[" * 100_000, None, "received no JSON"),
    ],
)
def test_a_bad_line_says_what_would_be_right(line: str | bytes, identifier: str | None, words: str) -> None:
    row, is_good = extract_line(line)
    assert not is_good
    assert row["id"] == identifier
    assert set(row) == {"id", "error"}
    assert words in row["error"]


def test_unknown_keys_and_nulls_do_no_harm() -> None:
    row, is_good = extract_line(_line(title=None, url=None, source=None, more=1))
    assert is_good
    assert len(row["casualty_claims"]) == 1
