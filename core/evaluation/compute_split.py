"""Where the compute goes: the share of the loss, of the gradient and of the operations that each region takes.

In a clip with truth, every pixel of every future frame belongs to a ball, to its shadow or to the background. Both arms
predict the same frames; a token of the latent arm belongs to the regions that it shows, in shares.

- Loss: the squared error of the prediction, summed over a region.
- Gradient: the squared norm of the gradient that the loss of a region alone sends to the arm's weights, as a share of
  the sum over regions (the gradients of two regions may point in opposite directions).
- Operations: convolutions cost the same for every pixel, so the share of a region is its area; the number of operations
  differs between the arms.

The anti-collapse terms of a JEPA belong to no region and are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

import numpy as np
import torch

from core.clip import Clip
from core.evaluation.cost import measure_flops
from core.models.forecast.trunk import Trunk
from core.models.protocols import Attributable
from core.models.tensors import as_tensor
from core.readouts.registry import readout_of
from core.results import Finding, Floats, Result, Singles, provenance
from core.wording import percent
from core.worlds.stage.regions import REGIONS


@dataclass(frozen=True)
class SplitProtocol:
    """Which model predicts ``horizon`` frames from ``context`` frames of which clip (``seed``)."""

    model: str
    clip: str
    seed: int
    context: int
    horizon: int


@dataclass(frozen=True)
class ComputeSplit(Result):
    """What one arm spends where; the shares by region are in the order of ``REGIONS`` and sum to 1.

    Attributes:
        area: Share of the predicted pixels, and so of the operations, ``[3]``.
        loss: Share of the squared error, ``[3]``.
        gradient: Share of the squared norm of the gradient, ``[3]``.
        flops: Operations of one predicted frame.
        loss_map: Share of the loss at each place, ``[h, w]``.
        gradient_map: Share of the squared norm of the gradient with respect to the output of the trunk, ``[8, 8]``.
    """

    kind: ClassVar[str] = "compute split"
    protocol: SplitProtocol
    area: Floats
    loss: Singles
    gradient: Floats
    flops: float
    loss_map: Singles
    gradient_map: Singles


def split_compute(model, clip: Clip, context: int, horizon: int) -> ComputeSplit:
    """Where the compute of one arm goes in one clip.

    Args:
        model: A learned arm, whose network predicts with a ``Trunk``.
        clip: With truth, at the model's size.
        context: Frames shown.
        horizon: Frames predicted.

    Raises:
        ValueError: The clip has no truth or is too short, or the model has no network or no trunk in it.
    """
    readout = readout_of(clip)
    if readout is None or clip.truth is None:
        raise ValueError("The compute cannot be split: it is not known which pixels of this clip show an object.")
    if len(clip.frames) < context + horizon:
        raise ValueError(f"The clip has {len(clip.frames)} frames; {context + horizon} are needed.")
    has_network = isinstance(model, Attributable)
    if not has_network:
        raise ValueError(f"{model.title} has no network, so its compute cannot be split.")
    trunk = next((part for part in model.network.modules() if isinstance(part, Trunk)), None)
    if trunk is None:
        raise ValueError(f"The network of {model.title} has no trunk, so its compute cannot be split by place.")
    regions = readout.region_map(clip, model.size)[context : context + horizon]
    with _recorded(trunk) as outputs:
        errors = model.squared_errors(as_tensor(clip.frames[None, : context + horizon]), context)  # [horizon, h, w]
    cover = _cover(regions, errors.shape[-1])  # [R, horizon, h, w]
    parts = (cover * errors).sum(dim=(1, 2, 3))  # [R]
    weights = list(model.network.parameters())
    energy = []  # of each region
    for part in parts:
        gradients = torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True)
        energy.append(sum(float(g.square().sum()) for g in gradients if g is not None))
    at_trunk = torch.autograd.grad(parts.sum(), outputs, allow_unused=True)
    gradient_map = reduce(torch.add, (g.square().sum(dim=(0, 1)) for g in at_trunk if g is not None)).numpy()  # [8, 8]
    loss_map = errors.detach().sum(dim=0).numpy()
    area = np.array([(regions == r).mean() for r in range(len(REGIONS))])
    return ComputeSplit(
        SplitProtocol(model.name, clip.source, clip.truth.seed, context, horizon),
        area,
        _share(parts.detach().numpy()),
        _share(np.array(energy)),
        measure_flops(model, clip.frames[:context], horizon),
        _share(loss_map),
        _share(gradient_map),
        provenance=provenance("core.evaluation.compute_split.split_compute"),
    )


def split_finding(pixel: ComputeSplit, latent: ComputeSplit) -> Finding:
    """How much of the loss of both arms the background takes; the state is ``latent less``, ``pixel less`` or
    ``level`` (their shares round to the same percentage)."""
    still = REGIONS.index("background")
    shares = {"area": pixel.area, "pixel": pixel.loss, "latent": latent.loss}
    numbers = {name: float(values[still]) for name, values in shares.items()}
    a, b = (round(100 * numbers[name]) for name in ("latent", "pixel"))
    state = "latent less" if a < b else "pixel less" if b < a else "level"
    text = (
        f"In this clip the background takes {percent(numbers['area'])} of the operations of both models (by area), "
        f"{b} % of "
        f"the loss of the pixel model and {a} % of the loss of the JEPA."
    )
    return Finding(state, text, numbers)


@contextmanager
def _recorded(trunk: Trunk) -> Iterator[list[torch.Tensor]]:
    """The outputs of a trunk within the block, step by step, each ``[1, M, 8, 8]``."""
    outputs: list[torch.Tensor] = []
    here = threading.get_ident()  # the network is shared: forward passes of other threads do not count

    def keep(module, inputs, output) -> None:
        if threading.get_ident() == here:
            outputs.append(output[0])

    hook = trunk.register_forward_hook(keep)
    try:
        yield outputs
    finally:
        hook.remove()


def _cover(regions: np.ndarray, side: int) -> torch.Tensor:
    """Share of each cell of a grid that belongs to each region, ``[R, T, side, side]``.

    A token is centred on the upper left corner of its place in the grid (three strided convolutions, each padded by one
    on both sides), so a coarse grid is shifted half a cell up and to the left.
    """
    size, block = regions.shape[-1], regions.shape[-1] // side
    half = block // 2
    shifted = np.pad(regions, ((0, 0), (half, 0), (half, 0)), mode="edge")[:, :size, :size]
    cells = shifted.reshape(len(regions), side, block, side, block)
    return torch.from_numpy(np.stack([(cells == r).mean(axis=(2, 4)) for r in range(len(REGIONS))])).float()


def _share(values: np.ndarray) -> np.ndarray:
    total = values.sum()
    return values / total if total > 0 else np.full_like(values, np.nan)
