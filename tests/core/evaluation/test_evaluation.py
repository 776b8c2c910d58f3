"""These are the claims that the lab makes about its own models, with their baselines and their ceiling, on clips that
no model has seen. If one of them breaks, the sentence on the page is wrong."""

import dataclasses
import json

import numpy as np
import pytest

from core.clip import Clip
from core.evaluation.compare import Arm, CompareProtocol, Comparison, compare
from core.evaluation.comparison_findings import comparison_finding, events_between
from core.evaluation.forecast import check_protocol, evaluate_forecast, make_clips
from core.evaluation.forecast_result import ForecastProtocol, ForecastResult
from core.evaluation.surprise import Reference, distance, surprise
from core.metrics import Skill
from core.models.protocols import Decoder
from core.models.registry import digest_of, forecasters, load
from core.models.store import load_arrays
from core.paths import MODELS
from core.readouts.balls.ceiling import bounce_unknown_positions, ceiling_positions
from core.readouts.balls.parser import parse_positions
from core.results import from_json, provenance, to_json
from core.training.clip_cache import ClipSet, pick
from core.worlds import Drop, Occluder, simulate

CLIPS, HORIZON = 24, 16
LEARNED = ("random", "unguarded", "pixel-hidden", "pixel", "jepa")
DROP = ForecastProtocol("drop", 2_000_000, CLIPS, None, "textured", 4, HORIZON)
WALL = dataclasses.replace(DROP, world="wall")
ONE_BALL = dataclasses.replace(DROP, objects=1, clips=16, horizon=4)


@pytest.fixture(scope="module")
def models():
    return {spec.name: load(spec.name) for spec in forecasters()}


@pytest.fixture(scope="module")
def drop(models):
    return evaluate_forecast(DROP, models.values())


@pytest.fixture(scope="module")
def wall(models):
    return evaluate_forecast(WALL, models.values())


@pytest.fixture(scope="module")
def one_ball(models):
    return evaluate_forecast(ONE_BALL, models.values())


def means(intervals, first=1, last=HORIZON):
    """Means of the steps from ``first`` to ``last``, counted from 1."""
    return np.array([i.mean for i in intervals[first - 1 : last]])


@pytest.mark.parametrize("world, last", [("drop", HORIZON), ("wall", HORIZON)])
def test_the_jepa_beats_copy_last_from_the_second_step_on(world, last, request):
    scores = request.getfixturevalue(world).models
    jepa, copy = (means(scores[name].position_error, 2, last) for name in ("jepa", "copy-last"))
    assert (jepa < copy).all(), (jepa - copy).round(3)


@pytest.mark.parametrize("world, step", [("drop", 3), ("wall", 8)])
def test_the_jepa_beats_constant_velocity_once_it_is_no_longer_a_straight_line(world, step, request):
    scores = request.getfixturevalue(world).models
    jepa, straight = (means(scores[name].position_error, step) for name in ("jepa", "constant-velocity"))
    assert (jepa < straight).all(), (jepa - straight).round(3)


@pytest.mark.parametrize("world", ["drop", "wall"])
def test_the_pixel_predictor_beats_copy_last_in_decibels(world, request):
    scores = request.getfixturevalue(world).models
    pixel, copy = (means(scores[name].psnr, 1, 8) for name in ("pixel", "copy-last"))
    assert (pixel > copy).all(), (pixel - copy).round(2)


def test_places_can_be_read_off_the_jepa_and_better_than_off_random_weights(drop):
    jepa, random = (drop.models[name] for name in ("jepa", "random"))
    assert jepa.read_out_r2.mean >= 0.95, f"{jepa.read_out_r2.mean:.3f}"
    assert jepa.velocity_r2.mean >= 0.85, f"{jepa.velocity_r2.mean:.3f}"
    assert jepa.read_out_r2.mean > random.read_out_r2.mean and jepa.velocity_r2.mean > random.velocity_r2.mean
    assert jepa.read_out_floor.mean < random.read_out_floor.mean


def test_the_jepa_beats_repeating_its_last_latent(drop, wall):
    for result in (drop, wall):
        assert min(step.low for step in result.models["jepa"].latent_skill) > 0


def test_the_ceiling_is_near_the_truth_and_no_model_comes_nearer(one_ball):
    ceiling = means(one_ball.ceiling)
    assert ceiling.max() < 0.02
    for name, score in one_ball.models.items():
        assert (means(score.position_error) > ceiling).all(), name


