"""In: the address of a page. Out: the page; each module is one, run by Streamlit from top to bottom."""
