"""A link comes from anywhere: what is right must come back unchanged, and nothing in it may break the page."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.samples import samples
from core.worlds import WORLDS, Factors, ranges
from dashboard.compare.state import CONTEXT, HORIZON, SEEDS, SOURCES, CompareState

NAMES = sorted({f.name for world in WORLDS.values() for f in dataclasses.fields(world.factors)})
PARAMETERS = ["source", "clip", "world", "seed", "context", "horizon", "start", *(f"factor.{name}" for name in NAMES)]
TEXTS = (
    some.sampled_from(
        [
            "",
            "nan",
            "inf",
            "-inf",
            "1e400",
            "-1e999",
            "1e11",
            "9" * 5000,
            "-0",
            "0x10",
            "1_000",
            "٣",
            "drop",
            "wall",
            "mars",
            "sample",
            "world",
            "upload",
            "plain",
            "left",
            "[]",
            "\x00",
        ]
    )
    | some.text()
    | some.integers().map(str)
    | some.floats().map(str)
)
spans = some.integers(CONTEXT[0], CONTEXT[1]), some.integers(HORIZON[0], HORIZON[1])


def factors_of(world: type[Factors]) -> some.SearchStrategy[Factors]:
    values = {}
    for f in dataclasses.fields(world):
        allowed = ranges(world)[f.name]
        if allowed.choices:
            values[f.name] = some.sampled_from(allowed.choices)
        elif isinstance(f.default, int):
            values[f.name] = some.integers(int(allowed.low), int(allowed.high))
        else:
            values[f.name] = some.floats(allowed.low, allowed.high)
    return some.builds(world, **values)


@given(some.sampled_from([s.id for s in samples()]), *spans)
def test_a_sample_comes_back(clip: str, context: int, horizon: int) -> None:
    state = CompareState(clip=clip, context=context, horizon=horizon)
    back = CompareState.from_query(state.to_query())
    assert back.to_query() == state.to_query()
    assert (back.source, back.clip, back.context, back.horizon) == ("sample", clip, context, horizon)
    assert back.shown() == state.shown()


@given(some.one_of(*(factors_of(world.factors) for world in WORLDS.values())), some.integers(*SEEDS), *spans)
def test_a_world_comes_back_with_every_factor(factors: Factors, seed: int, context: int, horizon: int) -> None:
    state = CompareState(source="world", factors=factors, seed=seed, context=context, horizon=horizon)
    back = CompareState.from_query(state.to_query())
    assert back.to_query() == state.to_query()
    assert back == state
    assert type(back.factors) is type(factors)


@given(some.integers(0, 72_000), *spans)
def test_an_upload_comes_back_but_for_the_film(halves: int, context: int, horizon: int) -> None:
    state = CompareState(source="upload", start=halves / 2, context=context, horizon=horizon)
    back = CompareState.from_query(state.to_query())
    assert (back.source, back.start, back.context, back.horizon) == ("upload", halves / 2, context, horizon)


@given(some.dictionaries(some.sampled_from(PARAMETERS), TEXTS))
def test_nothing_in_an_address_can_break_the_page(query: dict[str, str]) -> None:
    state = CompareState.from_query(query)
    assert state.source in SOURCES
    assert state.clip in {s.id for s in samples()}
    assert SEEDS[0] <= state.seed <= SEEDS[1]
    assert CONTEXT[0] <= state.context <= CONTEXT[1]
    assert HORIZON[0] <= state.horizon <= HORIZON[1]
    assert 0 <= state.start <= 36_000
    for value in (state.seed, state.context, state.horizon):
        assert type(value) is int
    for name, allowed in ranges(type(state.factors)).items():
        value = getattr(state.factors, name)
        assert value in allowed.choices if allowed.choices else allowed.low <= value <= allowed.high
    factors, _ = state.shown()
    assert isinstance(factors, Factors)
    assert CompareState.from_query(state.to_query()).to_query() == state.to_query(), "a link settles at once"


def test_an_empty_address_is_the_default() -> None:
    assert CompareState.from_query({}).to_query() == CompareState().to_query()
    assert CompareState().source == "sample"


@pytest.mark.parametrize(
    ("text", "context"), [("1", 4), ("-5", 4), ("99", 12), ("1e9", 12), ("7.6", 8), ("many", 4), ("nan", 4), ("inf", 4)]
)
def test_a_number_out_of_bounds_goes_to_the_nearest_and_nonsense_to_the_default(text: str, context: int) -> None:
    assert CompareState.from_query({"context": text}).context == context


def test_a_factor_out_of_bounds_goes_to_the_nearest() -> None:
    allowed = ranges(WORLDS["wall"].factors)["speed"]
    for text, value in (("-3", allowed.low), ("77", allowed.high), ("quick", WORLDS["wall"].factors().speed)):
        state = CompareState.from_query({"source": "world", "world": "wall", "factor.speed": text})
        assert math.isclose(state.factors.speed, value)


def test_an_unknown_world_clip_or_source_falls_back() -> None:
    default = CompareState()
    state = CompareState.from_query(
        {"source": "dream", "clip": "mars-one", "world": "mars", "factor.background": "lava"}
    )
    assert (state.source, state.clip, state.factors.world) == (default.source, default.clip, default.factors.world)


def test_what_is_shown_is_the_sample_or_the_own_world() -> None:
    sample, own = samples()[3], WORLDS["occluder"].factors(objects=2)
    state = CompareState(clip=sample.id, factors=own, seed=2_000_500)
    assert state.shown() == (sample.factors, sample.seed)
    assert dataclasses.replace(state, source="world").shown() == (own, 2_000_500)


def test_every_default_seed_is_one_that_no_model_was_trained_on() -> None:
    assert SEEDS[0] >= 2_000_000
    assert all(SEEDS[0] <= s.seed <= SEEDS[1] for s in samples())
