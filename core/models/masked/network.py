"""Masked prediction: a small V-JEPA, its counterpart for single pictures (I-JEPA), and a twin that predicts pixels.

V-JEPA: Bardes et al. 2024, "Revisiting feature prediction for learning visual representations from video"; I-JEPA:
Assran et al. 2023. The encoder sees only the visible tokens; a narrow predictor predicts the hidden ones as the
target encoder represents them, a moving average of the encoder that sees everything. The twin predicts the pixels
themselves, as VideoMAE does (Tong et al. 2022), with the same encoder, predictor, masks and clips. As in V-JEPA 2.1
(2026), the predictor also predicts the visible tokens, and its targets are an early level of the encoder and its last.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from core.models.masked.masking import Mask

CHANNELS = 3
# The content of a token must outweigh its position: frames with balls vary little about grey. Without these factors a
# token of size 1 differs from clip to clip by 0.036, so that its position alone predicts it.
_CONTRAST, _PLACE = 0.2, 0.3


@dataclass(frozen=True)
class MaskedConfig:
    """Sizes of a masked predictor.

    Attributes:
        frames: Of a clip; 1 for an encoder of single pictures.
        tubelet: Frames that a token spans.
        size, patch: Pixels a side of a frame and of a token.
        dim, depth, heads: Of the encoder.
        narrow, predictor_depth, predictor_heads: Of the predictor.
    """

    frames: int = 16
    tubelet: int = 2
    size: int = 64
    patch: int = 8
    dim: int = 128
    depth: int = 4
    heads: int = 4
    narrow: int = 64
    predictor_depth: int = 2
    predictor_heads: int = 2

    @property
    def steps(self) -> int:
        """Tokens along time."""
        return self.frames // self.tubelet

    @property
    def side(self) -> int:
        """Tokens along a side of the picture."""
        return self.size // self.patch

    @property
    def pixels(self) -> int:
        """Numbers in a token's tubelet."""
        return self.tubelet * self.patch**2 * CHANNELS


PICTURES = MaskedConfig(frames=1, tubelet=1)


