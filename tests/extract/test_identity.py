"""Ids of statements: stable when the page moves or retypes a sentence, different when the sentence is another."""

from __future__ import annotations

from datetime import date

from ingest.extract import extract
from ingest.extract.identity import fold_sentence, statement_ids
from ingest.records import ArticleText, Statement

URL = "https://example.org/news/1"
FIRST = "Ukraine said 12 Russian soldiers were killed and 30 wounded."
SECOND = "Poland imposed new sanctions on Russian banks."


def _ids(text: str, url: str = URL) -> dict[str, str]:
    result = extract(ArticleText(text=text, published_on=date(2024, 5, 10)))
    statements: list[Statement] = [*result.casualty_claims, *result.announcements]
    keys = [f"{type(s).__name__} {getattr(s, 'measure', '')} {getattr(s, 'low', '')}" for s in statements]
    return dict(zip(keys, statement_ids(url, text, statements), strict=True))


def test_ids_are_24_hex_digits_and_differ_within_a_sentence() -> None:
    ids = _ids(f"{FIRST} {SECOND}")
    assert len(ids) == 3
    assert len(set(ids.values())) == 3
    assert all(len(i) == 24 and set(i) <= set("0123456789abcdef") for i in ids.values())


def test_moving_a_sentence_changes_no_id() -> None:
    assert _ids(f"{FIRST} {SECOND}") == _ids(f"An opening line.\n\n{SECOND}\n\n{FIRST}")


def test_the_shape_of_quotes_dashes_and_spaces_changes_no_id() -> None:
    plain = 'The "Azov" unit - part of the army - lost 12 tanks.'
    typed = "The “Azov” unit – part\u00a0of the  army — lost 12 tanks."
    assert fold_sentence(plain) == fold_sentence(typed)
    assert list(_ids(plain).values()) == list(_ids(typed).values())


def test_another_address_or_another_number_is_another_statement() -> None:
    ids = set(_ids(FIRST).values())
    assert ids.isdisjoint(_ids(FIRST, "https://example.org/news/2").values())
    assert ids.isdisjoint(_ids(FIRST.replace("12", "13")).values())


def test_ids_do_not_depend_on_the_order_given() -> None:
    statements = list(extract(ArticleText(text=FIRST, published_on=date(2024, 5, 10))).casualty_claims)
    forward = statement_ids(URL, FIRST, statements)
    assert statement_ids(URL, FIRST, statements[::-1]) == forward[::-1]
