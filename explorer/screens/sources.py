"""In: nothing. Out: how each source fares, what was refused and why, the last verdict with its report."""

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import VERDICTS
from ingest.editions import edition_folder

page = shell.opened(
    "Sources", "What each source brought, what was refused and why, and what the checks said of this edition.", is_dated=False
)
rows = questions.source_table(page.reader).to_pylist()
alarms = [row["name"] for row in rows if row["is_quiet"] or row["is_suspect"]]
if alarms:
    st.warning(f"Look at: {', '.join(alarms)}. A quiet source may have moved; a suspect one may show a bot wall or a new layout.")
st.altair_chart(charts.source_bars(rows), width="stretch")
st.html(views.source_table(rows))
source = shell.one("Day by day", "source", [row["slug"] for row in rows], str)
days = [row for row in questions.source_days(page.reader).to_pylist() if row["source"] == source]
st.html(views.day_table(source, days) if days else "<p>Nothing was gathered from it in the last 90 days.</p>")
st.html(views.refusal_table(questions.refusals(page.reader).to_pylist()))
st.header(f"Verdict: {VERDICTS.get(page.edition['verdict'], page.edition['verdict'])}")
report = edition_folder(page.home, page.edition["number"]) / "validation" / "index.html"
if report.is_file():
    html = report.read_text(encoding="utf-8")
    with st.expander("The report of Great Expectations"):
        st.iframe(html, height=640)
    st.download_button("Download the report", html, f"claimledger-{page.edition['number']}-validation.html", "text/html", on_click="ignore")
else:
    st.info("This edition has no report beside it.")
