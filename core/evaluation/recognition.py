"""What frozen representations know of what happens in a clip, with few labels and with many.

Every representation is asked the same questions in the same way: by an attentive probe, and by its nearest neighbours.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from core.evaluation.recognition_data import Questions, draw_questions
from core.files import json_safe, write_json
from core.metrics import explained, interval
from core.models.registry import digest_of
from core.worlds.stage.events import HAPPENINGS

ASKED = (  # models, by name
    "vjepa", "masked-pixels", "jepa-memory", "jepa", "pixel-memory", "vjepa-random", "random-memory", "random",
)  # fmt: skip
SHARES = (0.01, 0.1, 1.0)  # of the labels
_NEIGHBOURS = 10
_BATCH = 32
_SIDEWAYS = 0.05  # widths/s; who moves less has no direction
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class RecognitionProtocol:
    """Fixed before anything is measured.

    Attributes:
        learn_seed, learn: First seed of the labelled clips, and how many there are of each happening.
        test_seed, test: The same of those that are asked about; no model has learnt from them.
        seeds: Of the probes and of which labels are given.
    """

    learn_seed: int = 1_000_000
    learn: int = 1000
    test_seed: int = 2_000_000
    test: int = 100
    seeds: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True)
class Answers:
    """Of each clip asked about: whether what happens was ``right``, ``bool [B]``, and the ``motion [B, 2]`` read."""

    right: np.ndarray
    motion: np.ndarray


class RawPixels:
    """The clips themselves, as tokens: each tubelet of 2 x 8 x 8 pixels by its principal components."""

    name, title = "raw-pixels", "raw pixels (PCA)"

    def __init__(self, frames: np.ndarray, components: int = 64) -> None:
        self._pca = PCA(components, random_state=0).fit(_tubelets(frames[::4]).reshape(-1, 384))

    def encode(self, frames: np.ndarray) -> np.ndarray:
        tubes = _tubelets(frames)  # [B, T / 2, 64, 384]
        return self._pca.transform(tubes.reshape(-1, 384)).reshape(*tubes.shape[:3], -1).astype(np.float32)


def measure_recognition(models: Sequence, protocol: RecognitionProtocol, report: Report, kept: Path) -> dict:
    """Ask every model's representation what happens.

    Args:
        models: With ``name``, ``title`` and ``encode`` from ``uint8 [B, 16, 64, 64, 3]`` to ``[B, T, N, D]``; the raw
            pixels are added.
        protocol: Which clips, labels and seeds.
        report: Called with what is being done and its share.
        kept: Folder for what was found of each model, so that a run that was stopped goes on; gone in the end.

    Returns:
        ``protocol``, ``happenings``, ``shares``, ``chance``, and for every model under ``models``: ``title``, its
        ``weights``, and for each share of the labels an ``accuracy`` by the probe (with its value for each of the
        ``seeds``), the share of clips with the right ``direction`` and R² of the ``speed``, and the same by the nearest
        labelled clips under ``neighbours``. The happenings are balanced, so this is the balanced accuracy; intervals
        are over clips.
    """
    learn = draw_questions(protocol.learn_seed, protocol.learn, lambda share: report("drawing clips", 0.05 * share))
    test = draw_questions(protocol.test_seed, protocol.test, lambda share: report("drawing clips", 0.05 + 0.05 * share))
    asked = [*models, RawPixels(learn.frames)]
    found = {}
    for index, model in enumerate(asked):

        def told(share: float, title: str = model.title, before: int = index) -> None:
            report(title, 0.1 + 0.9 * (before + share) / len(asked))

        found[model.name] = _kept(kept, model, protocol, partial(_ask, model, learn, test, protocol, told))
        told(1.0)
    shutil.rmtree(kept)
    return json_safe({
        "protocol": asdict(protocol), "happenings": HAPPENINGS, "shares": list(SHARES), "chance": 1 / len(HAPPENINGS),
        "models": found,
    })  # fmt: skip


def _kept(folder: Path, model, protocol: RecognitionProtocol, ask: Callable[[], dict]) -> dict:
    """What was found of a model by a run that was stopped, or what is found now."""
    about = json_safe({"title": model.title, "weights": digest_of(model.name)})
    path = folder / f"{sha256(json.dumps([model.name, about, asdict(protocol)]).encode()).hexdigest()[:16]}.json"
    if not path.exists():
        write_json(path, json_safe(ask() | about))
    return json.loads(path.read_text())


def labelled(happens: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which clips have their labels given: the same number of each happening, at least one."""
    rng = np.random.default_rng([seed, 5])
    chosen = [rng.permutation(np.flatnonzero(happens == one)) for one in np.unique(happens)]
    return np.concatenate([rows[: max(1, round(share * len(rows)))] for rows in chosen])


