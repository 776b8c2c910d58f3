"""Forecast a simulated clip with two models and a baseline, and print their errors.

python docs/examples/forecast_a_clip.py
"""

from core.evaluation.compare import compare
from core.models.registry import load
from core.worlds import Drop, simulate

CONTEXT, HORIZON = 4, 16  # frames, 10 a second
SEED = 2_000_023  # test seeds start at 2,000,000: no model has learnt from this clip


def main() -> None:
    """Print one line for each model."""
    clip = simulate(Drop(objects=2, elasticity=0.9), SEED)
    models = [load(name) for name in ("constant-velocity", "pixel", "jepa")]
    comparison = compare(clip, models, CONTEXT, HORIZON)
    print(f"{clip.source}: position error in frame widths")
    print(f"{'step':<28}" + "".join(f"{step:>8}" for step in (1, 4, 8, 16)))
    for arm in comparison.arms.values():
        if arm.error is not None:
            print(f"{arm.title:<28}" + "".join(f"{arm.error[step - 1]:8.3f}" for step in (1, 4, 8, 16)))


if __name__ == "__main__":
    main()
