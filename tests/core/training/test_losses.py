"""The losses of every recipe are those that the shipped models were trained with: the same seeds give the same batches,
the same augmentation, the same first weights and the same random numbers."""

import pytest

from core.training.ablation_variants import VARIANTS
from core.training.clip_cache import ClipSet, open_clips
from core.training.loop import fit
from core.training.masked import MaskedRecipe
from core.training.recipes import DecoderRecipe, JepaRecipe, PixelRecipe
from core.training.settings import ANTI_COLLAPSE, SHORT_LATENT_ROLLOUTS, SHORT_PIXEL_ROLLOUTS
from core.training.shipped import plans

FIFTH = {  # the loss of the fifth step, measured before recipes owned their batches
    "jepa": 2.415271520614624,
    "jepa for films": 1.5457853078842163,
    "pixel": 0.009071392938494682,
    "pixel for films": 0.009260629303753376,
    "decoder": 0.13536004722118378,
    "vjepa": 0.572327733039856,
    "masked-pixels": 1.5412817001342773,
    "ijepa": 0.6257784366607666,
    "sigreg": 1.8402739763259888,
    "curriculum": 1.9187771081924438,
    "dropout": 1.7287466526031494,
    "context-8": 1.6165151596069336,
    "no-memory": 1.728728175163269,
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Training clips and validation clips with balls, and training clips of leaves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORLDSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        sets = ClipSet(0, 24), ClipSet(1_000_000, 8), ClipSet(0, 16, worlds=(("leaves", 1.0),))
        yield tuple(open_clips(each) for each in sets)


def made(name, check):
    if name == "jepa for films":
        return JepaRecipe(check, 0, ANTI_COLLAPSE, schedule=SHORT_LATENT_ROLLOUTS)
    if name == "pixel for films":
        return PixelRecipe(check, 0, SHORT_PIXEL_ROLLOUTS)
    if name == "decoder":
        return DecoderRecipe(check, 0, JepaRecipe(check, 5).module)
    if name in VARIANTS:
        variant = VARIANTS[name]
        recipe = variant.recipe(check, 0, variant.anti_collapse, variant.config, variant.schedule)
        variant.change(recipe.module)
        return recipe
    if name in ("vjepa", "masked-pixels", "ijepa"):
        trainer = plans()[name].trainer
        return MaskedRecipe(check, 0, trainer.network, trainer.config)
    return {"jepa": JepaRecipe, "pixel": PixelRecipe}[name](check, 0)


@pytest.mark.parametrize("name", FIFTH)
def test_five_steps_give_the_loss_that_they_always_gave(clips, name, tmp_path):
    training, check, leaves = clips
    moments = []
    fit(
        made(name, check),
        leaves if "films" in name else training,
        tmp_path,
        minutes=1e9,
        seed=3,
        report=moments.append,
        cancelled=lambda: len(moments) == 5,
        measure_seconds=None,
    )
    assert moments[-1].losses["loss"] == pytest.approx(FIFTH[name], rel=1e-4)
