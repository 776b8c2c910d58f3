"""What frozen representations know of the events in a clip, with few labels and with many.

Every representation is measured in the same way: by an attentive probe, and by its nearest labelled clips.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.evaluation.recognition_data import LabelledClips, draw_labelled
from core.evaluation.upgrades import upgrade_recognition
from core.files import read_json, write_json
from core.metrics import Interval, explained, interval
from core.models.registry import digest_of
from core.results import Result, from_json, provenance, to_json
from core.worlds.stage.events import EVENTS

LABEL_SHARES = (0.01, 0.1, 1.0)
COMMAND = "worldscope evaluate recognition"
_NEIGHBOURS = 10
_BATCH = 32
_SIDEWAYS = 0.05  # frame widths per second; a slower ball has no direction
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class RecognitionProtocol:
    """What is fixed before anything is measured.

    Attributes:
        learn_seed, learn: First seed of the labelled clips, and their number for each event.
        test_seed, test: The same for the test clips, which no model has learnt from.
        seeds: Of the probes and of the choice of labels.
    """

    learn_seed: int = 1_000_000
    learn: int = 1000
    test_seed: int = 2_000_000
    test: int = 100
    seeds: tuple[int, ...] = (0, 1, 2)

    @property
    def seed(self) -> int:
        """First seed of the test clips."""
        return self.test_seed


@dataclass(frozen=True)
class Accuracy(Interval):
    """Share of the clips whose event is recognised: its mean over ``seeds``, which has a value for each seed, and its
    interval over clips. Each event is as frequent as the others, so this is the balanced accuracy."""

    seeds: tuple[float, ...]


@dataclass(frozen=True)
class Scores:
    """What one method reads from a representation.

    Attributes:
        accuracy: Share of the clips whose event is recognised.
        direction: Share of the clips in which the direction of the red ball, left or right, is recognised.
        speed: R² of the mean speed of the red ball.
    """

    accuracy: Accuracy
    direction: Interval
    speed: Interval


@dataclass(frozen=True)
class LabelScores:
    """Scores with one share of the labels, by the attentive ``probe`` and by the nearest labelled clips."""

    probe: Scores
    neighbours: Scores


@dataclass(frozen=True)
class RepresentationScores:
    """Scores of one representation for each of the ``label_shares``; ``weights`` is the digest of what was measured,
    None for a model without weights."""

    title: str
    weights: str | None
    scores: tuple[LabelScores, ...]


@dataclass(frozen=True)
class RecognitionResult(Result):
    """What representations know of the events in a clip.

    Attributes:
        events: Descriptions of the events, by name.
        label_shares: Shares of the labels that the probes learn from.
        chance: Accuracy of a guess.
        models: By name.
    """

    kind: ClassVar[str] = "recognition"
    protocol: RecognitionProtocol
    events: dict[str, str]
    label_shares: tuple[float, ...]
    chance: float
    models: dict[str, RepresentationScores]

    @classmethod
    def upgrade(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2."""
        return upgrade_recognition(data)


@dataclass(frozen=True)
class Answers:
    """For each test clip, whether its event was recognised, ``right bool [B]``, and the ``motion [B, 2]`` read."""

    right: np.ndarray
    motion: np.ndarray


class RawPixels:
    """The clips themselves, as tokens: each tubelet of 2 x 8 x 8 pixels by its principal components."""

    name, title = "raw-pixels", "raw pixels (PCA)"

    def __init__(self, frames: np.ndarray, components: int = 64) -> None:
        from sklearn.decomposition import PCA  # takes a second to import

        self._pca = PCA(components, random_state=0).fit(_tubelets(frames[::4]).reshape(-1, 384))

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """Tokens ``float32 [B, T / 2, 64, components]`` of clips ``uint8 [B, T, 64, 64, 3]``."""
        tubes = _tubelets(frames)  # [B, T / 2, 64, 384]
        return self._pca.transform(tubes.reshape(-1, 384)).reshape(*tubes.shape[:3], -1).astype(np.float32)


