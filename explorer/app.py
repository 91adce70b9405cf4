"""In: the home that the settings name. Out: the explorer as a Streamlit app, one address per page. Started by `claimledger explore`."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts only the folder of this file there
    sys.path.insert(0, str(ROOT))

from explorer.markup import STYLE  # noqa: E402

st.set_page_config(page_title="Claimledger", page_icon="📖", layout="wide", menu_items={"Get help": None, "Report a bug": None, "About": None})
st.html(f"<style>{STYLE}</style>")
st.navigation(
    [
        st.Page("screens/timeline.py", title="Timeline", default=True),
        st.Page("screens/compare.py", title="Claims compared", url_path="compare"),
        st.Page("screens/offers.py", title="Offers", url_path="offers"),
        st.Page("screens/evidence.py", title="Evidence", url_path="evidence"),
        st.Page("screens/changes.py", title="What changed", url_path="changes"),
        st.Page("screens/sources.py", title="Sources", url_path="sources"),
        st.Page("screens/sql.py", title="SQL", url_path="sql"),
    ],
    position="top",
).run()
