"""How the events in clips are read from a representation: by an attentive probe and by the nearest labelled clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.evaluation.recognition_data import LabelledClips
from core.evaluation.recognition_result import Accuracy, Scores
from core.metrics import explained, interval
from core.worlds.stage.events import EVENTS

_NEIGHBOURS = 10
_BATCH = 32
_SIDEWAYS = 0.05  # frame widths per second; a slower ball has no direction


@dataclass(frozen=True)
class Answers:
    """For each test clip, whether its event was recognised, ``right bool [B]``, and the ``motion [B, 2]`` read."""

    right: np.ndarray
    motion: np.ndarray


def labelled(events: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Indices of the clips that have labels: as many of each event, at least one. ``events int64 [B]``."""
    rng = np.random.default_rng([seed, 5])
    chosen = [rng.permutation(np.flatnonzero(events == one)) for one in np.unique(events)]
    return np.concatenate([rows[: max(1, round(share * len(rows)))] for rows in chosen])


def read_by_probe(
    known: np.ndarray, events: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: LabelledClips, seed: int
) -> Answers:
    """What attentive probes read of test clips, fitted to the tokens of labelled clips.

    Args:
        known: Tokens of the labelled clips, ``[A, T, N, D]``.
        events, motion: Their events ``int64 [A]`` and the motion of their red ball ``[A, 2]``, as in ``LabelledClips``.
        unknown: Tokens of the test clips, ``[B, T, N, D]``.
        test: The test clips.
        seed: Of the probes.
    """
    from core.evaluation.attentive import fit_attentive

    right = fit_attentive(known, events, seed)(unknown).argmax(axis=1) == test.events
    mean, scale = motion.mean(axis=0), motion.std(axis=0) + 1e-6
    read = fit_attentive(known, (motion - mean) / scale, seed)(unknown) * scale + mean
    return Answers(right, read)


def read_by_neighbours(
    known: np.ndarray, events: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: LabelledClips
) -> Answers:
    """What the nearest labelled clips say of test clips; arguments, with tokens ``[B, T, N, D]``, as for
    ``read_by_probe``."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    count, rows, test_rows = min(_NEIGHBOURS, len(events) // len(EVENTS)), _pooled(known), _pooled(unknown)
    event = KNeighborsClassifier(count, weights="distance").fit(rows, events).predict(test_rows)
    read = KNeighborsRegressor(count, weights="distance").fit(rows, motion).predict(test_rows)
    return Answers(event == test.events, read)


def scores_of(answers: Sequence[Answers], test: LabelledClips) -> Scores:
    """The scores of one method over its seeds."""
    right = np.array([one.right for one in answers], float)  # [S, B]
    read, sideways = np.array([one.motion for one in answers]), np.abs(test.motion[:, 0]) > _SIDEWAYS  # [S, B, 2]
    toward = (np.sign(read[..., 0]) == np.sign(test.motion[:, 0])).mean(axis=0)
    missed = np.square(read[..., 1] - test.motion[:, 1]).mean(axis=0)
    spread = np.square(test.motion[:, 1] - test.motion[:, 1].mean())
    return Scores(
        Accuracy(**asdict(interval(right.mean(axis=0))), seeds=tuple(right.mean(axis=1).tolist())),
        interval(toward[sideways]),
        explained(missed, spread),
    )


def encode(model, frames: np.ndarray) -> np.ndarray:
    """Tokens ``float16 [B, T, N, D]`` of many clips ``uint8 [B, 16, 64, 64, 3]``."""
    parts = [model.encode(frames[i : i + _BATCH]).astype(np.float16) for i in range(0, len(frames), _BATCH)]
    return np.concatenate(parts)


def _pooled(tokens: np.ndarray) -> np.ndarray:
    """Means over the frame at each time, joined and scaled to length 1: ``[B, T, N, D]`` to ``[B, E]``."""
    rows = tokens.astype(np.float32).mean(axis=2).reshape(len(tokens), -1)
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
