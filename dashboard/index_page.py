"""The HTML document that every address of the app opens with: Streamlit's, with our title and our own module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streamlit import file_util

from dashboard.components.modules import MODULES
from dashboard.navigation import PAGES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

_HISTORY = "page/history.js"
_HEAD = '<meta charset="UTF-8" />'  # the first line of the head; a module there runs before Streamlit's
_TITLE = "<title>Streamlit</title>"  # shown until the first page has opened


def routes() -> list[Route]:
    """The routes that serve the document at the address of each page, for ``st.App``. Any other address opens
    Streamlit's own document."""
    from starlette.routing import Route

    return [Route(path, _respond) for path in ("/", *(f"/{page.name}" for page in PAGES))]


def html() -> str:
    """The document.

    Raises:
        ValueError: Streamlit's document no longer has the line that ours extends.
    """
    text = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    if _HEAD not in text:
        raise ValueError("Streamlit's index.html has another head; adapt dashboard/index_page.py to it.")
    module = f'<script type="module" src="./{MODULES.address(_HISTORY)}"></script>'
    return text.replace(_HEAD, f"{_HEAD}\n    {module}", 1).replace(_TITLE, "<title>worldscope</title>")


def _respond(request: Request) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(html(), headers={"Cache-Control": "no-cache"})
