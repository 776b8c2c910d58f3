"""Every score is measured against the simulator's truth, so the simulator must give the same bytes each time, obey its
physics and draw what the truth says. A counterfactual differs by one factor and nothing else."""

import dataclasses
import hashlib
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.paths import SAMPLE_DATA
from core.readouts.balls.parser import parse_positions
from core.samples import sample_named, samples
from core.worlds import Drop, Occluder, Wall, ranges, sample, simulate, world_named
from core.worlds.stage.layout import BACKGROUNDS, layout_of
from core.worlds.stage.physics import FLOOR, Motion, roll_out
from core.worlds.stage.render import Scene, render

STAGE = (Drop, Wall, Occluder)
SEEDS = range(2_000_000, 2_000_012)
SLACK = 0.006  # widths that a fast ball may sink into what it hits, before it is pushed out

DIGEST = """
import hashlib
from core.worlds import Drop, Occluder, Wall, sample, simulate
digest = hashlib.sha256()
for world in (Drop, Wall, Occluder):
    clip = simulate(sample(world, 7, background="moving"), 7)
    digest.update(clip.frames.tobytes() + clip.truth.positions.tobytes() + clip.truth.visible.tobytes())
    digest.update(repr(clip.truth.events).encode())
print(digest.hexdigest())
"""


def digest_elsewhere(hash_seed):
    settings_there = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], cwd=SAMPLE_DATA.parent, env=settings_there, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def digest_here():
    digest = hashlib.sha256()
    for world in (Drop, Wall, Occluder):
        clip = simulate(sample(world, 7, background="moving"), 7)
        digest.update(clip.frames.tobytes() + clip.truth.positions.tobytes() + clip.truth.visible.tobytes())
        digest.update(repr(clip.truth.events).encode())
    return digest.hexdigest()


def start_of(factors, seed):
    bodies = layout_of(factors, seed).bodies
    return {f.name: getattr(bodies, f.name) for f in dataclasses.fields(bodies)}


def corner(world, background):
    """Factors at the ends of their ranges, in every mixture."""
    ends = {
        name: st.sampled_from(allowed.choices or (type(getattr(world(), name))(allowed.low), allowed.high))
        for name, allowed in ranges(world).items()
        if name not in ("background", "objects")
    }
    return st.builds(world, objects=st.integers(1, 3), background=st.just(background), **ends)


def test_the_same_factors_and_seed_give_the_same_bytes_in_any_process():
    assert digest_elsewhere("1") == digest_elsewhere("2") == digest_here() == digest_here()


@pytest.mark.parametrize("world", STAGE)
def test_another_seed_gives_another_clip(world):
    one, other = simulate(world(), 1), simulate(world(), 2)
    assert (one.frames != other.frames).any()
    assert (one.truth.x[0] != other.truth.x[0]).any()


@pytest.mark.parametrize("world", STAGE)
def test_a_clip_is_32_frames_of_64_pixels_at_10_a_second(world):
    clip = simulate(world(objects=2), 3)
    assert clip.frames.dtype == np.uint8 and clip.frames.shape == (32, 64, 64, 3)
    assert clip.fps == 10.0
    for name in ("x", "y", "vx", "vy", "angle", "radius", "visible"):
        column = getattr(clip.truth, name)
        assert column.dtype == np.float32 and column.shape == (32, 2), name


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("world", STAGE)
@settings(max_examples=6, derandomize=True)
@given(data=st.data(), seed=st.integers(0, 3_000_000))
def test_every_world_plays_at_the_ends_of_its_ranges(world, background, data, seed):
    clip = simulate(data.draw(corner(world, background)), seed)
    truth = clip.truth
    assert clip.frames.std() > 5
    assert np.isfinite(truth.positions).all() and np.isfinite(truth.velocities).all()
    assert (truth.x > 0).all() and (truth.x < 1).all() and (truth.y > FLOOR).all() and (truth.y < 1).all()


@pytest.mark.parametrize("world, name", [(world, name) for world in STAGE for name in ranges(world)])
def test_a_factor_out_of_its_range_is_refused_by_name(world, name):
    allowed = ranges(world)[name]
    wrong = ["loud", None] if allowed.choices else [allowed.low - 0.1, allowed.high + 1, float("nan"), "much", True]
    for value in wrong:
        with pytest.raises(ValueError, match=f"^{name} must be "):
            world(**{name: value})


