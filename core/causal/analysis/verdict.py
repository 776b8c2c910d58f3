"""The verdict of an analysis in words, as plain text. The command, the page and the report all show these sentences."""

from __future__ import annotations

import numpy as np

from core.causal.analysis.agreement import bends_sentence, contradiction_sentence
from core.causal.analysis.result import Analysis
from core.causal.estimation.adjustment import DOUBLY_ROBUST
from core.causal.estimation.question import Estimate
from core.causal.identification.identify import Kind
from core.wording import percent

_ROUNDING = 1e-9  # of the outcome's spread
_NO_WIDTH = 1e-9  # of an interval, relative to the effect


def verdict(analysis: Analysis) -> str:
    """The answer in a few sentences, with what it assumes."""
    x, y, headline = analysis.exposure, analysis.outcome, analysis.headline
    if analysis.identification.kind == Kind.NO_PATH:
        return f"{analysis.identification.summary}.{_zero_test(analysis, headline)}"
    if headline is None:
        return _no_estimate(analysis)
    change = f"{x} = {analysis.arms[1]} instead of {analysis.arms[0]}" if analysis.arms else f"One more unit of {x}"
    means = ""
    if headline.means:
        low, high = (number_text(mean, effect_scale(analysis)) for mean in headline.means)
        means = f"mean {high} instead of {low}; "
    answer = (
        f"{change} changes {y} by {value_text(analysis, headline)} ({means}95 % interval "
        f"{interval_text(headline, effect_scale(analysis))}; method: {headline.method})."
    )
    caveat = next((one.caveat for one in analysis.estimates if one.method == DOUBLY_ROBUST and one.caveat), "")
    if caveat:
        answer = f"Caution: the {DOUBLY_ROBUST} estimate is not reported, because {caveat}. Instead: {answer}"
    more = [contrast_sentence(analysis), *_qualifications(analysis, headline), contradiction_sentence(analysis)]
    return answer + "".join(f" {sentence}" for sentence in more if sentence)


def contrast_sentence(analysis: Analysis) -> str:
    """The effects of further arms; empty if there are none."""
    scale, reference = effect_scale(analysis), analysis.arms[0] if analysis.arms else ""
    parts = [
        f"{one.arm} instead of {reference}: "
        + (
            f"{number_text(one.estimate.value, scale)} ({interval_text(one.estimate, scale)})"
            if one.estimate
            else f"no estimate, because {one.why}"
        )
        for one in analysis.contrasts
    ]
    return f"{'; '.join(parts)}." if parts else ""


def subgroup_lines(analysis: Analysis) -> tuple[str, ...]:
    """The effect in each group, and whether the groups differ (Cochran's Q, 1954); empty without groups."""
    if not analysis.subgroups:
        return ()
    scale, lines = effect_scale(analysis), []
    for one in analysis.subgroups:
        found = one.estimate
        effect = (
            f"{number_text(found.value, scale)} ({interval_text(found, scale)}; {found.method})"
            if found
            else f"no estimate, because {one.why}"
        )
        lines.append(f"{analysis.choices.by} = {one.name} ({one.rows:,} rows): {effect}")
    known = [one.estimate for one in analysis.subgroups if one.estimate is not None and one.estimate.error > 0]
    if len(known) > 1:
        lines.append(_difference_sentence(known))
    return tuple(lines)


def value_text(analysis: Analysis, found: Estimate) -> str:
    """An effect as text."""
    return number_text(found.value, effect_scale(analysis))


def number_text(value: float, scale: float, digits: int = 4) -> str:
    """A number as text; 0 if it is nothing but rounding error.

    Args:
        scale: Of the numbers: what is 1e-9 of it or less is 0.
        digits: Significant digits.
    """
    return "0" if abs(value) <= _ROUNDING * scale else f"{value:.{digits}g}"


def means_sentence(analysis: Analysis) -> str:
    """What the outcome's mean would be under each exposure; empty if the headline gives no means."""
    if analysis.headline is None or analysis.headline.means is None:
        return ""
    x, y, (low, high) = analysis.exposure, analysis.outcome, analysis.headline.means
    zero, one = analysis.arms[:2] or ("0", "1")
    return (
        f"If {x} were {one} for everybody, the mean of {y} would be {high + 0.0:.6f}; if it were {zero} for everybody, "
        f"{low + 0.0:.6f}."
    )


def check_sentence(analysis: Analysis) -> str:
    """How many implications of the graph the rows contradict; empty if there are none to test."""
    count = len(analysis.implications)
    if not count:
        return ""
    return (
        f"The rows contradict {analysis.contradicted} of {count} {'independence' if count == 1 else 'independences'} "
        f"that the graph implies, at the 5 % level; they would contradict {analysis.expected_by_chance:.1f} by chance "
        "if the graph were right. The tests assume linear relations."
    )


