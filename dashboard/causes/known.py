"""What is known besides an analysis, such as the truth of a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.causal.scm.model import Model
from core.causal.tables.rows import Table
from dashboard.causes.labels import Labels


@dataclass(frozen=True)
class Known:
    """What is known besides an analysis.

    Attributes:
        table: The rows.
        labels: The labels of the nodes.
        truth: The true effect; None for a user's data.
        model: The model of the rows; None for a user's data.
        wrong: Nodes that a newcomer might adjust for, and should not.
        no_estimate: A note to show if no estimate is quoted.
        list_more: Is called by a click that asks for more adjustment sets; None if there is no such button.
    """

    table: Table
    labels: Labels
    truth: float | None = None
    model: Model | None = None
    wrong: tuple[str, ...] = ()
    no_estimate: str = ""
    list_more: Callable[[], None] | None = None
