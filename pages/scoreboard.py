"""Scoreboard: every model, measured on clips it has never seen."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from core.evaluation.forecast_result import ForecastResult
from core.evaluation.score_findings import case_finding
from core.evaluation.scoreboard import CASES, measure_case
from core.models.registry import forecasters
from dashboard.cached.models import WORLD_PAIR, load_card
from dashboard.cached.results import stored_ablations, stored_scores, stored_seeds
from dashboard.figures import scoreboard as figures
from dashboard.figures.forecast import measured_errors
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.text import caption
from dashboard.scoreboard.measuring import QUICK, live, robustness
from dashboard.scoreboard.state import STATE
from dashboard.scoreboard.table import HELP, ablations, budgets, errors, read_outs, seeds

MEASURED = [spec.name for spec in forecasters()]


def chart(title: str, figure: go.Figure, key: str, alt: str) -> None:
    """Show a figure below its title."""
    with st.container(border=True, height="stretch"):
        st.markdown(title)
        show_chart(figure, key=STATE.key(key), alt=alt)


def recipe_choices() -> None:
    """Show what each choice in the JEPA's recipe contributes."""
    if found := stored_ablations():
        with st.expander("What each choice in the JEPA's recipe contributes"):
            st.dataframe(ablations(found))
            caption(
                "Each row is the recipe with one change, trained for a few minutes. Position error in frame widths on "
                "the same 64 validation seeds of drop (one and three balls), wall and occluder: mean ± half of the "
                "95 % interval over clips, and the difference from the base recipe with the same training seeds. *Seed "
                "spread* is the error of the worst seed minus that of the best, at the step where it is largest. "
                "`worldscope evaluate ablations`"
            )


def training_seeds() -> None:
    """Show the JEPA trained from several seeds."""
    if found := stored_seeds():
        with st.expander(f"Is it luck? The JEPA trained from {len(found.models)} seeds"):
            st.dataframe(seeds(found))
            st.markdown(read_outs(found))
            named = ", ".join(str(model.seed) for model in found.models.values())
            caption(
                f"Mean position error in frame widths on the same {found.protocol.clips} unseen clips, for training "
                f"seeds {named}; the other pages show the first. Each *goal* was set before anything was trained. "
                f"`{found.provenance.command}`"
            )


def how_made(result: ForecastResult) -> None:
    """Show how the result was made."""
    protocol, made = result.protocol, result.provenance
    with st.expander("How this was made"):
        st.markdown(
            f"Seeds from {protocol.seed} on, which no model was trained on; {protocol.background} backgrounds, "
            f"{protocol.context} context frames. Stored by `{made.command}` on {made.date} ({made.machine}).\n\n"
            "- *Random weights* is the JEPA before any training (it repeats the last latent). *No anti-collapse* is "
            "the JEPA without the terms that prevent collapse. *The pixel model's features* are the 16 channels that "
            "its trunk receives, read by a probe like that of the JEPA.\n"
            "- *Everything known except the elasticity* (in charts, *elasticity unknown*) simulates the clip from the "
            "exact truth with every elasticity that the context allows, and takes the median: close to the best that "
            "can be known. *Best possible* also "
            "knows the elasticity, but reads positions from the frames; where balls are hidden (*occluder*), it is the "
            "worse of the two from 0.7 s on."
        )


st.title("Who predicts best, and at what cost?")
st.markdown("The error is the distance of a predicted ball from the true one, in frame widths; lower is better.")
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
    st.markdown(finding_markdown(case_finding(result, case, step)))
left, right = st.columns(2)
with left:
    count = result.protocol.clips
    title = f"**Error grows with time** ({count} unseen clips, bands: 95 %)"
    chart(title, measured_errors(result, scheme()), "errors", "Position error against seconds ahead.")
with right:
    figure = figures.error_against_cost(result, step, scheme())
    chart("**Error against cost**", figure, "cost", "Position error against operations.")
again = live(f"measure {case} again on {QUICK} clips", STATE.key("again", case), partial(measure_case, case), MEASURED)
st.dataframe(errors(again or result, result if again else None))
caption("Position error in frame widths, mean ± half of the 95 % interval over clips; stored → measured now.")
st.dataframe(budgets(result), column_config={name: st.column_config.Column(help=text) for name, text in HELP.items()})
caption("Stored values: the read-out on true frames, and budgets. Hover over a column heading for its meaning.")
left, right = st.columns(2)
with left, st.container(border=True, height="stretch"):
    st.markdown("**Does a moving background hurt?**")
    robustness(step)
with right:
    histories = {name: (load_card(name) or {}).get("history", []) for name in WORLD_PAIR}
    title = "**Error against training time** (0.8 s ahead, 48 validation clips)"
    chart(title, figures.learning_curves(histories, scheme()), "minutes", "Position error against training minutes.")
    for name, history in histories.items():
        if history and figures.VALIDATION_ERROR not in history[0]:
            caption(f"This error was not measured in the first minutes of training of {name}.")
training_seeds()
recipe_choices()
how_made(result)