def test_half_a_ball_is_refused():
    with pytest.raises(ValueError, match="objects"):
        Drop(objects=1.5)


def test_bounds_of_a_clip_are_refused_in_a_sentence():
    for wrong, said in (({"seed": -1}, "seed"), ({"size": 8}, "pixels"), ({"frames": 1}, "frames")):
        with pytest.raises(ValueError, match=said):
            simulate(Drop(), **{"seed": 1, **wrong})
    with pytest.raises(ValueError, match="drop, wall, occluder, leaves"):
        world_named("slide")


@pytest.mark.parametrize(
    "changed", [{"gravity": 1.0}, {"elasticity": 0.3}, {"lamp": 0.8}, {"background": "plain"}, {"strength": 0.9}]
)
@pytest.mark.parametrize("world", STAGE)
def test_one_changed_factor_leaves_the_start_as_it_was(world, changed):
    for seed in (1, 2, 3):
        before, after = start_of(world(objects=3), seed), start_of(world(objects=3, **changed), seed)
        assert all((before[key] == after[key]).all() for key in before)


def test_gravity_changes_the_motion_and_the_lamp_does_not():
    truth = simulate(Drop(), 5).truth
    assert (simulate(Drop(gravity=3.0), 5).truth.y != truth.y).any()
    assert (simulate(Drop(lamp=0.9), 5).truth.y == truth.y).all()


def test_one_ball_of_three_is_the_same_ball():
    for seed in SEEDS:
        one, three = start_of(Drop(objects=1), seed), start_of(Drop(objects=3), seed)
        assert all(one[key][0] == three[key][0] for key in one)


@pytest.mark.parametrize("world", [Drop, Wall])
def test_energy_never_grows(world):
    for seed in SEEDS:
        factors = sample(world, seed)
        layout = layout_of(factors, seed)
        motion = roll_out(layout.arena, layout.bodies, 32, 10.0)
        radius = layout.bodies.radius
        mass = (radius / 0.075) ** 2  # equal density
        speed = motion.vx.astype(float) ** 2 + motion.vy.astype(float) ** 2
        turning = 0.5 * radius**2 * motion.spin.astype(float) ** 2  # a disc's moment is m r^2 / 2
        height = motion.y - FLOOR - radius
        energy = (mass * (0.5 * speed + 0.5 * turning + factors.gravity * height)).sum(axis=1)
        most = np.maximum.accumulate(energy)
        assert (energy[1:] <= most[:-1] + 0.02 * energy[0]).all(), seed


@pytest.mark.parametrize("world", [Drop, Wall])
def test_balls_start_without_touching_each_other_or_the_wall(world):
    for seed in range(40):
        factors = dataclasses.replace(world(objects=3, radius=0.1), **({"wall": 0.65} if world is Wall else {}))
        layout = layout_of(factors, seed)
        x, y, radius = layout.bodies.x, layout.bodies.y, layout.bodies.radius
        for a, b in ((0, 1), (0, 2), (1, 2)):
            assert np.hypot(x[a] - x[b], y[a] - y[b]) > radius[a] + radius[b] - 1e-3, seed
        assert all((x + radius <= box.left + 1e-3).all() for box in layout.arena.obstacles), seed


@pytest.mark.parametrize("world", STAGE)
def test_nothing_leaves_the_stage(world):
    for seed in SEEDS:
        truth = simulate(sample(world, seed, background="plain"), seed, size=16, frames=60).truth
        for room in (truth.x - truth.radius, 1 - truth.x - truth.radius, truth.y - truth.radius - FLOOR):
            assert room.min() > -SLACK, seed
        assert (truth.y + truth.radius).max() < 1 + SLACK, seed


@pytest.mark.parametrize("start", ["left", "right"])
def test_nothing_crosses_the_wall(start):
    for seed in SEEDS:
        factors = Wall(objects=3, speed=1.1, radius=0.06, start=start, elasticity=0.9)
        (slab,) = layout_of(factors, seed).arena.obstacles
        truth = simulate(factors, seed, size=16).truth
        room = slab.left - truth.x - truth.radius if start == "left" else truth.x - truth.radius - slab.right
        assert room.min() > -SLACK, seed
        assert (room < 0.02).any(), "a ball should have reached the wall"


