"""Looks models up: the shipped ones, those that other packages register, a user's own and V-JEPA 2 checkpoints.

Another package registers a model through the entry-point group ``worldscope.models``: a ``ModelSpec``, or a function
without arguments that returns an object with the protocols of ``core.models.protocols``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from core.models import shipped
from core.models.guests import adopt
from core.models.protocols import WorldModel
from core.models.spec import DECODES, Capability, Domain, Family, ModelSpec, Null, Purpose, Space
from core.models.store import load_card, weights_digest
from core.models.vjepa2.spec import checkpoint_spec
from core.paths import MODELS, jobs_folder

GROUP = "worldscope.models"
_MEASURED = (Purpose.BASELINE, Purpose.CONTROL, Purpose.ARM, Purpose.GUEST)


def shipped_specs() -> tuple[ModelSpec, ...]:
    """The models that come with worldscope."""
    return shipped.SHIPPED


def specs() -> tuple[ModelSpec, ...]:
    """Every model that can be listed: shipped, registered by other packages, trained by the user."""
    return (*shipped.SHIPPED, *guest_specs(), *user_specs())


def spec_named(name: str) -> ModelSpec:
    """The spec of a model.

    Raises:
        ValueError: There is no such model.
    """
    if spec := find_spec(name):
        return spec
    raise ValueError(f"There is no model called {name!r}; choose one of {', '.join(spec.name for spec in specs())}.")


def find_spec(name: str) -> ModelSpec | None:
    """The spec of a model; None if there is no such model."""
    known: tuple[Callable[[], tuple[ModelSpec, ...]], ...] = (lambda: shipped.SHIPPED, guest_specs, user_specs)
    for some in known:
        for spec in some():
            if spec.name == name:
                return spec
    return checkpoint_spec(name)


def forecasters() -> tuple[ModelSpec, ...]:
    """The models whose forecasts of the simulated worlds are measured, baselines first."""
    known = (*shipped.SHIPPED, *guest_specs())
    return tuple(
        spec
        for spec in known
        if spec.can(Capability.PREDICT) and spec.purpose in _MEASURED and Domain.WORLDS in spec.domains
    )


def baselines(domain: Domain) -> tuple[ModelSpec, ...]:
    """The baselines that belong beside every forecast."""
    return tuple(spec for spec in shipped.SHIPPED if spec.purpose is Purpose.BASELINE and domain in spec.domains)


def controls() -> tuple[ModelSpec, ...]:
    """The models that show what a part of an arm is worth."""
    return tuple(spec for spec in shipped.SHIPPED if spec.purpose is Purpose.CONTROL)


def pixel_arms(domain: Domain) -> tuple[ModelSpec, ...]:
    """The models that predict pixels by what they have learnt, the default first."""
    return tuple(spec for spec in _arms(domain) if spec.is_pixel)


def latent_arms(domain: Domain) -> tuple[ModelSpec, ...]:
    """The models that predict a representation of their own, the default first."""
    return tuple(spec for spec in _arms(domain) if spec.space is Space.LATENTS)


def default_pair(domain: Domain) -> tuple[str, str]:
    """Names of the pixel model and of the latent model that are compared first."""
    arms = [spec for spec in shipped.SHIPPED if spec.purpose is Purpose.ARM and domain in spec.domains]
    pixel, latent = (next(spec for spec in arms if spec.space is space) for space in (Space.PIXELS, Space.LATENTS))
    return pixel.name, latent.name


def trainable() -> tuple[ModelSpec, ...]:
    """The models that a user can train, the JEPA first."""
    pixel, latent = default_pair(Domain.WORLDS)
    return spec_named(latent), spec_named(pixel)


def trained_names() -> tuple[str, ...]:
    """Names that ``worldscope train`` takes: the shipped models that a plan makes, each followed by its decoder."""
    names: list[str] = []
    for spec in shipped.SHIPPED:
        names += [spec.name] * bool(spec.recipe) + [f"{spec.name}-decoder"] * bool(spec.decoder_recipe)
    return tuple(names)


def trainings(name: str) -> tuple[ModelSpec, ...]:
    """A model and its other trainings, from other seeds."""
    return tuple(spec for spec in shipped.SHIPPED if name in (spec.name, spec.repeats))


def representations() -> tuple[ModelSpec, ...]:
    """The models with a representation to look into, controls after what they are controls of."""
    return (*shipped_representations(), *(spec for spec in (*guest_specs(), *user_specs()) if spec.represents))


def shipped_representations() -> tuple[ModelSpec, ...]:
    """The shipped ones among ``representations``."""
    left_out = (Purpose.REPEAT, Purpose.NULL)
    found = [spec for spec in shipped.SHIPPED if spec.represents and spec.purpose not in left_out]
    return tuple(sorted(found, key=lambda spec: spec.purpose is Purpose.CONTROL))


def representation_named(name: str) -> ModelSpec:
    """The spec of a model that represents clips.

    Raises:
        ValueError: There is no such model, or it represents nothing.
    """
    spec = find_spec(name)
    if spec and spec.represents:
        return spec
    known = ", ".join(one.name for one in representations())
    reason = "does not represent clips" if spec else "is not known"
    raise ValueError(f"The model {name!r} {reason}; choose one of {known}.")


def recognisers() -> tuple[ModelSpec, ...]:
    """The representations that the evaluation of recognition measures."""
    return tuple(spec for spec in shipped.SHIPPED if spec.recognition)


def guest_specs() -> tuple[ModelSpec, ...]:
    """Models that other packages have registered."""
    return tuple(_guest_spec(point) for point in entry_points(group=GROUP))


def user_specs() -> tuple[ModelSpec, ...]:
    """Models that were trained on the Train page and are finished."""
    try:
        places = sorted(jobs_folder().iterdir())
    except OSError:  # nothing was trained yet, or the Train page says why its folder can't be read
        return ()
    return tuple(spec for spec in map(user_spec, places) if spec is not None)


def user_spec(place: Path) -> ModelSpec | None:
    """The spec of the model that a training has left in its folder, made from its card; None if there is none, or none
    that can be read."""
    try:
        arm = load_card(place / "models" / place.name).get("arm")
    except ValueError:
        return None
    kind = next((spec for spec in shipped.SHIPPED if spec.name == arm), None)
    return kind and replace(
        kind,
        name=place.name,
        title=place.name,
        label=place.name,
        folder=place.name,
        domains=frozenset(Domain),
        purpose=Purpose.USER,
        recipe="",
        decoder_recipe="",
        recognition=False,
    )


def null_of(name: str) -> Null:
    """The null of a model: its own network with random weights if there is one, else the JEPA's."""
    spec = find_spec(name)
    return Null(spec.null, True, "random weights") if spec and spec.null else stand_in()


