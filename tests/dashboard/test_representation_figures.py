"""The curves of a report show what was measured, beside random weights, and say it in a sentence."""

import numpy as np
import pytest

from core.embedding.representation_report import examine, spectrum_finding, spread_finding
from dashboard.figures.representation import spectrum_curve, spread_curve
from dashboard.kit.colours import colour

RNG = np.random.default_rng(0)
SCALES = np.array([8.0, 4.0, 2.0, 1.0, 0.0])
FOUND = examine(RNG.normal(size=(4000, 5)) * SCALES)
NULL = examine(0.01 * RNG.normal(size=(4000, 5)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_spread_is_drawn_largest_first_beside_the_null(scheme):
    mine, null = spread_curve(FOUND, NULL, "mine", "random weights of another", scheme).data
    assert (mine.name, null.name) == ("mine", "random weights of another") and mine.line.color != null.line.color
    assert mine.line.color == colour("latent", scheme)
    assert np.array(mine.y) == pytest.approx(SCALES / 8, rel=0.05) and list(mine.x) == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 1]
    )
    assert np.array(null.y) == pytest.approx(np.ones(5), rel=0.05), "whatever its scale"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_spectrum_is_on_logarithmic_axes_and_leaves_out_what_is_nothing(scheme):
    figure = spectrum_curve(FOUND, NULL, "mine", "random weights", scheme)
    mine, null = figure.data
    assert figure.layout.yaxis.type == figure.layout.xaxis.type == "log"
    assert figure.layout.yaxis.title.text and figure.layout.xaxis.title.text
    assert np.array(mine.y) == pytest.approx(np.square(SCALES[:4]) / 85, rel=0.1) and len(null.y) == 5


def test_what_the_curves_show_is_said():
    assert spread_finding(FOUND).text == "4 of 5 dimensions vary"
    assert spectrum_finding(FOUND).text == "2 directions hold 90 % of the variance"


def test_a_constant_and_a_file_without_a_null_are_drawn_too():
    constant = examine(np.ones((20, 3)))
    assert len(spread_curve(constant, None, "mine", "", "light").data) == 1
    assert len(spectrum_curve(constant, None, "mine", "", "light").data) == 0
    for nothing in (constant, examine(5 + 2e-4 * RNG.normal(size=(20, 3)))):
        assert spread_finding(nothing).text == "No dimension varies by more than rounding"
        assert spectrum_finding(nothing).text == "There is no variance beyond rounding"


def test_thousands_of_dimensions_are_drawn_at_some_hundred_places_with_both_ends():
    wide = examine(RNG.normal(size=(50, 3000)))
    curve = spread_curve(wide, None, "mine", "", "light").data[0]
    assert len(curve.x) <= 300 and curve.y[0] == 1 and curve.y[-1] == wide.spread.min() / wide.spread.max()


def test_axes_have_round_numbers_however_little_they_span():
    few = spectrum_curve(FOUND, None, "mine", "", "light").layout  # 0.01 to 0.75 of the variance, 4 directions
    assert few.yaxis.tickvals == (0.02, 0.05, 0.1, 0.2, 0.5) and few.xaxis.tickvals == (1, 2)
    for size in (2, 3, 4):
        even = spectrum_curve(
            examine(np.random.default_rng(size).normal(size=(400, size))), None, "mine", "", "light"
        ).layout
        assert len(even.yaxis.tickvals) >= 2
    steep = np.random.default_rng(0).normal(size=(900, 200)) * 0.96 ** np.arange(200)
    many = spectrum_curve(examine(steep), None, "mine", "", "light").layout
    assert 3 <= len(many.yaxis.tickvals) <= 6 and many.xaxis.tickvals == (1, 10, 100)
