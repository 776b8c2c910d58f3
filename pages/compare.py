"""Compare: the prediction of a pixel model and of a JEPA, next to the truth."""

import streamlit as st

from dashboard.compare import controls, views

controls.read_address()
title, what_to_watch = st.empty(), st.empty()
state = controls.filmstrip()
title.title(f"Which model knows {'where the ball will be' if state.readout else 'what comes next'}?")
BALLS = "Watch where their balls are after the real one bounces, stops or reappears."
VIDEO = "Watch where each prediction departs from the video."
what_to_watch.markdown(f"Both models saw the same first frames. {BALLS if state.readout else VIDEO}")
if state.source == "upload":
    views.show_video(state)
elif state.readout:
    views.show_simulated(state)
else:
    views.show_simulated_without_truth(state)
controls.write_address()
