"""The name space of the Causes page's settings."""

from __future__ import annotations

from dashboard import old_links
from dashboard.kit.url_state import PageState

STATE = PageState("causes", old_links.CAUSES)
