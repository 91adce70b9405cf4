"""In: filters in the address. Out: announcements, offers and claims on one time axis, newest first, each opening its sentence."""

import streamlit as st

from explorer import charts, markup, questions, shell
from explorer.labels import KINDS_MANY, sentence

PAGE = 25
TAKES = ("text", "kinds", "since", "until", "parties", "speakers", "topics", "measures", "sources", "at_least", "p")

page = shell.opened("Timeline", "Who said what, of whom, and when: every statement once, whoever tells it again.", TAKES)
address, choices = page.address, page.choices
speakers = [*choices["speakers"], *questions.speaking(page.told, address.given("speakers"), choices["speakers"])]
with st.sidebar:
    st.subheader("Filters", divider="gray")
    filters = questions.Filters(
        text=address.text("Search in headline and sentence", "text", placeholder="for example Kramatorsk"),
        kinds=address.several("Kind", "kinds", choices["kinds"], KINDS_MANY.__getitem__),
        **dict(zip(("since", "until"), address.days(choices["days"]), strict=True)),
        parties=address.several("Side, speaking or concerned", "parties", choices["parties"], page.sides.name),
        speakers=address.several("Who says so", "speakers", speakers),
        topics=address.several("Topic of an announcement", "topics", choices["topics"], sentence),
        measures=address.several("Measure of a claim", "measures", choices["measures"], sentence),
        sources=address.several("Source", "sources", choices["sources"]),
        at_least=address.whole("Independent sources, at least", "at_least", 1),
    )
counts = questions.entry_counts(page.told, filters).to_pylist()
total = sum(row["entries"] for row in counts)
if not total:
    st.info(
        "Nothing in the ledger fits all filters. Take one away, or widen the days."
        + (" On the day chosen under “As known on” the ledger may have known less." if page.day else "")
    )
    st.stop()

rows = questions.entries(page.told, filters, limit=questions.MAX_POINTS).to_pylist() if total <= questions.MAX_POINTS else []
if rows:
    shell.chart(charts.entry_points(rows, page.sides), "points")
    shell.sentence(page)
else:
    shell.picture(charts.entry_bars(counts))
    st.caption(f"Months stand for days above {questions.MAX_POINTS:,} entries; narrow the filters to see each as a point.")

st.header(f"{total:,} {'entry' if total == 1 else 'entries'}, newest first")
start = (address.page(-(-total // PAGE)) - 1) * PAGE
shown = rows[start : start + PAGE] or questions.entries(page.told, filters, limit=PAGE, offset=start).to_pylist()
st.html(markup.entry_list(shown, shell.evidence_link))
shell.offer_files(page, "timeline", lambda: questions.all_entries(page.told, filters))
