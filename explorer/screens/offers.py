"""In: filters in the address. Out: amounts over time by who offers, for which act and to whom; each opening its sentence."""

from collections import Counter

import streamlit as st

from explorer import charts, questions, shell, views
from explorer.labels import sentence

DOLLARS = "USD, as stated"

page = shell.opened(
    "Offers", "Who promises what to whom in return for which act: amnesty, cash for surrender, pay, bonuses. Nothing is converted by us."
)
options = questions.offer_choices(page.reader)
with st.sidebar:
    st.subheader("Filters", divider="gray")
    parties = shell.several("Who offers", "parties", options["parties"], page.sides.name)
    actions = shell.several("For which act", "actions", options["actions"], sentence)
    audiences = shell.several("Side of the audience", "audiences", options["audiences"], page.sides.name)
    since, until = shell.days(page.choices)
table = questions.offers(page.reader, parties=parties, actions=actions, audiences=audiences, since=since, until=until, known=page.known)
rows = table.to_pylist()
if not rows:
    st.info("No offer fits. Take a filter away, or widen the days.")
    st.stop()
currencies = Counter(row["currency"] for row in rows if row["currency"])
if currencies:
    names = [currency for currency, _ in currencies.most_common()]
    currency = st.segmented_control("Currency", [*names, DOLLARS], default=names[0], required=True, key="currency", bind="query-params")
    shell.chart(charts.offers(rows, page.sides, currency=str(currency), is_usd_stated=currency == DOLLARS), "amounts")
    shell.sentence(page)
else:
    st.info("None of these offers names an amount, so there is no chart; the table has them all.")
st.html(views.offer_table(rows, page.sides, shell.evidence_link))
shell.offer_files(page, "offers", lambda: table)
