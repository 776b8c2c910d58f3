"""What frozen representations know of the events in a clip, with few labels and with many.

Every representation is measured in the same way: by an attentive probe, and by its nearest labelled clips.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.evaluation.recognition_data import LabelledClips, draw_labelled
from core.evaluation.recognition_methods import encode, labelled, read_by_neighbours, read_by_probe, scores_of
from core.evaluation.recognition_result import LabelScores, RecognitionProtocol, RecognitionResult, RepresentationScores
from core.files import read_json, write_json
from core.models.registry import digest_of
from core.results import from_json, provenance, to_json
from core.worlds.stage.events import EVENTS

LABEL_SHARES = (0.01, 0.1, 1.0)
COMMAND = "worldscope evaluate recognition"
Report = Callable[[str, float], None]


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
            by_probe.append(read_by_probe(*given, unknown, test, seed))
            by_neighbours.append(read_by_neighbours(*given, unknown, test))
            report(0.1 + 0.9 * (index + (count + 1) / len(protocol.seeds)) / len(LABEL_SHARES))
        scores.append(LabelScores(scores_of(by_probe, test), scores_of(by_neighbours, test)))
    return tuple(scores)


def _tubelets(frames: np.ndarray) -> np.ndarray:
    """``uint8 [B, T, 64, 64, 3]`` to ``float32 [B, T / 2, 64, 384]``, as the masked predictors get them."""
    from core.models.masked.network import MaskedConfig, tubelets
    from core.models.tensors import as_tensor

    config = MaskedConfig()
    return tubelets(as_tensor(frames), config).unflatten(1, (config.steps, -1)).numpy()
