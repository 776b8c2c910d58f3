"""Which parts of a clip a masked predictor sees and which it must predict: V-JEPA's multi-block masks.

Blocks are drawn in the picture and hide the same place in every frame (Bardes et al. 2024, "Revisiting feature
prediction", section 3), so that nothing hidden can be copied from the frame before. Many small blocks train prediction
at short range, two large ones at long range.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

_ASPECT = (0.75, 1.5)  # of a block, width to height
_FEWEST = 4  # cells that are always visible


@dataclass(frozen=True)
class Blocks:
    """How many blocks are hidden, and the share of the picture that each of them covers."""

    count: int
    share: float


# V-JEPA hides 8 blocks of 15 % and 2 of 70 %: of 8 x 8 cells, that leaves too little to tell how a ball moves.
SHORT_RANGE, LONG_RANGE = Blocks(4, 0.15), Blocks(2, 0.4)


@dataclass(frozen=True)
class Mask:
    """Cells of a square grid, row by row, for each clip: ``shown [B, K]`` and ``hidden [B, M]``, in order.

    Every clip of a batch keeps as many cells as the clip with the fewest, so a cell may be in neither.
    """

    shown: torch.Tensor
    hidden: torch.Tensor

    def over_time(self, steps: int, cells: int) -> Mask:
        """The same cells of each of ``steps`` frames that have ``cells`` each."""
        times = cells * torch.arange(steps)[:, None]
        return Mask((self.shown[:, None] + times).flatten(1), (self.hidden[:, None] + times).flatten(1))

    def most_changed(self, most: int, changes: torch.Tensor) -> Mask:
        """The same mask with at most ``most`` hidden cells: those with the largest ``changes [B, cells]``."""
        found = changes.gather(1, self.hidden).topk(min(most, self.hidden.shape[1]), dim=1).indices.sort(dim=1).values
        return Mask(self.shown, self.hidden.gather(1, found))


def draw_mask(blocks: Blocks, side: int, batch: int, generator: torch.Generator) -> Mask:
    """A mask for each clip.

    Args:
        blocks: The blocks that are hidden.
        side: Cells a side.
        batch: Clips.
        generator: Source of every draw.
    """
    hidden = torch.stack([_hidden(blocks, side, generator) for _ in range(batch)])  # [B, side * side]
    return Mask(_some(~hidden, generator), _some(hidden, generator))


def _hidden(blocks: Blocks, side: int, generator: torch.Generator) -> torch.Tensor:
    """Which of ``side * side`` cells one clip hides; drawn again if too few would be visible."""
    while True:
        hidden = torch.zeros(side, side, dtype=torch.bool)
        for _ in range(blocks.count):
            ratio = _ASPECT[0] + (_ASPECT[1] - _ASPECT[0]) * float(torch.rand((), generator=generator))
            area = blocks.share * side * side
            height, width = (
                min(side, max(1, round(value))) for value in ((area / ratio) ** 0.5, (area * ratio) ** 0.5)
            )
            top, left = (int(torch.randint(side - length + 1, (), generator=generator)) for length in (height, width))
            hidden[top : top + height, left : left + width] = True
        if side * side - int(hidden.sum()) >= _FEWEST:
            return hidden.flatten()


def _some(chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The true cells of each row of ``[B, C]``, in order; a random choice of as many as the row with the fewest has."""
    drawn = torch.rand(chosen.shape, generator=generator).masked_fill(~chosen, -1.0)
    return drawn.topk(int(chosen.sum(dim=1).min()), dim=1).indices.sort(dim=1).values
