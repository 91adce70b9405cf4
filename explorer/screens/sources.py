"""In: nothing. Out: how each source fares, what was refused and why, the last verdict with its report."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import VERDICTS, instant
from ingest.editions import failed_report, report

page = shell.opened("Sources", "What each source brought, what was refused and why, and what the checks said of this edition.", ("source",))
rows = questions.source_table(page.told).to_pylist()
if page.day:
    st.caption(
        "Shown are the days up to then and what had been refused by then. Names, kinds and last answers of sources, and the verdict, are "
        "kept for this edition alone: they cannot be shown for another day."
    )
failed = failed_report(page.home)
if failed:
    page.address.notice(
        f"The last build did not pass its checks and published nothing: this edition is the one before it. It failed on "
        f"{instant(datetime.fromtimestamp(failed.stat().st_mtime, UTC))}; its report stands at the end of this page."
    )
if not rows:
    st.info("There is no source yet. Add one under dags/sources, then run: claimledger gather.")
    st.stop()
alarms = [row["name"] for row in rows if row["is_quiet"] or row["is_suspect"]]
if alarms:
    page.address.notice(f"Look at: {', '.join(alarms)}. A quiet source may have moved; a suspect one may show a bot wall or a new layout.")
shell.picture(charts.source_bars(rows))
st.html(views.source_table(rows, page.sides))
names = {row["slug"]: row["name"] for row in rows}
source = page.address.one("Day by day", "source", list(names), names.__getitem__)
days = [row for row in questions.source_days(page.told).to_pylist() if row["source"] == source]
refused = questions.refused_days(page.told, source).to_pylist()
st.html(views.day_table(names[source], days, refused) if days else "<p>Nothing was gathered from it in the last 90 days.</p>")
st.html(views.refusal_table(questions.refusals(page.told).to_pylist(), names))
st.header(f"Verdict: {VERDICTS.get(page.edition['verdict'], page.edition['verdict'])}")


def show(name: str, key: str, path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    with st.expander(name):
        st.iframe(html, height=640)
    st.download_button(f"Download: {name}", html, f"claimledger-{key}-validation.html", "text/html", key=key, on_click="ignore")


if failed:
    show("The report of the last build, which was not published", "failed", failed)
passed = report(page.home, page.edition["number"])
if passed:
    show(f"The report of Great Expectations on edition {page.edition['number']}", str(page.edition["number"]), passed)
else:
    st.info("This edition has no report beside it.")
