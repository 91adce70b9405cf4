"""In: texts and what pages say of them. Out: the language, and doubt where there is reason to doubt."""

from __future__ import annotations

import pytest

from ingest.clean import language
from ingest.clean.head import Head
from ingest.clean.jsonld import Schema

ENGLISH = "The ministry said on Friday that 412 soldiers had been killed since January, the first count it has made public."
UKRAINIAN = "Міністерство оборони повідомило в п'ятницю, що з січня загинули 412 військових; це перша повна цифра."
RUSSIAN = "Министерство обороны сообщило в пятницу, что с января погибли 412 военных; это первая полная цифра."
NORWEGIAN = "Forsvarsdepartementet sa fredag at 412 soldater er drept siden januar, det første tallet som er gjort kjent."


def of(text: str, hint: str | None = None) -> language.Language:
    return language.of(text, Schema(), Head(metas={}, canonical=None, base=None, language=hint))


@pytest.mark.parametrize(("text", "code"), [(ENGLISH, "en"), (UKRAINIAN, "uk"), (RUSSIAN, "ru")])
def test_a_clear_text_needs_no_hint_and_heeds_no_wrong_one(text: str, code: str) -> None:
    for hint in (None, "fr-FR", "xx"):
        assert of(text, hint) == language.Language(code=code, is_sure=True)


def test_an_unclear_text_is_what_the_page_says_and_is_never_sure() -> None:
    assert of("Kyiv, Kharkiv, Dnipro, Odesa", "uk-UA") == language.Language(code="uk", is_sure=False)
    assert of("412", "en") == language.Language(code="en", is_sure=False)
    assert not of("412").is_sure
    assert of("") == language.Language(code=None, is_sure=False)


def test_codes_of_one_language_are_the_same() -> None:
    assert language.same(of(NORWEGIAN, "nb-NO").code, "nb")
    assert language.same("he", "iw")
    assert not language.same("uk", "ru")
    assert not language.same(None, None)
