"""What the user may choose about the columns of an analysis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choices:
    """Choices about columns; each is a guess, or not used, where nothing is chosen.

    Attributes:
        categorical, numeric: Nodes whose values are categories, and nodes whose values are amounts.
        reference: The value of the exposure that others are compared with.
        arm: The value that is compared with it first, if there are several.
        event: The value of the outcome whose share is the outcome.
        weights: The column of sampling weights.
        cluster: The column that says which rows belong together, such as a school.
        by: The column or node by whose values the effect is split.
    """

    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    reference: str = ""
    arm: str = ""
    event: str = ""
    weights: str = ""
    cluster: str = ""
    by: str = ""


NO_CHOICES = Choices()