def test_the_ceiling_is_no_oracle(one_ball):
    """It must work from the frames seen: with other frames it says something else."""
    clip = simulate(Drop(), 2_000_003)
    seen = ceiling_positions(Drop(), 2_000_003, clip.frames[:4], 4, 10.0)
    mirrored = ceiling_positions(Drop(), 2_000_003, clip.frames[:4, :, ::-1], 4, 10.0)
    assert np.abs(seen - clip.truth.positions[4:8]).max() < 0.03
    assert np.allclose(mirrored[..., 0], 1 - seen[..., 0], atol=0.01) and not np.allclose(mirrored, seen, atol=0.05)


def bounds(elasticity, horizon, background="plain"):
    factors = Drop(elasticity=elasticity, gravity=2.0, background=background)
    clip = simulate(factors, 2_000_003)
    return bounce_unknown_positions(factors, 2_000_003, 4, horizon, 10.0), clip.truth.positions[4 : 4 + horizon]


def test_who_does_not_know_the_bounce_is_right_until_it_comes_and_then_says_the_same_whatever_it_is():
    soft, hard = bounds(0.25, 16), bounds(0.9, 16)
    first = np.abs(soft[1] - hard[1]).max(axis=(1, 2)).argmax()  # the paths part after the bounce
    assert first > 0
    separation = np.linalg.norm(soft[1] - hard[1], axis=-1).max(axis=1)
    before = int(np.flatnonzero(separation > 1e-4)[0])
    assert np.abs(soft[0] - soft[1])[:before].max() < 1e-4 and np.abs(hard[0] - hard[1])[:before].max() < 1e-4
    assert np.abs(soft[0] - hard[0]).max() < 1e-6, "the context is the same, so the guess must be"
    for guess, truth in (soft, hard):
        assert np.linalg.norm(guess - truth, axis=-1).max() > 0.05


def test_a_context_with_the_bounce_shows_how_high_the_ball_rises():
    factors = Drop(elasticity=0.8, gravity=3.0, background="plain")
    clip = simulate(factors, 2_000_003)
    height = clip.truth.positions[:, 0, 1]
    landed = int(np.flatnonzero(np.diff(height) > 0)[0]) + 1  # the first frame on the way up
    context = landed + 3
    guess = bounce_unknown_positions(factors, 2_000_003, context, 12, 10.0)
    unseen = bounce_unknown_positions(factors, 2_000_003, landed - 2, 12, 10.0)
    off, blind = (
        np.linalg.norm(places - clip.truth.positions[c : c + 12], axis=-1).mean()
        for places, c in ((guess, context), (unseen, landed - 2))
    )
    assert off < 0.02 < blind


def test_the_arms_share_their_trunk_and_the_latent_one_costs_five_times_less(models, drop):
    pixel, jepa = models["pixel"].network, models["jepa"].network
    for one, other in ((pixel.encoder, jepa.encoder), (pixel.trunk, jepa.predictor.trunk)):
        shapes = [{name: tensor.shape for name, tensor in part.state_dict().items()} for part in (one, other)]
        assert shapes[0] == shapes[1] and shapes[0]
    assert drop.models["pixel"].flops_per_frame > 5 * drop.models["jepa"].flops_per_frame


def test_twins_are_as_bad_as_they_are_said_to_be(drop):
    """Without its guard the JEPA collapses: nothing can be read off it, though it is the same network."""
    jepa, without_anti_collapse = (drop.models[name] for name in ("jepa", "unguarded"))
    assert without_anti_collapse.parameters == jepa.parameters
    assert without_anti_collapse.read_out_r2.mean < 0.5 * jepa.read_out_r2.mean
    assert without_anti_collapse.position_error[7].mean > 2 * jepa.position_error[7].mean


def test_pixel_models_share_one_read_out_floor(drop):
    """A clip of true frames is the same to every model that works in pixels, so its read-out errs alike."""
    floors = [drop.models[name].read_out_floor for name in ("copy-last", "nearest", "pixel")]
    assert floors[0] == floors[1] == floors[2] and floors[0].mean < 0.012


