"""What measurements over many clips show, as values: which arm is ahead, and how a cause changes its error."""

from __future__ import annotations

from core.evaluation.forecast_result import ForecastResult
from core.evaluation.recognition_result import RecognitionResult
from core.evaluation.scoreboard import RobustnessResult
from core.metrics import Interval
from core.models.registry import default_pair, find_spec
from core.models.shipped import MASKED_PIXELS, VJEPA
from core.models.spec import Domain
from core.results import Finding
from core.wording import percent

_SHARE = 0.1  # of the labels; what the finding on recognition speaks of


def lead_finding(result: ForecastResult, step: int) -> Finding:
    """Which arm is ahead at a step, counted from 0, by the 95 % interval of the paired difference.

    Returns:
        Its state is ``latent ahead``, ``pixel ahead`` or ``level`` (the interval holds 0).

    Raises:
        ValueError: One of the arms was not measured.
    """
    pixel, latent = (result.models[name].position_error[step].mean for name in default_pair(Domain.WORLDS))
    if result.latent_lead is None:
        raise ValueError("This result lacks the JEPA or the pixel model; measure both.")
    lead = result.latent_lead[step]
    state = "latent ahead" if lead.low > 0 else "pixel ahead" if lead.high < 0 else "level"
    texts = {
        "latent ahead": f"The JEPA is closer ({latent:.2f} against {pixel:.2f} frame widths)",
        "pixel ahead": f"The pixel model is closer ({pixel:.2f} against {latent:.2f} frame widths)",
        "level": f"Neither model is closer (JEPA {latent:.2f}, pixel model {pixel:.2f} frame widths)",
    }
    return Finding(state, texts[state], {"latent": latent, "pixel": pixel, "low": lead.low, "high": lead.high})


def case_finding(result: ForecastResult, case: str, step: int) -> Finding:
    """``lead_finding`` in a sentence that names the case, with the bound that knows everything but the elasticity."""
    lead, known = lead_finding(result, step), result.bounce_unknown[step].mean
    text = (
        f"On the clips “{case}”, {(step + 1) / result.protocol.fps:.1f} s ahead, "
        f"{lead.text[0].lower()}{lead.text[1:]}. "
        f"With everything known except the elasticity, the error would be {known:.2f} frame widths."
    )
    return Finding(lead.state, text, {**lead.numbers, "elasticity unknown": known})


def robustness_finding(result: RobustnessResult, step: int) -> Finding:
    """How the strongest moving background changes the error of both arms at a step, counted from 0.

    Returns:
        Its state is ``both rise``, ``latent rises``, ``pixel rises`` or ``neither rises``, by the 95 % intervals.
    """
    pixel, latent = (result.models[name].rise[step] for name in default_pair(Domain.WORLDS))
    rises = (latent.low > 0, pixel.low > 0)
    states = {
        (True, True): "both rise",
        (True, False): "latent rises",
        (False, True): "pixel rises",
        (False, False): "neither rises",
    }
    text = (
        f"The strongest moving background changes the error {(step + 1) / result.protocol.fps:.1f} s ahead by "
        f"{_signed(latent)} frame widths for the JEPA and by {_signed(pixel)} for the pixel model."
    )
    return Finding(states[rises], text, {"latent": latent.mean, "pixel": pixel.mean})


def recognition_finding(result: RecognitionResult) -> Finding:
    """Whether predicting representations is ahead of predicting pixels with 10 % of the labels, what training has
    added, and which representation is best; by the 95 % intervals.

    Returns:
        Its state is ``latent ahead``, ``pixel ahead`` or ``level``.
    """
    at = result.label_shares.index(_SHARE)
    found = {name: model.scores[at].probe.accuracy for name, model in result.models.items()}
    latent, pixel, null = (found[name] for name in (VJEPA.name, MASKED_PIXELS.name, VJEPA.null))
    best = max(found, key=lambda name: found[name].mean)
    ahead, added = _order(latent, pixel), _order(latent, null)
    who = {
        1: "Predicting representations is ahead.",
        -1: "Predicting pixels is ahead.",
        0: "Neither is clearly ahead.",
    }
    gain = {
        1: "training has improved it",
        -1: "training has made it worse",
        0: "no effect of training can be shown",
    }
    text = (
        f"With {percent(_SHARE)} of the labels, a probe on V-JEPA recognises the event in {percent(latent.mean)} of "
        f"the clips, and a probe on its pixel twin in {percent(pixel.mean)}. {who[ahead]} Before training, V-JEPA "
        f"reaches {percent(null.mean)}: {gain[added]}. The best representation here "
        f"({_title(best, result.models[best].title)}) reaches {percent(found[best].mean)}; chance is "
        f"{percent(result.chance)}."
    )
    numbers = {"latent": latent.mean, "pixel": pixel.mean, "untrained": null.mean, "best": found[best].mean}
    return Finding({1: "latent ahead", -1: "pixel ahead", 0: "level"}[ahead], text, numbers)


def _title(name: str, stored: str) -> str:
    """The present title of a model; the stored one if the registry does not know it."""
    spec = find_spec(name)
    return spec.title if spec else stored


def _order(one: Interval, other: Interval) -> int:
    """1 if one lies above the other by the intervals of both, -1 if below, else 0."""
    return int(one.low > other.high) - int(other.low > one.high)


def _signed(interval: Interval) -> str:
    return f"{interval.mean:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"
