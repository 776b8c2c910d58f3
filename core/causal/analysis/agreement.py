"""Whether methods that assume different things give the same effect, and why not."""

from __future__ import annotations

import numpy as np

from core.causal.analysis.result import Analysis
from core.causal.estimation.adjustment import METHODS, REGRESSION
from core.causal.estimation.balance import BALANCED
from core.causal.estimation.cells import CELLS
from core.causal.estimation.cross_fitting import CROSS_FITTED, PARTIALLY_LINEAR
from core.causal.estimation.linearity import LEVEL
from core.causal.estimation.question import Estimate
from core.wording import percent

_ERRORS = 3.0  # of the difference: beyond these, two methods contradict each other
COMPARABLE = (*METHODS, CELLS, CROSS_FITTED, PARTIALLY_LINEAR)  # methods by adjustment


def contradictions(analysis: Analysis) -> tuple[Estimate, ...]:
    """The estimates by adjustment that contradict the headline: they lie outside its interval, and differ from it by
    more than three standard errors of the difference, which counts that both use the same rows."""
    headline = analysis.headline
    if headline is None or headline.method not in COMPARABLE or headline.influence is None:
        return ()
    found = []
    for one in analysis.estimates:
        if one.method not in COMPARABLE or one is headline or one.influence is None:
            continue
        error = float(np.sqrt(np.square(one.influence - headline.influence).sum()))
        outside = not headline.low <= one.value <= headline.high
        if outside and abs(one.value - headline.value) > _ERRORS * error:
            found.append(one)
    return tuple(found)


def contradiction_sentence(analysis: Analysis) -> str:
    """Which methods contradict the headline, and the likely reason; empty if none does."""
    found = contradictions(analysis)
    if not found:
        return ""
    others = ", ".join(f"{one.method} {one.value:.3g} ({one.low:.3g} to {one.high:.3g})" for one in found)
    reasons = [*_bend_reason(analysis), *_overlap_reason(analysis), *_balance_reason(analysis)]
    if not reasons and any(one.method == REGRESSION for one in found):
        reasons.append("the effect differs between rows, and regression gives rows other weights")
    reason = f" The likely reason: {'; '.join(reasons)}." if reasons else ""
    subject = "Another method contradicts" if len(found) == 1 else "Other methods contradict"
    return f"{subject} this: {others}.{reason}"


def bends_sentence(analysis: Analysis) -> str:
    """Whether the rows contradict the straight lines that the headline, or else the other methods, assume; empty if
    nothing was tested."""
    bends, headline = analysis.bends, analysis.headline
    if bends is None or headline is None:
        return ""
    if not bends.found:
        return (
            "Tests for bends find none in the models of outcome and exposure (p = "
            f"{min(bends.outcome, bends.exposure):.2g}; bends below the noise stay hidden)."
        )
    if headline.method in (CROSS_FITTED, PARTIALLY_LINEAR):
        return f"These rows contradict straight lines in {bends.summary}, so the estimate that needs none is quoted."
    if headline.method in (*METHODS,):
        return f"Caution: these rows contradict straight lines in {bends.summary}, so this estimate may be wrong."
    return ""


def balance_sentence(analysis: Analysis) -> str:
    """How far apart the arms are before and after weighting; empty if nothing is weighted."""
    if not analysis.balance:
        return ""
    before = max(analysis.balance, key=lambda one: abs(one.before))
    after = max(analysis.balance, key=lambda one: abs(one.after))
    return (
        f"The arms differ by up to {abs(before.before):.2g} standard deviations ({before.covariate}), and after "
        f"weighting by {round(abs(after.after), 3):.2g} ({after.covariate}); less than {BALANCED:g} counts as balanced."
    )


def _bend_reason(analysis: Analysis) -> list[str]:
    if analysis.bends is not None and analysis.bends.found:
        return [f"straight lines do not fit {analysis.bends.summary}"]
    if analysis.headline is not None and analysis.headline.method == CELLS:
        return ["the lines of these methods can't follow the covariates' combinations"]
    return []


def _overlap_reason(analysis: Analysis) -> list[str]:
    share = analysis.poor_overlap or 0.0
    return [f"{percent(share)} of the rows have poor overlap"] if share > 5 * LEVEL else []


def _balance_reason(analysis: Analysis) -> list[str]:
    worst = max((abs(one.after) for one in analysis.balance), default=0.0)
    return [f"weighting leaves the arms {worst:.2g} standard deviations apart"] if worst > BALANCED else []
