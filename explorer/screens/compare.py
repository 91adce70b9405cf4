"""In: what to compare, in the address. Out: each side's figures over time as bands, the disputes, the sentence behind a point."""

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import counted, sentence, span

TAKES = ("measure", "category", "period", "parties", "population", "since", "until", "log")

page = shell.opened(
    "Claims compared",
    "What each side says of the same losses. Figures of different speakers stand side by side and are never added up.",
    TAKES,
)
address = page.address
found = questions.comparable(page.told).to_pylist()
if not found:
    st.info(
        "The ledger knew no claim with a day yet, so there is nothing to compare. Choose a later day under “As known on”."
        if page.day
        else "The ledger holds no claim with a day yet, so there is nothing to compare."
    )
    st.stop()


def distinct(name: str, **fixed: str) -> list[str]:
    return list(
        dict.fromkeys(row[name] for row in found if row[name] is not None and all(row[key] == value for key, value in fixed.items()))
    )


with st.sidebar:
    st.subheader("Compare", divider="gray")
    measure = address.one("Measure", "measure", distinct("measure"), sentence)
    category = address.one(
        "Of what", "category", distinct("category", measure=measure), lambda code: sentence(counted(code)), after=TAKES[:1]
    )
    period = address.one(
        "Figures cover",
        "period",
        distinct("period", measure=measure, category=category),
        lambda code: sentence(span(code)),
        after=TAKES[:2],
    )
    options = distinct("party", measure=measure, category=category, period=period)
    parties = address.several(
        "Whose losses", "parties", options, page.sides.name, default=options[:1], after=TAKES[:3], placeholder="Everybody’s"
    )
    bare = questions.Comparison(measure=measure, category=category, period=period, parties=parties)
    population = address.one(
        "Who is counted", "population", questions.populations(page.told, bare), sentence, index=None, placeholder="All", after=TAKES[:4]
    )
    since, until = address.days(page.now["days"])
    is_log = address.flag("Logarithmic scale", "log", default=True)

comparison = questions.Comparison(
    measure=measure, category=category, period=period, parties=parties, population=population, since=since, until=until
)
table = questions.compared_claims(page.told, comparison)
rows = table.to_pylist()
pairs = questions.disputes(page.told, comparison).to_pylist()
if not rows:
    st.info("No claim fits. Choose other losses, or widen the days.")
    st.stop()
st.header(views.comparison_title(comparison, page.sides))
if rows[0]["is_month"]:
    st.caption(
        "There are more figures than can be told apart, so each mark spans one month of one side: the least and the greatest told in it."
    )
shell.chart(charts.compared(rows, pairs, page.sides, what=views.compared(comparison), is_log=is_log), "bands")
st.caption(views.BANDS)
shell.sentence(page)
st.html(
    views.dispute_table(pairs, page.sides, shell.evidence_link) if pairs else "<p>No two sides tell of the same loss within seven days.</p>"
)
with st.expander(f"All {len(rows)} figures as a table"):
    st.html(views.claim_table(rows, page.sides, shell.evidence_link))
shell.offer_files(page, "claims-compared", lambda: table)