@pytest.mark.parametrize("gravity", [1.0, 2.0, 3.0])
def test_a_ball_in_the_air_follows_the_law_of_free_fall(gravity):
    for seed in SEEDS:
        truth = simulate(Drop(gravity=gravity, background="plain"), seed, size=16).truth
        free = min(e.frame for e in truth.events)  # until it touches anything
        t = np.arange(free) / 10
        assert np.abs(truth.y[:free, 0] - (truth.y[0] + truth.vy[0] * t - gravity * t**2 / 2)).max() < 0.006
        assert np.abs(truth.x[:free, 0] - (truth.x[0] + truth.vx[0] * t)).max() < 1e-4
        assert free > 2


@pytest.mark.parametrize("elasticity", [0.4, 0.6, 0.8, 0.95])
def test_a_bounce_keeps_the_share_of_the_speed_that_elasticity_says(elasticity):
    for seed in SEEDS:
        factors = Drop(elasticity=elasticity, speed=0.1, background="plain")
        truth = simulate(factors, seed, size=16).truth
        at = min(e.frame for e in truth.events if e.kind == "bounce")
        height = truth.y[:, 0] - truth.radius[:, 0] - FLOOR
        # Speed at the floor, from the frames on either side of it.
        speed = np.sqrt(truth.vy[:, 0] ** 2 + 2 * factors.gravity * np.maximum(0, height))
        assert abs(speed[at] / speed[at - 1] - elasticity) < 0.03, seed


def test_bounce_events_are_where_falling_turns_into_rising():
    for seed in SEEDS:
        truth = simulate(Drop(elasticity=0.9, gravity=1.5, background="plain"), seed, size=16).truth
        recorded = {e.frame for e in truth.events if e.kind == "bounce"}
        seen = {t for t in range(1, 32) if truth.vy[t - 1, 0] < 0 < truth.vy[t, 0]}
        assert recorded and recorded == seen, seed


def test_contacts_name_the_two_balls_that_touch():
    count = 0
    for seed in SEEDS:
        truth = simulate(Drop(objects=3, background="plain"), seed, size=16).truth
        for event in truth.events:
            if event.kind == "contact" and len(event.objects) == 2:
                a, b = event.objects
                near = slice(event.frame - 1, event.frame + 1)
                gap = np.hypot(truth.x[near, a] - truth.x[near, b], truth.y[near, a] - truth.y[near, b])
                assert gap.min() < truth.radius[0, a] + truth.radius[0, b] + 0.1
                count += 1
    assert count