class TokenEncoder(nn.Module):
    """Tubelets to tokens by a transformer, at some positions or at all."""

    place: torch.Tensor

    def __init__(self, config: MaskedConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Linear(config.pixels, config.dim)
        self.blocks = _transformer(config.dim, config.depth, config.heads)
        self.register_buffer("place", sines(config.steps, config.side, config.dim), persistent=False)

    def forward(self, frames: torch.Tensor, shown: torch.Tensor | None = None) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, N, D]``; with ``shown [B, K]`` it sees those tokens alone: ``[B, K, D]``."""
        return self.levels(frames, shown)[-1]

    def levels(self, frames: torch.Tensor, shown: torch.Tensor | None = None) -> list[torch.Tensor]:
        """The tokens after each block, first to last: each as ``forward`` returns them, ``[B, N, D]`` or
        ``[B, K, D]``."""
        tubes = tubelets(frames, self.config)
        place = self.place.expand(len(tubes), -1, -1)
        if shown is not None:
            tubes, place = gather(tubes, shown), gather(place, shown)
        tokens, found = self.embed((tubes - 0.5) / _CONTRAST) + _PLACE * place, []
        for block in self.blocks.layers:
            tokens = block(tokens)
            found.append(tokens)
        assert self.blocks.norm is not None, "see _transformer"
        return [*found[:-1], self.blocks.norm(tokens)]


class TokenPredictor(nn.Module):
    """From visible tokens to ``outputs`` numbers for each visible and each hidden token."""

    place: torch.Tensor

    def __init__(self, config: MaskedConfig, outputs: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(config.dim, config.narrow)
        self.unknown = nn.Parameter(torch.zeros(config.narrow))
        self.blocks = _transformer(config.narrow, config.predictor_depth, config.predictor_heads)
        self.widen = nn.Linear(config.narrow, outputs)
        nn.init.normal_(self.widen.weight, std=0.01)  # the first prediction is the mean of all clips, 0
        nn.init.zeros_(self.widen.bias)
        self.register_buffer("place", sines(config.steps, config.side, config.narrow), persistent=False)

    def forward(self, tokens: torch.Tensor, mask: Mask) -> tuple[torch.Tensor, torch.Tensor]:
        """``[B, K, D]`` at ``mask.shown`` to ``[B, K, outputs]`` there and ``[B, M, outputs]`` at ``mask.hidden``; the
        mask is of tokens."""
        place = self.place.expand(len(tokens), -1, -1)
        known = self.narrow(tokens) + gather(place, mask.shown)
        queries = self.unknown + gather(place, mask.hidden)
        found = self.widen(self.blocks(torch.cat([known, queries], dim=1)))
        return found[:, : known.shape[1]], found[:, known.shape[1] :]


class VJepa(nn.Module):
    """Predicts representations; ``target`` is the moving average of ``encoder``, and the encoder that is kept."""

    can_collapse = True  # it learns its own targets

    def __init__(self, config: MaskedConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = TokenEncoder(config)
        self.target = copy.deepcopy(self.encoder).requires_grad_(False)
        self.predictor = TokenPredictor(config, 2 * config.dim)

    def represent(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, N, D]``, time-major."""
        return self.target(frames)

    @torch.no_grad()
    def goals(self, frames: torch.Tensor) -> torch.Tensor:
        """The targets for each token, ``[B, N, 2 * D]``: its first level and its last, each normalised. The first is
        close to the pixels, so that there is something to predict from the beginning."""
        levels = self.target.levels(frames)
        normed = (nn.functional.layer_norm(level, (self.config.dim,)) for level in (levels[0], levels[-1]))
        return torch.cat([centre_over_time(level, self.config.steps) for level in normed], dim=2)

    def error(self, predicted: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Smooth L1 of predictions ``[B, K, 2 * D]``, as in I-JEPA, a number: with L1, the many tokens that hardly move
        would count as much as those that do."""
        return nn.functional.smooth_l1_loss(predicted, targets)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Move the target a share of the way to the encoder."""
        for slow, fast in zip(self.target.parameters(), self.encoder.parameters(), strict=True):
            slow.lerp_(fast, share)


class MaskedPixels(nn.Module):
    """The twin: predicts the hidden pixels."""

    can_collapse = False  # pixels are given

    def __init__(self, config: MaskedConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = TokenEncoder(config)
        self.predictor = TokenPredictor(config, config.pixels)

    def represent(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, N, D]``, time-major."""
        return self.encoder(frames)

    def goals(self, frames: torch.Tensor) -> torch.Tensor:
        """The targets for each token, ``[B, N, pixels]``."""
        return centre_over_time(tubelets(frames, self.config), self.config.steps)

    def error(self, predicted: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Squared error of predictions ``[B, K, pixels]``, as in VideoMAE, a number."""
        return nn.functional.mse_loss(predicted, targets)

    def follow(self, share: float) -> None:
        """Does nothing: pixels are given, so there is no target encoder."""


def centre_over_time(tokens: torch.Tensor, steps: int) -> torch.Tensor:
    """Tokens ``[B, N, D]`` minus the mean over time at the same position (for single pictures: over the batch),
    divided by one common scale.

    Otherwise the position alone would predict most of a token. The scale is common, so that tokens that hardly move
    count less than those that do.
    """
    times = tokens.unflatten(1, (steps, -1))  # [B, steps, cells, D]
    moving = times - times.mean(dim=1 if steps > 1 else 0, keepdim=True)
    return (moving / (moving.square().mean().sqrt() + 1e-6)).flatten(1, 2)


def tubelets(frames: torch.Tensor, config: MaskedConfig) -> torch.Tensor:
    """``[B, T, 3, H, W]`` to ``[B, N, tubelet * patch * patch * 3]``; tokens by time, then row by row.

    Raises:
        ValueError: The clip has another length or size than the model was made for.
    """
    wanted = (config.frames, CHANNELS, config.size, config.size)
    if tuple(frames.shape[1:]) != wanted:
        raise ValueError(f"Clips must be [B, {', '.join(map(str, wanted))}], not {[*frames.shape]}.")
    cut = frames.unflatten(4, (config.side, config.patch)).unflatten(3, (config.side, config.patch))
    cut = cut.unflatten(1, (config.steps, config.tubelet))  # [B, steps, tubelet, 3, side, patch, side, patch]
    return cut.permute(0, 1, 4, 6, 2, 5, 7, 3).flatten(4).flatten(1, 3)


def sines(steps: int, side: int, dim: int) -> torch.Tensor:
    """Fixed sines and cosines of each token's time, row and column, ``[steps * side * side, dim]``, a third of the
    channels for each (after Vaswani et al. 2017)."""
    count = dim // 6
    # A constant, so it exists also in a network that is built on the meta device.
    count_up = partial(torch.arange, device="cpu")
    rates = 10_000 ** (-count_up(count) / count)  # [count]
    axes = torch.meshgrid(count_up(steps), count_up(side), count_up(side), indexing="ij")
    parts = [trig(axis.flatten()[:, None] * rates) for axis in axes for trig in (torch.sin, torch.cos)]
    return nn.functional.pad(torch.cat(parts, dim=1), (0, dim - 6 * count))


def gather(tokens: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """The tokens ``[B, N, D]`` at ``[B, K]``: ``[B, K, D]``."""
    return tokens.gather(1, index[..., None].expand(-1, -1, tokens.shape[2]))


def _transformer(dim: int, depth: int, heads: int) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(dim, heads, 4 * dim, 0.0, "gelu", batch_first=True, norm_first=True)
    blocks = nn.TransformerEncoder(layer, depth, nn.LayerNorm(dim), enable_nested_tensor=False)
    for weight in blocks.parameters():  # its layers start as copies of one another
        if weight.dim() > 1:
            nn.init.xavier_uniform_(weight)
    return blocks
