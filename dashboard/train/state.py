"""The name space of the Train page's settings."""

from __future__ import annotations

from dashboard import old_links
from dashboard.kit.url_state import PageState

STATE = PageState("train", old_links.TRAIN)