def test_hidden_and_revealed_take_turns_and_agree_with_what_can_be_seen():
    count = 0
    for seed in SEEDS:
        clip = simulate(Occluder(objects=2, radius=0.06, speed=0.7, background="plain"), seed)
        truth = clip.truth
        places = parse_positions(clip.frames[None])[0]
        for k in range(2):
            own = [e for e in truth.events if e.kind in ("hidden", "revealed") and e.objects == (k,)]
            assert [e.kind for e in own] == ["hidden", "revealed"] * (len(own) // 2) + ["hidden"] * (len(own) % 2)
            hidden = False
            for t in range(32):
                hidden = next((e.kind == "hidden" for e in own if e.frame == t), hidden)
                assert hidden == (truth.visible[t, k] < 0.02)
                if hidden:
                    assert np.isnan(places[t, k]).all(), "a hidden ball is drawn"
            count += len(own)
    assert count > len(SEEDS)


@pytest.mark.parametrize("world", [Drop, Wall])
def test_nothing_is_hidden_where_there_is_no_screen(world):
    for seed in SEEDS:
        truth = simulate(sample(world, seed, background="plain"), seed, size=16).truth
        assert truth.visible.min() > 0.95
        assert {e.kind for e in truth.events} <= {"bounce", "contact"}


def drawn(lamp, x=(), y=()):
    """One frame with balls in these places, on a plain background; without any, the empty stage."""
    still = np.zeros((1, len(x)), np.float32)
    motion = Motion(np.float32([x]), np.float32([y]), still, still, still, still, ())
    scene = Scene(lamp, np.full(len(x), 0.07), (), None, None, 0.0, np.ones(3, np.float32))
    return render(scene, motion, 10.0, 128)[0].astype(float)


@pytest.mark.parametrize("lamp, ball", [(0.1, 0.5), (0.9, 0.5), (0.3, 0.7), (0.7, 0.3), (0.1, 0.25), (0.5, 0.75)])
def test_the_shadow_lies_on_the_side_away_from_the_lamp(lamp, ball):
    darker = (drawn(lamp) - drawn(lamp, [ball], [0.5])).mean(axis=-1)
    floor = darker[int((1 - 0.4) * 128) :]  # below the ball
    assert floor.max() > 10, "no shadow"
    centre = (floor.clip(0).sum(axis=0) @ (np.arange(128) + 0.5)) / floor.clip(0).sum() / 128
    assert np.sign(centre - ball) == np.sign(ball - lamp)
    assert abs(centre - ball) > 0.02


def test_a_higher_ball_throws_a_wider_and_fainter_shadow():
    low, high = (drawn(0.3) - drawn(0.3, [0.5], [y]) for y in (0.36, 0.62))
    front = slice(int(0.83 * 128), None)  # rows under the line that balls stand on
    assert high[front].max() < low[front].max()
    near, far = (part[front].mean(axis=(0, 2)).clip(0) for part in (low, high))  # [128], left to right
    assert spread(far) > 1.15 * spread(near)


def spread(weights):
    """Standard deviation of a place under weights, in pixels."""
    place = np.arange(len(weights))
    centre = np.average(place, weights=weights)
    return np.average((place - centre) ** 2, weights=weights) ** 0.5


@pytest.mark.parametrize("sample_clip", samples(), ids=lambda s: s.id)
def test_the_same_scene_is_drawn_at_any_size(sample_clip):
    small = simulate(sample_clip.factors, sample_clip.seed, frames=6).frames[5]
    large = simulate(sample_clip.factors, sample_clip.seed, frames=6, size=512).frames[5]
    difference = np.abs(cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA).astype(float) - small)
    assert difference.mean() < 1.5
    assert np.quantile(difference, 0.99) < 20


def test_truth_is_the_same_at_any_size():
    small, large = (simulate(Drop(objects=2), 9, size=size, frames=8).truth for size in (32, 128))
    assert (small.positions == large.positions).all() and small.events == large.events


@pytest.mark.parametrize("world", [Drop, Wall])
def test_a_ball_is_drawn_where_the_truth_says(world):
    for seed in SEEDS:
        clip = simulate(sample(world, seed, objects=1, background="plain"), seed)
        found = parse_positions(clip.frames[None])[0, :, 0]
        error = np.linalg.norm(found - clip.truth.positions[:, 0], axis=-1)
        assert error.mean() < 0.01 and error.max() < 0.02, seed


def test_only_the_moving_texture_moves():
    sky = np.s_[:, :20, 40:]  # no ball gets there, and the lamp hangs on the left
    films = {b: simulate(Wall(lamp=0.1, background=b, strength=0.8), 4).frames[sky].astype(float) for b in BACKGROUNDS}
    assert films["plain"].std(axis=0).max() == films["textured"].std(axis=0).max() == 0
    assert films["moving"].std(axis=0).mean() > 3
    assert np.abs(np.diff(films["moving"], axis=0)).mean() < films["moving"].std(), "it drifts, it does not flicker"
    assert np.abs(films["textured"] - films["plain"]).mean() > 3


def test_a_texture_of_no_strength_is_plain():
    plain = simulate(Drop(background="plain"), 4).frames
    for background in ("textured", "moving"):
        assert (simulate(Drop(background=background, strength=0.0), 4).frames == plain).all()


@pytest.mark.parametrize("seed", [2_000_037, 1, 2])
def test_balls_keep_their_colours(seed):
    clip = simulate(Drop(objects=3, radius=0.08, background="textured"), seed)
    truth = clip.truth
    for t in range(32):
        for k, channel in enumerate((0, 2, 1)):  # red, blue, green
            row, column = int((1 - truth.y[t, k]) * 64), int(truth.x[t, k] * 64)
            assert clip.frames[t, row, column].argmax() == channel, (t, k)


def test_sample_clips_have_test_seeds_and_are_found_by_name():
    assert all(2_000_000 <= s.seed < 3_000_000 for s in samples())
    assert len({s.id for s in samples()}) == len(samples())
    assert sample_named(samples()[1].id) is samples()[1]
    with pytest.raises(ValueError, match="no sample clip called 'nothing'"):
        sample_named("nothing")
