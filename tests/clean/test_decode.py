"""In: bytes and labels. Out: the text a browser would show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean.decode import decode

CYRILLIC = "Потери: 412 человек"
WESTERN = "Café – “naïve” €5"
META = "<meta charset='{}'>"


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        # a byte order mark wins over everything
        (b"\xef\xbb\xbf" + CYRILLIC.encode(), "windows-1251", CYRILLIC),
        (b"\xff\xfe" + CYRILLIC.encode("utf-16-le"), "utf-8", CYRILLIC),
        (b"\xfe\xff" + CYRILLIC.encode("utf-16-be"), None, CYRILLIC),
        # then the HTTP header
        (CYRILLIC.encode("windows-1251"), "windows-1251", CYRILLIC),
        (CYRILLIC.encode("koi8-r"), "KOI8-R", CYRILLIC),
        (CYRILLIC.encode("utf-16-le"), "utf-16", CYRILLIC),
        ((META.format("koi8-r") + CYRILLIC).encode("windows-1251"), "cp1251", META.format("koi8-r") + CYRILLIC),
        (WESTERN.encode("windows-1252"), "ISO-8859-1", WESTERN),
        (WESTERN.encode("windows-1252"), "latin1", WESTERN),
        ("日本語".encode("shift_jis"), "Shift_JIS", "日本語"),
        ("日本語".encode("euc_jp"), '"euc-jp"', "日本語"),
        ("中文".encode("gbk"), "gb2312", "中文"),
        # a label nobody knows is no label
        (CYRILLIC.encode(), "utf8mb4-unknown", CYRILLIC),
        (WESTERN.encode("windows-1252"), "", WESTERN),
        # then the page's own word
        ((META.format("windows-1251") + CYRILLIC).encode("windows-1251"), None, META.format("windows-1251") + CYRILLIC),
        (b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>" + CYRILLIC.encode("windows-1251"), None,
         "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>" + CYRILLIC),
        (b"<?xml version='1.0' encoding='windows-1251'?><html>" + CYRILLIC.encode("windows-1251"), None,
         "<?xml version='1.0' encoding='windows-1251'?><html>" + CYRILLIC),
        (b"<!-- <meta charset=koi8-r> -->" + META.format("windows-1251").encode() + CYRILLIC.encode("windows-1251"), None,
         "<!-- <meta charset=koi8-r> -->" + META.format("windows-1251") + CYRILLIC),
        ((META.format("utf-16") + CYRILLIC).encode(), None, META.format("utf-16") + CYRILLIC),
        (("<p>" + CYRILLIC).encode("utf-16-le"), None, "<p>" + CYRILLIC),
        # unless the bytes are UTF-8 beyond chance
        ((META.format("gb2312") + CYRILLIC * 3).encode(), None, META.format("gb2312") + CYRILLIC * 3),
        # without any word: UTF-8 where valid, else windows-1252
        (CYRILLIC.encode(), None, CYRILLIC),
        (WESTERN.encode("windows-1252"), None, WESTERN),
        # broken bytes are replaced, NULs dropped
        (b"a\xff\xfeb", "utf-8", "a\ufffd\ufffdb"),
        (b"a\0b", "utf-8", "ab"),
        (b"\xed\xa0\x80x", "utf-8", "\ufffd\ufffd\ufffdx"),
        (b"\x00\xd8a\x00", "utf-16le", "\ufffda"),
    ],
)  # fmt: skip
def test_decoding_table(body: bytes, charset: str | None, expected: str) -> None:
    assert decode(body, charset) == expected


def test_a_label_far_down_the_page_is_not_read() -> None:
    late = b"<p>" + b"x" * 10_000 + META.format("koi8-r").encode() + WESTERN.encode("windows-1252")
    assert decode(late, None).endswith(WESTERN)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\ufeff"), max_size=80))
def test_utf_8_without_a_label_comes_back(text: str) -> None:
    assert decode(b"<p>" + text.encode(), None) == "<p>" + text


@given(
    st.binary(max_size=200),
    st.one_of(st.none(), st.sampled_from(["utf-8", "utf-16", "gb18030", "iso-2022-jp", "big5", "x-user-defined", "utf-7"])),
)
def test_any_bytes_decode_to_text_that_can_be_stored(body: bytes, charset: str | None) -> None:
    text = decode(body, charset)
    assert "\0" not in text
    text.encode("utf-8")
