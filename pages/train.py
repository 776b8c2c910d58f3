"""Train: watch a world model learn, or collapse."""

import streamlit as st

from core.jobs import queue as jobs
from core.jobs.queue import RUNNING, WAITING
from dashboard.train import live, order


@st.fragment(run_every=1.5)
def watched(name: str, state: str) -> None:
    """A job under way, drawn again by itself; the whole page follows when its state changes."""
    jobs.wake()
    try:
        progress = jobs.find(name)
    except ValueError:
        st.rerun()
    if progress.state != state:
        st.rerun()
    live.status(progress)
    live.buttons(progress)
    live.curves(progress)


def shown(progress) -> None:
    """A job at rest."""
    live.status(progress)
    live.buttons(progress)
    live.curves(progress)


st.title("Can you watch a world model learn?")
st.markdown(
    "Choose what it learns from and start. Then do it again with the anti-collapse term off, and watch the latents "
    "stop moving while the loss looks better than ever."
)
order.controls()
chosen = order.chosen()
if chosen is None:
    st.info("No training yet. Two minutes are enough to see learning; the model then appears on the Compare page.")
elif chosen.state in (RUNNING, WAITING):
    watched(chosen.job.name, chosen.state)
else:
    shown(chosen)
with st.expander("How this was made"):
    st.markdown(
        "The training runs in a process of its own, one at a time, at low priority; a reload or another page does not "
        "disturb it. Clips are simulated from training seeds; what is watched (probe, skill, variance) is measured on "
        "other seeds, or on the last fifth of your film. *What moves* is the share of the latents' variance that lies "
        "within clips and not between them: a representation that holds only what stays the same has none. *Effective "
        "rank* counts the directions that what moves uses (RankMe, Garrido et al. 2023)."
    )