def overlap_sentence(analysis: Analysis) -> str:
    """The share of rows with poor overlap; empty if overlap does not matter."""
    if analysis.poor_overlap is None:
        return ""
    if not analysis.poor_overlap:
        return "No row has poor overlap: every propensity score is between 0.05 and 0.95."
    return (
        f"{percent(analysis.poor_overlap, 1)} of the rows have poor overlap (a propensity score below 0.05 or above "
        "0.95), where the other arm has hardly any comparable row."
    )


def rows_sentence(analysis: Analysis) -> str:
    """How many rows are used and how many were dropped."""
    return f"{analysis.rows:,} rows are used and {analysis.dropped:,} were dropped."


def interval_text(found: Estimate, scale: float = 0.0) -> str:
    """The 95 % interval as text.

    Args:
        scale: As in ``number_text``.
    """
    return f"{number_text(found.low, scale)} to {number_text(found.high, scale)}"


def effect_scale(analysis: Analysis) -> float:
    """The size of which a part of 1e-9 is rounding error: the spread of the outcome, for an amount that of the outcome
    by that of the exposure."""
    y, x = analysis.data[analysis.outcome], analysis.data[analysis.exposure]
    spread = float(np.std(y))
    return spread if analysis.arms or not np.std(x) > 0 else spread / float(np.std(x))


def _difference_sentence(found: list[Estimate]) -> str:
    from scipy.special import chdtrc

    weights = np.array([1 / one.error**2 for one in found])
    values = np.array([one.value for one in found])
    statistic = float(weights @ (values - np.average(values, weights=weights)) ** 2)
    p = float(chdtrc(len(found) - 1, statistic))
    text = "< 0.001" if p < 0.001 else f"= {p:.2g}"
    verb = "differ" if p < 0.05 else "do not differ clearly"
    return f"The effects in the groups {verb} (Cochran's Q, p {text})."


def _no_estimate(analysis: Analysis) -> str:
    reasons = _failures(analysis)
    if analysis.identification.kind == Kind.SELECTED:
        return f"{analysis.identification.summary}, so there is no estimate."
    if analysis.bounds:
        tightest = min(analysis.bounds, key=lambda one: one.high - one.low)
        answer = (
            f"The effect is not identified; it lies between {tightest.low:.3f} and {tightest.high:.3f} if "
            f"{tightest.assumption}."
        )
        return f"{answer} There is no estimate: {reasons}." if reasons else answer
    kind = "reliable estimate" if analysis.estimates else "estimate"
    answer = f"These columns give no {kind} of the effect of {analysis.exposure} on {analysis.outcome}"
    return f"{answer}: {reasons}." if reasons else f"{answer}."


def _zero_test(analysis: Analysis, headline: Estimate | None) -> str:
    """Whether the estimate is 0, as it must be where no directed path leads to the outcome."""
    if analysis.adjusted is None:
        return (
            f" The association of {analysis.exposure} and {analysis.outcome} does not test that: no adjustment set "
            "separates them."
        )
    if headline is None:
        return f" No estimate tests that: {_failures(analysis)}."
    way = f"adjusted for {{{', '.join(analysis.adjusted)}}}" if analysis.adjusted else "not adjusted"
    found = f" The estimate, {way}, is {headline.value:.2g} (95 % interval {interval_text(headline)}; method: "
    found += f"{headline.method})."
    if headline.low <= 0 <= headline.high:
        return f"{found} The interval contains 0, so the rows do not contradict the graph."
    assumption = f", unless it is wrong that {headline.assumption}" if headline.assumption else ""
    return f"{found} The interval does not contain 0, so the rows contradict the graph{assumption}."


def _failures(analysis: Analysis) -> str:
    """Why no estimate is quoted: why methods failed, and caveats; empty if none was tried."""
    caveats = [one.caveat for one in analysis.estimates if one.caveat]
    return "; ".join(dict.fromkeys((*(why.rstrip(".") for why in analysis.failures.values()), *caveats)))


def _qualifications(analysis: Analysis, headline: Estimate) -> list[str]:
    """Sentences that qualify the headline."""
    sentences = []
    if headline.low <= 0 <= headline.high:
        sentences.append("The interval contains 0, so there may be no effect.")
    if headline.high - headline.low <= _NO_WIDTH * abs(headline.value):
        sentences.append(
            f"But {analysis.exposure} determines {analysis.outcome} exactly in these rows: are they the same quantity?"
        )
    if analysis.identification.kind == Kind.NOT_IDENTIFIABLE:
        sentences.append(f"The effect is not identified in general; this holds if {headline.assumption}.")
    elif headline.assumption:
        sentences.append(f"This holds if {headline.assumption}.")
    bends = bends_sentence(analysis)
    if "contradict" in bends:
        sentences.append(bends)
    for one in analysis.bounds:
        if not one.low <= headline.value <= one.high:
            limits = f"it must lie between {one.low:.4g} and {one.high:.4g} if {one.assumption}"
            sentences.append(f"But this contradicts the bounds of the effect: {limits}.")
    return sentences
