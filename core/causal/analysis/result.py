"""The result of an analysis, and its JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from core.causal.analysis.estimators import methods_of, question_for
from core.causal.estimation.attribution import Attribution
from core.causal.estimation.bounds import Bounds
from core.causal.estimation.question import Estimate, EstimateError, Method, Question
from core.causal.estimation.sensitivity import Sensitivity, sensitivity
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.identify import Identification
from core.causal.identification.implications import SIGNIFICANCE, Implication
from core.causal.tables.rows import Columns
from core.files import json_safe


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
        binary: Whether the exposure is binary.
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

    @property
    def question(self) -> Question:
        """The question about ``data``."""
        return Question(self.exposure, self.outcome, self.covariates)

    @property
    def headline_method(self) -> tuple[Method, Question]:
        """The method of the headline and the question as it takes it.

        Raises:
            EstimateError: There is no headline.
        """
        if self.headline is None:
            raise EstimateError("There is no estimate to repeat.")
        name = self.headline.method
        return methods_of(self.usable, self.binary, self.adjusted is not None)[name], question_for(name, self.question)

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
                "notes": list(self.notes),
            }
        )


def _estimate_json(found: Estimate) -> dict:
    numbers = {name: getattr(found, name) for name in ("value", "error", "low", "high")}
    means = None if found.means is None else list(found.means)
    return {"method": found.method, **numbers, "rows": found.rows, "remarks": found.remarks, "means": means}
