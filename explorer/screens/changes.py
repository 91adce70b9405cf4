"""In: two editions in the address. Out: what the later has, lacks or tells otherwise: what `claimledger editions diff` prints."""

from datetime import UTC
from typing import Any

import streamlit as st

from explorer import questions, shell, views
from explorer.labels import day, instant
from ingest import settings
from ingest.editions import Edition, numbers, read_edition
from ingest.errors import Halt
from ingest.read import Reader

page = shell.opened("What changed", "One edition against another: new, revised, corrected, gone.", ("a", "b"))
kept: dict[int, Edition] = {number: read_edition(page.home, number) for number in sorted(numbers(page.home), reverse=True)}
stood = [number for number, one in kept.items() if page.known is None or one.facts.published_at <= page.known]
if len(stood) < 2:
    oldest = min(kept)
    st.info(
        "Only one edition is kept so far, so there is nothing to compare it with. The next build that finds news publishes another."
        if page.day is None
        else f"An edition that stood on {day(page.day)} and one before it are not kept any more, or were never published; the oldest kept "
        f"is edition {oldest}, published {instant(kept[oldest].facts.published_at)}. Choose a later day, or empty “As known on”."
    )
    st.stop()


def named(number: int) -> str:
    at = kept[number].facts.published_at.astimezone(UTC)
    return f"{number}, {at.day} {at:%b %Y, %H:%M} UTC"  # short: the widget is narrow


with st.sidebar:
    st.subheader("Editions", divider="gray")
    later = page.address.one("This edition", "b", stood, named)
    others = [number for number in stood if number < later] + [number for number in reversed(stood) if number > later]
    earlier = page.address.one("Against", "a", others, named, after=("b", shell.KNOWN))


@st.cache_data(max_entries=16, show_spinner="Comparing the two editions…")
def difference(home: str, a: int, b: int, stamps: tuple[float, ...]) -> dict[str, dict[str, Any]]:
    """`stamps` change when one of the two was written anew."""
    from ingest import flow

    return dict(flow.diff_editions(flow.open_house(flow.read_only(settings.load())), a, b))


try:
    a, b = sorted((kept[earlier], kept[later]), key=lambda edition: edition.facts.known_at)
    found = difference(str(page.home), a.number, b.number, tuple(one.database.stat().st_mtime for one in (a, b)))
    reader = Reader(b)
    try:
        rows = questions.changed_statements(reader, a.facts.known_at, b.facts.known_at).to_pylist()
    finally:
        reader.close()
except Halt as error:
    page.address.notice(f"The two editions cannot be compared: {error}.")
    st.stop()
st.header(f"Edition {b.number} against edition {a.number}")
if not found["tables"] and not found["statements"]:
    st.info("The two tell the same.")
    st.stop()
st.html(views.change_counts(found["statements"]) if found["statements"] else "<p>Nothing happened to any statement.</p>")
if rows:
    st.html(views.change_list(rows, shell.evidence_link))
if len(rows) == questions.MAX_CHANGES:
    st.caption(f"Only the first {questions.MAX_CHANGES:,} are listed; the counts above are of all.")
st.html(views.table_changes(found["tables"]))
st.caption(f"The same on the command line: claimledger editions diff {a.number} {b.number}")
