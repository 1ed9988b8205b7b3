"""The published scales."""

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Target
from bench.corpora.scale import SCALES, scale


@pytest.mark.parametrize(
    ("name", "bounds", "ratings"),
    [
        ("kss", (1, 9), {3: "alert", 4: "neither", 6: "neither", 7: "sleepy"}),
        ("kss-10", (1, 10), {7: "not sleepy", 7.5: "not sleepy", 7.6: "sleepy", 8: "sleepy"}),
        ("stanford", (1, 7), {3: "awake", 4: "sleepy"}),
        ("samn-perelli", (1, 7), {3: "alert", 4: "a little tired", 5: "fatigued"}),
    ],
)
def test_bounds_and_cuts(name, bounds, ratings):
    found = scale(name)
    assert found.bounds == bounds
    target = Target(name, "measured", found.about, found.levels, found.bounds, found.unit, found.cuts)
    assert {rating: target.levels[target.level(float(rating))] for rating in ratings} == ratings


def test_an_unknown_scale_is_named():
    with pytest.raises(RequestError, match="Did you mean 'kss'"):
        scale("ksss")
    assert len(SCALES) == 4
