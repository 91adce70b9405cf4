"""In: the home that the settings name. Out: the explorer as a Streamlit app, one address per page. Started by `claimledger explore`."""

import logging
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts only the folder of this file there
    sys.path.insert(0, str(ROOT))

from explorer.markup import STYLE, notice  # noqa: E402

# The first chart should stand on the first screen: less room above it, and smaller headings, than Streamlit leaves.
ROOM = """
.stMainBlockContainer { padding-top: 4.5rem; }
.stMainBlockContainer h1 { font-size: 2rem; padding: 0 0 .3rem; }
.stMainBlockContainer h2:not(.cl-title) { font-size: 1.5rem; }
[data-testid="stVegaLiteChart"] svg :is(.role-axis-label, .role-axis-title) text { fill: currentColor; }
button[role="radio"][aria-checked="true"] p { color: light-dark(#31333F, #FAFAFA); font-weight: 600; }
.stTextArea textarea { font-family: monospace; }
[data-testid="stCaptionContainer"] { opacity: 1; color: inherit; }
[data-testid="stCaptionContainer"] p { color: color-mix(in srgb, currentColor 80%, transparent); }
"""
st.set_page_config(
    page_title="Claimledger", page_icon="📖", layout="wide", menu_items={"Get help": None, "Report a bug": None, "About": None}
)
st.html(f"<style>{STYLE}{ROOM}</style>")
page = st.navigation(
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
)
try:
    page.run()
except Exception:  # whatever it was, it goes to the log whole, and people get a page in words instead of the framework's
    logging.getLogger("explorer").exception("the page %s broke", page.title)
    st.html(
        notice(
            "This page broke, which is an error of the explorer. Reload it; if it breaks again, take filters away. "
            "What happened stands where claimledger explore was started."
        )
    )
