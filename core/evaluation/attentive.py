"""The attentive probe: learned questions put to the tokens of each moment of a clip, and a small network that answers.

V-JEPA is evaluated in this way (Bardes et al. 2024, section 4), because mean pooling underrates representations that
consist of tokens. The representation stays frozen. The probe receives the place of each token, so that no
representation has to encode it. Unlike in that paper, the questions are put to each moment separately: motion shows
what happens, and not all encoders see more than one moment. Since a question is the same for every clip, it needs no
key and value matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.models.masked.network import sines
from core.models.weights import draw_weights

_PLACE, _QUERIES, _VALUE, _HIDDEN, _DROPPED = 32, 4, 32, 128, 0.3
_PASSES, _FEWEST = 10, 400  # over the labelled clips, and steps at least
_BATCH, _RATE, _DECAY = 64, 3e-3, 1e-2


class AttentiveProbe(nn.Module):
    """Maps the tokens of clips, ``[B, T, N, D]``, to answers ``[B, answers]``."""

    def __init__(self, steps: int, cells: int, dim: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("place", sines(1, round(cells**0.5), _PLACE))  # [N, _PLACE]
        self.what = nn.Linear(dim, _QUERIES, bias=False)
        self.where = nn.Linear(_PLACE, _QUERIES, bias=False)
        self.moment = nn.Linear(dim + _PLACE, _VALUE)
        self.hidden = nn.Linear(steps * _QUERIES * _VALUE, _HIDDEN)
        self.answer = nn.Linear(_HIDDEN, outputs)

    def forward(self, tokens: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Answers ``[B, answers]`` to tokens ``[B, T, N, D]``; a generator, as in training, draws what is dropped."""
        weight = (self.what(tokens) + self.where(self.place)).softmax(dim=2).transpose(2, 3)  # [B, T, questions, N]
        found = torch.cat([weight @ tokens, weight @ self.place], dim=3)
        moments = nn.functional.gelu(self.moment(found)).flatten(1)
        hidden = nn.functional.gelu(self.hidden(_dropped(moments, generator)))
        return self.answer(_dropped(hidden, generator))


def _dropped(values: torch.Tensor, generator: torch.Generator | None) -> torch.Tensor:
    """Dropout whose draws come from a generator; the values as they are without one."""
    if generator is None:
        return values
    kept = torch.empty_like(values).bernoulli_(1 - _DROPPED, generator=generator)
    return values * kept.div_(1 - _DROPPED)


@dataclass(frozen=True)
class Fitted:
    """A fitted probe, with the mean and scale of the tokens that it was fitted to."""

    probe: AttentiveProbe
    mean: torch.Tensor
    scale: torch.Tensor

    @torch.inference_mode()
    def __call__(self, tokens: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to ``[B, answers]``."""
        parts = torch.from_numpy(tokens).split(_BATCH)
        return torch.cat([self.probe((part.float() - self.mean) / self.scale) for part in parts]).numpy()


def fit_attentive(tokens: np.ndarray, goals: np.ndarray, seed: int, steps: int | None = None) -> Fitted:
    """Fit a probe to frozen tokens.

    Args:
        tokens: ``[B, T, N, D]``.
        goals: Classes, ``int64 [B]``; or numbers, ``float32 [B, A]``, whose squared error is minimised.
        seed: Seed of the initial weights, of the order of clips and of dropout.
        steps: Training steps; by default ten passes over the clips, and at least 400.
    """
    order, chance = (torch.Generator().manual_seed(seed) for _ in range(2))  # of clips; of weights and dropout
    rows, targets = torch.from_numpy(tokens), torch.from_numpy(goals)
    mean, scale = _units(rows)
    steps_seen, cells, width = tokens.shape[1:]
    classes = targets.dtype == torch.int64
    outputs = int(targets.max()) + 1 if classes else targets.shape[1]
    probe = draw_weights(lambda: AttentiveProbe(steps_seen, cells, width, outputs), chance)
    loss = nn.functional.cross_entropy if classes else nn.functional.mse_loss
    steps = steps or max(_FEWEST, _PASSES * len(rows) // _BATCH)
    optimiser = torch.optim.AdamW(probe.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, steps)
    for _ in range(steps):
        chosen = torch.randint(len(rows), (min(_BATCH, len(rows)),), generator=order)
        optimiser.zero_grad()
        loss(probe((rows[chosen].float() - mean) / scale, chance), targets[chosen]).backward()
        optimiser.step()
        schedule.step()
    return Fitted(probe.eval(), mean, scale)


def _units(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of each dimension at each place, ``[T, N, D]``, and the deviation from it, ``[D]``; of some of the clips.
    What all clips share at a place does not distinguish them, however large a part of the representation it is."""
    few = rows[:: max(1, len(rows) // 256)].float()
    mean = few.mean(dim=0)
    return mean, (few - mean).std(dim=(0, 1, 2)) + 1e-6
