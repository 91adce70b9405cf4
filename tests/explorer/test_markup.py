"""In: rows, some of them hostile. Out: inert HTML, the sentence marked where it stands, files that say where they come from."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from explorer import downloads, markup
from explorer.labels import COLOURS, NOBODY, OF_SIDES, OTHERS, Sides, figure, published
from tests.explorer.conftest import HOSTILE, JAVASCRIPT

EDITION = {
    "number": 7,
    "published_at": datetime(2026, 3, 2, 4, tzinfo=UTC),
    "known_at": datetime(2026, 3, 2, 3, tzinfo=UTC),
    "verdict": "warn",
    "log_head_digest": "f" * 64,
}
ENTRY = {
    "entry_id": "e1",
    "kind": "announcement",
    "happened_on": None,
    "date_basis": None,
    "headline": HOSTILE,
    "quote": HOSTILE,
    "url": JAVASCRIPT,
    "independent_sources": 1,
}


def test_hostile_text_stays_text() -> None:
    made = html.fromstring(str(markup.entry_list([ENTRY], lambda entry: f"e/{entry}")))
    assert made.xpath("//img | //script") == []
    assert [link.get("href") for link in made.iter("a")] == ["e/e1"]  # the hostile address is none
    assert HOSTILE in made.text_content()


@pytest.mark.parametrize("url", [JAVASCRIPT, "JavaScript:x", "data:text/html,x", "file:///etc/passwd", "//host/x", None, ""])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert not markup.is_web(url)


@given(text=st.text(alphabet="ab \n<&é𝄞", min_size=1, max_size=80), cuts=st.lists(st.integers(0, 80), min_size=6, max_size=6))
def test_paragraphs_lose_and_double_nothing(text: str, cuts: list[int]) -> None:
    spans = [sorted((min(a, len(text)), min(b, len(text)))) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    own, *others = ({"char_start": a, "char_end": b, "group_id": f"g{n}", "entry_id": f"g{n}"} for n, (a, b) in enumerate(spans))
    pieces = [piece for paragraph in markup.paragraphs(text, own, others) for piece in paragraph]
    assert "".join(piece.text for piece in pieces) == text.replace("\n", "")
    marked = "".join(piece.text for piece in pieces if piece.is_own)
    assert marked == text[own["char_start"] : own["char_end"]].replace("\n", "")
    assert sum(piece.is_first for piece in pieces) == bool(marked)


def test_a_history_tells_what_each_version_tells_otherwise() -> None:
    first, second, third = (datetime(2026, 3, day, 4, tzinfo=UTC) for day in (2, 5, 6))
    row = {"announcer": "Ministry", "announcer_party": None, "topic": "pay", "channel": "Telegram", "announced_on": None, "url": "u"}
    rows = [
        {**row, "quote": "A law.", "reason": "extracted", "valid_from_at": first, "valid_to_at": second},
        {
            **row,
            "quote": "A law.",
            "reason": "revised",
            "valid_from_at": second,
            "valid_to_at": third,
            "topic": "mobilisation",
            "channel": None,
        },
        {
            **row,
            "quote": "A law.",
            "reason": "re-cleaned",
            "valid_from_at": third,
            "valid_to_at": None,
            "topic": "mobilisation",
            "channel": None,
        },
    ]
    told = [item.text_content() for item in html.fromstring(str(markup.ended("announcement", rows, Sides()))).iter("li")]
    assert "Who announces: Ministry; About: pay; Where: Telegram A law." in told[0]
    assert told[1].strip().endswith("About: mobilisation (before: pay); Where: no longer told (before: Telegram)")
    assert told[2].strip().endswith("The statement itself is as before.")


def test_surroundings_are_cut_between_words_and_say_so() -> None:
    text = "seven " * 21 + "The sentence." + " seven" * 21  # 126 characters on each side, of which 120 are kept
    own = {"quote_prefix": text[6:126][-120:], "quote": "The sentence.", "quote_suffix": text[139:259]}
    before, quote, after = (piece.text for piece in markup._surroundings(own)[0])
    assert (before, quote, after) == ("… " + "seven " * 19, "The sentence.", " seven" * 19 + " …")
    whole = {"quote_prefix": "Before. ", "quote": "The sentence.", "quote_suffix": " After."}
    assert [piece.text for piece in markup._surroundings(whole)[0]] == ["Before. ", "The sentence.", " After."]


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(9166, 9166, "9,166"), (9000, None, "at least 9,000"), (None, 300, "up to 300"), (7, 15, "7 to 15"), (None, None, "no number")],
)
def test_figures_read_as_they_were_told(low: int | None, high: int | None, told: str) -> None:
    assert figure(low, high) == told


def test_midnight_stands_for_a_day() -> None:
    assert published(datetime(2026, 3, 2, tzinfo=UTC)) == "2 March 2026"
    assert published(datetime(2026, 3, 2, 4, tzinfo=UTC)) == "2 March 2026, 04:00 UTC"


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("ground", ["#FFFFFF", "#14171C"])
def test_marks_stand_out_on_light_and_dark(colour: str, ground: str) -> None:
    dark, light = sorted((_luminance(colour), _luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_no_two_sides_look_alike() -> None:
    sides = Sides({}, [f"P{n}" for n in range(len(COLOURS) + 2)])
    known, rare = sides.order[: len(COLOURS)], sides.order[len(COLOURS) :]
    marks = [sides.mark(code) for code in (*known, None, rare[0])]
    assert len({mark.shape for mark in marks}) == len(marks) == len(OF_SIDES) + 2
    assert len({mark.colour for mark in marks[: len(COLOURS)]}) == len(COLOURS)
    assert [mark.name for mark in marks[-2:]] == [NOBODY, OTHERS]
    assert {sides.mark(code) for code in (*rare, "unheard of")} == {marks[-1]}


class TestDownloads:
    table = pa.table({"claimant": ["=1+1", "staff"], "low": [1, None]})

    def told(self, **asked: Any) -> dict[str, str]:
        return downloads.provenance(EDITION, view="timeline", asked=asked, known=date(2026, 3, 2))

    def test_csv_says_where_it_comes_from_and_reads_back(self) -> None:
        made = downloads.as_csv(self.table, self.told(text="a\nb", kinds=["offer", "claim"]))
        lines = made.decode().split("\r\n")
        head = [line for line in lines if line.startswith("#")]
        assert any("edition 7" in line for line in head)
        assert any("kinds=offer&kinds=claim&text=a%0Ab" in line for line in head)
        rest = "\r\n".join(lines[len(head) :])
        assert pa.csv.read_csv(io.BytesIO(rest.encode())).to_pydict() == {"claimant": ["'=1+1", "staff"], "low": [1, None]}

    def test_parquet_says_it_too(self) -> None:
        read = pq.read_table(io.BytesIO(downloads.as_parquet(self.table, self.told())))
        assert read.to_pydict() == self.table.to_pydict()
        assert b"edition 7" in read.schema.metadata[b"claimledger_source"]
        assert b"2 March 2026" in read.schema.metadata[b"claimledger_as_known"]
