"""Where the compute goes: how much of the loss, of the gradient and of the operations each part of a clip takes.

For a clip whose truth is known, every pixel of every coming frame belongs to a ball, to its shadow or to the
background. The arms are asked for the same frames; a token of the latent arm belongs to what it shows, in shares.

- Loss: the squared error of what is predicted, summed over a region.
- Gradient: the squared norm of the gradient that a region's loss alone sends to the arm's weights, as a share of the
  sum of the regions' norms (the gradients of two regions may point in opposite directions).
- Operations: convolutions spend the same on every pixel, whatever it shows, so a region's share of them is its area;
  the operations themselves differ between the arms.

The terms that keep a JEPA from collapsing belong to no place and are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from core.clip import Clip
from core.evaluation.cost import measure_flops
from core.models.forecast.trunk import Trunk
from core.models.protocols import Attributable
from core.models.tensors import as_tensor
from core.worlds.stage.regions import REGIONS, regions_of


@dataclass(frozen=True)
class Shares:
    """What one arm spends where; the shares are by region, in the order of ``REGIONS``, and sum to 1.

    Attributes:
        area: Share of the predicted pixels, and so of the operations.
        loss: Share of the squared error.
        gradient: Share of the gradient's energy.
        flops: Operations of one predicted frame.
        loss_map: Share of the loss at each place, ``float32 [h, w]``.
        gradient_map: Share of the energy of the gradient with respect to its trunk's output, ``[8, 8]``.
    """

    name: str
    area: np.ndarray
    loss: np.ndarray
    gradient: np.ndarray
    flops: float
    loss_map: np.ndarray
    gradient_map: np.ndarray


def compute_shares(model, clip: Clip, context: int, horizon: int) -> Shares:
    """Measure one arm on one clip.

    Args:
        model: A learned arm: a pixel or a JEPA predictor.
        clip: With truth, at the model's size.

    Raises:
        ValueError: The clip has no truth, or is too short, or the model has no network to look into.
    """
    if clip.truth is None:
        raise ValueError("Nobody knows which pixels of this film show an object, so its compute can't be split.")
    if len(clip.frames) < context + horizon:
        raise ValueError(f"The clip has {len(clip.frames)} frames; {context + horizon} are needed.")
    if not isinstance(model, Attributable):
        raise ValueError(f"{model.title} has no network to look into.")
    regions = regions_of(clip.truth, model.size)[context : context + horizon]
    with _watched(model.network) as ahead:
        errors = model.squared_errors(as_tensor(clip.frames[None, : context + horizon]), context)  # [horizon, h, w]
    cover = _cover(regions, errors.shape[-1])  # [R, horizon, h, w]
    parts = (cover * errors).sum(dim=(1, 2, 3))  # [R]
    weights = list(model.network.parameters())
    energy = []  # of each region
    for part in parts:
        gradients = torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True)
        energy.append(sum(float(g.square().sum()) for g in gradients if g is not None))
    at_trunk = torch.autograd.grad(parts.sum(), ahead, allow_unused=True)
    gradient_map = sum(g.square().sum(dim=(0, 1)) for g in at_trunk if g is not None).numpy()  # [8, 8]
    loss_map = errors.detach().sum(dim=0).numpy()
    area = np.array([(regions == r).mean() for r in range(len(REGIONS))])
    return Shares(
        model.name, area, _share(parts.detach().numpy()), _share(np.array(energy)),
        measure_flops(model, clip.frames[:context], horizon), _share(loss_map), _share(gradient_map),
    )  # fmt: skip


@contextmanager
def _watched(network: torch.nn.Module) -> Iterator[list[torch.Tensor]]:
    """Everything that the network's trunk gives, step by step, each ``[1, M, 8, 8]``."""
    given: list[torch.Tensor] = []
    trunk = next(part for part in network.modules() if isinstance(part, Trunk))
    here = threading.get_ident()  # the network is shared: another visitor's forward pass must not get in

    def keep(module, inputs, output) -> None:
        if threading.get_ident() == here:
            given.append(output[0])

    hook = trunk.register_forward_hook(keep)
    try:
        yield given
    finally:
        hook.remove()


def _cover(regions: np.ndarray, side: int) -> torch.Tensor:
    """How much of each cell of a grid belongs to each region, ``[R, T, side, side]``.

    A token is centred on the upper left corner of its place in the grid (three strided convolutions, each padded by one
    on both sides), so a coarse grid is laid half a cell up and to the left.
    """
    size, block = regions.shape[-1], regions.shape[-1] // side
    half = block // 2
    laid = np.pad(regions, ((0, 0), (half, 0), (half, 0)), mode="edge")[:, :size, :size]
    cells = laid.reshape(len(regions), side, block, side, block)
    return torch.from_numpy(np.stack([(cells == r).mean(axis=(2, 4)) for r in range(len(REGIONS))])).float()


def _share(values: np.ndarray) -> np.ndarray:
    total = values.sum()
    return values / total if total > 0 else np.full_like(values, np.nan)
