"""What a predicted frame costs: floating point operations and milliseconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.models.protocols import Neural, WorldModel
from core.results import Result, provenance

_RUNS = 5


@dataclass(frozen=True)
class CostProtocol:
    """What is measured: the prediction of ``horizon`` frames from ``context`` frames by ``model``, timed ``runs``
    times."""

    model: str
    context: int
    horizon: int
    runs: int = _RUNS


@dataclass(frozen=True)
class Cost(Result):
    """Cost of one predicted frame, the encoding of the context included.

    Attributes:
        flops: Counted in the network (a multiply-add is two); 0 for a model without one.
        milliseconds: Median of the runs on this machine.
        parameters: Of the network.
    """

    kind: ClassVar[str] = "cost"
    protocol: CostProtocol
    flops: float
    milliseconds: float
    parameters: int


def measure_cost(model: WorldModel, context: np.ndarray, horizon: int) -> Cost:
    """Cost of predicting one clip from ``context uint8 [T, H, W, 3]``."""
    parameters = sum(p.numel() for p in model.network.parameters()) if isinstance(model, Neural) else 0
    flops, milliseconds = measure_flops(model, context, horizon), _median_ms(model, context, horizon) / horizon
    protocol = CostProtocol(model.name, len(context), horizon)
    return Cost(protocol, flops, milliseconds, parameters, provenance=provenance("core.evaluation.cost.measure_cost"))


def measure_flops(model: WorldModel, context: np.ndarray, horizon: int) -> float:
    """Operations of one predicted frame, counted in the network, from a context ``uint8 [T, H, W, 3]``; 0 for a model
    without a network."""
    if not isinstance(model, Neural):
        return 0.0
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model.predict(context[None], horizon)
    return counter.get_total_flops() / horizon


def _median_ms(model: WorldModel, context: np.ndarray, horizon: int) -> float:
    times = []
    for _ in range(_RUNS + 1):  # the first one warms up
        began = time.perf_counter()
        model.predict(context[None], horizon)
        times.append(time.perf_counter() - began)
    return 1e3 * float(np.median(times[1:]))
