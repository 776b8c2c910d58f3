"""Which worldscope this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """Its number; where it runs from a checkout that is not installed, just that."""
    try:
        return installed("worldscope")
    except PackageNotFoundError:
        return "from a checkout"
