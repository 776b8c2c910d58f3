"""Rigid balls in a closed box, simulated by pymunk with a fixed step: same start, same motion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymunk

from core.clip import Event

FLOOR = 0.18  # height of the floor, in frame widths
SUBSTEPS = 24  # physics steps per frame
UNITS = 100.0  # pymunk's units per frame width: its tolerances suit sizes of 1 to 100
QUIET = 0.12  # frame widths per second; softer touches are no events

_BALL, _FLOOR, _WALL = 1, 2, 3


@dataclass(frozen=True)
class Box:
    """An axis-aligned rectangle on the stage, in frame widths."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True)
class Arena:
    """The surroundings of the balls.

    Attributes:
        gravity: In frame widths per second squared.
        elasticity: Share of the speed that a ball keeps when it bounces.
        friction: Coefficient of friction.
        obstacles: Solid boxes.
    """

    gravity: float
    elasticity: float
    friction: float = 0.5
    obstacles: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Bodies:
    """State of K balls at one moment, each ``[K]``: frame widths, frame widths per second and radians per second."""

    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    radius: np.ndarray
    spin: np.ndarray


@dataclass(frozen=True)
class Motion:
    """Motion of K balls over T frames, each ``float32 [T, K]``; frame 0 is the start."""

    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    angle: np.ndarray
    spin: np.ndarray
    events: tuple[Event, ...]


def roll_out(arena: Arena, bodies: Bodies, frames: int, fps: float) -> Motion:
    """The motion of the balls over a number of frames."""
    space, balls = _build(arena, bodies)
    clock = [0]
    events: list[Event] = []
    _record_events(space, {id(b): k for k, b in enumerate(balls)}, clock, events)
    states = np.empty((frames, len(balls), 6), np.float64)
    for t in range(frames):
        if t:
            clock[0] = t
            for _ in range(SUBSTEPS):
                space.step(1.0 / (fps * SUBSTEPS))
        for k, ball in enumerate(balls):
            (x, y), (vx, vy) = ball.position, ball.velocity
            states[t, k] = (x / UNITS, y / UNITS, vx / UNITS, vy / UNITS, ball.angle, ball.angular_velocity)
    xs, ys, vxs, vys, angles, spins = np.moveaxis(states.astype(np.float32), -1, 0)
    return Motion(xs, ys, vxs, vys, angles, spins, tuple(events))


def _build(arena: Arena, bodies: Bodies) -> tuple[pymunk.Space, list[pymunk.Body]]:
    space = pymunk.Space()
    space.gravity = (0.0, -arena.gravity * UNITS)
    space.collision_slop = 0.02
    space.iterations = 12
    # pymunk multiplies the elasticities of two touching shapes, so each gets the square root.
    bounce = float(np.sqrt(arena.elasticity))
    edges = [((-20.0, FLOOR * 100 - 10), (120.0, FLOOR * 100 - 10), _FLOOR), ((-10.0, -20.0), (-10.0, 220.0), _WALL)]
    edges += [((110.0, -20.0), (110.0, 220.0), _WALL), ((-20.0, 110.0), (120.0, 110.0), _WALL)]
    for a, b, kind in edges:
        _solid(space, pymunk.Segment(space.static_body, a, b, 10.0), bounce, arena.friction, kind)
    for box in arena.obstacles:
        corners = [(box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top)]
        shape = pymunk.Poly(space.static_body, [(x * UNITS, y * UNITS) for x, y in corners])
        _solid(space, shape, bounce, arena.friction, _WALL)
    balls = []
    for k in range(len(bodies.x)):
        radius = float(bodies.radius[k]) * UNITS
        mass = (radius / 8.0) ** 2  # equal density
        ball = pymunk.Body(mass, pymunk.moment_for_circle(mass, 0.0, radius))
        ball.position = (float(bodies.x[k]) * UNITS, float(bodies.y[k]) * UNITS)
        ball.velocity = (float(bodies.vx[k]) * UNITS, float(bodies.vy[k]) * UNITS)
        ball.angular_velocity = float(bodies.spin[k])
        space.add(ball)
        _solid(space, pymunk.Circle(ball, radius), bounce, arena.friction, _BALL)
        balls.append(ball)
    return space, balls


def _solid(space: pymunk.Space, shape: pymunk.Shape, elasticity: float, friction: float, kind: int) -> None:
    shape.elasticity, shape.friction, shape.collision_type = elasticity, friction, kind
    space.add(shape)


def _record_events(space: pymunk.Space, index: dict[int, int], clock: list[int], events: list[Event]) -> None:
    def record(kind: str) -> Callable[[pymunk.Arbiter, pymunk.Space, Any], None]:
        def begin(arbiter: pymunk.Arbiter, _space: pymunk.Space, _data: Any) -> None:
            a, b = arbiter.bodies
            speed = abs((a.velocity - b.velocity).dot(arbiter.normal)) / UNITS
            if speed > QUIET:
                touched = tuple(sorted(index[id(body)] for body in (a, b) if id(body) in index))
                events.append(Event(kind, clock[0], touched))

        return begin

    space.on_collision(_BALL, _FLOOR, begin=record("bounce"))
    space.on_collision(_BALL, _WALL, begin=record("contact"))
    space.on_collision(_BALL, _BALL, begin=record("contact"))
