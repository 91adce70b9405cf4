"""In: an entry in the address. Out: its sentence in the article, who else tells it, everything the ledger ever told of it."""

import streamlit as st

from explorer import questions, shell

page = shell.opened("Evidence", "The sentence, where it stands, and everything the ledger ever told of it.", ("statement", "article"))
given = (st.query_params.get(shell.ENTRY) or st.query_params.get("statement") or "").strip()
if not given:
    wanted = st.text_input("Id of an entry or a statement", key="id", placeholder="as in a column entry_id, group_id, claim_id, offer_id")
    st.info("Choose an entry on the timeline or a point in a chart, or give an id here.")
    if wanted:
        st.query_params[shell.ENTRY] = wanted.strip()
        st.rerun()
    st.stop()
entry_id = given if questions.entry(page.told, given) else questions.entry_of_statement(page.reader, given) or given
shell.show_evidence(page, entry_id, st.query_params.get("article"))
