"""How each model looks in every chart: its label, its colour role and its dash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Look:
    """``role`` is of the palette; ``dash`` and ``symbol`` tell lines of one colour apart."""

    label: str
    role: str
    dash: str = "solid"
    symbol: str = "circle"


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "copy-last": Look("copy last", "baseline", "dot"),
        "constant-velocity": Look("const. velocity", "baseline", "dash"),
        "nearest": Look("nearest clip", "baseline", "dashdot"),
        "pixel": Look("pixels", "pixel"),
        "jepa": Look("latents", "latent"),
        "pixel-leaves": Look("pixels", "pixel"),
        "jepa-leaves": Look("latents", "latent"),
        "pixel-hidden": Look("pixel arm's features", "pixel", "dot"),
        "unguarded": Look("latents, no guard", "violation", "dash"),
        "random": Look("random weights", "violation", "dot"),
        "ceiling": Look("ceiling", "truth", "dot"),
        "bounce unknown": Look("all known but the bounce", "truth", "dash"),
        "probe floor": Look("probe floor", "latent", "dot"),
    }
)