def measure_recognition(
    models: Sequence, protocol: RecognitionProtocol, report: Report, kept: Path
) -> RecognitionResult:
    """What the representation of every model, and the raw pixels, know of the events in a clip.

    Args:
        models: With ``name``, ``title`` and ``encode`` from ``uint8 [B, 16, 64, 64, 3]`` to ``[B, T, N, D]``.
        protocol: Which clips, labels and seeds.
        report: Called with the present task and the share of it that is done.
        kept: Folder for the scores of each model, so that a run that was stopped can go on; removed at the end.
    """
    learn = draw_labelled(protocol.learn_seed, protocol.learn, lambda share: report("rendering clips", 0.05 * share))
    test = draw_labelled(
        protocol.test_seed, protocol.test, lambda share: report("rendering clips", 0.05 + 0.05 * share)
    )
    measured = [*models, RawPixels(learn.frames)]
    found = {}
    for index, model in enumerate(measured):

        def progress(share: float, title: str = model.title, before: int = index) -> None:
            report(title, 0.1 + 0.9 * (before + share) / len(measured))

        found[model.name] = _resumed(kept, model, protocol, partial(_measure, model, learn, test, protocol, progress))
        progress(1.0)
    shutil.rmtree(kept)
    return RecognitionResult(
        protocol, dict(EVENTS), LABEL_SHARES, 1 / len(EVENTS), found, provenance=provenance(COMMAND)
    )


def _resumed(
    folder: Path, model, protocol: RecognitionProtocol, measure: Callable[[], tuple[LabelScores, ...]]
) -> RepresentationScores:
    """The scores of a model, from a run that was stopped or measured now."""
    key = to_json([model.name, model.title, digest_of(model.name), protocol])
    path = folder / f"{sha256(json.dumps(key).encode()).hexdigest()[:16]}.json"
    if path.exists():
        return from_json(RepresentationScores, read_json(path), path.name)
    scores = RepresentationScores(model.title, digest_of(model.name), measure())
    write_json(path, to_json(scores))
    return scores


def labelled(events: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Indices of the clips that have labels: as many of each event, at least one. ``events int64 [B]``."""
    rng = np.random.default_rng([seed, 5])
    chosen = [rng.permutation(np.flatnonzero(events == one)) for one in np.unique(events)]
    return np.concatenate([rows[: max(1, round(share * len(rows)))] for rows in chosen])


def _measure(
    model, learn: LabelledClips, test: LabelledClips, protocol: RecognitionProtocol, report: Callable[[float], None]
) -> tuple[LabelScores, ...]:
    """Scores for each of ``LABEL_SHARES``."""
    known, unknown = (encode(model, clips.frames) for clips in (learn, test))
    report(0.1)
    scores = []
    for index, share in enumerate(LABEL_SHARES):
        by_probe, by_neighbours = [], []
        for count, seed in enumerate(protocol.seeds):
            rows = labelled(learn.events, share, seed)
            given = known[rows], learn.events[rows], learn.motion[rows]
            by_probe.append(_by_probe(*given, unknown, test, seed))
            by_neighbours.append(_by_neighbours(*given, unknown, test))
            report(0.1 + 0.9 * (index + (count + 1) / len(protocol.seeds)) / len(LABEL_SHARES))
        scores.append(LabelScores(_scores(by_probe, test), _scores(by_neighbours, test)))
    return tuple(scores)


def _by_probe(
    known: np.ndarray, events: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: LabelledClips, seed: int
) -> Answers:
    from core.evaluation.attentive import fit_attentive

    right = fit_attentive(known, events, seed)(unknown).argmax(axis=1) == test.events
    mean, scale = motion.mean(axis=0), motion.std(axis=0) + 1e-6
    read = fit_attentive(known, (motion - mean) / scale, seed)(unknown) * scale + mean
    return Answers(right, read)


def _by_neighbours(
    known: np.ndarray, events: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: LabelledClips
) -> Answers:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    count, rows, test_rows = min(_NEIGHBOURS, len(events) // len(EVENTS)), _pooled(known), _pooled(unknown)
    event = KNeighborsClassifier(count, weights="distance").fit(rows, events).predict(test_rows)
    read = KNeighborsRegressor(count, weights="distance").fit(rows, motion).predict(test_rows)
    return Answers(event == test.events, read)


def _scores(answers: Sequence[Answers], test: LabelledClips) -> Scores:
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


def _tubelets(frames: np.ndarray) -> np.ndarray:
    """``uint8 [B, T, 64, 64, 3]`` to ``float32 [B, T / 2, 64, 384]``, as the masked predictors get them."""
    from core.models.masked.network import MaskedConfig, tubelets
    from core.models.tensors import as_tensor

    config = MaskedConfig()
    return tubelets(as_tensor(frames), config).unflatten(1, (config.steps, -1)).numpy()
