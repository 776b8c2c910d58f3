"""What a ball does at each moment follows from its position and from what it touches."""

import numpy as np

from core.worlds import Drop, Occluder, Wall, simulate
from core.worlds.stage.events import ball_activity


def test_a_ball_that_is_let_go_is_in_the_air_then_on_the_floor_and_then_at_rest():
    clips = (simulate(Drop(objects=1, elasticity=0.2), seed, frames=60).truth for seed in range(20))
    truth = next(one for one in clips if {event.kind for event in one.events} == {"bounce"})  # no wall is in the way
    words, falls = ball_activity(truth), [event.frame for event in truth.events]
    assert falls[0] > 2 and set(words[: falls[0] - 1]) == {"is in the air"}
    assert set(words[falls[0] - 1 : falls[0] + 2]) == {"touches the floor"}
    assert words[-1] == "is at rest" and set(words[falls[-1] + 2 :]) <= {"rolls", "is at rest"}


def test_the_edge_of_the_picture_is_no_wall():
    """It is invisible: only the world with a wall has something to touch."""
    seen = [simulate(world(), seed, frames=40).truth for world in (Drop, Wall) for seed in range(20)]
    edges = [truth for truth in seen if any((one.kind, len(one.objects)) == ("contact", 1) for one in truth.events)]
    touched = {truth.world: False for truth in edges}
    for truth in edges:
        touched[truth.world] |= "touches a wall" in ball_activity(truth)
    assert touched == {"drop": False, "wall": True}


def test_a_ball_behind_a_screen_is_hidden_and_no_other():
    truth = simulate(Occluder(), seed=5, frames=32).truth
    words, seen = ball_activity(truth), truth.visible[:, 0]
    assert (seen < 0.5).any() and set(words[seen < 0.5]) == {"is hidden"}
    assert "is hidden" not in words[seen >= 0.5]


def test_each_ball_has_its_own_touches():
    truth = simulate(Wall(objects=2), seed=6, frames=40).truth
    for ball in range(2):
        touches = {
            event.frame for event in truth.events if ball in event.objects and event.kind in ("bounce", "contact")
        }
        near, words = {t for t in range(40) if {t - 1, t, t + 1} & touches}, ball_activity(truth, ball)
        touching = set(np.flatnonzero(np.char.startswith(words, "touches")))
        assert touching <= near and touching
        assert {words[t] for t in near - touching} <= {"is at rest", "is hidden"}
