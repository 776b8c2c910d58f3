"""All ways in which one unit would have come out, and how likely each is: worked out without a draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.causal.interventions import Intervention, Set, Shift
from core.causal.mechanisms import Categorical, Threshold
from core.causal.scm import Model, Units

_MOST = 4_096
_NEVER = 1e-12  # a chance that is rounding


def branches(model: Model, unit: Units, interventions: Sequence[Intervention]) -> Units | None:
    """What would have become of a unit of which all was seen, in each way that it can have come about.

    Additive parts are known; a threshold's part lies evenly in a range, so that its chance under other causes has a
    closed form, and each threshold node that can come out either way doubles the ways.

    Args:
        unit: One unit, as ``Model.abduct`` gives it.
        interventions: What is done to it.

    Returns:
        A row for each way, with its chance as its weight; no noise. None where there is no closed form (a choice among
        kinds, or a node that is left to chance or listens to something else), or too many ways.
    """
    doing = {one.node: one for one in interventions}
    if any(isinstance(one, Categorical) for one in model.mechanisms.values()):
        return None
    if not all(isinstance(one, (Set, Shift)) for one in interventions):
        return None
    values: dict[str, np.ndarray] = {}
    weights = np.ones(1)
    for node in model.order:
        mechanism, done = model.mechanisms[node], doing.get(node)
        if isinstance(done, Set):
            column = np.full(len(weights), float(done.value))
        elif isinstance(mechanism, Threshold):
            chance = np.broadcast_to(mechanism.still(unit.values[node], unit.values, values), len(weights))
            no, yes = np.flatnonzero(chance < 1 - _NEVER), np.flatnonzero(~(chance <= _NEVER))  # no number: as it is
            rows = np.concatenate([no, yes])
            values = {name: earlier[rows] for name, earlier in values.items()}
            weights = np.concatenate([weights[no] * (1 - chance[no]), weights[yes] * np.nan_to_num(chance[yes], nan=1)])
            column = np.concatenate([np.zeros(len(no)), np.where(np.isnan(chance[yes]), np.nan, 1.0)])
        else:
            column = np.broadcast_to(mechanism.value(values, unit.noise[node]), len(weights))
        if len(weights) > _MOST:
            return None
        values[node] = column + done.by if isinstance(done, Shift) else column
    return Units(values, {}, weights)
