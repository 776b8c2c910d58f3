"""The estimates that an identification allows, how comparable the arms are, and bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.causal.estimation.adjustment import (
    DOUBLY_ROBUST,
    METHODS,
    ON_TREATED,
    ON_UNTREATED,
    REGRESSION,
    STANDARDISATION,
    effect_on_arm,
    overlap,
    regression,
)
from core.causal.estimation.arms import LOGISTIC, SHARED
from core.causal.estimation.bounds import Bounds, instrument_bounds, no_assumption_bounds
from core.causal.estimation.cells import CELLS, by_cells, cells_apply, cells_on_arm
from core.causal.estimation.cross_fitting import CROSS_FITTED, PARTIALLY_LINEAR, cross_fitted, partially_linear
from core.causal.estimation.indirect import FRONT_DOOR, TWO_STAGES, front_door, two_stages
from core.causal.estimation.least_squares import row_weights
from core.causal.estimation.plug_in import FORMULA, by_formula
from core.causal.estimation.propensity import CLIP, clipped_count, is_separable
from core.causal.estimation.question import Estimate, EstimateError, Method, Question
from core.causal.identification.identify import Identification, Kind
from core.causal.identification.instruments import InstrumentSet
from core.causal.tables.rows import Columns

UNADJUSTED = "unadjusted"
_LOGISTIC = "logistic standardisation"
_PREFERENCE = (
    CELLS,
    CROSS_FITTED,
    PARTIALLY_LINEAR,
    DOUBLY_ROBUST,
    _LOGISTIC,
    REGRESSION,
    STANDARDISATION,
    FRONT_DOOR,
    FORMULA,
    TWO_STAGES,
)
_WITHOUT_COVARIATES = (FRONT_DOOR, FORMULA, TWO_STAGES)
_SEED = 0  # of the draws for the formula's interval, so that it is always the same


def unadjusted_estimate(data: Columns, question: Question) -> Estimate:
    """The observed association, adjusted for nothing; with the mean of each arm if the exposure is binary."""
    found = regression(data, replace(question, covariates=()))
    found = replace(found, method=UNADJUSTED, assumption="", note="not adjusted")
    x, y = data[question.exposure], data[question.outcome]
    if not question.arms and not is_binary(x):
        return found
    weights = row_weights(data, question)
    means = tuple(float(np.average(y[x == arm], weights=weights[x == arm])) for arm in (0, 1))
    return replace(found, means=(means[0], means[1]))


def methods_of(
    identification: Identification, binary: bool, adjustable: bool, cells: bool = False
) -> dict[str, Method]:
    """Every method that applies and takes a moment, by the name of its estimate.

    Args:
        binary: Whether the exposure has arms.
        adjustable: Whether there is an adjustment set.
        cells: Whether the covariates' cells have enough rows.
    """
    methods: dict[str, Method] = {}
    if adjustable:
        methods |= ({CELLS: by_cells} if cells else {}) | (METHODS if binary else {REGRESSION: regression})
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


def method_named(name: str, identification: Identification) -> Method:
    """The method that gives the estimate of a name."""
    slow: dict[str, Method] = {CROSS_FITTED: cross_fitted, PARTIALLY_LINEAR: partially_linear}
    return (slow | methods_of(identification, True, True, True))[name]


def estimates_of(
    data: Columns, identification: Identification, question: Question, adjustable: bool
) -> tuple[tuple[Estimate, ...], dict[str, str]]:
    """Every estimate that applies; and why the others failed, by the name of the method."""
    estimates, failures = [], {}
    has_arms = bool(question.arms) or is_binary(data[question.exposure])
    cells = adjustable and has_arms and cells_apply(data, question)
    for name, method in methods_of(identification, has_arms, adjustable, cells).items():
        try:
            estimates.append(method(data, question_for(name, question)))
        except EstimateError as error:
            failures[name] = str(error)
    return tuple(estimates), failures


def question_for(method: str, question: Question) -> Question:
    """The question as a method takes it: the front door, the formula and instruments do without the adjustment set."""
    return replace(question, covariates=()) if method in _WITHOUT_COVARIATES else question


def headline_of(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """The estimate to quote, by a rule that does not look at the estimates; None if there is none.

    Among the estimates that are finite and without a caveat, the first of these:

    1. standardisation over cells, which is there if the covariates have at most 200 combinations of values with at
       least five rows in each arm: the printed formula itself;
    2. a cross-fitted estimate, which is there if tests for bends contradict straight lines at the 1 % level
       (Chernozhukov and others 2018);
    3. doubly robust (Robins, Rotnitzky and Zhao 1994), with logistic models for an outcome of 0 and 1;
    4. logistic standardisation: where propensity scores can't be used, it respects the range of the outcome;
    5. regression, standardisation, the front door, the formula, two-stage least squares.

    Weighting is never quoted: where it is the only one, the others failed for a reason.
    """
    quotable = {_rank_name(one): one for one in estimates if not one.caveat and np.isfinite([one.low, one.high]).all()}
    return next((quotable[name] for name in _PREFERENCE if name in quotable), None)


def _rank_name(one: Estimate) -> str:
    return _LOGISTIC if one.method == STANDARDISATION and one.assumption in (LOGISTIC, SHARED) else one.method


def effects_on_arms(
    data: Columns, question: Question, estimates: tuple[Estimate, ...]
) -> tuple[Estimate | None, Estimate | None]:
    """The effect on the rows without the exposure and on those with it, over cells if these apply, else with the caveat
    of the doubly robust estimate; None if there is no such estimate."""
    if any(one.method == CELLS for one in estimates):
        names = (ON_UNTREATED, ON_TREATED)
        return cells_on_arm(names[0], data, question, 0), cells_on_arm(names[1], data, question, 1)
    overall = next((one for one in estimates if one.method == DOUBLY_ROBUST), None)
    if overall is None:
        return None, None
    untreated, treated = (replace(effect_on_arm(data, question, arm), caveat=overall.caveat) for arm in (0, 1))
    return untreated, treated


def overlap_of(data: Columns, question: Question) -> tuple[float | None, list[str]]:
    """The share of rows with poor overlap, and notes, in sentences; None if nothing is adjusted for or the exposure is
    not binary."""
    if not question.covariates or not (question.arms or is_binary(data[question.exposure])):
        return None, []
    scores, share = overlap(data, question)
    nodes = dict.fromkeys(name.split(" = ")[0] for name in question.covariates)  # a category has an indicator each
    names = ", ".join(nodes)
    if len(question.arms) > 2:
        return share, []
    if is_separable(data[question.exposure], scores):
        verb = "separates" if len(nodes) == 1 else "separate"
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
    unconditional = next(
        (one.node for one in identification.instruments[:1] if not one.given and one.node in data), None
    )
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
    """Whether a column ``[N]`` has no other values than 0 and 1."""
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
