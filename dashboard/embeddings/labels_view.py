"""What a representation knows without having seen a label: the stored measurement of recognition."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core.evaluation.recognition import RecognitionResult
from core.metrics import Interval
from core.models.shipped import MASKED_PIXELS, VJEPA
from dashboard.cached.models import load_card
from dashboard.cached.results import stored_recognition
from dashboard.embeddings.state import STATE
from dashboard.figures.recognition import accuracy_curves
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.looks import label_of
from dashboard.kit.model_card import effort
from dashboard.kit.text import caption


def labels_view() -> None:
    """The figure and the table."""
    result = stored_recognition()
    st.markdown(finding(result))
    figure = accuracy_curves(result, scheme())
    st.plotly_chart(
        figure,
        config=NO_TOOLBAR,
        key=STATE.key("recognition"),
        alt="Share of right answers against the share of labels.",
    )
    shares = {f"{share:.0%} of the labels": index for index, share in enumerate(result.label_shares)}
    given = st.segmented_control(
        "given", list(shares), default="10% of the labels", key=STATE.key("given"), required=True
    )
    st.dataframe(table(result, shares[given]))
    protocol = result.protocol
    caption(
        f"One of {len(result.events)} things happens in each clip of 16 frames (two balls, textured "
        f"background): {', '.join(result.events.values())}. {protocol.learn} labelled clips of each, "
        f"{protocol.test} of each asked, from seeds that no model has learnt from; {len(protocol.seeds)} draws "
        "of labels. *Probe*: four learned questions put to the frozen tokens of each moment, then a small network; "
        "*neighbours*: the ten nearest labelled clips. *Left or right* and *speed* are those of the red ball. "
        f"`{result.provenance.command}`"
    )
    cards = {label_of(name, model.title): load_card(name) or {} for name, model in result.models.items()}
    learnt = [f"{title}: {effort(card)}" for title, card in cards.items() if card.get("steps")]
    caption(
        "V-JEPA and its twin are given the same clips in the same order, with the same places hidden, for as many "
        "minutes, in which the twin makes more steps: V-JEPA fills in how a slowly following copy of itself represents "
        "them (its first level and its last), the twin their pixels. One training of each, "
        f"so what another seed would make of it is not known. {'; '.join(learnt)}."
    )
    caption(
        "Reported elsewhere, not measured here (Bardes et al. 2024, table 1, same budget for both): predicting "
        "features 73.7, predicting pixels 68.6 on Kinetics-400; 66.2 and 66.0 on Something-Something v2."
    )


def finding(result: RecognitionResult) -> str:
    """With a tenth of the labels: is V-JEPA ahead of its pixel twin, what has training added, and who is best? By the
    intervals of both."""
    at = result.label_shares.index(0.1)
    found = {name: model.scores[at].probe.accuracy for name, model in result.models.items()}
    ours, twin, null = (found[name] for name in (VJEPA.name, MASKED_PIXELS.name, VJEPA.null))
    best = max(found, key=lambda name: found[name].mean)
    who = {1: "predicting representations is ahead", -1: "painting pixels is ahead", 0: "neither is clearly ahead"}
    added = {
        1: "training has added to that", -1: "training has taken from that", 0: "what training has added can't be told",
    }  # fmt: skip
    return (
        f"With 10 % of the labels, a probe on V-JEPA tells what happens in {ours.mean:.0%} of the clips, one on its "
        f"pixel twin in {twin.mean:.0%}: {who[_ahead(ours, twin)]}. On V-JEPA before any training it is "
        f"{null.mean:.0%}: {added[_ahead(ours, null)]}. The best here is {label_of(best)} with "
        f"{found[best].mean:.0%}; chance is {result.chance:.0%}."
    )


def _ahead(one: Interval, other: Interval) -> int:
    """1 where one lies above the other by the intervals of both, -1 where below, else 0."""
    return int(one.low > other.high) - int(other.low > one.high)


def table(result: RecognitionResult, at: int) -> pd.DataFrame:
    """A row for each representation, with one share of the labels."""
    rows = []
    for name, model in result.models.items():
        found, near = model.scores[at].probe, model.scores[at].neighbours
        seeds = found.accuracy.seeds
        rows.append({
            "representation": label_of(name, model.title),
            "what happens: probe": _told(found.accuracy, ".1%"),
            "that probe, apart by the labels' draw": f"{max(seeds) - min(seeds):.1%}",
            "what happens: neighbours": _told(near.accuracy, ".1%"),
            "left or right: probe": _told(found.direction, ".1%"),
            "left or right: neighbours": _told(near.direction, ".1%"),
            "speed (R²): probe": _told(found.speed, ".2f"),
            "speed (R²): neighbours": _told(near.speed, ".2f"),
        })  # fmt: skip
    return pd.DataFrame(rows).set_index("representation")


def _told(point: Interval, form: str) -> str:
    if math.isnan(point.mean):
        return ""
    return f"{point.mean:{form}} ({point.low:{form}} to {point.high:{form}})"
