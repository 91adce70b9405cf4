"""In: a query that somebody wrote. Out: its rows, from the same locked-down reader as `claimledger sql`, and the same as files."""

import streamlit as st

from explorer import markup, questions, samples, shell
from ingest.errors import Halt
from ingest.read import query

MAX_ROWS = 10_000
SECONDS = 20.0
MAX_CHARS = 20_000
FIRST = "SELECT happened_on, headline, independent_sources, quote\nFROM timeline\nORDER BY happened_on DESC NULLS LAST\nLIMIT 20"

page = shell.opened("SQL", "Ask the edition itself: reading only, no files, no network, no settings.", ("sql", "table"))
if page.day:
    st.caption(
        "The names of the tables mean what the ledger knew at the end of that day. Of no day, but of this edition, are sources, parties "
        "and edition; so is whatever is named with its database, as in claimledger.timeline."
    )
queries = {one.name: one for one in samples.read_queries()}
if queries:
    name = st.selectbox(
        "Begin with a sample", list(queries), index=None, format_func=lambda key: queries[key].question, placeholder="Choose a question"
    )
    if name and st.session_state.get("sample") != name:
        st.query_params["sql"] = queries[name].sql
    st.session_state["sample"] = name
text = page.address.lines("Query", "sql", FIRST, MAX_CHARS, height=220)
if st.button("Run", type="primary", key="run"):
    st.session_state["asked"] = text
with st.expander("Tables and columns"):
    columns = questions.tables(page.reader).to_pylist()
    chosen = page.address.one("Table", "table", list(dict.fromkeys(row["table_name"] for row in columns)))
    told = [row for row in columns if row["table_name"] == chosen]
    st.dataframe([{"column": row["column_name"], "type": row["data_type"], "meaning": row["comment"]} for row in told], hide_index=True)
asked = st.session_state.get("asked")
if not asked:
    st.caption("A link carries the query, and runs nothing by itself: press Run.")
    st.stop()
try:
    with st.spinner("Asking the edition…"):
        found = query(page.home, asked, known=page.known, max_rows=MAX_ROWS, seconds=SECONDS)
except Halt as error:
    st.html(markup.notice(f"{error}."))
    st.stop()
st.header(f"{found.table.num_rows:,} row{'' if found.table.num_rows == 1 else 's'} of edition {found.edition}")
if found.is_cut:
    st.warning(f"Only the first {MAX_ROWS:,} rows are shown and downloaded; narrow the query, or run claimledger sql --max-rows.")
if found.table.num_rows:
    st.dataframe(found.table, hide_index=True)
else:
    st.info("The query is fine; no row fits it.")
shell.offer_files(page, "query", lambda: found.table)
