"""The names that addresses had before each page got a name space of its own. Links that people have kept use them: they
are read for ever, and never written."""

from __future__ import annotations

from core.models.shipped import SHIPPED
from dashboard.kit.url_state import OldNames

_FACTORS = (
    "background",
    "elasticity",
    "gravity",
    "hop",
    "lamp",
    "objects",
    "radius",
    "screen",
    "speed",
    "start",
    "strength",
    "wall",
)
_STORIES = (
    "ice-cream",
    "forecast",
    "treatment",
    "kidney-stones",
    "ab-test",
    "smoking",
    "instrument",
    "m-graph",
    "hospital",
    "joe",
    "coin",
    "own",
)


def _same(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


COMPARE = OldNames(
    {factor: (f"factor.{factor}",) for factor in _FACTORS}
    | _same("source", "clip", "world", "seed", "context", "horizon", "pixel", "latent")
    | {"start": ("start", "factor.start"), "v": ()},  # a video's first second, or a factor of a world; a version
)
SCOREBOARD = OldNames(_same("case", "step"))
TRAIN = OldNames(_same("job"))
EMBEDDINGS = OldNames(
    _same("view", "clips", "unit", "map_by", "perplexity", "tsne_seed", "exaggeration", "clusters", "grid_by")
    | {"of": ("model",)},
    values={"model": {former: spec.title for spec in SHIPPED for former in (spec.name, *spec.former_titles)}},
)
_RENAMED = {"own_story": "story_text", "own_graph": "graph", "own_exposure": "exposure", "own_outcome": "outcome"}
CAUSES = OldNames(
    _same(
        "rows_of",
        "nodes",
        "degree",
        "rows",
        "model",
        "story",
        "draw",
        "do",
        "guess",
    )
    | {"causes": ("view",)}
    | {former: (name,) for former, name in _RENAMED.items()},
    renamed=_RENAMED,
    families=("whose", "unit", "was", *_STORIES),
    values={
        "rows_of": {"a model drawn by chance": "a random model"},
        "story": {
            "A test on a holiday": "An A/B test over a holiday",
            "Alike when seen and when done": "Two models, the same experiments",
            "A treatment that goes with dying": "A treatment that seems to harm",
            "Only those in hospital": "Only hospital patients",
        },
    },
)