def test_the_result_holds_what_is_documented(drop, models):
    document = json.loads(json.dumps(to_json(drop)))
    assert list(document) == [
        "schema_version",
        "kind",
        "protocol",
        "models",
        "latent_lead",
        "ceiling",
        "bounce_unknown",
        "provenance",
    ]
    assert (document["schema_version"], document["kind"]) == (2, "forecast") and drop.seed == 2_000_000
    assert (
        document["provenance"]["command"] == "worldscope evaluate forecast"
        and to_json(from_json(ForecastResult, document)) == document
    )
    assert document["protocol"] == {
        "world": "drop",
        "seed": 2_000_000,
        "clips": CLIPS,
        "objects": None,
        "background": "textured",
        "context": 4,
        "horizon": HORIZON,
        "strength": None,
        "fps": 10.0,
    }
    assert (
        list(document["models"]) == list(models) and len(document["ceiling"]) == len(document["latent_lead"]) == HORIZON
    )
    for name, score in document["models"].items():
        assert len(score["position_error"]) == len(score["r2"]) == HORIZON
        assert all(i["low"] <= i["mean"] <= i["high"] for i in score["position_error"])
        assert score["ms_per_frame"] > 0
        assert all(0 <= share <= 1 for share in score["found"])
        assert name in ("pixel", "nearest") or min(score["found"]) > 0.9, "they always have an answer"
        assert score["weights"] == digest_of(name)
        for key in ("psnr", "ssim"):
            assert (len(score[key]) == HORIZON) if isinstance(models[name], Decoder) else score[key] is None
        learned = name in LEARNED
        assert (score["parameters"] > 0) == (score["flops_per_frame"] > 0) == learned
        assert (score["training_minutes"] is not None) == (learned and name != "random")


def test_the_lead_is_the_paired_difference_of_the_arms(drop):
    lead, pixel, jepa = (
        means(part)
        for part in (drop.latent_lead, drop.models["pixel"].position_error, drop.models["jepa"].position_error)
    )
    assert lead == pytest.approx(pixel - jepa, abs=1e-6)
    paired, single = drop.latent_lead[7], drop.models["pixel"].position_error[7]
    assert paired.n == single.n == CLIPS and paired.low < paired.mean < paired.high


def test_the_same_protocol_gives_the_same_errors(drop, models):
    again = evaluate_forecast(dataclasses.replace(DROP, clips=2), [models["jepa"], models["pixel"]])
    once_more = evaluate_forecast(dataclasses.replace(DROP, clips=2), [models["pixel"], models["jepa"]])
    for name in ("jepa", "pixel"):
        assert again.models[name].position_error == once_more.models[name].position_error


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"world": "slide"}, "no world called 'slide'"),
        ({"clips": 1}, "The number of clips must be 2 to 4096, not 1"),
        ({"clips": 5000}, "The number of clips must be"),
        ({"context": 3}, "The context must be 4 to 12"),
        ({"context": 13}, "The context must be 4 to 12"),
        ({"horizon": 0}, "horizon 1 to 28"),
        ({"horizon": 29}, "horizon 1 to 28"),
        ({"seed": 999_999}, "below 1000000 are for training"),
        ({"objects": 4}, "The number of objects must be 1 to 3, not 4"),
        ({"background": "striped"}, "background must be one of plain, textured, moving"),
    ],
)
def test_a_protocol_out_of_bounds_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        evaluate_forecast(dataclasses.replace(DROP, **{"clips": 2, **wrong}), [])


def test_a_protocol_fixes_what_it_names_and_draws_the_rest():
    check_protocol(ONE_BALL)
    clips = make_clips(dataclasses.replace(DROP, clips=6), lambda what, share: None)
    assert [clip.truth.seed for clip in clips] == list(range(2_000_000, 2_000_006))
    assert {clip.truth.factors["background"] for clip in clips} == {"textured"}
    assert len({clip.truth.factors["gravity"] for clip in clips}) == 6
    assert len({len(clip.truth.objects) for clip in clips}) > 1


def test_a_comparison_has_an_arm_of_the_right_shape_for_every_model(models):
    clip = simulate(Drop(objects=2), 2_000_023)
    comparison = compare(clip, list(models.values()), 4, 10)
    assert list(comparison.arms) == list(models)
    assert comparison.frames.shape == (14, 64, 64, 3) and comparison.ceiling.shape == (10,)
    assert comparison.truth.shape == (14, 3, 2) and np.isnan(comparison.truth[:, 2]).all()
    assert comparison.seconds_ahead == pytest.approx(np.arange(1, 11) / 10)
    for name, arm in comparison.arms.items():
        assert arm.positions.shape == (10, 3, 2) and arm.error.shape == arm.floor.shape == (10,)
        if isinstance(models[name], Decoder):
            assert arm.frames.shape == (10, 64, 64, 3) and arm.frames.dtype == np.uint8
            assert arm.psnr.shape == (10,) and arm.error_map.shape == (64, 64)
        else:
            assert arm.frames is None and arm.psnr is None and arm.error_map is None
        assert (arm.skill is not None) == (name in LEARNED and name != "pixel")
    wanted = np.linalg.norm(comparison.arms["jepa"].positions[:, :2] - clip.truth.positions[4:14], axis=-1).mean(axis=1)
    assert comparison.arms["jepa"].error == pytest.approx(wanted, abs=1e-5)


