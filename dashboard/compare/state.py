"""The settings of Compare: their defaults, their bounds and their place in the address."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.models.registry import latent_arms, pixel_arms
from core.models.spec import Domain, ModelSpec
from core.samples import sample_named, samples
from core.worlds import WORLDS, Factors, ranges, world_named
from dashboard import old_links
from dashboard.kit.url_state import PageState

STATE = PageState("compare", old_links.COMPARE)
FACTOR = "factor."  # how the factors of a world begin in the address
SOURCES = ("sample", "world", "upload")
CONTEXT = (4, 12, 4)  # least, most, default, in frames
HORIZON = (4, 28, 16)
SEEDS = (2_000_000, 2_999_999)  # test seeds: never trained on
UPLOAD_MEGABYTES = 200


@dataclass(frozen=True)
class CompareState:
    """What the Compare page shows.

    Attributes:
        source: One of ``SOURCES``.
        clip: Id of a sample clip.
        factors: Factors of the world, for source ``world``.
        seed: Seed of the world.
        context, horizon: Frames that the models see, and frames that they predict.
        start: Trim start of an uploaded video, in seconds.
        pixel, latent: Models of the user instead of the shipped ones; empty for the shipped ones.
    """

    source: str = "sample"
    clip: str = field(default_factory=lambda: samples()[0].id)
    factors: Factors = field(default_factory=lambda: samples()[0].factors)
    seed: int = SEEDS[0]
    context: int = CONTEXT[2]
    horizon: int = HORIZON[2]
    start: float = 0.0
    pixel: str = ""
    latent: str = ""

    @staticmethod
    def from_query(query: Mapping[str, str]) -> CompareState:
        """Returns the view of a link. An unknown setting becomes the default, one out of bounds the nearest bound.

        Args:
            query: Settings without the page's prefix, as `PageState.read_all` returns them.
        """
        default = CompareState()
        known = {s.id for s in samples()}
        return CompareState(
            source=query.get("source", "") if query.get("source") in SOURCES else default.source,
            clip=query["clip"] if query.get("clip") in known else default.clip,
            factors=_read_factors(query),
            seed=_whole(query.get("seed"), SEEDS[0], SEEDS[1], default.seed),
            context=_whole(query.get("context"), *CONTEXT),
            horizon=_whole(query.get("horizon"), *HORIZON),
            start=max(0.0, min(36_000.0, _number(query.get("start"), 0.0))),
            pixel=_known(query.get("pixel"), pixel_choices()),
            latent=_known(query.get("latent"), latent_choices()),
        )

    def to_query(self) -> dict[str, str]:
        """Returns the settings that restore this view, without the prefix. A link cannot contain an uploaded video."""
        query = {"source": self.source, "context": str(self.context), "horizon": str(self.horizon)}
        query |= {name: getattr(self, name) for name in ("pixel", "latent") if getattr(self, name)}
        if self.source == "sample":
            return query | {"clip": self.clip}
        if self.source == "upload":
            return query | ({"start": f"{self.start!r}"} if self.start else {})
        values = {FACTOR + name: f"{value}" for name, value in dataclasses.asdict(self.factors).items()}
        return query | {"world": self.factors.world, "seed": str(self.seed)} | values

    @property
    def readout(self) -> str:
        """Name of the read-out that fits what is shown; empty if none does, as for an uploaded film."""
        return "" if self.source == "upload" else world_named(self.shown()[0].world).readout

    def shown(self) -> tuple[Factors, int]:
        """Returns factors and seed of the clip on the page, if it is simulated."""
        if self.source == "world":
            return self.factors, self.seed
        sample = sample_named(self.clip)
        return sample.factors, sample.seed


def _read_factors(query: Mapping[str, str]) -> Factors:
    world = WORLDS.get(query.get("world", ""))
    if world is None:
        return samples()[0].factors
    start = world.factors()
    values: dict[str, str | float] = {}
    for name, allowed in ranges(world.factors).items():
        text, default = query.get(FACTOR + name), getattr(start, name)
        if allowed.choices:
            values[name] = text if text in allowed.choices else default
        elif isinstance(default, int):
            values[name] = _whole(text, int(allowed.low), int(allowed.high), default)
        else:
            values[name] = min(allowed.high, max(allowed.low, _number(text, default)))
    return dataclasses.replace(start, **values)


def pixel_choices() -> tuple[ModelSpec, ...]:
    """The models that may stand in for the shipped pixel models."""
    return _other(pixel_arms)


def latent_choices() -> tuple[ModelSpec, ...]:
    """The models that may stand in for the shipped JEPAs."""
    return _other(latent_arms)


def _other(arms: Callable[[Domain], tuple[ModelSpec, ...]]) -> tuple[ModelSpec, ...]:
    """Every arm of a kind but the default of each domain."""
    kinds = {spec.name: spec for domain in Domain for spec in arms(domain)[1:]}
    return tuple(kinds.values())


def _known(text: str | None, choices: tuple[ModelSpec, ...]) -> str:
    return text if text and text in {spec.name for spec in choices} else ""


def _whole(text: str | None, low: int, high: int, default: int) -> int:
    value = _number(text, float(default))
    return int(min(high, max(low, round(value))))


def _number(text: str | None, default: float) -> float:
    try:
        value = float(text) if text is not None else default
    except ValueError:
        return default
    return value if value == value and abs(value) < 1e12 else default
