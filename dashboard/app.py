"""The entry script: navigation, theme, and what people typed is kept from page to page."""

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # a checkout that is not installed; done here and nowhere else
    sys.path.insert(0, str(HERE.parent))

from dashboard.causes import ADDRESS  # noqa: E402 (found from a checkout only now)
from dashboard.kit.uploads import keep_written  # noqa: E402

keep_written()
st.set_page_config(page_title="worldscope", page_icon=str(HERE / "favicon.png"), layout="wide")
st.html(HERE / "theme.css")
st.logo(str(HERE / "wordmark.png"), size="large")
PAGES = HERE.parent / "pages"
pages = [
    st.Page(PAGES / "compare.py", title="Compare", default=True),
    st.Page(PAGES / "scoreboard.py", title="Scoreboard"),
    st.Page(PAGES / "train.py", title="Train"),
    st.Page(PAGES / "embeddings.py", title="Embeddings"),
    st.Page(PAGES / "causes.py", title="Causes"),
]
page = st.navigation(pages, position="top")
if page.title != "Causes":
    st.session_state.pop(ADDRESS, None)  # the address tells nothing of it any more
page.run()
