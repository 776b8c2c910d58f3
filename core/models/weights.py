"""Weights of networks: drawn from a seed, or read from a file. Neither touches the global state of torch.

A network that is read is built on the ``meta`` device, where its weights take no memory and nothing is drawn, and is
filled from the file. A network that starts to learn, and a null, is filled by ``draw_weights`` from one generator, in
the order in which its layers are built: the same seed gives the same weights, whatever other threads do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from core.models.store import load_arrays

Network = TypeVar("Network", bound=nn.Module)


class _DrawFrom(TorchDispatchMode):
    """Every operation of this thread that draws numbers takes them from one generator."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if any(argument.name == "generator" for argument in operation._schema.arguments):
            kwargs.setdefault("generator", self._generator)
        return operation(*args, **kwargs)


def draw_weights(build: Callable[[], Network], generator: torch.Generator) -> Network:
    """A network with random weights, as its layers draw them.

    Args:
        build: Makes the network.
        generator: Every weight is drawn from it, in the order of the layers.
    """
    with _DrawFrom(generator):
        return build()


def weights_from_seed(build: Callable[[], Network], seed: int) -> Network:
    """A network with the random weights of a seed."""
    return draw_weights(build, torch.Generator().manual_seed(seed))


def load_weights(build: Callable[[], Network], folder: Path) -> Network:
    """A network with the weights of ``weights.safetensors``, ready for use.

    Args:
        build: Makes the network; its weights do not matter.
        folder: Of the model.

    Raises:
        ValueError: The weights are missing, damaged or of another shape.
    """
    arrays = load_arrays(folder)
    with torch.device("meta"):
        network = build()
    kinds = {name: tensor.dtype for name, tensor in network.state_dict().items()}
    tensors = {name: _copied(array, kinds.get(name)) for name, array in arrays.items()}
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise ValueError(f"The weights of {folder.name} do not fit its config.json; train it again.") from error
    return network.eval()


def _copied(array: np.ndarray, kind: torch.dtype | None) -> torch.Tensor:
    """An array as a tensor of a type; of its own, where the network does not know its name."""
    tensor = torch.from_numpy(array)
    return tensor.to(kind or tensor.dtype, copy=True)
