"""The colours and what they mean, for light and dark.

A role keeps its colour on every page: truth is ink, pixel models are amber, JEPAs blue, baselines grey, a violation
or an intervention is vermillion. The hues come from the Okabe-Ito set, which people with a
colour-vision deficiency can tell apart. `color` is for lines, bands and marks; `text_colour` is for words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCHEMES = ("light", "dark")
ROLES = ("truth", "pixel", "latent", "baseline", "violation", "accent")


def _scheme(truth: str, pixel: str, latent: str, baseline: str, violation: str, accent: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(ROLES, (truth, pixel, latent, baseline, violation, accent), strict=True)))


PALETTE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": _scheme("#1d2127", "#E69F00", "#0072B2", "#858b95", "#D55E00", "#D55E00"),
        "dark": _scheme("#e9e6df", "#E69F00", "#56B4E9", "#8f959f", "#D55E00", "#D55E00"),
    }
)

# Words need 4.5:1 against the surface below them (WCAG AA), so some roles are darker or lighter as text than as a line.
TEXT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": _scheme("#1d2127", "#8a5c00", "#006199", "#5b616b", "#ad4b00", "#ad4b00"),
        "dark": _scheme("#e9e6df", "#E69F00", "#56B4E9", "#a9afb9", "#f08a4b", "#f08a4b"),
    }
)

# Kinds of things, on maps of points: after Okabe and Ito, then lighter and darker ones of other hues.
CATEGORIES = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#8C8C1F",
    "#7B5EA7",
    "#9B1B30",
    "#A6761D",
    "#66A61E",
    "#E7298A",
)
# For numbers: cividis, and for dark pages a part of it that begins where it can be seen.
RAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": ("#00224E", "#35456C", "#666970", "#948E77", "#C8B866", "#FEE838"),
        "dark": ("#4C6EAD", "#6B82A4", "#8C9690", "#AFAB79", "#D5C85F", "#FEE838"),
    }
)


def colour(role: str, scheme: str = "light") -> str:
    """Returns the hex colour for lines, bands and marks of a role."""
    return _look_up(PALETTE, role, scheme)


def text_colour(role: str, scheme: str = "light") -> str:
    """Returns the hex colour for words of a role, readable (4.5:1) on the card and on the page."""
    return _look_up(TEXT, role, scheme)


def _look_up(table: Mapping[str, Mapping[str, str]], role: str, scheme: str) -> str:
    if scheme not in SCHEMES:
        raise ValueError(f"unknown colour scheme {scheme!r}: use one of {', '.join(SCHEMES)}")
    if role not in ROLES:
        raise ValueError(f"unknown colour role {role!r}: use one of {', '.join(ROLES)}")
    return table[scheme][role]