def stand_in() -> Null:
    """The null of models whose own network can't be had untrained."""
    latent = spec_named(default_pair(Domain.WORLDS)[1])
    return Null(latent.null, False, f"random weights of the {latent.title}")


def load(name: str, models: Path = MODELS) -> Any:
    """A model by name; ``vjepa2:`` and a folder or an id names a checkpoint of V-JEPA 2. Callers ask for its abilities.

    Raises:
        ValueError: There is none of that name, its files are damaged, or it lacks part of the protocol.
    """
    spec = spec_named(name)
    return spec.loader(spec, models_of(name, models))


def card(name: str, models: Path = MODELS) -> dict | None:
    """The card of a model; None for one that has no folder, as it has learnt nothing."""
    place = folder_of(name, models)
    return load_card(place) if place and (place / "card.json").exists() else None


def folder_of(name: str, models: Path = MODELS) -> Path | None:
    """Where the weights of a model are; None for a model without weights of its own."""
    spec = find_spec(name)
    return models_of(name, models) / spec.folder if spec and spec.folder else None


def digest_of(name: str, models: Path = MODELS) -> str | None:
    """The digest of what a model is measured with: its weights and those of its probe; None if it has none."""
    place = folder_of(name, models)
    if place is None:
        return None
    parts = [weights_digest(place), weights_digest(place.with_name(f"{place.name}-probe"))]
    return "+".join(filter(None, parts)) or None


def models_of(name: str, models: Path = MODELS) -> Path:
    """The folder that holds a model and what belongs to it: the shipped one, or that of a user's training."""
    own = jobs_folder() / name / "models"
    return own if not (models / name).exists() and _can_see(own) else models


def _can_see(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # below a folder that may not be read
        return False


def _arms(domain: Domain) -> tuple[ModelSpec, ...]:
    """Shipped arms, then those of other packages, then the user's."""
    wanted = (Purpose.ARM, Purpose.USER)
    return tuple(
        spec for spec in specs() if spec.purpose in wanted and domain in spec.domains and spec.can(Capability.PREDICT)
    )


def _guest_spec(point: EntryPoint) -> ModelSpec:
    """What another package says of its model; as little as is known if it registers no spec."""
    try:
        given = point.load()
    except Exception:  # anything may go wrong in code that is not ours; loading the model says what
        given = None
    if isinstance(given, ModelSpec):
        return replace(given, name=point.name)
    return ModelSpec(
        name=point.name,
        title=point.name,
        label=point.name,
        description="another package's model",
        family=Family.OTHER,
        purpose=Purpose.GUEST,
        capabilities=DECODES,
        space=Space.LATENTS,
        role="latent",
        loader=partial(_load_guest, point),
    )


def _load_guest(point: EntryPoint, spec: ModelSpec, models: Path) -> object:
    try:
        model = point.load()()
    except Exception as error:  # anything may go wrong in code that is not ours
        raise ValueError(f"The model {point.name!r} could not be loaded: {error}") from error
    if not isinstance(model, WorldModel):
        raise ValueError(f"The model {point.name!r} lacks part of the protocol WorldModel in core.models.protocols.")
    return adopt(model)
