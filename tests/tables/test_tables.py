"""In: official series as JSON or CSV, right and wrong. Out: one canonical line per date, and claims whose quotes are exact."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import ArticleText, CasualtyClaim, Qualifier, RejectionReason
from ingest.sources import Column, Table
from ingest.tables import QUOTE_CHARS, BadRow, Line, line_claims, read_table

COLUMNS: dict[str, Any] = {
    "personnel": {"measure": "casualties", "category": "personnel", "qualifier": "personnel_said"},
    "tank": {"measure": "destroyed", "category": "tank"},
    "military jets": {"measure": "destroyed", "category": "aircraft", "subject": "jet"},
}
TABLE = Table.model_validate({"date": "date", "columns": COLUMNS, "claimant": "General Staff", "claimant_party": "UA", "party": "RU"})


def rows(body: bytes | str | list[Any], table: Table = TABLE) -> list[Line | BadRow]:
    raw = json.dumps(body) if isinstance(body, list) else body
    return list(read_table(raw.encode() if isinstance(raw, str) else raw, table))


def one(row: dict[str, Any]) -> Line | BadRow:
    return rows([{"date": "2022-03-01", **row}])[0]


def text(row: dict[str, Any]) -> str:
    line = one(row)
    assert isinstance(line, Line), line
    return line.text


def claims(line: str, table: Table = TABLE) -> tuple[CasualtyClaim, ...]:
    return line_claims(ArticleText(text=line), table).casualty_claims


class TestReading:
    def test_json_and_csv_give_the_same_lines(self) -> None:
        series = [
            {"date": "2022-03-01", "personnel": 5710, "personnel_said": "about", "tank": 198, "military jets": 29},
            {"date": "2022-03-02", "personnel": 5840, "personnel_said": "more", "tank": 211, "military jets": 30},
        ]
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, list(series[0]))
        writer.writeheader()
        writer.writerows(series)
        assert rows(series) == rows(sheet.getvalue()) == rows(b"\xef\xbb\xbf" + sheet.getvalue().encode())
        assert [line.text for line in rows(series) if isinstance(line, Line)] == [
            "2022-03-01: personnel about 5710; tank 198; military jets 29",
            "2022-03-02: personnel more than 5840; tank 211; military jets 30",
        ]

    @pytest.mark.parametrize("value", [198, "198", 198.0, "198.0", " 198 "])
    def test_whole_numbers_in_any_dress(self, value: object) -> None:
        assert text({"tank": value}) == "2022-03-01: tank 198"

    @pytest.mark.parametrize("value", ["1,234", "1 234", "1\u00a0234", "1\u202f234", 1234])
    def test_thousands_may_be_set_apart(self, value: object) -> None:
        assert text({"tank": value}) == "2022-03-01: tank 1234"

    @pytest.mark.parametrize(
        "value",
        [
            "1,5",
            "1.5",
            1.5,
            -3,
            "-3",
            "many",
            "1_000",
            "1e3",
            "1e999",
            "inf",
            "nan",
            True,
            [1],
            {"a": 1},
            "12,34",
            "1,2345",
            "9" * 13,
            10**30,
            "٣٤",
            "+5",
        ],
    )
    def test_what_is_no_whole_number_makes_the_row_bad(self, value: object) -> None:
        bad = one({"tank": value, "military jets": 3})
        assert isinstance(bad, BadRow)
        assert "row 1 (date: '2022-03-01'): column 'tank' holds" in bad.detail
        assert "\n" not in bad.detail
        assert len(bad.detail) < 300

    @pytest.mark.parametrize("day", ["", None, "yesterday", "01.03.2022", "2022-02-30", "2022-03-011", "20220301", 20220301, "2022-W09-2"])
    def test_what_is_no_day_makes_the_row_bad(self, day: object) -> None:
        assert isinstance(rows([{"date": day, "tank": 1}])[0], BadRow)

    @pytest.mark.parametrize("day", ["2022-03-01", "2022-03-01T12:00:00Z", "2022-03-01 00:00:00", " 2022-03-01 "])
    def test_a_day_may_be_an_instant(self, day: str) -> None:
        assert rows([{"date": day, "tank": 1}]) == [Line(on=date(2022, 3, 1), text="2022-03-01: tank 1")]

    def test_empty_cells_are_left_out_and_empty_rows_are_bad(self) -> None:
        assert text({"tank": "", "military jets": 5, "personnel": None}) == "2022-03-01: military jets 5"
        bad = one({"tank": ""})
        assert isinstance(bad, BadRow)
        assert "none of the columns personnel, tank, military jets is filled" in bad.detail

    def test_a_bad_row_costs_only_itself(self) -> None:
        kinds = [
            type(row) for row in rows([{"date": "2022-03-01", "tank": 1}, {"date": "x", "tank": 2}, {"date": "2022-03-03", "tank": 3}])
        ]
        assert kinds == [Line, BadRow, Line]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html><body>Not found</body></html>",
            b'{"date": "2022-03-01"}',
            b"[1, 2]",
            b"[{",
            b"\xff\xfe\x00",
            b"date\n2022-03-01\n",
            b"date;tank\n2022;1\n",
        ],
    )
    def test_what_is_no_series_is_one_bad_row(self, body: bytes) -> None:
        found = rows(body)
        assert len(found) == 1
        assert isinstance(found[0], BadRow)
        assert found[0].detail.startswith("neither a JSON array of objects nor a CSV with a header")

    def test_more_rows_than_days_are_one_bad_row(self) -> None:
        (row,) = rows("date,tank\n" + "2024-01-01,5\n" * 100_001)
        assert isinstance(row, BadRow)
        assert "has 100001 rows; at most 100000, one per day, were expected" in row.detail

    def test_a_field_beyond_the_limit_of_the_library_is_one_bad_row(self) -> None:
        assert isinstance(rows("date,tank\n2022-03-01," + "9" * 200_000 + "\n")[0], BadRow)

    @pytest.mark.parametrize(
        ("said", "word"),
        [
            ("about", "about"),
            ("~", "about"),
            ("More", "more than"),
            (">", "more than"),
            ("less", "up to"),
            ("up to", "up to"),
            ("", ""),
            (None, ""),
        ],
    )
    def test_words_beside_a_figure(self, said: object, word: str) -> None:
        assert text({"personnel": 100, "personnel_said": said}) == " ".join(f"2022-03-01: personnel {word} 100".split())

    def test_a_word_nobody_knows_makes_the_row_bad(self) -> None:
        bad = one({"personnel": 100, "personnel_said": "allegedly"})
        assert isinstance(bad, BadRow)
        assert "'allegedly', which is none of about" in bad.detail


class TestClaims:
    def test_a_line_becomes_claims_with_their_words(self) -> None:
        found = claims("2022-03-01: personnel about 5710; tank 198; military jets up to 29")
        told = [(c.measure, c.category, c.subject, c.is_subset, c.low, c.high, c.qualifier) for c in found]
        assert told == [
            ("casualties", "personnel", None, False, 5710, 5710, Qualifier.ABOUT),
            ("destroyed", "tank", None, False, 198, 198, Qualifier.EXACT),
            ("destroyed", "aircraft", "jet", True, None, 29, Qualifier.UP_TO),
        ]
        assert {(c.claimant, c.claimant_party, c.party, c.period, c.as_of, c.claimed_on) for c in found} == {
            ("General Staff", "UA", "RU", "cumulative", date(2022, 3, 1), date(2022, 3, 1))
        }

    def test_more_than_has_an_open_end(self) -> None:
        (found,) = claims("2022-03-01: personnel more than 5000")
        assert (found.low, found.high, found.qualifier) == (5000, None, Qualifier.AT_LEAST)

    def test_zero_is_no_claim(self) -> None:
        found = line_claims(ArticleText(text="2022-03-01: tank 0; military jets 2"), TABLE)
        assert [c.category for c in found.casualty_claims] == ["aircraft"]
        assert found.rejections == ()

    def test_the_quote_is_the_line(self) -> None:
        line = "2022-03-01: personnel about 5710; tank 198"
        assert {line[c.span.char_start : c.span.char_end] for c in claims(line)} == {line}

    def test_of_a_very_long_line_each_figure_quotes_its_own_part(self) -> None:
        names = [f"kind of equipment number {n}" for n in range(30)]
        table = TABLE.model_copy(update={"columns": {name: Column(measure="destroyed", category="other") for name in names}})
        (line,) = rows([{"date": "2022-03-01", **{name: n + 1 for n, name in enumerate(names)}}], table)
        assert isinstance(line, Line)
        assert len(line.text) > QUOTE_CHARS
        found = claims(line.text, table)
        assert [line.text[c.span.char_start : c.span.char_end] for c in found] == [f"{name} {n + 1}" for n, name in enumerate(names)]
        assert all((c.span.sentence_start, c.span.sentence_end) == (0, len(line.text)) for c in found)

    @pytest.mark.parametrize("line", ["", "no date: tank 5", "2022-13-01: tank 5", "tank 5"])
    def test_what_is_no_line_is_refused(self, line: str) -> None:
        found = line_claims(ArticleText(text=line), TABLE)
        assert found.casualty_claims == ()
        assert [r.reason for r in found.rejections] == [RejectionReason.BAD_RECORD]

    @pytest.mark.parametrize("part", ["submarine 5", "tank five", "tank", "tank about"])
    def test_a_part_that_is_no_figure_is_refused_and_the_others_stand(self, part: str) -> None:
        found = line_claims(ArticleText(text=f"2022-03-01: military jets 7; {part}"), TABLE)
        assert [c.low for c in found.casualty_claims] == [7]
        assert [r.reason for r in found.rejections] == [RejectionReason.BAD_RECORD]
        assert "columns: personnel, tank, military jets" in found.rejections[0].detail


NUMBERS = st.none() | st.integers(0, 10**9)


@given(
    on=st.dates(date(2014, 1, 1), date(2030, 1, 1)),
    personnel=NUMBERS,
    said=st.sampled_from(["", "about", "more", "less", "~", ">"]),
    tank=NUMBERS,
    jets=NUMBERS,
)
def test_every_figure_that_is_not_zero_becomes_one_claim_and_comes_back(
    on: date, personnel: int | None, said: str, tank: int | None, jets: int | None
) -> None:
    given_ = {"personnel": personnel, "tank": tank, "military jets": jets}
    (line,) = rows([{"date": on.isoformat(), "personnel_said": said, **given_}])
    if all(number is None for number in given_.values()):
        assert isinstance(line, BadRow)
        return
    assert isinstance(line, Line)
    found = claims(line.text)
    assert [c.high if c.high is not None else c.low for c in found] == [n for n in given_.values() if n]
    for claim in found:
        quote = line.text[claim.span.char_start : claim.span.char_end]
        assert str(claim.high if claim.high is not None else claim.low) in quote
        assert claim.as_of == on
