"""All ways in which one unit can have come about, and would have come out: worked out without a draw.

A threshold's own part lies evenly in a range, so that its chance under other causes has a closed form, and each
threshold node that can come out either way doubles the ways. What else is additive follows from its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift, by_node
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, Threshold
from core.causal.scm.model import Model, Units

_MOST = 4_096
_NEVER = 1e-12  # a chance that is rounding
Columns = dict[str, np.ndarray]


def possible_worlds(model: Model, seen: Mapping[str, float]) -> Units | None:
    """All ways in which what was not seen of a unit can have been.

    Args:
        seen: Values of some nodes.

    Returns:
        A row for each way, weighted by how likely it is, with the parts of additive nodes as its noise: no row where
        nothing fits. None where there is no closed form (a choice among kinds, or a node that was not seen and has
        many values), or too many ways.
    """
    if any(isinstance(one, Categorical) for one in model.mechanisms.values()):
        return None
    values: Columns = {}
    logs = np.zeros(1)
    for node in model.order:
        mechanism, count = model.mechanisms[node], len(logs)
        if node in seen:
            column = np.full(count, float(seen[node]))
            logs = logs + mechanism.log_density(column, values)  # not a number: no way that fits
        elif isinstance(mechanism, Threshold):
            column, rows, chance = _either(np.broadcast_to(mechanism.expected(values), count))
            values, logs = _of_rows(values, rows), logs[rows] + np.log(chance)
        elif mechanism.scale == 0:
            column = np.broadcast_to(mechanism.value(values, np.zeros(count)), count)
        else:
            return None
        values[node] = column
        fits = np.flatnonzero(logs > -np.inf)
        values, logs = _of_rows(values, fits), logs[fits]
        if len(logs) > _MOST:
            return None
    additive = {node: one for node, one in model.mechanisms.items() if isinstance(one, Additive)}
    rng = np.random.default_rng(0)  # additive parts are known: nothing is drawn
    noise = {node: one.abduct(values[node], values, rng) for node, one in additive.items()}
    return Units(values, noise, np.exp(logs - logs.max(initial=-np.inf)) if len(logs) else logs)


def counterfactual_worlds(model: Model, units: Units, interventions: Sequence[Intervention]) -> Units | None:
    """What would have become of a unit in each way that it can have come about.

    Args:
        units: One unit of which all was seen, as ``Model.abduct`` gives it, or the ways in which one can have come
            about, as ``ways_seen`` gives them.
        interventions: What is done to it.

    Returns:
        A row for each way, weighted by how likely it is; no noise. None where there is no closed form (a choice among
        kinds, or a node that listens to something else with a noise of another kind), or too many ways.

    Raises:
        GraphError, MechanismError: As ``Model.play``.
    """
    doing = by_node(model.graph, interventions)
    if any(isinstance(one, Categorical) for one in model.mechanisms.values()):
        return None
    values: Columns = {}
    origin = np.arange(len(units))  # which way of coming about each row is of
    weights = np.ones(len(units)) if units.weights is None else units.weights
    for node in model.order_under(doing):
        done = doing.get(node)
        if not _is_closed(model.mechanisms[node], done):
            return None
        chance = _chance(model.mechanisms[node], node, done, units, origin, values)
        if chance is not None:
            column, rows, share = _either(chance)
            values, origin, weights = _of_rows(values, rows), origin[rows], weights[rows] * share
        elif isinstance(done, Do):
            column = np.full(len(origin), float(done.value))
        else:
            mechanism = done.mechanism if isinstance(done, ReplaceMechanism) else model.mechanisms[node]
            noise = units.noise[node][origin] if node in units.noise else np.zeros(len(origin))
            column = np.broadcast_to(mechanism.value(values, noise), len(origin))
        if len(origin) > _MOST:
            return None
        values[node] = column + done.by if isinstance(done, Shift) else column
    return Units(values, {}, weights)


def _is_closed(own: Mechanism, done: Intervention | None) -> bool:
    if not isinstance(done, ReplaceMechanism):
        return True
    new = done.mechanism
    if isinstance(new, Additive):
        return new.scale == 0 or new.noise_kind == own.noise_kind
    return isinstance(new, Threshold)


def _chance(
    own: Mechanism, node: str, done: Intervention | None, units: Units, origin: np.ndarray, values: Columns
) -> np.ndarray | None:
    """The chance of 1 in each row; None for what is no chance."""
    if isinstance(done, Randomise):
        return np.full(len(origin), float(done.chance))
    now = done.mechanism if isinstance(done, ReplaceMechanism) else own
    if isinstance(done, Do) or not isinstance(now, Threshold):
        return None
    if not isinstance(own, Threshold):  # its noise is drawn anew
        return np.broadcast_to(now.expected(values), len(origin))
    had = own.expected({parent: units.values[parent][origin] for parent in own.parents})
    return np.broadcast_to(still(units.values[node][origin], had, now.expected(values)), len(origin))


def still(value: np.ndarray, had: np.ndarray, now: np.ndarray) -> np.ndarray:
    """The chance of 1 under other causes, for units of a threshold that had this value under theirs: their noise lies
    evenly below the chance they ``had`` where the value is 1, and evenly above it where it is 0."""
    with np.errstate(all="ignore"):
        return np.where(np.asarray(value) > 0.5, np.minimum(now / had, 1), np.maximum((now - had) / (1 - had), 0))


def _either(chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both ways in which a chance can fall: what it then is, of which row each is, and how likely. Where the chance is
    not a number there is one way, and it is none either."""
    no, yes = np.flatnonzero(chance < 1 - _NEVER), np.flatnonzero(~(chance <= _NEVER))
    column = np.concatenate([np.zeros(len(no)), np.where(np.isnan(chance[yes]), np.nan, 1.0)])
    return column, np.concatenate([no, yes]), np.concatenate([1 - chance[no], np.nan_to_num(chance[yes], nan=1)])


def _of_rows(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> Columns:
    return {name: column[rows] for name, column in columns.items()}