def _ask(model, learn: Questions, test: Questions, protocol: RecognitionProtocol, report: Callable[[float], None]):
    known, unknown = (encode(model, questions.frames) for questions in (learn, test))
    report(0.1)
    shares = []
    for index, share in enumerate(SHARES):
        answers = []
        for count, seed in enumerate(protocol.seeds):
            given = labelled(learn.happens, share, seed)
            answers.append(_answers(known[given], learn.happens[given], learn.motion[given], unknown, test, seed))
            report(0.1 + 0.9 * (index + (count + 1) / len(protocol.seeds)) / len(SHARES))
        shares.append(_scores(answers, test))
    return {"shares": shares}


def _answers(
    known: np.ndarray, happens: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: Questions, seed: int
) -> dict[str, Answers]:
    """What one set of labels leads to, by the probe and by the nearest labelled clips."""
    from core.evaluation.attentive import fit_attentive

    right = fit_attentive(known, happens, seed)(unknown).argmax(axis=1) == test.happens
    mean, scale = motion.mean(axis=0), motion.std(axis=0) + 1e-6
    read = fit_attentive(known, (motion - mean) / scale, seed)(unknown) * scale + mean
    return {"probe": Answers(right, read), "neighbours": _neighbours(known, happens, motion, unknown, test)}


def _neighbours(
    known: np.ndarray, happens: np.ndarray, motion: np.ndarray, unknown: np.ndarray, test: Questions
) -> Answers:
    count, rows, asked = min(_NEIGHBOURS, len(happens) // len(HAPPENINGS)), _pooled(known), _pooled(unknown)
    told = KNeighborsClassifier(count, weights="distance").fit(rows, happens).predict(asked)
    read = KNeighborsRegressor(count, weights="distance").fit(rows, motion).predict(asked)
    return Answers(told == test.happens, read)


def _scores(answers: Sequence[Mapping[str, Answers]], test: Questions) -> dict:
    """Those of the probe, and those of the neighbours under their name."""
    scores = {way: _scored([one[way] for one in answers], test) for way in answers[0]}
    return scores["probe"] | {"neighbours": scores["neighbours"]}


def _scored(answers: Sequence[Answers], test: Questions) -> dict:
    right = np.array([one.right for one in answers], float)  # [S, B]
    read, sideways = np.array([one.motion for one in answers]), np.abs(test.motion[:, 0]) > _SIDEWAYS  # [S, B, 2]
    toward = (np.sign(read[..., 0]) == np.sign(test.motion[:, 0])).mean(axis=0)
    missed = np.square(read[..., 1] - test.motion[:, 1]).mean(axis=0)
    spread = np.square(test.motion[:, 1] - test.motion[:, 1].mean())
    return {
        "accuracy": asdict(interval(right.mean(axis=0))) | {"seeds": right.mean(axis=1).tolist()},
        "direction": asdict(interval(toward[sideways])),
        "speed": asdict(explained(missed, spread)),
    }


def encode(model, frames: np.ndarray) -> np.ndarray:
    """Tokens ``float16 [B, T, N, D]`` of many clips."""
    parts = [model.encode(frames[i : i + _BATCH]).astype(np.float16) for i in range(0, len(frames), _BATCH)]
    return np.concatenate(parts)


def _pooled(tokens: np.ndarray) -> np.ndarray:
    """The mean over the picture at each time, one after the other, each of length 1: ``[B, T, N, D]`` to ``[B, E]``."""
    rows = tokens.astype(np.float32).mean(axis=2).reshape(len(tokens), -1)
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)


def _tubelets(frames: np.ndarray) -> np.ndarray:
    """``uint8 [B, T, 64, 64, 3]`` to ``float32 [B, T / 2, 64, 384]``, as the masked predictors are given them."""
    from core.models.masked.network import MaskedConfig, tubelets
    from core.models.tensors import as_tensor

    config = MaskedConfig()
    return tubelets(as_tensor(frames), config).unflatten(1, (config.steps, -1)).numpy()
