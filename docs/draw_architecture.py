"""Draws ``docs/architecture.svg`` from the imports: the rooms, and which of them imports which.

    python docs/draw_architecture.py

An arrow is drawn from the importing room to the imported one. Arrows that follow from others are left out: where a room
imports a second one and that a third, an import of the third by the first adds nothing to the order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp
import networkx as nx

PICTURE = Path(__file__).with_name("architecture.svg")
PARTS = ("pages", "dashboard", "core")
BASE = "basics"  # the modules of core that lie in no folder
WIDTH, ROW, BOX, MARGIN = 960, 82, (150, 40), 30
COLOURS = {"pages": "#fbe9d0", "dashboard": "#fbe9d0", "core": "#e3edf9"}


def rooms() -> nx.DiGraph:
    """The rooms as nodes, with the names of the modules that lie in no folder (``loose``); edges are imports."""
    imports = grimp.build_graph(*PARTS)
    modules = sorted(module for module in imports.modules if module not in PARTS)
    room_of = {module: _room(module, imports) for module in modules}
    graph = nx.DiGraph()
    for room in room_of.values():
        graph.add_node(room, loose=[])
    for module, room in room_of.items():
        if room == f"core.{BASE}":
            graph.nodes[room]["loose"].append(module.removeprefix("core."))
        others = (room_of.get(other, room) for other in imports.find_modules_directly_imported_by(module))
        graph.add_edges_from((room, other) for other in others if other != room)
    return graph


def _room(module: str, imports: grimp.ImportGraph) -> str:
    """The room of a module: the part, or the folder in core. A module that lies in no folder belongs to the one room
    that it builds on, or to the basics."""
    part, name = module.split(".")[:2]
    if part != "core":
        return part
    folder = f"core.{name}"
    if imports.find_children(folder):
        return folder
    used = {".".join(other.split(".")[:2]) for other in imports.find_modules_directly_imported_by(module)}
    built_on = [other for other in used if other in imports.modules and imports.find_children(other)]
    return built_on[0] if len(built_on) == 1 else f"core.{BASE}"


def draw(graph: nx.DiGraph) -> str:
    """The rooms as an SVG picture.

    Raises:
        ValueError: The imports run in a circle.
    """
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError(f"The rooms import each other in a circle: {nx.find_cycle(graph)}.")
    order = nx.transitive_reduction(graph)
    boxes = _boxes(order)
    height = max(box.bottom for box in boxes.values()) + MARGIN
    arrows = [_arrow(boxes, one, other) for one, other in sorted(order.edges)]
    drawn = [_drawn(room, boxes[room], graph.nodes[room]) for room in sorted(boxes)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        'role="img" aria-label="The rooms of worldscope and which of them imports which" '
        'font-family="system-ui, sans-serif" font-size="14">'
    )
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#667"/></marker></defs>'
    )
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, tip, ground, *arrows, *drawn, "</svg>"]) + "\n"


@dataclass(frozen=True)
class Box:
    """Where a room is drawn, in pixels from the upper left corner."""

    left: float
    top: float
    width: float = BOX[0]
    height: float = BOX[1]

    @property
    def x(self) -> float:
        """The middle between left and right."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the box or close to it."""
        near = 6
        return self.left - near < x < self.left + self.width + near and self.top - near < y < self.bottom + near


def _boxes(order: nx.DiGraph) -> dict[str, Box]:
    """A row below every room that imports it, near the mean of those; the basics are a bar below all."""
    boxes: dict[str, Box] = {}
    bar = f"core.{BASE}"
    generations = list(nx.topological_generations(order.subgraph(set(order) - {bar})))
    for depth, row in enumerate(generations):
        wanted = {room: _mean([boxes[one].x for one in order.predecessors(room)]) for room in row}
        gap = BOX[0] + 60
        middle = min(max(_mean(list(wanted.values())), gap * len(row) / 2), WIDTH - gap * len(row) / 2)
        for index, room in enumerate(sorted(row, key=lambda room: (wanted[room], room))):
            x = middle + gap * (index - (len(row) - 1) / 2)
            boxes[room] = Box(x - BOX[0] / 2, MARGIN + depth * ROW)
    boxes[bar] = Box(MARGIN, MARGIN + len(generations) * ROW, WIDTH - 2 * MARGIN)
    return boxes


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else WIDTH / 2


def _arrow(boxes: dict[str, Box], one: str, other: str) -> str:
    """A curve from the lower edge of a box to the upper edge of another, around the boxes between where it can be."""
    start, end = boxes[one], boxes[other]
    others = [box for room, box in boxes.items() if room not in (one, other)]
    curves = []
    for bend in range(-400, 401, 20):
        for to_x in {start.x + bend / 2, end.x} if other.endswith(BASE) else {end.x}:
            reach = 0.5 * (end.top - start.bottom)
            curve = (
                (start.x, start.bottom),
                (start.x + bend, start.bottom + reach),
                (to_x + bend, end.top - reach),
                (to_x, end.top - 2),
            )
            points = [_point(curve, step / 40) for step in range(41)]
            crossed = sum(box.holds(x, y) for x, y in points for box in others)
            length = sum(math.dist(a, b) for a, b in pairwise(points))
            curves.append((crossed, length, curve))
    (x, y), (x1, y1), (x2, y2), (x3, y3) = min(curves)[2]
    path = f"M{x:.0f} {y:.0f}C{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f} {x3:.0f} {y3:.0f}"
    title = escape(f"{one} imports {other}")
    return f'<path d="{path}" fill="none" stroke="#667" marker-end="url(#tip)"><title>{title}</title></path>'


def _point(curve: tuple[tuple[float, float], ...], share: float) -> tuple[float, float]:
    """A point of a cubic Bezier curve, at a share of its way from 0 to 1."""
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


def _drawn(room: str, box: Box, about: dict) -> str:
    name = ", ".join(about["loose"]) or room.removeprefix("core.")
    return (
        f'<g text-anchor="middle"><rect x="{box.left:.0f}" y="{box.top:.0f}" width="{box.width:.0f}" '
        f'height="{box.height:.0f}" rx="8" fill="{COLOURS[room.split(".")[0]]}" stroke="#99a"/>'
        f'<text x="{box.x:.0f}" y="{box.top + 25:.0f}" fill="#112" font-weight="600">{escape(name)}</text></g>'
    )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(draw(rooms()), encoding="utf-8")
    print(f"Written: {PICTURE}")


if __name__ == "__main__":
    main()
