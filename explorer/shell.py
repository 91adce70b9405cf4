"""In: the settings of the process and the address of the page. Out: what every page of the app begins and ends with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import streamlit as st

from explorer import charts, downloads, evidence, markup, questions
from explorer.address import Address
from explorer.labels import Sides
from explorer.questions import Asked
from ingest import settings
from ingest.errors import Halt
from ingest.read import Reader, current_reader

KNOWN = "known"
ENTRY = "entry"
OF_ENTRIES, OF_OFFERS = "entries", "offers"
_KEPT_DAY, _LAST_PAGE = "kept-day", "last-page"


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
    """What a page works with: its address, the open edition and its one row, the words for its sides, what its filters may be set to.
    `told` answers as known on `day`; the edition itself where that is None. `now` is what the filters may be set to today."""

    home: Path
    address: Address
    reader: Reader
    edition: Mapping[str, Any]
    sides: Sides
    day: date | None
    told: Asked
    now: Mapping[str, list[Any]]

    @property
    def choices(self) -> Mapping[str, list[Any]]:
        """What the filters of entries may be set to on the day, most frequent first, and what only today's entries have."""
        return self._merged(OF_ENTRIES)

    @property
    def offer_choices(self) -> Mapping[str, list[Any]]:
        """The same for the filters of offers."""
        return self._merged(OF_OFFERS)

    def _merged(self, of: str) -> Mapping[str, list[Any]]:
        home, stamp = str(self.home), self.reader.stamp
        now = _choices(home, stamp, of, None, self.reader)
        if self.day is None:
            return now
        then = _choices(home, stamp, of, self.day, self.told)
        return {name: values if name == "days" else list(dict.fromkeys([*then[name], *values])) for name, values in now.items()}

    @property
    def known(self) -> datetime | None:
        return questions.end_of_day(self.day)


@st.cache_resource
def _holder(home: str) -> _Holder:
    return _Holder(Path(home))


@st.cache_resource(max_entries=4)
def _constants(home: str, stamp: tuple[int, int], _reader: Reader) -> tuple[dict[str, Any], dict[str, str], date | None]:
    """What stays the same for an edition: its row, the names of the sides, the first day on which it knew anything."""
    return questions.edition(_reader), questions.party_names(_reader), questions.first_day(_reader)


@st.cache_resource(max_entries=16, show_spinner="Working out what the ledger knew that day…")
def _choices(home: str, stamp: tuple[int, int], of: str, day: date | None, _told: Asked) -> dict[str, list[Any]]:
    return {OF_ENTRIES: questions.choices, OF_OFFERS: questions.offer_choices}[of](_told)


def opened(title: str, about: str, takes: Sequence[str] = ()) -> Opened:
    """The head of a page; `takes` are the filters that its address may set beside the day and the entry. Where there is no edition yet, the
    page ends here and says what to do."""
    home = settings.load().home
    st.title(title)
    try:
        reader = _holder(str(home)).current()
    except Halt as error:
        st.html(markup.notice(f"There is nothing to show from {home}: {error}."))
        st.stop()
    st.write(about)
    head, notices = st.container(), st.container()
    edition, names, first = _constants(str(home), reader.stamp, reader)
    is_entered = st.session_state.get(_LAST_PAGE) != title
    st.session_state[_LAST_PAGE] = title
    address = Address((KNOWN, ENTRY, *takes), notices, is_entered=is_entered)
    day = _day(address, first, edition["published_at"].date(), is_entered=is_entered)
    head.html(markup.edition_line(edition, day))
    told = reader.as_known(questions.end_of_day(day))
    now = _choices(str(home), reader.stamp, OF_ENTRIES, None, reader)
    return Opened(home, address, reader, edition, Sides(names, now["parties"]), day, told, now)


def _day(address: Address, first: date | None, last: date, *, is_entered: bool) -> date | None:
    """The day as of which everything is shown. It goes along to the page that somebody opens next from the menu."""
    kept = st.session_state.get(_KEPT_DAY)
    if is_entered and kept and KNOWN not in st.query_params:
        st.query_params[KNOWN] = kept.isoformat()
    with st.sidebar:
        day = address.day(
            "As known on (UTC)",
            KNOWN,
            first or last,
            last,
            help="Shows everything as the ledger stood at the end of that day. Empty: as it stands now.",
        )
    st.session_state[_KEPT_DAY] = day
    return day


def evidence_link(entry_id: str) -> str:
    """Where the sentence of an entry is read; the day as of which the page is shown goes along."""
    known = st.query_params.get(KNOWN)
    return "evidence?" + urlencode({ENTRY: entry_id, **({KNOWN: known} if known else {})})


def picture(drawn: charts.Spec) -> None:
    """A chart without anything to choose in it."""
    st.html(markup.legend(drawn))
    st.vega_lite_chart(drawn, width="stretch")


def chart(drawn: charts.Spec, key: str) -> None:
    """A chart whose marks can be clicked: the entry clicked goes into the address, and `sentence` shows it."""
    st.html(markup.legend(drawn))
    event = st.vega_lite_chart(drawn, key=key, on_select="rerun", selection_mode=charts.CHOSEN, width="stretch")
    picked = event["selection"].get(charts.CHOSEN) or []
    if picked and st.session_state.get(f"{key}-seen") != picked:
        st.query_params[ENTRY] = str(picked[0]["entry_id"])
    st.session_state[f"{key}-seen"] = picked


def sentence(page: Opened) -> None:
    """The evidence of the entry in the address, if there is one."""
    entry_id = st.query_params.get(ENTRY)
    if not entry_id:
        return
    entry = questions.entry(page.told, entry_id)
    with st.container(border=True):
        if entry is None:
            st.info("The point that the link names is not told as shown here; its history is on the page Evidence.")
        else:
            st.html(markup.behind(next(evidence.gather(page.told, [entry])), evidence_link))
        if st.button("Close the sentence", key="close"):
            del st.query_params[ENTRY]
            st.rerun()


def show_evidence(page: Opened, entry_id: str, article_id: str | None = None) -> None:
    entry = questions.entry(page.told, entry_id)
    if entry is None:
        past = questions.ended(page.reader, entry_id)
        if past is None:
            st.info("The ledger has no such entry. Was the id copied whole?")
        else:
            st.html(markup.ended(*past, page.sides))
        return
    found = next(evidence.gather(page.told, [entry]))
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
