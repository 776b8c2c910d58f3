"""All ways in which one unit may have come about, and its counterfactual in each: exact, without samples.

The noise of a threshold is uniform in a range, so that its chance under other causes has a closed form; each threshold
node that may be 0 or 1 doubles the number of ways. Additive nodes follow from their noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift, by_node
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, Threshold
from core.causal.scm.model import Model, Units

_MAX_WAYS = 4_096
_NEVER = 1e-12  # smaller chances are rounding errors
Columns = dict[str, np.ndarray]


def possible_worlds(model: Model, seen: Mapping[str, float]) -> Units | None:
    """Returns all ways in which a unit may have come about.

    Args:
        model: The model.
        seen: The known values of some nodes.

    Returns:
        A row for each way, weighted by its likelihood, with the noise of the additive nodes; no row if nothing fits.
        None if there is no closed form (a choice, or an unknown node with many values), or if there are too many ways.
    """
    if any(isinstance(one, Categorical) for one in model.mechanisms.values()):
        return None
    values: Columns = {}
    logs = np.zeros(1)
    for node in model.order:
        mechanism, count = model.mechanisms[node], len(logs)
        if node in seen:
            column = np.full(count, float(seen[node]))
            logs = logs + mechanism.log_density(column, values)  # NaN: this way does not fit
        elif isinstance(mechanism, Threshold):
            column, rows, chance = _either(np.broadcast_to(mechanism.expected(values), count))
            values, logs = _of_rows(values, rows), logs[rows] + np.log(chance)
        elif isinstance(mechanism, Additive) and mechanism.scale == 0:
            column = np.broadcast_to(mechanism.value(values, np.zeros(count)), count)
        else:
            return None
        values[node] = column
        fits = np.flatnonzero(logs > -np.inf)
        values, logs = _of_rows(values, fits), logs[fits]
        if len(logs) > _MAX_WAYS:
            return None
    additive = {node: one for node, one in model.mechanisms.items() if isinstance(one, Additive)}
    rng = np.random.default_rng(0)  # the noise of additive nodes is known: nothing is drawn
    noise = {node: one.abduct(values[node], values, rng) for node, one in additive.items()}
    return Units(values, noise, np.exp(logs - logs.max(initial=-np.inf)) if len(logs) else logs)


def counterfactual_worlds(model: Model, units: Units, interventions: Sequence[Intervention]) -> Units | None:
    """Returns the counterfactual of a unit in each way in which it may have come about.

    Args:
        model: The model.
        units: One fully observed unit, as ``Model.abduct`` gives it, or the ways from ``possible_worlds``.
        interventions: What changes.

    Returns:
        A row for each way, weighted by its likelihood; no noise. None if there is no closed form (a choice, or a
        replaced mechanism with noise of another kind), or if there are too many ways.

    Raises:
        GraphError, MechanismError: As ``Model.simulate``.
    """
    changes = by_node(model.graph, interventions)
    if any(isinstance(one, Categorical) for one in model.mechanisms.values()):
        return None
    values: Columns = {}
    origin = np.arange(len(units))  # the row of ``units`` that each row comes from
    weights = np.ones(len(units)) if units.weights is None else units.weights
    for node in model.order_under(changes):
        change = changes.get(node)
        if not _has_closed_form(model.mechanisms[node], change):
            return None
        chance = _chance(model.mechanisms[node], node, change, units, origin, values)
        if chance is not None:
            column, rows, share = _either(chance)
            values, origin, weights = _of_rows(values, rows), origin[rows], weights[rows] * share
        elif isinstance(change, Do):
            column = np.full(len(origin), float(change.value))
        else:
            mechanism = change.mechanism if isinstance(change, ReplaceMechanism) else model.mechanisms[node]
            noise = units.noise[node][origin] if node in units.noise else np.zeros(len(origin))
            column = np.broadcast_to(mechanism.value(values, noise), len(origin))
        if len(origin) > _MAX_WAYS:
            return None
        values[node] = column + change.by if isinstance(change, Shift) else column
    return Units(values, {}, weights)


def _has_closed_form(own: Mechanism, change: Intervention | None) -> bool:
    if not isinstance(change, ReplaceMechanism):
        return True
    new = change.mechanism
    if isinstance(new, Additive):
        return new.scale == 0 or new.noise_kind == own.noise_kind
    return isinstance(new, Threshold)


def _chance(
    own: Mechanism, node: str, change: Intervention | None, units: Units, origin: np.ndarray, values: Columns
) -> np.ndarray | None:
    """Returns the chance of 1 in each row; None for a node whose value is certain."""
    if isinstance(change, Randomise):
        return np.full(len(origin), float(change.chance))
    now = change.mechanism if isinstance(change, ReplaceMechanism) else own
    if isinstance(change, Do) or not isinstance(now, Threshold):
        return None
    if not isinstance(own, Threshold):  # new noise is drawn
        return np.broadcast_to(now.expected(values), len(origin))
    had = own.expected({parent: units.values[parent][origin] for parent in own.parents})
    return np.broadcast_to(chance_after_abduction(units.values[node][origin], had, now.expected(values)), len(origin))


def chance_after_abduction(value: np.ndarray, had: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Returns the chance of 1 under other causes, for units of a threshold with a known value: their noise is uniform
    below the chance they ``had`` if the value is 1, and uniform above it if the value is 0. All arrays are ``[N]``,
    chances from 0 to 1."""
    with np.errstate(all="ignore"):
        return np.where(np.asarray(value) > 0.5, np.minimum(now / had, 1), np.maximum((now - had) / (1 - had), 0))


def _either(chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns both outcomes of a chance: the values, the rows they belong to, and their probabilities. A chance of NaN
    has one outcome, NaN."""
    no, yes = np.flatnonzero(chance < 1 - _NEVER), np.flatnonzero(~(chance <= _NEVER))
    column = np.concatenate([np.zeros(len(no)), np.where(np.isnan(chance[yes]), np.nan, 1.0)])
    return column, np.concatenate([no, yes]), np.concatenate([1 - chance[no], np.nan_to_num(chance[yes], nan=1)])


def _of_rows(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> Columns:
    return {name: column[rows] for name, column in columns.items()}
