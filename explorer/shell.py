"""In: the settings of the process and the address of the page. Out: what every page of the app begins and ends with.

Widgets are bound to the address by Streamlit (`bind="query-params"`), so their key is the name in the link: a copied link gives the same
view.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import altair as alt
import pyarrow as pa
import streamlit as st

from explorer import charts, downloads, evidence, markup, questions
from explorer.labels import Sides
from ingest import settings
from ingest.errors import Halt
from ingest.read import Reader, current_reader

KNOWN = "known"
ENTRY = "entry"


class _Holder:
    """The reader of the current edition of a home, for all sessions; another edition puts another in its place and leaves the old to those
    who still ask it."""

    def __init__(self, home: Path) -> None:
        self._home, self._lock, self._reader = home, threading.Lock(), None

    def current(self) -> Reader:
        with self._lock:
            self._reader = current_reader(self._home, self._reader)
            return self._reader

    _reader: Reader | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page works with: the open edition, its one row, the words for its sides, the day as of which it is shown (None: now)."""

    home: Path
    reader: Reader
    edition: Mapping[str, Any]
    sides: Sides
    choices: Mapping[str, list[Any]]
    day: date | None

    @property
    def known(self) -> datetime | None:
        return questions.end_of_day(self.day)


@st.cache_resource
def _holder(home: str) -> _Holder:
    return _Holder(Path(home))


@st.cache_resource(max_entries=4)
def _constants(home: str, stamp: tuple[int, int], _reader: Reader) -> tuple[dict[str, Any], Sides, dict[str, list[Any]], date]:
    """What stays the same for an edition."""
    choices = questions.choices(_reader)
    first = questions.known_days(_reader).column("known_at").to_pylist()
    edition = questions.edition(_reader)
    return edition, Sides(questions.party_names(_reader), choices["parties"]), choices, (first or [edition["known_at"]])[0].date()


def opened(title: str, about: str, *, is_dated: bool = True) -> Opened:
    """The head of a page; `is_dated` where it can be shown as known on another day. Where there is no edition
    yet, the page ends here and says what to do."""
    home = settings.load().home
    st.title(title)
    try:
        reader = _holder(str(home)).current()
    except Halt as error:
        st.info(f"There is nothing to show yet: {error}.", icon=":material/info:")
        st.stop()
    edition, sides, choices, first = _constants(str(home), reader.stamp, reader)
    st.write(about)
    day = _known(first, edition["published_at"].date()) if is_dated else None
    st.html(markup.edition_line(edition, day))
    return Opened(home, reader, edition, sides, choices, day)


def _known(first: date, last: date) -> date | None:
    with st.sidebar:
        day = st.date_input(
            "As known on (UTC)",
            value=None,
            min_value=first,
            max_value=last,
            key=KNOWN,
            bind="query-params",
            persist_state="session",
            help="Shows everything as the ledger stood at the end of that day. Empty: as it stands now.",
        )
    return day if isinstance(day, date) else None


def evidence_link(entry_id: str) -> str:
    """Where the sentence of an entry is read; the day as of which the page is shown goes along."""
    known = st.query_params.get(KNOWN)
    return "evidence?" + urlencode({ENTRY: entry_id, **({KNOWN: known} if known else {})})


def several(label: str, key: str, options: list[Any], names: Callable[[Any], str] = str) -> tuple[Any, ...]:
    """A filter of any number of values; none means all."""
    found = st.multiselect(label, options, format_func=names, key=key, bind="query-params", placeholder="All")
    return tuple(found)


def one(label: str, key: str, options: list[Any], names: Callable[[Any], str] = str, **more: Any) -> Any:
    return st.selectbox(label, options, format_func=names, key=key, bind="query-params", **more)


def days(choices: Mapping[str, list[Any]]) -> tuple[date | None, date | None]:
    """First and last day of what is shown."""
    first, last = choices["days"]
    since, until = (
        st.date_input(
            label, value=None, min_value=first or date(1900, 1, 1), max_value=last or date(2100, 1, 1), key=key, bind="query-params"
        )
        for label, key in (("From day", "since"), ("To day", "until"))
    )
    if since and until and since > until:
        st.warning("The first day is after the last: nothing lies between.")
    return since, until


def chart(drawn: alt.Chart | alt.LayerChart, key: str) -> None:
    """A chart whose marks can be clicked: the entry clicked goes into the address, and `sentence` shows it."""
    event = st.altair_chart(drawn, key=key, on_select="rerun", selection_mode=charts.CHOSEN, width="stretch")
    picked = event["selection"].get(charts.CHOSEN) or []
    if picked and st.session_state.get(f"{key}-seen") != picked:
        st.query_params[ENTRY] = str(picked[0]["entry_id"])
    st.session_state[f"{key}-seen"] = picked


def sentence(page: Opened) -> None:
    """The evidence of the entry in the address, if there is one."""
    entry_id = st.query_params.get(ENTRY)
    if not entry_id:
        return
    entry = questions.entry(page.reader, entry_id, page.known)
    with st.container(border=True):
        if entry is None:
            st.info("The point that the link names is not told as shown here; its history is on the page Evidence.")
        else:
            st.html(markup.behind(next(evidence.gather(page.reader, [entry], page.known)), evidence_link))
        if st.button("Close the sentence", key="close"):
            del st.query_params[ENTRY]
            st.rerun()


def show_evidence(page: Opened, entry_id: str, article_id: str | None = None) -> None:
    entry = questions.entry(page.reader, entry_id, page.known)
    if entry is None:
        past = questions.ended(page.reader, entry_id)
        if past is None:
            st.info("The ledger has no such entry. Was the id copied whole?")
        else:
            st.html(markup.ended(*past, page.sides))
        return
    found = next(evidence.gather(page.reader, [entry], page.known))
    made = markup.evidence(
        found,
        page.sides,
        article_id=article_id,
        link=evidence_link,
        article_link=lambda article: f"{evidence_link(entry_id)}&{urlencode({'article': article})}",
    )
    st.html(made)


def offer_files(page: Opened, view: str, rows: Callable[[], pa.Table]) -> None:
    """Buttons for the rows as files; the rows are asked for when one is pressed."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name != ENTRY}
    told = downloads.provenance(page.edition, view=view, asked=asked, known=page.day)
    name = f"claimledger-{page.edition['number']}-{view}"
    left, right, _ = st.columns([1, 1, 3])
    left.download_button("Download CSV", lambda: downloads.as_csv(rows(), told), f"{name}.csv", "text/csv", key="csv", on_click="ignore")
    right.download_button(
        "Download Parquet",
        lambda: downloads.as_parquet(rows(), told),
        f"{name}.parquet",
        "application/vnd.apache.parquet",
        key="parquet",
        on_click="ignore",
    )
