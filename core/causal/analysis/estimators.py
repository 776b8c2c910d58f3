"""The estimates that an identification allows, how comparable the arms are, and bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.causal.estimation.adjustment import DOUBLY_ROBUST, METHODS, REGRESSION, STANDARDISATION, overlap, regression
from core.causal.estimation.bounds import Bounds, instrument_bounds, no_assumption_bounds
from core.causal.estimation.indirect import FRONT_DOOR, TWO_STAGES, front_door, two_stages
from core.causal.estimation.plug_in import FORMULA, by_formula
from core.causal.estimation.propensity import CLIP, clipped_count, is_separable
from core.causal.estimation.question import Estimate, EstimateError, Method, Question
from core.causal.identification.identify import Identification, Kind
from core.causal.identification.instruments import InstrumentSet
from core.causal.tables.rows import Columns

UNADJUSTED = "unadjusted"
# Which estimate is quoted. Weighting never is: where it is the only one, the others failed for a reason.
_PREFERENCE = (DOUBLY_ROBUST, REGRESSION, STANDARDISATION, FRONT_DOOR, FORMULA, TWO_STAGES)
_WITHOUT_COVARIATES = (FRONT_DOOR, FORMULA, TWO_STAGES)
_SEED = 0  # of the draws for the formula's interval, so that it is always the same


def code_exposure(data: dict[str, np.ndarray], exposure: str, outcome: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """The columns with an exposure of two values coded as 0 and 1, and notes, in sentences.

    Raises:
        EstimateError: The exposure or the outcome is constant.
    """
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if (data[node] == data[node][0]).all():
            raise EstimateError(f"The {role} {node} is the same in every row, so there is nothing to compare.")
    return _coded(data, exposure)


def unadjusted_estimate(data: Columns, question: Question) -> Estimate:
    """The observed association, adjusted for nothing; with the mean of each arm if the exposure is binary."""
    found = regression(data, replace(question, covariates=()))
    found = replace(found, method=UNADJUSTED, assumption="", note="not adjusted")
    x, y = data[question.exposure], data[question.outcome]
    return replace(found, means=(float(y[x == 0].mean()), float(y[x == 1].mean()))) if is_binary(x) else found


def methods_of(identification: Identification, binary: bool, adjustable: bool) -> dict[str, Method]:
    """Every method that applies, by the name of its estimate.

    Args:
        binary: Whether the exposure is binary.
        adjustable: Whether there is an adjustment set.
    """
    methods: dict[str, Method] = {}
    if adjustable:
        methods |= METHODS if binary else {REGRESSION: regression}
    if identification.front_door:
        mediators = sorted(identification.front_door[0])
        methods[FRONT_DOOR] = lambda rows, question: front_door(rows, question, mediators)
    formula = identification.formula
    if identification.needs_formula and formula is not None:
        methods[FORMULA] = lambda rows, question: by_formula(rows, question, formula, np.random.default_rng(_SEED))
    tools = identification.instrument_set
    if tools is not None:
        methods[TWO_STAGES] = lambda rows, question: _by_instruments(rows, question, tools)
    return methods


def estimates_of(
    data: Columns, identification: Identification, question: Question, adjustable: bool
) -> tuple[tuple[Estimate, ...], dict[str, str]]:
    """Every estimate that applies; and why the others failed, by the name of the method."""
    estimates, failures = [], {}
    for name, method in methods_of(identification, is_binary(data[question.exposure]), adjustable).items():
        try:
            estimates.append(method(data, question_for(name, question)))
        except EstimateError as error:
            failures[name] = str(error)
    return tuple(estimates), failures


def question_for(method: str, question: Question) -> Question:
    """The question as a method takes it: the front door, the formula and instruments do without the adjustment set."""
    return replace(question, covariates=()) if method in _WITHOUT_COVARIATES else question


def headline_of(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """The estimate to quote, among those that are finite and without a caveat: doubly robust for a binary exposure,
    else regression, the front door, the formula or two-stage least squares, in this order; None if there is none."""
    quotable = {one.method: one for one in estimates if not one.caveat and np.isfinite([one.low, one.high]).all()}
    return next((quotable[name] for name in _PREFERENCE if name in quotable), None)


def overlap_of(data: Columns, question: Question) -> tuple[float | None, list[str]]:
    """The share of rows with poor overlap, and notes, in sentences; None if nothing is adjusted for or the exposure is
    not binary."""
    if not question.covariates or not is_binary(data[question.exposure]):
        return None, []
    scores, share = overlap(data, question)
    names = ", ".join(question.covariates)
    if is_separable(data[question.exposure], scores):
        verb = "separates" if len(question.covariates) == 1 else "separate"
        return share, [f"{names} {verb} the arms of {question.exposure}: no rows are comparable."]
    count = clipped_count(scores)
    clipped = "The propensity score of 1 row was" if count == 1 else f"The propensity scores of {count:,} rows were"
    return share, [f"{clipped} clipped to the range {CLIP:g} to {1 - CLIP:g}."] * (count > 0)


def bounds_of(
    data: Columns, identification: Identification, question: Question
) -> tuple[tuple[Bounds, ...], list[str]]:
    """Bounds on an effect of a binary exposure that is not identified, and notes, in sentences."""
    if identification.kind != Kind.NOT_IDENTIFIABLE or not is_binary(data[question.exposure]):
        return (), []
    y = data[question.outcome]
    lowest, highest = (0.0, 1.0) if is_binary(y) else (float(y.min()), float(y.max()))
    bounds = [no_assumption_bounds(data, question, lowest, highest)]
    notes = [] if is_binary(y) else [f"The bounds use the observed range of {question.outcome}."]
    unconditional = next((one.node for one in identification.instruments[:1] if not one.given), None)
    if unconditional is None:
        return tuple(bounds), notes
    data, coding = _coded(data, unconditional)
    if is_binary(y) and is_binary(data[unconditional]):
        notes += coding
        try:
            bounds.append(instrument_bounds(data, question, unconditional))
        except EstimateError as error:
            notes.append(f"No bounds from the instrument {unconditional}: {error}")
    else:
        notes.append(f"No bounds from the instrument {unconditional}: both it and the outcome must be binary.")
    return tuple(bounds), notes


def is_binary(column: np.ndarray) -> bool:
    """Whether a column has no other values than 0 and 1."""
    return bool(np.isin(column, (0, 1)).all())


def _coded(data: Columns, name: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """The columns with a column of two values coded as 0 and 1, and notes, in sentences."""
    values = np.unique(data[name])
    if len(values) != 2 or (values == (0, 1)).all():
        return dict(data), []
    note = f"{name} has two values: {values[0]:g} is coded as 0 and {values[1]:g} as 1."
    return {**data, name: (data[name] == values[1]).astype(float)}, [note]


def _by_instruments(rows: Columns, question: Question, tools: InstrumentSet) -> Estimate:
    """Two-stage least squares with the optional controls, or without them if they are linearly dependent."""
    needed = (*sorted(tools.given), *question.covariates)
    try:
        wide = replace(question, covariates=(*sorted(tools.optional), *needed))
        return two_stages(rows, wide, tools.nodes)
    except EstimateError:
        return two_stages(rows, replace(question, covariates=needed), tools.nodes)
