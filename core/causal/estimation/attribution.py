"""Was it the exposure that did it? What rows and an effect say of single people (Tian and Pearl 2000)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from core.causal.estimation.bounds import SURE, Causation, necessity_bounds
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns


@dataclass(frozen=True)
class Attribution:
    """How probable it is that the exposure, of 0 and 1, is what does the outcome, of 0 and 1.

    Attributes:
        exposure, outcome: Nodes.
        bounds: Whatever people are like.
        monotone: If the exposure never prevents the outcome in anybody; None where the numbers contradict that.
        done: The outcome's mean if everybody had the exposure 0, and 1, as near to the estimate as can be.
        moved: Whether the estimate itself can't be, by no more than chance explains.
        method: Of the estimate that these are from.
    """

    exposure: str
    outcome: str
    bounds: Causation
    monotone: Causation | None
    done: tuple[float, float]
    moved: bool
    method: str

    @property
    def asked(self) -> dict[str, str]:
        """What each of the probabilities is of, in words."""
        x, y = self.exposure, self.outcome
        return {
            "necessity": f"of those with {x} = 1 and {y} = 1: would have {y} = 0 if {x} were 0 (necessity, PN)",
            "sufficiency": f"of those with {x} = 0 and {y} = 0: would have {y} = 1 if {x} were 1 (sufficiency, PS)",
            "both": f"of everybody: would have {y} = 1 if {x} were 1, and {y} = 0 if it were 0 (both, PNS)",
        }

    @property
    def assumed(self) -> str:
        """What one must know of the bounds, in sentences."""
        x, y = self.exposure, self.outcome
        monotone = (
            f"That {x} never prevents {y} in anybody (monotone) can't be tested; believed, it makes them known."
            if self.monotone else f"These numbers contradict that {x} never prevents {y} in anybody (monotone)."
        )  # fmt: skip
        near = " (the nearest that what was seen allows; chance can lead a little beyond)" if self.moved else ""
        with_it, without = (f"{self.done[arm]:.4g}" for arm in (1, 0))
        return (
            f"What doing does is taken from the means by {self.method}, {with_it} and {without}{near}; "
            f"how many rows there were does not show in the bounds (Tian and Pearl 2000). {monotone}"
        )

    def rows(self) -> list[tuple[str, str, str]]:
        """For each probability what it is of, its bounds, and its value if the exposure never prevents the outcome."""
        known = asdict(self.monotone) if self.monotone else {}
        return [
            (told, _range(*getattr(self.bounds, name)), _range(*known[name]) if known else "contradicted")
            for name, told in self.asked.items()
        ]

    def to_json(self) -> dict:
        """Plain data."""
        known = None if self.monotone is None else asdict(self.monotone)
        return {"method": self.method, "done": self.done, "bounds": asdict(self.bounds), "monotone": known}


def attribution_of(
    rows: Columns, question: Question, headline: Estimate | None
) -> tuple[Attribution | None, tuple[str, ...]]:
    """Whether it was the exposure that did it, by what was seen and by the means of the estimate that is quoted, and
    what to tell of it; None where exposure or outcome has other values than 0 and 1, or no means are known."""
    x, y = rows[question.exposure], rows[question.outcome]
    if headline is None or headline.means is None or not np.isin([x, y], (0, 1)).all():
        return None, ()
    seen = np.bincount(2 * x.astype(int) + y.astype(int), minlength=4).reshape(2, 2) / len(x)
    slack, share = SURE * headline.error, seen[:, 1].sum()
    done = tuple(
        np.clip(headline.means, seen[:, 1], 1 - seen[:, 0]).tolist()
    )  # P(x, y) <= P(y | do(x)) <= 1 - P(x, y')
    if not np.allclose(done, headline.means, rtol=0, atol=slack):
        return None, (
            f"Whether it was {question.exposure} that did it can't be told: the means by {headline.method} contradict "
            "what was seen by more than chance explains.",
        )
    never = min(done[0], share), max(done[1], share)  # where nobody is prevented
    harms = headline.value < -slack or not np.allclose(never, done, rtol=0, atol=slack)
    monotone = None if harms else necessity_bounds(seen, never, monotone=True)
    found = Attribution(
        question.exposure, question.outcome, necessity_bounds(seen, done), monotone, done,
        not np.allclose(done, headline.means, rtol=0, atol=1e-9), headline.method,
    )  # fmt: skip
    return found, ()


def _range(low: float, high: float) -> str:
    if np.isnan(low):
        return "there is nobody like that"
    return f"{low:.1%}" if f"{low:.1%}" == f"{high:.1%}" else f"{low:.1%} to {high:.1%}"
