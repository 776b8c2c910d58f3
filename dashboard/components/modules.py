"""Serves the browser code of the components: the ES modules that lie beside the Python packages.

A component hands Streamlit a few lines that import its module by address. The address contains a digest of all modules,
so that a browser may keep them for ever and an update is never stale; relative imports between modules inherit it.
Streamlit's own static serving cannot do that: it serves a folder under fixed addresses and lets browsers guess how long
to keep it.

``worldscope app`` serves the modules by ``routes``. Under a plain ``streamlit run dashboard/app.py`` no route of ours
exists; the lines then carry the text of the modules (``fallback.js``).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

_FOLDER = Path(__file__).resolve().parent
_PREFIX = "worldscope/modules"
_FALLBACK = "fallback.js"
_IMPORT = re.compile(r'^(?:import\b.*|\}) from "(\.[^"]+)"', re.MULTILINE)
_YEAR = 365 * 24 * 3600  # seconds


class Modules:
    """ES modules by name: their paths below ``folder``, with forward slashes. All are read at once."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.rglob("*.js"))
        self._texts: Mapping[str, str] = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths
        }
        self._are_served = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all modules."""
        return tuple(self._texts)

    @cached_property
    def digest(self) -> str:
        """Changes if any module changes."""
        return blake2b(json.dumps(self._texts).encode(), digest_size=8).hexdigest()

    def imports_of(self, name: str) -> dict[str, str]:
        """The modules that a module imports, by the specifier that it uses."""
        folder = posixpath.dirname(name)
        return {
            specifier: posixpath.normpath(posixpath.join(folder, specifier))
            for specifier in _IMPORT.findall(self._texts[name])
        }

    def routes(self) -> list[Route]:
        """The route that serves the modules, for ``st.App``, below any base path. From now on components import them
        by address."""
        from starlette.routing import Route

        self._are_served = True
        return [Route(f"/{{base:path}}{_PREFIX}/{{digest}}/{{name:path}}", self._respond)]

    def address(self, name: str) -> str:
        """The address at which the route serves a module, relative to the app's."""
        return f"{_PREFIX}/{self.digest}/{name}"

    def loader(self, name: str) -> str:
        """JavaScript for Streamlit's ``js=``: its default export is that of the module ``name``."""
        if name not in self._texts:
            raise ValueError(f"There is no module {name}; choose one of {', '.join(self._texts)}.")
        if self._are_served:
            address = json.dumps(self.address(name))
            return (
                f"const address = new URL({address}, document.baseURI).href;\n"
                "export default async (mount) => (await import(address)).default(mount);\n"
            )
        modules = {one: {"text": self._texts[one], "imports": self.imports_of(one)} for one in self._in_order(name)}
        arguments = ", ".join(json.dumps(value) for value in (self.digest, modules, name))
        return (
            f"{self._texts[_FALLBACK]}\n"
            f"const address = addressOf({arguments});\n"
            "export default async (mount) => (await import(address)).default(mount);\n"
        )

    def _respond(self, request: Request) -> Response:
        """The module at an address; only names that are in the table exist, so no path reaches another file."""
        from starlette.responses import PlainTextResponse, Response

        text = self._texts.get(request.path_params["name"])
        if text is None or request.path_params["digest"] != self.digest:
            return PlainTextResponse("Not found", status_code=404)
        headers = {"Cache-Control": f"public, max-age={_YEAR}, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(text, media_type="text/javascript", headers=headers)

    def _in_order(self, name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        """A module after all that it imports; may repeat names.

        Raises:
            ValueError: Modules import each other in a circle.
        """
        if name in above:
            raise ValueError(f"Modules import each other in a circle: {' -> '.join((*above, name))}.")
        for one in self.imports_of(name).values():
            yield from self._in_order(one, (*above, name))
        yield name


MODULES = Modules(_FOLDER)
"""The modules of all components."""


def style(package: str, name: str) -> str:
    """The text of the style sheet ``name`` of a component."""
    return (_FOLDER / package / name).read_text(encoding="utf-8")
