"""Train: watch a world model learn, or collapse."""

import streamlit as st

from core.jobs import queue
from core.jobs.states import State
from core.training import user_trainings
from dashboard.kit.messages import show_error
from dashboard.train.controls import chosen_training, start_controls
from dashboard.train.progress_view import show_training


@st.fragment(run_every=1.5)
def show_live(name: str, state: State) -> None:
    """Draw a training again and again while it is under way; the whole page follows when its state changes."""
    try:
        queue.ensure_worker()
    except OSError as error:
        show_error(error)
    try:
        training = user_trainings.find_training(name)
    except ValueError:
        st.rerun()
    if training.state != state:
        st.rerun()
    show_training(training)


st.title("Watch a world model learn")
st.markdown(
    "Choose what it learns from and start. Then train it again without the anti-collapse term: the latents stop moving "
    "while the loss looks better than ever."
)
start_controls()
training = chosen_training()
if training is None:
    st.info("No training yet. Two minutes are enough to see learning; the model then appears on the Compare page.")
elif training.state in (State.RUNNING, State.WAITING):
    show_live(training.name, training.state)
else:
    show_training(training)
with st.expander("How this was made"):
    st.markdown(
        "Training runs in a separate process at low priority, one model at a time; a reload or another page does not "
        "interrupt it. The model learns from clips simulated from training seeds. The curves (probe, skill, variance) "
        "are measured on clips from other seeds, or on the last fifth of your video. The *share of the variance that "
        "is motion* is the variance of the latents within clips, as opposed to between clips: it is 0 if the latents "
        "hold only what stays the same. *Effective rank* is the number of directions that the moving part uses "
        "(RankMe, Garrido et al. 2023)."
    )
