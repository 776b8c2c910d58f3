"""The entry script: theme and navigation."""

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # a checkout that is not installed; done here and nowhere else
    sys.path.insert(0, str(HERE.parent))

from dashboard.navigation import run_page  # noqa: E402 (a checkout finds it only now)

st.set_page_config(page_title="worldscope", page_icon=str(HERE / "favicon.png"), layout="wide")
st.html(HERE / "theme.css")
st.logo(str(HERE / "wordmark.png"), size="large")
run_page()
