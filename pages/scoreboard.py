"""Scoreboard: every model, measured on clips it has never seen."""

import streamlit as st

from core.evaluation.scoreboard import CASES, measure_case
from core.models.registry import forecasters
from dashboard.cached.models import WORLD_PAIR, load_card
from dashboard.cached.results import stored_ablations, stored_scores, stored_seeds
from dashboard.figures import scoreboard as figures
from dashboard.figures.forecast import measured_errors
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.text import caption
from dashboard.scoreboard.measuring import QUICK, live, robustness
from dashboard.scoreboard.state import STATE
from dashboard.scoreboard.table import MEANING, ablations, budgets, errors, read_outs, seeds

MEASURED = [spec.name for spec in forecasters()]


def finding(result, case: str, step: int) -> str:
    """Who is ahead, by the interval of paired differences."""
    lead, fps = result.latent_lead[step], result.protocol.fps
    pixel, latent = (result.models[name].position_error[step].mean for name in WORLD_PAIR)
    who = "neither arm is ahead"
    if lead.low > 0 or lead.high < 0:
        who = f"the {'latent' if lead.low > 0 else 'pixel'} arm is ahead"
    known = result.bounce_unknown[step].mean
    return (
        f"In *{case}*, {(step + 1) / fps:.1f} s ahead, {who}: latents {latent:.3f} widths, pixels {pixel:.3f}. One who "
        f"knows everything but how high the balls bounce is off by {known:.3f}."
    )


def chart(title: str, figure, key: str, alt: str) -> None:
    """A figure in a frame of its own, under its title."""
    with st.container(border=True, height="stretch"):
        st.markdown(title)
        st.plotly_chart(figure, config=NO_TOOLBAR, key=STATE.key(key), alt=alt)


def tried() -> None:
    """What each choice in the latent arm's recipe is worth."""
    if found := stored_ablations():
        with st.expander("What each choice in the latent arm's recipe is worth"):
            st.dataframe(ablations(found))
            caption(
                "trained anew for a few minutes with one thing done otherwise; error in widths on the same 64 "
                "validation seeds of drop (one and three balls), wall and occluder, mean ± half of the 95 % interval "
                "over clips, and by how much it is more than the base recipe's from the same training seeds; where "
                "there were several, the best and the worst are *apart* by so much at the step where they differ most. "
                "`worldscope evaluate ablations`"
            )


def luck() -> None:
    """The JEPA trained from several seeds."""
    if found := stored_seeds():
        with st.expander("Is it luck? The latent arm trained from three seeds"):
            st.dataframe(seeds(found))
            st.markdown(read_outs(found))
            count = found.protocol.clips
            named = ", ".join(str(model.seed) for model in found.models.values())
            caption(
                f"mean error in widths on the same {count} unseen clips, for training seeds {named}; "
                "the other pages show the first. *Goal* is what this project set itself before it trained anything. "
                "`worldscope evaluate scoreboard`"
            )


def explained(result) -> None:
    """How this was made."""
    protocol, made = result.protocol, result.provenance
    with st.expander("How this was made"):
        st.markdown(
            f"Seeds {protocol.seed} and on, which no model was trained on; {protocol.background} backgrounds, "
            f"{protocol.context} context frames. Stored by `{made.command}` on "
            f"{made.date} ({made.machine}).\n\n"
            "- *Random weights* is the JEPA before any training (it repeats the last latent), *no guard* the JEPA "
            "without the terms that keep it from collapsing; *the pixel arm's features* are the 16 channels that its "
            "trunk is given, read by such a probe as the JEPA's.\n"
            "- *All known but the bounce* plays the world on from the exact truth with every elasticity that the "
            "context leaves open, and takes the middle: nearly the best that can be known. The *ceiling* knows the "
            "elasticity too, but reads places off the frames; where balls are hidden (*occluder*) it is the worse of "
            "the two from 0.7 s on."
        )


st.title("Who predicts best, and at what cost?")
st.markdown("Error is the distance between a ball and where a model has it, in widths of the picture; lower is better.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    case = st.segmented_control(
        "clips", list(CASES), default="drop", key=STATE.key("case"), required=True, bind="query-params"
    )
    step = st.slider("steps ahead (0.1 s each)", 1, 16, 8, key=STATE.key("step"), width=320, bind="query-params") - 1
result = stored_scores(case)
if result is None:
    st.info("Not measured yet for these weights. Run: worldscope evaluate scoreboard")
    st.stop()
with st.container(key=STATE.key("finding")):
    st.markdown(finding(result, case, step))
left, right = st.columns(2)
with left:
    count = result.protocol.clips
    title = f"**Error grows with time** ({count} unseen clips, bands: 95 %)"
    chart(title, measured_errors(result, scheme()), "errors", "Position error against seconds ahead.")
with right:
    figure = figures.error_against_cost(result, step, scheme())
    chart("**Error against cost**", figure, "cost", "Position error against operations.")
again = live(
    f"measure {case} again on {QUICK} clips", STATE.key("again", case), lambda *a: measure_case(case, *a), MEASURED
)
st.dataframe(errors(again or result, result if again else None))
caption("error in widths, mean ± half of the 95 % interval over clips; stored → measured now, where both are shown")
st.dataframe(
    budgets(result), column_config={name: st.column_config.Column(help=told) for name, told in MEANING.items()}
)
caption("as stored: what can be read off true frames, and budgets; point at a column's name for what it means")
left, right = st.columns(2)
with left, st.container(border=True, height="stretch"):
    st.markdown("**Does a moving background hurt?**")
    robustness(step)
with right:
    histories = {name: (load_card(name) or {}).get("history", []) for name in WORLD_PAIR}
    title = "**What a minute of training buys** (0.8 s ahead, 48 validation clips)"
    chart(title, figures.learning_curves(histories, scheme()), "minutes", "Position error against training minutes.")
    for name, history in histories.items():
        if history and figures.WATCHED not in history[0]:
            caption(f"{name} was not watched in this way in its first minutes")
luck()
tried()
explained(result)