def test_a_film_without_truth_gets_no_position_error(models):
    film = Clip(simulate(Drop(), 2_000_011).frames, 10.0)
    comparison = compare(film, [models["copy-last"], models["jepa"]], 4, 6)
    assert comparison.truth is None and comparison.ceiling is None
    assert all(arm.error is None and arm.floor is None for arm in comparison.arms.values())
    assert comparison.arms["jepa"].skill.steps.shape == comparison.arms["copy-last"].psnr.shape == (6,)


def test_where_nothing_moves_there_is_no_skill_and_the_finding_says_so(models):
    still = Clip(np.repeat(simulate(Drop(), 2_000_011).frames[:1], 12, axis=0), 10.0)
    comparison = compare(still, [models[name] for name in ("copy-last", "pixel", "jepa")], 4, 6)
    skill = comparison.arms["jepa"].skill
    assert np.isnan(skill.steps).all() and np.isnan(skill.overall)
    found = comparison_finding(comparison, still)
    assert found.state == "nothing moves" and found.text.startswith("Nothing moves in this clip")


def test_a_ball_that_a_prediction_does_not_show_counts_as_lost_and_the_finding_says_so(models):
    """A ball that the pixel model no longer draws stays where it was last, and no read-out is claimed for it."""
    clip = simulate(Drop(background="plain"), 2_000_011)

    class Blank(type(models["copy-last"])):
        is_baseline = False

        def predict(self, context, horizon):
            return np.full_like(super().predict(context, horizon), 0.5)

    arm = compare(clip, [Blank("pixel", "pixel model")], 4, 6).arms["pixel"]
    last_seen = parse_positions(clip.frames[None, 3:4])[0, 0, 0]
    assert not arm.found[:, 0].any() and np.allclose(arm.positions[:, 0], last_seen)
    comparison = compare(clip, [models["copy-last"], Blank("pixel", "pixel model"), models["jepa"]], 4, 6)
    text = comparison_finding(comparison, clip).text
    assert "In 6 of the 6 predicted frames with a visible ball, the pixel model shows none" in text


def test_a_short_clip_cuts_the_horizon_and_too_short_a_clip_is_refused(models):
    frames = simulate(Drop(), 2_000_011).frames
    assert compare(Clip(frames[:7], 10.0), [models["copy-last"]], 4, 10).horizon == 3
    with pytest.raises(ValueError, match=r"too short: 4 frames; 0\.5 s \(5 frames\) are needed"):
        compare(Clip(frames[:4], 10.0), [models["copy-last"]], 4, 10)


def made_up(pixel, latent, copied=0.3, psnr=(20.0, 20.0), skill=0.0, steps=5):
    """A comparison with these errors at every step; None for a film without truth."""

    def arm(name, error, db=None, gain=None):
        series = None if error is None else np.full(steps, error)
        decibels = None if db is None else np.full(steps, db)
        skill = None if gain is None else Skill(np.full(steps, gain), gain)
        baseline, nowhere, found = name == "copy-last", np.zeros((steps, 3, 2)), np.ones((steps, 3), bool)
        return Arm(
            name,
            name.replace("-", " "),
            db is not None,
            baseline,
            None,
            nowhere,
            found,
            series,
            series,
            decibels,
            None,
            skill,
        )

    arms = [arm("copy-last", copied, psnr[1]), arm("pixel", pixel, psnr[0]), arm("jepa", latent, gain=skill)]
    protocol, frames = CompareProtocol("made up", None, 10.0, 4, steps), np.zeros((steps + 4, 8, 8, 3), np.uint8)
    return Comparison(protocol, frames, {a.name: a for a in arms}, None, None, provenance=provenance("a test"))


FILM = Clip(np.zeros((9, 8, 8, 3), np.uint8), 10.0)


def shown_until(context):
    """A comparison of two arms that are level, after so many context frames."""
    level = made_up(pixel=0.05, latent=0.05)
    return dataclasses.replace(level, protocol=dataclasses.replace(level.protocol, context=context))


def test_the_finding_names_the_closer_arm():
    found = comparison_finding(made_up(pixel=0.21, latent=0.05), FILM)
    assert found.state == "latent closer"
    assert found.numbers == {"latent": 0.05, "pixel": 0.21, "best baseline": 0.3, "seconds": 0.5}
    assert found.text == (
        "After 0.5 s the JEPA is 0.05 frame widths from the truth, the pixel model 0.21 and the best baseline (copy "
        "last) 0.30. The JEPA is closer on this clip."
    )
    closer = comparison_finding(made_up(pixel=0.05, latent=0.21), FILM)
    assert closer.state == "pixel closer" and "The pixel model is closer on this clip" in closer.text
    level = comparison_finding(made_up(pixel=0.100, latent=0.105), FILM)
    assert level.state == "level" and "The two are level" in level.text


