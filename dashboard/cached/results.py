"""Stored measurements. A result is read again when its file changes, since it may be measured while the app runs."""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from core.evaluation.ablations import FOLDER as ABLATIONS
from core.evaluation.ablations import Ablation, stored_runs, summarise
from core.evaluation.forecast_result import ForecastResult
from core.evaluation.recognition_result import RecognitionResult
from core.evaluation.scoreboard import RobustnessResult, TrainingSeedsResult, result_name, seed_names, stored
from core.models.registry import digest_of
from core.models.shipped import MASKED_PIXELS, VJEPA
from core.paths import RESULTS
from dashboard.cached.models import WORLD_PAIR

Scores = TypeVar("Scores", ForecastResult, RobustnessResult, TrainingSeedsResult, RecognitionResult)


def stored_scores(case: str) -> ForecastResult | None:
    """Returns the stored scores of a case; None if these weights have not been measured."""
    return _stored(ForecastResult, result_name(case), _modified(f"{result_name(case)}.json"))


def stored_robustness() -> RobustnessResult | None:
    """Returns the stored errors against moving backgrounds; None if these weights have not been measured."""
    return _stored(RobustnessResult, "robustness", _modified("robustness.json"))


def stored_seeds() -> TrainingSeedsResult | None:
    """Returns the stored scores of JEPAs trained from several seeds; None if these weights have not been measured."""
    return _stored(TrainingSeedsResult, "seeds", _modified("seeds.json"), seed_names())


def stored_recognition() -> RecognitionResult | None:
    """Returns the stored recognition of events from representations; None if these weights have not been measured."""
    return _stored(RecognitionResult, "recognition", _modified("recognition.json"), (VJEPA.name, MASKED_PIXELS.name))


def stored_ablations() -> list[Ablation]:
    """Returns the stored scores of variants of the JEPA's recipe."""
    return _ablations(_modified(ABLATIONS))


def _modified(name: str) -> int:
    path = RESULTS / name
    return path.stat().st_mtime_ns if path.exists() else 0


@st.cache_resource(max_entries=16, show_spinner=False)
def _stored(kind: type[Scores], name: str, modified: int, required: tuple[str, ...] = WORLD_PAIR) -> Scores | None:
    return _of_these_weights(stored(kind, name), required)


@st.cache_resource(max_entries=1, show_spinner=False)
def _ablations(modified: int) -> list[Ablation]:
    return summarise(stored_runs())


def _of_these_weights(result: Scores | None, required: tuple[str, ...]) -> Scores | None:
    if result is None:
        return None
    measured = {name: score.weights for name, score in result.models.items()}
    same = all(digest_of(name) == digest for name, digest in measured.items())
    return result if same and set(required) <= set(measured) else None
