"""In: filters in the address. Out: amounts over time by who offers, for which act and to whom; each opening its sentence."""

from collections import Counter

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import act, sentence

DOLLARS = "stated-USD"
TAKES = ("parties", "actions", "audiences", "since", "until", "currency")

page = shell.opened(
    "Offers",
    "Who promises what to whom in return for which act: amnesty, cash for surrender, pay, bonuses. Nothing is converted by us.",
    TAKES,
)
address, options = page.address, page.offer_choices
with st.sidebar:
    st.subheader("Filters", divider="gray")
    parties = address.several("Who offers", "parties", options["offerors"], page.sides.name)
    actions = address.several("For which act", "actions", options["actions"], lambda code: sentence(act(code)))
    audiences = address.several("Side of the audience", "audiences", options["audiences"], page.sides.name)
    since, until = address.days(page.now["days"])
table = questions.offers(page.told, parties=parties, actions=actions, audiences=audiences, since=since, until=until)
rows = table.to_pylist()
if not rows:
    st.info(
        "No offer fits. Take a filter away, or widen the days."
        + (" On the day chosen under “As known on” the ledger may have known less." if page.day else "")
    )
    st.stop()
if len(rows) == questions.MAX_OFFERS:
    st.caption(f"Only the newest {questions.MAX_OFFERS:,} offers are shown; narrow the filters to see earlier ones.")
currencies = [currency for currency, _ in Counter(row["currency"] for row in rows if row["currency"]).most_common()]
if currencies:
    currency = address.segments(
        "Currency", "currency", [*currencies, DOLLARS], lambda code: "USD, as stated" if code == DOLLARS else code, after=TAKES[:5]
    )
    shell.chart(charts.offers(rows, page.sides, currency=currency, is_usd_stated=currency == DOLLARS), "amounts")
    shell.sentence(page)
else:
    st.info("None of these offers names an amount, so there is no chart; the table has them all.")
st.html(views.offer_table(rows, page.sides, shell.evidence_link))
shell.offer_files(page, "offers", lambda: table)
