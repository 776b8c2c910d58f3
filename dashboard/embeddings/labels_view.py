"""What a representation knows of events, although it was trained without labels: the stored recognition scores."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core.evaluation.recognition_result import RecognitionResult
from core.evaluation.score_findings import recognition_finding
from core.metrics import Interval
from core.wording import percent
from dashboard.cached.models import load_card
from dashboard.cached.results import stored_recognition
from dashboard.embeddings.state import STATE
from dashboard.figures.recognition import accuracy_curves
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.looks import label_of
from dashboard.kit.model_card import training_text
from dashboard.kit.text import caption


def labels_view() -> None:
    """Show the finding, the figure and the table."""
    result = stored_recognition()
    if result is None:
        st.info("Not measured yet for these weights. Run: worldscope evaluate recognition")
        return
    st.markdown(finding_markdown(recognition_finding(result)))
    figure = accuracy_curves(result, scheme())
    show_chart(
        figure,
        key=STATE.key("recognition"),
        alt="Share of recognised events against the share of labels.",
    )
    shares = {f"{percent(share)} of the labels": index for index, share in enumerate(result.label_shares)}
    given = st.segmented_control(
        "labels", list(shares), default="10 % of the labels", key=STATE.key("given"), required=True
    )
    st.dataframe(table(result, shares[given]))
    protocol = result.protocol
    caption(
        f"Each clip of 16 frames (two balls, textured background) shows one of {len(result.events)} events: the red "
        f"ball {', '.join(result.events.values())}. {protocol.learn} labelled clips and {protocol.test} test clips "
        f"of each event, from seeds that no model was trained on; {len(protocol.seeds)} draws of labels. *Probe*: "
        "four learned queries attend to the frozen tokens of each moment, then a small network; *neighbours*: the "
        "ten nearest labelled clips. *Left or right* and *speed* are those of the red ball. "
        f"`{result.provenance.command}`"
    )
    cards = {label_of(name, model.title): load_card(name) or {} for name, model in result.models.items()}
    trained = [f"{title}: {training_text(card)}" for title, card in cards.items() if card.get("steps")]
    caption(
        "V-JEPA and its pixel twin were trained on the same clips in the same order, with the same patches masked, "
        "for the same time, in which the twin completed more steps. V-JEPA predicts the representation of the masked "
        "patches in the first and the last layer of a slowly updated copy of itself; the twin predicts their pixels. "
        f"Each was trained once, so the effect of the seed is unknown. {'; '.join(trained)}."
    )
    caption(
        "Reported in the literature, not measured here (Bardes et al. 2024, table 1, same budget): predicting features "
        "73.7 %, predicting pixels 68.6 % on Kinetics-400; 66.2 % and 66.0 % on Something-Something v2."
    )


def table(result: RecognitionResult, at: int) -> pd.DataFrame:
    """A row for each representation, with one share of the labels."""
    rows = []
    for name, model in result.models.items():
        found, near = model.scores[at].probe, model.scores[at].neighbours
        seeds = found.accuracy.seeds
        rows.append(
            {
                "representation": label_of(name, model.title),
                "event: probe": _shown(found.accuracy, ".1%"),
                "spread over draws of labels": percent(max(seeds) - min(seeds), 1),
                "event: neighbours": _shown(near.accuracy, ".1%"),
                "left or right: probe": _shown(found.direction, ".1%"),
                "left or right: neighbours": _shown(near.direction, ".1%"),
                "speed (R²): probe": _shown(found.speed, ".2f"),
                "speed (R²): neighbours": _shown(near.speed, ".2f"),
            }
        )
    return pd.DataFrame(rows).set_index("representation")


def _shown(point: Interval, form: str) -> str:
    if math.isnan(point.mean):
        return ""
    return f"{point.mean:{form}} ({point.low:{form}} to {point.high:{form}})".replace("%", " %")
