"""Texts made for the expressions of the extractor: each is read in bounded time and memory."""

from __future__ import annotations

import pytest

from tests.bounded import bounded

FRAME = (
    "from datetime import date\nfrom ingest.extract import extract\nfrom ingest.records import ArticleText\n"
    "story = 'Russia said that 412 Ukrainian soldiers were killed on Friday. '\ntext = story + {text}\n"
    "for body in (text, text + chr(10) * 2 + story):\n    extract(ArticleText(text=body, published_on=date(2026, 3, 1)))\nprint('read')\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "'1,' * 50_000", "'1' * 100_000", "'1 ' * 50_000", "'12-' * 30_000", "'$' * 100_000", "'$1 million ' * 5_000", "'(' * 50_000",
        "'“' * 50_000", "' ' * 200_000 + '.'", "'said ' * 20_000", "'Mr. ' * 20_000", "'A.' * 50_000", "'and ' * 20_000",
        "'hundred and ' * 10_000", "'killed ' * 10_000", "'soldiers, ' * 10_000", "'Ukraine ' * 10_000", "'Gen. ' * 10_000",
        "'January ' * 10_000", "'between 1 and ' * 8_000", "'a' * 300_000", "'\\u202e' * 50_000", "'e\\u0301' * 50_000", "'-' * 100_000",
        "'according to ' * 8_000", "'of the ' * 15_000", "'said 5 soldiers were killed, ' * 2_000", "'\\n' * 100_000", "'...' * 30_000",
    ],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_read(text: str) -> None:
    assert bounded(FRAME.format(text=text), memory_mb=2_000, cpu_seconds=40) == "read"
