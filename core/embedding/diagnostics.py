"""Signs of collapse in a representation: how many directions it uses, and how much of it moves."""

from __future__ import annotations

import numpy as np


def effective_rank(rows: np.ndarray) -> float:
    """Number of directions that ``[N, D]`` rows really use: the exponential of the entropy of the singular values
    (RankMe, Garrido et al. 2023, eps 1e-7), centred, so that a large common mean hides nothing. 1 to D; 0 for rows
    that never differ."""
    centred = rows - rows.mean(axis=0)
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(centred.T.astype(np.float64) @ centred), 0.0))
    if values.sum() < 1e-9:
        return 0.0
    share = values / values.sum() + 1e-7
    return float(np.exp(-(share * np.log(share)).sum()))


def moving_share(latents: np.ndarray) -> np.ndarray:
    """Share of each dimension's variance that lies within clips and not between them: ``[B, T, N, D]`` to ``[D]``.
    About 0 where a dimension tells only what stays the same, as the background does."""
    moving = latents - latents.mean(axis=1, keepdims=True)
    return moving.var(axis=(0, 1, 2)) / np.maximum(latents.var(axis=(0, 1, 2)), 1e-12)
