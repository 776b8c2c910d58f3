"""What can be worked out once it is known how: every estimate that applies, how comparable the arms are, and bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.causal.estimation.adjustment import METHODS, overlap, regression
from core.causal.estimation.bounds import Bounds, instrument_bounds, no_assumption_bounds
from core.causal.estimation.indirect import front_door, two_stages
from core.causal.estimation.plug_in import by_formula
from core.causal.estimation.propensity import CLIP, apart, clipped
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.estimation.refuters import Method
from core.causal.identification.identify import NOT_IDENTIFIABLE, Identification, Instrument
from core.causal.tables.rows import Columns

FRONT_DOOR, BY_FORMULA, TWO_STAGES = "front door", "formula", "two-stage least squares"
# Which is quoted. Weighting never is: where it is all there is, the others were refused for a reason.
_ORDER = ("doubly robust", "regression", "standardisation", FRONT_DOOR, BY_FORMULA, TWO_STAGES)
_SEED = 0  # of the draws for the formula's interval: whoever asks gets the same


def coded(data: dict[str, np.ndarray], exposure: str, outcome: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """The same with an exposure of two values as 0 and 1, and what to tell of it.

    Raises:
        EstimateError: Exposure or outcome is the same in every row.
    """
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if (data[node] == data[node][0]).all():
            raise EstimateError(f"The {role} {node} is the same in every row; there is nothing to compare.")
    return _two_coded(data, exposure)


def raw_estimate(data: Columns, question: Question) -> Estimate:
    """What is seen, adjusted for nothing; with the mean of each arm where the exposure is binary."""
    found = regression(data, replace(question, covariates=()))
    found = replace(found, method="as seen", believes="", noticed="adjusted for nothing")
    x, y = data[question.exposure], data[question.outcome]
    return replace(found, means=(float(y[x == 0].mean()), float(y[x == 1].mean()))) if _is_binary(x) else found


def methods_of(found: Identification, binary: bool, adjustable: bool) -> dict[str, Method]:
    """Every way of estimating that applies, by the name that its estimate has."""
    methods: dict[str, Method] = {}
    if adjustable:
        methods |= {"regression": regression}
    if adjustable and binary:
        methods |= {"inverse propensity" if name == "weighting" else name: METHODS[name] for name in METHODS}
    if found.front_door:
        between = sorted(found.front_door[0])
        methods[FRONT_DOOR] = lambda rows, question: front_door(rows, question, between)
    if found.needs_formula:
        methods[BY_FORMULA] = lambda rows, question: by_formula(
            rows, question, found.formula, np.random.default_rng(_SEED)
        )
    if found.instruments:
        methods[TWO_STAGES] = lambda rows, question: _by_instrument(rows, question, found.instruments[0])
    return methods


def estimates_of(
    data: Columns, found: Identification, question: Question, adjustable: bool
) -> tuple[tuple[Estimate, ...], list[str]]:
    """Every estimate that applies, and why others are missing, in sentences."""
    estimates, told = [], []
    for name, method in methods_of(found, _is_binary(data[question.exposure]), adjustable).items():
        try:
            estimates.append(method(data, asked_of(name, question)))
        except EstimateError as error:
            told.append(f"No estimate by {name}: {error}")
    return tuple(estimates), told


def asked_of(method: str, question: Question) -> Question:
    """The question as a method takes it: the front door, the formula and instruments do without the adjustment set."""
    return replace(question, covariates=()) if method in (FRONT_DOOR, BY_FORMULA, TWO_STAGES) else question


def headline_of(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """The one to quote, of those not in doubt: doubly robust for a binary exposure, else regression, else the front
    door, else the formula, else two stages. Never one that is no number."""
    by_name = {one.method: one for one in estimates if not one.doubt and np.isfinite([one.low, one.high]).all()}
    return next((by_name[name] for name in _ORDER if name in by_name), None)


def overlap_told(data: Columns, question: Question) -> tuple[float | None, list[str]]:
    """The share of rows with hardly anybody to compare with (None where nothing is adjusted for or the exposure is not
    binary), and what was done about it."""
    if not question.covariates or not _is_binary(data[question.exposure]):
        return None, []
    chance, share = overlap(data, question)
    names = ", ".join(question.covariates)
    if apart(data[question.exposure], chance):
        tell = "tells" if len(question.covariates) == 1 else "tell"
        return share, [f"{names} {tell} the arms of {question.exposure} apart: nobody can be compared."]
    count = clipped(chance)
    told = "The propensity of 1 row was" if count == 1 else f"The propensities of {count:,} rows were"
    return share, [f"{told} clipped to {CLIP:g} to {1 - CLIP:g}."] * (count > 0)


def bounds_of(data: Columns, found: Identification, question: Question) -> tuple[tuple[Bounds, ...], list[str]]:
    """How low and how high an effect that can't be identified can be; for binary exposures."""
    if found.kind != NOT_IDENTIFIABLE or not _is_binary(data[question.exposure]):
        return (), []
    y = data[question.outcome]
    lowest, highest = (0.0, 1.0) if _is_binary(y) else (float(y.min()), float(y.max()))
    bounds = [no_assumption_bounds(data, question, lowest, highest)]
    told = [] if _is_binary(y) else [f"The bounds take the range of {question.outcome} from what was seen."]
    plain = next((one.node for one in found.instruments[:1] if not one.given), None)
    if plain is None:
        return tuple(bounds), told
    data, how = _two_coded(data, plain)
    if _is_binary(y) and _is_binary(data[plain]):
        told += how
        try:
            bounds.append(instrument_bounds(data, question, plain))
        except EstimateError as error:
            told.append(f"No bounds by {plain}: {error}")
    else:
        told.append(f"No bounds by {plain}: they need an outcome of 0 and 1, and an instrument of two values.")
    return tuple(bounds), told


def _two_coded(data: Columns, name: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """The same with a column of two values as 0 and 1, and what to tell of it."""
    values = np.unique(data[name])
    if len(values) != 2 or (values == (0, 1)).all():
        return dict(data), []
    told = f"{name} has two values: {values[0]:g} counts as 0 and {values[1]:g} as 1."
    return data | {name: (data[name] == values[1]).astype(float)}, [told]


def _by_instrument(rows: Columns, question: Question, instrument: Instrument) -> Estimate:
    asked = replace(question, covariates=(*sorted(instrument.given), *question.covariates))
    return two_stages(rows, asked, instrument.node)


def _is_binary(column: np.ndarray) -> bool:
    return bool(np.isin(column, (0, 1)).all())
