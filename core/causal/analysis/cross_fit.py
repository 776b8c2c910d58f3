"""An analysis with a cross-fitted estimate, for rows that contradict straight lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.causal.analysis.estimators import headline_of
from core.causal.analysis.result import Analysis
from core.causal.analysis.subgroups import contrasts_of, subgroups_of
from core.causal.estimation.attribution import attribution_of
from core.causal.estimation.clusters import clustered
from core.causal.estimation.cross_fitting import CROSS_FITTED, PARTIALLY_LINEAR, cross_fit, partially_linear_fit
from core.causal.estimation.question import EstimateError


def with_cross_fitting(analysis: Analysis, report: Callable[[float], None] = lambda share: None) -> Analysis:
    """The analysis with a cross-fitted estimate, which takes seconds.

    Args:
        report: Receives the share of the work that is done; an exception that it raises ends the work.
    """
    more = len(analysis.contrasts) + len(analysis.subgroups)
    fit, name = (cross_fit, CROSS_FITTED) if analysis.binary else (partially_linear_fit, PARTIALLY_LINEAR)
    try:
        found = fit(analysis.data, analysis.question, lambda share: report(share / (1 + more)))
    except EstimateError as error:
        failures = {**analysis.failures, name: str(error)}
        notes = (*analysis.notes, f"No estimate by {name}: {error}")
        return replace(analysis, failures=failures, notes=notes, cross_fitted=True)
    overall = found.overall if analysis.clusters is None else clustered(found.overall, analysis.clusters)
    estimates = (overall, *analysis.estimates)
    headline = headline_of(estimates)
    attribution, notes = attribution_of(analysis.data, analysis.question, headline)
    changed = replace(
        analysis,
        estimates=estimates,
        headline=headline,
        treated=found.treated or analysis.treated,
        untreated=found.untreated or analysis.untreated,
        attribution=attribution,
        notes=tuple(dict.fromkeys((*analysis.notes, *notes))),
        cross_fitted=True,
    )
    if headline is None or headline.method != name:
        return changed
    done = 1 / (1 + more)
    contrasts = contrasts_of(changed, lambda share: report(done + share * len(analysis.contrasts) / (1 + more)))
    return replace(changed, contrasts=contrasts, subgroups=subgroups_of(changed))
