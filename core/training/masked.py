"""The recipe of the masked predictors: what is hidden, what is predicted, and what is measured during the training."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from core.embedding.rank_metrics import effective_rank, moving_share
from core.models.masked.masking import LONG_RANGE, SHORT_RANGE, Blocks, draw_mask
from core.models.masked.network import MaskedConfig, MaskedPixels, VJepa, centre_over_time, gather, tubelets
from core.models.objectives import decorrelation, spread_hinge, within_clip
from core.models.tensors import as_tensor
from core.models.weights import weights_from_seed
from core.training.batches import WindowRecipe
from core.training.clip_cache import Clips
from core.training.recipe import Batch

_TARGETS = 24  # hidden cells that are predicted at a time, of 64: the rest costs more than it teaches
_SHOWN_WEIGHT = 0.5  # of an error on a shown token; an error on a hidden one weighs 1
_FOLLOW = (0.01, 0.001)  # how far the target encoder moves towards the encoder in a step, at first and in the end
_CHECKED = 48  # validation clips that are measured during a training
_SPREAD, _HINGE, _DECORRELATION = 0.2, 2.0, 1.0  # of the anti-collapse term: demanded spread, and the two weights
# Variants, trained for four minutes on one core from one seed; accuracy of a probe with a tenth of the labels (67 %
# before any training). Targets minus the batch's mean, 8 blocks of 15 % and 2 of 70 % hidden, no loss on shown tokens:
# no gain even in 55 minutes, and no motion in hidden cells was explained. With a loss on shown tokens: masked pixels
# 62 %, V-JEPA 69 %. With targets minus each cell's mean over time as well, and less hidden: masked pixels 80 %; V-JEPA
# 69 % from its last level alone, 70 % from its first and last level in two thirds of the steps. With smooth L1 instead
# of L1, in 30 minutes: V-JEPA 77 % instead of 75 % (three draws of the labels).


class MaskedRecipe(WindowRecipe):
    """Predicts what two masks hide, one of small blocks and one of large ones."""

    batch_size, rate = 16, 2e-3

    def __init__(self, check: Clips, seed: int, network: type[VJepa | MaskedPixels], config: MaskedConfig) -> None:
        self.module = weights_from_seed(lambda: network(config), seed)
        self.window = config.frames
        self._check = check

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Prediction error under each mask of ``frames [B, T, 3, H, W]``, and the anti-collapse term."""
        module, frames = self.module, batch["frames"]
        module.follow(_FOLLOW[0] + progress * (_FOLLOW[1] - _FOLLOW[0]))  # the encoder as the last step left it
        targets, changes = module.goals(frames), _changes(frames, module.config)
        parts, collapse_terms = {}, []
        for name, blocks in (("short range", SHORT_RANGE), ("long range", LONG_RANGE)):
            parts[name], tokens = _masked_error(module, frames, targets, changes, blocks, generator)
            collapse_terms.append(_anti_collapse(tokens, module.config.steps))
        loss = torch.stack([*parts.values()]).mean()
        if module.can_collapse:
            parts["anti_collapse"] = torch.stack(collapse_terms).mean()
            loss = loss + parts["anti_collapse"]
        return {"loss": loss} | parts

    def measures(self) -> Mapping[str, float]:
        """Signs of collapse: the spread of each place's representation over clips, the share of it that moves within a
        clip, and the effective rank of what moves."""
        config = self.module.config
        frames = as_tensor(self._check.frames[:_CHECKED, : config.frames])
        tokens = self.module.represent(frames)  # [B, N, D]
        latents = tokens.unflatten(1, (config.steps, -1)).numpy()  # [B, steps, cells, D]
        moving = latents - latents.mean(axis=1, keepdims=True)
        found = {"spread": float(tokens.std(dim=0).mean())}
        if config.steps > 1:
            found["moving share"] = float(moving_share(latents).mean())
        rows = moving if config.steps > 1 else latents
        return found | {"effective rank": effective_rank(rows.reshape(-1, config.dim))}


def _masked_error(
    module: VJepa | MaskedPixels,
    frames: torch.Tensor,
    targets: torch.Tensor,
    changes: torch.Tensor,
    blocks: Blocks,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean error under one mask, and the tokens ``[B, K, D]`` of what is shown.

    Of the hidden cells, those whose pixels change most are predicted: the others teach next to nothing about motion.
    """
    config = module.config
    cells = draw_mask(blocks, config.side, len(frames), generator).most_changed(_TARGETS, changes)
    mask = cells.over_time(config.steps, config.side**2)
    tokens = module.encoder(frames, mask.shown)
    shown, hidden = module.predictor(tokens, mask)
    of_hidden = module.error(hidden, gather(targets, mask.hidden))
    of_shown = module.error(shown, gather(targets, mask.shown))
    return of_hidden + _SHOWN_WEIGHT * of_shown, tokens


def _changes(frames: torch.Tensor, config: MaskedConfig) -> torch.Tensor:
    """How much changes in each cell of each clip, ``[B, cells]``."""
    centred = centre_over_time(tubelets(frames, config), config.steps)
    times = centred.unflatten(1, (config.steps, -1))  # [B, steps, cells, pixels]
    return times.square().mean(dim=(1, 3))


def _anti_collapse(tokens: torch.Tensor, steps: int) -> torch.Tensor:
    """Lack of spread and of independence in the shown tokens ``[B, steps * cells, D]``: in what moves within a clip or,
    for single pictures, in all."""
    latents = tokens.unflatten(1, (steps, -1)).movedim(3, 2)[..., None]  # [B, steps, D, cells, 1]
    moving = within_clip(latents) if steps > 1 else latents
    moving = moving - moving.mean(dim=(0, 3), keepdim=True)
    return _HINGE * spread_hinge(moving, _SPREAD) + _DECORRELATION * decorrelation(moving)
