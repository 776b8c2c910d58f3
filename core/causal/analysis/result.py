"""The result of an analysis, and its JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

from core.causal.analysis.choices import NO_CHOICES, Choices
from core.causal.analysis.estimators import method_named, question_for
from core.causal.estimation.attribution import Attribution
from core.causal.estimation.balance import Balance
from core.causal.estimation.bounds import Bounds
from core.causal.estimation.linearity import Bends
from core.causal.estimation.question import Estimate, EstimateError, Method, Question
from core.causal.estimation.sensitivity import Sensitivity, sensitivity
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.identify import Identification
from core.causal.identification.implications import SIGNIFICANCE, Implication
from core.causal.tables.rows import Columns
from core.files import json_safe


@dataclass(frozen=True)
class Contrast:
    """The effect of an arm instead of the reference; None, and why, if there is no estimate to quote."""

    arm: str
    estimate: Estimate | None
    why: str = ""


@dataclass(frozen=True)
class Subgroup:
    """The effect within a group of rows; None, and why, if there is no estimate to quote."""

    name: str
    rows: int
    estimate: Estimate | None
    why: str = ""


@dataclass(frozen=True)
class Analysis:
    """What a graph and a table say about an effect.

    Attributes:
        graph: With the nodes that have no column as latent.
        exposure, outcome: Nodes.
        mapping: The column of each observed node.
        identification: What the graph says.
        usable: The same without what the columns do not allow.
        adjusted: The adjustment set of the estimates; None if no adjustment is possible.
        covariates: Its columns in ``data``: several for a categorical node.
        rows, dropped: How many rows are used, and how many were dropped because a value is missing.
        binary: Whether the exposure has arms; else it is an amount.
        unadjusted: The observed association.
        estimates: All estimates that apply, each by another method.
        failures: Why other methods failed, by their names.
        headline: The estimate to quote; None if there is none.
        treated, untreated: The effect on those with the exposure (ATT) and on those without (ATU); None if the exposure
            is not binary, no adjustment is possible, or there are too few rows.
        attribution: Probabilities of causation; None if exposure or outcome is not binary, or no means are known.
        bounds: Bounds on the effect if it is not identified.
        poor_overlap: The share of rows with hardly any counterpart in the other arm; None if nothing is adjusted for or
            the exposure is not binary.
        implications: Independences that the graph implies, the most contradicted first.
        notes: What was noticed and done, in sentences.
        data: The columns by node, float64 ``[rows]``.
        direct: The natural direct and indirect effects, or the direct effect under linear relations alone; empty if no
            path is indirect or nothing identifies them.
        arms: The arms of the exposure by their codes 0, 1, ...; empty if it is an amount.
        weights: The column of ``data`` with sampling weights; empty if there are none.
        choices: What the user chose about columns.
        bends: Tests for bends; None if nothing assumes straight lines.
        balance: How far apart the arms are in each covariate.
        contrasts: The effects of further arms.
        subgroups: The effects within groups.
        clusters, groups: The cluster and the group of each row ``[rows]``; None if none were chosen.
        group_names: The names of the groups.
        cross_fitted: Whether a cross-fitted estimate was tried.
    """

    graph: CausalGraph
    exposure: str
    outcome: str
    mapping: dict[str, str]
    identification: Identification
    usable: Identification
    adjusted: tuple[str, ...] | None
    covariates: tuple[str, ...]
    rows: int
    dropped: int
    binary: bool
    unadjusted: Estimate
    estimates: tuple[Estimate, ...]
    failures: dict[str, str]
    headline: Estimate | None
    treated: Estimate | None
    untreated: Estimate | None
    attribution: Attribution | None
    bounds: tuple[Bounds, ...]
    poor_overlap: float | None
    implications: tuple[Implication, ...]
    notes: tuple[str, ...]
    data: Columns = field(repr=False, compare=False)
    direct: tuple[Estimate, ...] = ()
    arms: tuple[str, ...] = ()
    weights: str = ""
    choices: Choices = NO_CHOICES
    bends: Bends | None = None
    balance: tuple[Balance, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    clusters: np.ndarray | None = field(default=None, repr=False, compare=False)
    groups: np.ndarray | None = field(default=None, repr=False, compare=False)
    group_names: tuple[str, ...] = ()
    cross_fitted: bool = False

    @property
    def question(self) -> Question:
        """The question about ``data``."""
        return Question(self.exposure, self.outcome, self.covariates, self.arms, self.weights)

    @property
    def needs_cross_fitting(self) -> bool:
        """Whether the rows contradict straight lines, so that a cross-fitted estimate is due."""
        return bool(self.bends and self.bends.found and self.covariates and not self.cross_fitted)

    @property
    def headline_method(self) -> tuple[Method, Question]:
        """The method of the headline and the question as it takes it.

        Raises:
            EstimateError: There is no headline.
        """
        if self.headline is None:
            raise EstimateError("There is no estimate to repeat.")
        name = self.headline.method
        return method_named(name, self.usable), question_for(name, self.question)

    @property
    def effects_on_arms(self) -> tuple[Estimate, ...]:
        """The effects on the treated and on the untreated; empty if there are none."""
        return tuple(one for one in (self.treated, self.untreated) if one is not None)

    @property
    def contradicted(self) -> int:
        """How many implications the rows contradict at the 5 % level."""
        return sum(one.p_value < SIGNIFICANCE for one in self.implications)

    @property
    def expected_by_chance(self) -> float:
        """How many implications the rows would contradict by chance if the graph were right."""
        return SIGNIFICANCE * len(self.implications)

    @property
    def sensitivity(self) -> Sensitivity | None:
        """How strong an unmeasured confounder would have to be; None if nothing is adjusted for."""
        if self.adjusted is None:
            return None
        try:
            return sensitivity(self.data, self.question, self.headline)
        except EstimateError:
            return None

    def to_json(self) -> dict:
        """The same as JSON data; numbers that are not finite are None."""
        sensitivity = self.sensitivity
        return json_safe(
            {
                "exposure": self.exposure,
                "outcome": self.outcome,
                "mapping": self.mapping,
                "latent": sorted(self.graph.latent),
                "identification": self.identification.to_json(),
                "adjusted": None if self.adjusted is None else list(self.adjusted),
                "rows": self.rows,
                "dropped": self.dropped,
                "binary": self.binary,
                "arms": list(self.arms),
                "unadjusted": _estimate_json(self.unadjusted),
                "estimates": [_estimate_json(one) for one in self.estimates],
                "headline": self.headline and self.headline.method,
                "treated": self.treated and _estimate_json(self.treated),
                "untreated": self.untreated and _estimate_json(self.untreated),
                "direct": [_estimate_json(one) for one in self.direct],
                "bounds": [asdict(one) for one in self.bounds],
                "attribution": self.attribution and self.attribution.to_json(),
                "poor_overlap": self.poor_overlap,
                "contradicted": self.contradicted,
                "expected_by_chance": self.expected_by_chance,
                "implications": [{**asdict(one), "given": list(one.given)} for one in self.implications],
                "sensitivity": sensitivity and asdict(sensitivity),
                "contrasts": [_contrast_json(one.arm, one.estimate, one.why) for one in self.contrasts],
                "subgroups": [_contrast_json(one.name, one.estimate, one.why) for one in self.subgroups],
                "balance": [asdict(one) for one in self.balance],
                "bends": self.bends and asdict(self.bends),
                "notes": list(self.notes),
            }
        )


def _estimate_json(found: Estimate) -> dict:
    numbers = {name: getattr(found, name) for name in ("value", "error", "low", "high")}
    means = None if found.means is None else list(found.means)
    return {"method": found.method, **numbers, "rows": found.rows, "remarks": found.remarks, "means": means}


def _contrast_json(name: str, found: Estimate | None, why: str) -> dict:
    return {"name": name, "estimate": found and _estimate_json(found), "why": why}
