"""An encoder that leaves a real-time policy behind takes the machine down: every later process inherits it."""

import os

import pytest

from core.video import to_mp4, writing
from core.video.scheduling import kept_scheduling

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setscheduler"), reason="the system has no scheduling policies")


def policy():
    return os.sched_getscheduler(0)


def test_another_policy_ends_with_the_block():
    before = policy()
    with kept_scheduling():
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        assert policy() == os.SCHED_BATCH
    assert policy() == before


def test_the_policy_is_restored_after_an_error():
    before = policy()
    with pytest.raises(RuntimeError), kept_scheduling():
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        raise RuntimeError
    assert policy() == before


def test_films_are_written_under_the_same_policy(monkeypatch, simulated):
    """Even if the app should one day encode with a codec that changes it."""
    before, encode = policy(), writing._encode

    def rude(*arguments):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        encode(*arguments)

    monkeypatch.setattr(writing, "_encode", rude)
    to_mp4(simulated[1].frames[:4], 10.0)
    assert policy() == before
