"""The common axis."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.views.axis import Axis, axis_for


@given(st.lists(st.floats(-1e4, 1e4), max_size=20))
@example([-1001.0, -1e-05])
def test_every_value_lies_on_the_axis_and_ticks_are_few_and_round(values):
    axis = axis_for(values)
    assert axis.low < axis.high
    for value in values:
        assert axis.low <= value <= axis.high
        assert 0 <= float(axis.at(value).rstrip("%")) <= 100
    assert len(axis.ticks) <= 12
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert all(axis.low - 1e-6 <= tick <= axis.high + 1e-6 for tick in axis.ticks)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.333, 0.58, 0.71], (0.4, 0.5, 0.6, 0.7)),
        ([0.0, -0.31, 0.42], (-0.2, 0.0, 0.2, 0.4)),
        ([0.5], (0.4, 0.45, 0.5, 0.55, 0.6)),
        ([-0.463, 0.9], (0.0, 0.5)),  # -0.25, 0, 0.25, 0.5 and 0.75 ran into one another
        ([-0.463, 0.2], (-0.4, -0.2, 0.0, 0.2)),
        ([math.nan, math.inf], (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_ticks(values, ticks):
    assert axis_for(values).ticks == ticks


def test_places_keep_proportions():
    axis = Axis(0.2, 0.6, (0.2, 0.4, 0.6))
    low, middle, high = (float(axis.at(value).rstrip("%")) for value in (0.2, 0.4, 0.6))
    assert middle - low == pytest.approx(high - middle)
    assert [axis.anchor(value) for value in (0.2, 0.4, 0.6)] == ["start", "middle", "end"]
