"""The attentive probe: one learned question put to all tokens of a clip, and a linear answer.

As V-JEPA is judged (Bardes et al. 2024, section 4): mean pooling underrates representations made of tokens. The
representation stays frozen; every one is told where its tokens are, so that none has to carry that itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.models.masked import sines

_WIDTH, _HEADS, _STEPS, _BATCH, _RATE, _DECAY = 64, 4, 400, 64, 2e-3, 1e-2


class AttentiveProbe(nn.Module):
    """Tokens ``[B, T, N, D]`` to ``answers`` numbers for a clip."""

    def __init__(self, steps: int, cells: int, dim: int, answers: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(dim, _WIDTH)
        self.question = nn.Parameter(nn.init.normal_(torch.empty(1, 1, _WIDTH), std=0.02))
        self.norm = nn.LayerNorm(_WIDTH)
        self.attend = nn.MultiheadAttention(_WIDTH, _HEADS, batch_first=True)
        self.answer = nn.Sequential(nn.LayerNorm(_WIDTH), nn.Linear(_WIDTH, answers))
        self.register_buffer("place", sines(steps, round(cells**0.5), _WIDTH))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        rows = self.norm(self.narrow(tokens.flatten(1, 2)) + self.place)
        return self.answer(
            self.attend(self.question.expand(len(rows), -1, -1), rows, rows, need_weights=False)[0][:, 0]
        )


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
    mean, scale = (part.float() for part in (rows.float().mean(dim=(0, 1, 2)), rows.float().std(dim=(0, 1, 2)) + 1e-6))
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