def test_the_finding_says_when_a_baseline_beats_both():
    for pixel, latent in ((0.1, 0.2), (0.2, 0.1), (0.15, 0.15)):
        text = comparison_finding(made_up(pixel, latent, copied=0.04), FILM).text
        assert text.endswith("but copy last is closer than both.")


def test_the_finding_speaks_of_the_last_step_at_which_a_ball_is_in_sight():
    comparison = made_up(pixel=0.2, latent=0.05)
    for arm in comparison.arms.values():
        arm.error[3:] = np.nan
    assert comparison_finding(comparison, FILM).text.startswith("After 0.3 s")
    for arm in comparison.arms.values():
        arm.error[:] = np.nan
    assert comparison_finding(comparison, FILM).state == "no ball"


def test_the_finding_tells_at_what_event_the_arms_part():
    clip = simulate(Drop(elasticity=0.9, background="plain"), 2_000_011)
    bounce = next(e.frame for e in clip.truth.events if e.kind == "bounce")
    comparison = shown_until(bounce - 2)
    comparison.arms["pixel"].error[2:] = 0.4
    assert "They diverge at 0.3 s, at a bounce." in comparison_finding(comparison, clip).text
    assert "They diverge" not in comparison_finding(made_up(pixel=0.05, latent=0.06), clip).text
    hidden = simulate(Occluder(background="plain"), 2_000_011)
    when = next(e.frame for e in hidden.truth.events if e.kind == "hidden")
    comparison = shown_until(when - 2)
    comparison.arms["pixel"].error[2:] = 0.4
    assert "They diverge at 0.3 s, when a ball is hidden." in comparison_finding(comparison, hidden).text
    assert all(e.frame <= bounce for e in events_between(clip, bounce + 1)) and events_between(FILM, 9) == ()


@pytest.mark.parametrize(
    "psnr, skill, said",
    [
        ((22.0, 20.0), 0.4, ("2.0 dB better than", "the JEPA is better than", "+0.40")),
        ((18.0, 20.0), -0.4, ("2.0 dB worse than", "the JEPA is worse than", "-0.40")),
        ((20.0, 20.0), 0.0, ("0.0 dB level with", "level with repeating the last latent", "+0.00")),
    ],
)
def test_without_truth_the_finding_keeps_each_arm_to_its_own_measure(psnr, skill, said):
    found = comparison_finding(made_up(None, None, copied=None, psnr=psnr, skill=skill), FILM)
    assert found.state == "no truth" and all(part in found.text for part in said), found.text
    assert "widths" not in found.text and "closer" not in found.text


@pytest.fixture(scope="module")
def reference():
    return Reference.from_arrays(load_arrays(MODELS / "jepa-reference"))


@pytest.mark.parametrize("one, other", [(2_000_011, 2_000_012), (2_000_013, 2_000_014), (2_000_015, 2_000_016)])
def test_surprise_peaks_where_a_ball_jumps(models, reference, one, other):
    jumping, calm = (simulate(Drop(background="plain"), seed).frames.copy() for seed in (one, one))
    jumping[12:] = simulate(Drop(background="plain"), other).frames[12:]
    found, usual = (surprise(models["jepa"], reference, frames) for frames in (jumping, calm))
    assert found.shape == (28,)
    assert found.argmax() == 12 - 4
    assert found[8] > usual.max() + 1 and np.allclose(found[:8], usual[:8], atol=1e-4)


def test_usual_clips_are_near_and_noise_is_beyond_all(models, reference):
    usual = [simulate(*pick(ClipSet(2_000_100, 40), index)).frames for index in range(40)]
    beyond = [distance(models["jepa"], reference, frames).beyond for frames in usual]
    assert 0.35 < np.mean(beyond) < 0.65
    noise = np.random.default_rng(0).integers(0, 256, (16, 64, 64, 3), dtype=np.uint8)
    strange = distance(models["jepa"], reference, noise)
    assert strange.beyond > 0.99 and strange.ratio > 1.5


def test_a_reference_comes_back_from_its_arrays(reference):
    again = Reference.from_arrays(reference.arrays())
    assert again.surprise_mean == reference.surprise_mean and (again.distances == reference.distances).all()
    assert (np.diff(reference.distances) >= 0).all() and reference.distances.shape == (101,)
