"""What recognition of events is measured by, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.evaluation.upgrades import upgrade_recognition
from core.metrics import Interval
from core.results import Result


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
