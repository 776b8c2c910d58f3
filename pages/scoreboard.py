"""Scoreboard: every model, measured on clips it has never seen."""

import streamlit as st

from core.evaluation.scoreboard import measure_robustness, measure_world
from core.models.catalog import names
from core.worlds import WORLDS
from dashboard import resources
from dashboard.compare.evidence import quiet, scheme
from dashboard.figures import scoreboard as figures
from dashboard.figures.forecast import measured_errors
from dashboard.scoreboard.table import rows

QUICK = 32  # clips of a live measurement
PLAIN = {"displayModeBar": False}


def live(label: str, key: str, measure) -> dict | None:
    """A button that measures now, with progress; what it found stays until the page is left."""
    if st.button(label, key=key):
        with st.status(f"Measuring {QUICK} clips", expanded=True) as status:
            bar = st.progress(0.0, text="clips")
            models = [resources.model(name) for name in names()]
            st.session_state[f"{key}.found"] = measure(
                models, lambda what, share: bar.progress(share, text=what), QUICK
            )
            status.update(label=f"Measured on {QUICK} clips", state="complete", expanded=False)
    return st.session_state.get(f"{key}.found")


def finding(result, step: int) -> str:
    """Who is ahead, by the interval of paired differences."""
    lead, fps = result["latent_lead"][step], result["protocol"]["fps"]
    pixel, latent = (result["models"][name]["position_error"][step]["mean"] for name in ("pixel", "jepa"))
    who = "neither arm is ahead"
    if lead["low"] > 0 or lead["high"] < 0:
        who = f"the {'latent' if lead['low'] > 0 else 'pixel'} arm is ahead"
    ceiling = result["ceiling"][step]["mean"]
    return (
        f"In *{result['protocol']['world']}*, {(step + 1) / fps:.1f} s ahead, {who}: latents {latent:.3f} widths, "
        f"pixels {pixel:.3f}, and the simulator itself, from the same frames, {ceiling:.3f}."
    )


def robustness(step: int) -> None:
    """What a moving background does to both arms."""
    stored = resources.robustness()
    found = live(f"measure again on {QUICK} clips", "scoreboard.robustness", measure_robustness)
    result = found or stored
    if result is None:
        st.info("Not measured yet for these weights. Run: worldscope evaluate scoreboard")
        return
    columns = st.columns(2) if found and stored else [st.container()]
    for column, shown in zip(columns, [stored, found] if found and stored else [result], strict=True):
        with column:
            when = "stored" if shown is stored else "measured now"
            quiet(f"{shown['protocol']['clips']} unseen drop clips for each strength, {when}")
            figure = figures.robustness_curves(shown, step, scheme())
            st.plotly_chart(figure, config=PLAIN, key=f"robust.{shown is stored}", alt="Error against strength.")


st.title("Who predicts best, and at what cost?")
st.markdown("Error is the distance between a ball and where a model has it, in widths of the picture; lower is better.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    world = st.segmented_control("world", list(WORLDS), default="drop", key="scoreboard.world", required=True)
    step = st.slider("steps ahead (0.1 s each)", 1, 16, 8, key="scoreboard.step", width=320) - 1
result = resources.results(world)
if result is None:
    st.info("Not measured yet for these weights. Run: worldscope evaluate scoreboard")
    st.stop()
with st.container(key="finding"):
    st.markdown(finding(result, step))
left, right = st.columns(2)
with left, st.container(border=True):
    st.markdown(f"**Error grows with time** ({result['protocol']['clips']} unseen clips, bands: 95 %)")
    st.plotly_chart(measured_errors(result, scheme()), config=PLAIN, key="errors", alt="Error against seconds ahead.")
with right, st.container(border=True):
    st.markdown("**Error against cost**")
    st.plotly_chart(figures.error_against_cost(result, step, scheme()), config=PLAIN, key="cost", alt="Error and cost.")
again = live(f"measure {world} again on {QUICK} clips", f"scoreboard.{world}", lambda *a: measure_world(world, *a))
st.dataframe(rows(again or result, result if again else None))
quiet("mean ± half of the 95 % interval over clips; stored → measured now, where both are shown")
st.subheader("Does a moving background hurt?")
robustness(step)
with st.expander("How this was made"):
    made = result.get("provenance", {})
    st.markdown(
        f"Seeds {result['protocol']['seed']} and on, which no model was trained on; "
        f"{result['protocol']['background']} backgrounds, {result['protocol']['context']} context frames. Stored by "
        f"`{made.get('command', 'worldscope')}` on {made.get('date', 'an unknown day')} "
        f"({made.get('machine', 'unknown machine')}). *Read-out alone* is the error of the probe or the parser on true "
        "frames; *found* is the share of balls that the last predicted frame still shows; *Mop per s* are million "
        "operations for a predicted second."
    )
