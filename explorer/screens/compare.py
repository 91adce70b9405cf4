"""In: what to compare, in the address. Out: each side's figures over time as bands, the disputes, the sentence behind a point."""

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import sentence

page = shell.opened(
    "Claims compared", "What each side says of the same losses. Figures of different speakers stand side by side and are never added up."
)
found = questions.comparable(page.reader).to_pylist()
if not found:
    st.info("The ledger holds no claim with a day yet, so there is nothing to compare.")
    st.stop()


def distinct(name: str, **fixed: str) -> list[str]:
    return list(
        dict.fromkeys(row[name] for row in found if row[name] is not None and all(row[key] == value for key, value in fixed.items()))
    )


with st.sidebar:
    st.subheader("Compare", divider="gray")
    measure = shell.one("Measure", "measure", distinct("measure"), sentence)
    category = shell.one("Of what", "category", distinct("category", measure=measure), sentence)
    period = shell.one("Figures cover", "period", distinct("period", measure=measure, category=category), sentence)
    options = distinct("party", measure=measure, category=category, period=period)
    parties = tuple(
        st.multiselect(
            "Whose losses",
            options,
            default=options[:1],
            format_func=page.sides.name,
            key="parties",
            bind="query-params",
            placeholder="Everybody’s",
        )
    )
    bare = questions.Comparison(measure=measure, category=category, period=period, parties=parties, known=page.known)
    population = shell.one(
        "Who is counted", "population", questions.populations(page.reader, bare), sentence, index=None, placeholder="All"
    )
    since, until = shell.days(page.choices)
    is_log = st.toggle("Logarithmic scale", value=True, key="log", bind="query-params")

comparison = questions.Comparison(
    measure=measure, category=category, period=period, parties=parties, population=population, since=since, until=until, known=page.known
)
table = questions.compared_claims(page.reader, comparison)
rows = table.to_pylist()
pairs = questions.disputes(page.reader, comparison).to_pylist()
if not rows:
    st.info("No claim fits. Choose other losses, or widen the days.")
    st.stop()
st.header(views.comparison_title(comparison, page.sides))
if rows[0]["is_month"]:
    st.caption(
        "There are more figures than can be told apart, so each mark spans one month of one side: the least and the greatest told in it."
    )
shell.chart(charts.compared(rows, pairs, page.sides, is_log=is_log), "bands")
st.caption(views.BANDS)
shell.sentence(page)
st.html(
    views.dispute_table(pairs, page.sides, shell.evidence_link) if pairs else "<p>No two sides tell of the same loss within seven days.</p>"
)
with st.expander(f"All {len(rows)} figures as a table"):
    st.html(views.claim_table(rows, page.sides, shell.evidence_link))
shell.offer_files(page, "claims-compared", lambda: table)
