"""In: nothing. Out: how each source fares, what was refused and why, the last verdict with its report."""

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import VERDICTS
from ingest.editions import edition_folder

page = shell.opened("Sources", "What each source brought, what was refused and why, and what the checks said of this edition.", ("source",))
rows = questions.source_table(page.told).to_pylist()
if page.day:
    st.caption(
        "Shown are the days up to then and what had been refused by then. Names, kinds and last answers of sources, and the verdict, are "
        "kept for this edition alone: they cannot be shown for another day."
    )
if not rows:
    st.info("There is no source yet. Add one under dags/sources, then run: claimledger gather.")
    st.stop()
alarms = [row["name"] for row in rows if row["is_quiet"] or row["is_suspect"]]
if alarms:
    page.address.notice(f"Look at: {', '.join(alarms)}. A quiet source may have moved; a suspect one may show a bot wall or a new layout.")
st.vega_lite_chart(charts.source_bars(rows), width="stretch")
st.html(views.source_table(rows))
names = {row["slug"]: row["name"] for row in rows}
source = page.address.one("Day by day", "source", list(names), names.__getitem__)
days = [row for row in questions.source_days(page.told).to_pylist() if row["source"] == source]
st.html(views.day_table(names[source], days) if days else "<p>Nothing was gathered from it in the last 90 days.</p>")
st.html(views.refusal_table(questions.refusals(page.told).to_pylist()))
st.header(f"Verdict: {VERDICTS.get(page.edition['verdict'], page.edition['verdict'])}")
report = edition_folder(page.home, page.edition["number"]) / "validation" / "index.html"
if report.is_file():
    html = report.read_text(encoding="utf-8")
    with st.expander("The report of Great Expectations"):
        st.iframe(html, height=640)
    st.download_button("Download the report", html, f"claimledger-{page.edition['number']}-validation.html", "text/html", on_click="ignore")
else:
    st.info("This edition has no report beside it.")
