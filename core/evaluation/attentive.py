"""The attentive probe: a few learned questions put to all tokens of a clip, and a small network that answers.

As V-JEPA is judged (Bardes et al. 2024, section 4): mean pooling underrates representations made of tokens. The
representation stays frozen; every one is told where its tokens are, so that none has to carry that itself. A question
that is the same for every clip needs no matrices of keys and values: they are absorbed by the question and the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.models.masked import sines

_PLACE, _QUESTIONS, _HIDDEN = 48, 8, 64
_STEPS, _BATCH, _RATE, _DECAY = 400, 64, 3e-3, 1e-2


class AttentiveProbe(nn.Module):
    """Tokens ``[B, T, N, D]`` to ``answers`` numbers for a clip."""

    def __init__(self, steps: int, cells: int, dim: int, answers: int) -> None:
        super().__init__()
        self.register_buffer("place", sines(steps, round(cells**0.5), _PLACE))  # [T * N, _PLACE]
        self.what = nn.Linear(dim, _QUESTIONS, bias=False)
        self.where = nn.Linear(_PLACE, _QUESTIONS, bias=False)
        found = _QUESTIONS * (dim + _PLACE)
        self.answer = nn.Sequential(
            nn.LayerNorm(found), nn.Linear(found, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, answers)
        )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        rows = tokens.flatten(1, 2)
        weight = (self.what(rows) + self.where(self.place)).softmax(dim=1).transpose(1, 2)  # [B, questions, T * N]
        return self.answer(torch.cat([weight @ rows, weight @ self.place], dim=2).flatten(1))


@dataclass(frozen=True)
class Fitted:
    """A probe with the units of the tokens that it was fitted to."""

    probe: AttentiveProbe
    mean: torch.Tensor
    scale: torch.Tensor

    @torch.inference_mode()
    def __call__(self, tokens: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to ``[B, answers]``."""
        parts = torch.from_numpy(tokens).split(_BATCH)
        return torch.cat([self.probe((part.float() - self.mean) / self.scale) for part in parts]).numpy()


def fit_attentive(tokens: np.ndarray, goals: np.ndarray, seed: int, steps: int = _STEPS) -> Fitted:
    """Fit a probe to frozen tokens.

    Args:
        tokens: ``[B, T, N, D]``.
        goals: Classes, ``int64 [B]``; or numbers, ``float32 [B, A]``, whose squared error is made small.
        seed: Of the first weights and of the order.
        steps: Of training.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    rows, wanted = torch.from_numpy(tokens), torch.from_numpy(goals)
    mean, scale = _units(rows)
    classes = wanted.dtype == torch.int64
    probe = AttentiveProbe(*tokens.shape[1:], int(wanted.max()) + 1 if classes else wanted.shape[1])
    loss = nn.functional.cross_entropy if classes else nn.functional.mse_loss
    optimiser = torch.optim.AdamW(probe.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, steps)
    for _ in range(steps):
        chosen = torch.randint(len(rows), (min(_BATCH, len(rows)),), generator=generator)
        optimiser.zero_grad()
        loss(probe((rows[chosen].float() - mean) / scale), wanted[chosen]).backward()
        optimiser.step()
        schedule.step()
    return Fitted(probe.eval(), mean, scale)


def _units(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of each dimension, ``[D]``; of few clips if there are many."""
    few = rows[:: max(1, len(rows) // 256)].float()
    return few.mean(dim=(0, 1, 2)), few.std(dim=(0, 1, 2)) + 1e-6
