"""Attribution: how probable it is that the exposure caused the outcome in single cases (Tian and Pearl 2000)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from core.causal.estimation.bounds import MAX_STANDARD_ERRORS, Causation, causation_bounds
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns
from core.wording import percent


@dataclass(frozen=True)
class Attribution:
    """Probabilities that a binary exposure causes a binary outcome.

    Attributes:
        exposure, outcome: Nodes.
        bounds: Bounds without further assumptions.
        monotone: The values if the exposure never prevents the outcome; None if the data contradict that.
        means: The outcome's mean if everybody had the exposure 0, and 1, as near to the estimate as the data allow.
        adjusted_means: Whether the data do not allow the estimated means themselves, within what chance explains.
        method: The name of the estimate.
        arms: What the values 0 and 1 of the exposure stand for.
    """

    exposure: str
    outcome: str
    bounds: Causation
    monotone: Causation | None
    means: tuple[float, float]
    adjusted_means: bool
    method: str
    arms: tuple[str, str] = ("0", "1")

    @property
    def descriptions(self) -> dict[str, str]:
        """What each of the probabilities means, in words."""
        x, y, (zero, one) = self.exposure, self.outcome, self.arms
        if self.arms != ("0", "1"):
            return {
                "necessity": f"share of rows with {x} = {one} and {y} = 1 that would have {y} = 0 if {x} were {zero} "
                "(necessity, PN)",
                "sufficiency": f"share of rows with {x} = {zero} and {y} = 0 that would have {y} = 1 if {x} were "
                f"{one} (sufficiency, PS)",
                "necessity_and_sufficiency": f"share of all rows that would have {y} = 1 if {x} were {one}, and "
                f"{y} = 0 if it were {zero} (necessity and sufficiency, PNS)",
            }
        return {
            "necessity": f"share of rows with {x} = {y} = 1 that would have {y} = 0 if {x} were 0 (necessity, PN)",
            "sufficiency": f"share of rows with {x} = {y} = 0 that would have {y} = 1 if {x} were 1 (sufficiency, PS)",
            "necessity_and_sufficiency": (
                f"share of all rows that would have {y} = 1 if {x} were 1, and {y} = 0 if it were 0 (necessity and "
                "sufficiency, PNS)"
            ),
        }

    @property
    def explanation(self) -> str:
        """How the bounds were found and what they assume, in sentences."""
        x, y = self.exposure, self.outcome
        monotonicity = (
            f"Under monotonicity ({x} never prevents {y}) the shares are known exactly; no data can prove monotonicity."
            if self.monotone
            else f"These numbers contradict monotonicity ({x} never prevents {y})."
        )
        nearest = " (the nearest values that the observed frequencies allow)" if self.adjusted_means else ""
        with_it, without = (f"{self.means[arm]:.4g}" for arm in (1, 0))
        return (
            f"The bounds use the means under intervention from the {self.method} estimate, {with_it} and "
            f"{without}{nearest}; they do not include sampling error (Tian and Pearl 2000). {monotonicity}"
        )

    def table(self) -> list[tuple[str, str, str]]:
        """For each probability: its description, its bounds, and its value under monotonicity, as text."""
        known = asdict(self.monotone) if self.monotone else {}
        return [
            (text, _range(*getattr(self.bounds, name)), _range(*known[name]) if known else "contradicted")
            for name, text in self.descriptions.items()
        ]

    def to_json(self) -> dict:
        """The same as JSON data."""
        known = None if self.monotone is None else asdict(self.monotone)
        return {"method": self.method, "means": self.means, "bounds": asdict(self.bounds), "monotone": known}


def attribution_of(
    rows: Columns, question: Question, headline: Estimate | None
) -> tuple[Attribution | None, tuple[str, ...]]:
    """The probabilities of causation from the observed frequencies and the means of an estimate, and notes in
    sentences. None if exposure or outcome is not binary, or there are no means."""
    x, y = rows[question.exposure], rows[question.outcome]
    if headline is None or headline.means is None or not np.isin([x, y], (0, 1)).all():
        return None, ()
    observed = np.bincount(2 * x.astype(int) + y.astype(int), minlength=4).reshape(2, 2) / len(x)
    slack, share = MAX_STANDARD_ERRORS * headline.error, observed[:, 1].sum()
    means = tuple(
        np.clip(headline.means, observed[:, 1], 1 - observed[:, 0]).tolist()
    )  # P(x, y) <= P(y | do(x)) <= 1 - P(x, y')
    if not np.allclose(means, headline.means, rtol=0, atol=slack):
        return None, (
            f"There are no probabilities of causation: the means from {headline.method} contradict the observed "
            "frequencies by more than chance explains.",
        )
    if_monotone = min(means[0], share), max(means[1], share)
    contradicted = headline.value < -slack or not np.allclose(if_monotone, means, rtol=0, atol=slack)
    monotone = None if contradicted else causation_bounds(observed, if_monotone, monotone=True)
    adjusted = not np.allclose(means, headline.means, rtol=0, atol=1e-9)
    found = Attribution(
        question.exposure,
        question.outcome,
        causation_bounds(observed, means),
        monotone,
        means,
        adjusted,
        headline.method,
        (question.arms[0], question.arms[1]) if question.arms else ("0", "1"),
    )
    return found, ()


def _range(low: float, high: float) -> str:
    if np.isnan(low):
        return "no such rows"
    least, most = percent(low, 1), percent(high, 1)
    return least if least == most else f"{least} to {most}"
