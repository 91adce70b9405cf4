"""In: filters in the address. Out: announcements, offers and claims on one time axis, newest first, each opening its sentence."""

import streamlit as st

from explorer import charts, markup, questions, shell
from explorer.labels import KINDS_MANY, sentence

PAGE = 25

page = shell.opened("Timeline", "Who said what, of whom, and when: every statement once, whoever tells it again.")
choices = page.choices
with st.sidebar:
    st.subheader("Filters", divider="gray")
    text = st.text_input("Search in headline and sentence", key="text", bind="query-params", placeholder="for example Kramatorsk")
    kinds = shell.several("Kind", "kinds", choices["kinds"], KINDS_MANY.__getitem__)
    since, until = shell.days(choices)
    parties = shell.several("Side, speaking or concerned", "parties", choices["parties"], page.sides.name)
    speakers = shell.several("Who says so", "speakers", choices["speakers"])
    topics = shell.several("Topic of an announcement", "topics", choices["topics"], sentence)
    measures = shell.several("Measure of a claim", "measures", choices["measures"], sentence)
    sources = shell.several("Source", "sources", choices["sources"])
    at_least = st.number_input("Independent sources, at least", min_value=1, value=1, step=1, key="at_least", bind="query-params")

filters = questions.Filters(
    since=since,
    until=until,
    kinds=kinds,
    parties=parties,
    speakers=speakers,
    topics=topics,
    measures=measures,
    sources=sources,
    at_least=int(at_least),
    text=text or "",
    known=page.known,
)
counts = questions.entry_counts(page.reader, filters).to_pylist()
total = sum(row["entries"] for row in counts)
if not total:
    st.info(
        "Nothing in the ledger fits all filters. Take one away, or widen the days."
        + (" On the day chosen under “As known on” the ledger may have known less." if page.day else "")
    )
    st.stop()

rows = questions.entries(page.reader, filters, limit=questions.MAX_POINTS).to_pylist() if total <= questions.MAX_POINTS else []
if rows:
    shell.chart(charts.entry_points(rows, page.sides), "points")
    shell.sentence(page)
else:
    st.altair_chart(charts.entry_bars(counts), width="stretch")

pages = -(-total // PAGE)
st.header(f"{total:,} {'entry' if total == 1 else 'entries'}, newest first")
number = int(st.pagination(pages, key="p", bind="query-params") if pages > 1 else 1)
start = (number - 1) * PAGE
shown = rows[start : start + PAGE] or questions.entries(page.reader, filters, limit=PAGE, offset=start).to_pylist()
st.html(markup.entry_list(shown, shell.evidence_link))
shell.offer_files(page, "timeline", lambda: questions.all_entries(page.reader, filters))
