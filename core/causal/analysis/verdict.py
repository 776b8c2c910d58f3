"""The verdict of an analysis in words, as plain text. The command, the page and the report all show these sentences."""

from __future__ import annotations

from core.causal.analysis.result import Analysis
from core.causal.estimation.adjustment import DOUBLY_ROBUST
from core.causal.estimation.question import Estimate
from core.causal.identification.identify import Kind
from core.wording import percent

_NO_WIDTH = 1e-9  # of an interval, relative to the effect


def verdict(analysis: Analysis) -> str:
    """The answer in a few sentences, with what it assumes."""
    x, y, headline = analysis.exposure, analysis.outcome, analysis.headline
    if analysis.identification.kind == Kind.NO_PATH:
        return f"{analysis.identification.summary}.{_zero_test(analysis, headline)}"
    if headline is None:
        return _no_estimate(analysis)
    change = f"{x} = 1 instead of 0" if analysis.binary else f"One more unit of {x}"
    means = f"mean {headline.means[1]:.4g} instead of {headline.means[0]:.4g}; " if headline.means else ""
    answer = (
        f"{change} changes {y} by {headline.value:.4g} ({means}95 % interval {interval_text(headline)}; method: "
        f"{headline.method})."
    )
    caveat = next((one.caveat for one in analysis.estimates if one.method == DOUBLY_ROBUST and one.caveat), "")
    if caveat:
        answer = f"Caution: the {DOUBLY_ROBUST} estimate is not reported, because {caveat}. Instead: {answer}"
    return answer + "".join(f" {sentence}" for sentence in _qualifications(analysis, headline))


def means_sentence(analysis: Analysis) -> str:
    """What the outcome's mean would be under each exposure; empty if the headline gives no means."""
    if analysis.headline is None or analysis.headline.means is None:
        return ""
    x, y, (low, high) = analysis.exposure, analysis.outcome, analysis.headline.means
    return f"If {x} were 1 for everybody, the mean of {y} would be {high:.6f}; if it were 0 for everybody, {low:.6f}."


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
    return (
        f"{percent(analysis.poor_overlap, 1)} of the rows have poor overlap (a propensity score below 0.05 or above "
        "0.95): hardly any row of the other arm is comparable."
    )


def rows_sentence(analysis: Analysis) -> str:
    """How many rows are used and how many were dropped."""
    return f"{analysis.rows:,} rows are used and {analysis.dropped:,} were dropped."


def interval_text(found: Estimate) -> str:
    """The 95 % interval as text."""
    return f"{found.low:.4g} to {found.high:.4g}"


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
    for one in analysis.bounds:
        if not one.low <= headline.value <= one.high:
            limits = f"it must lie between {one.low:.4g} and {one.high:.4g} if {one.assumption}"
            sentences.append(f"But this contradicts the bounds of the effect: {limits}.")
    return sentences
