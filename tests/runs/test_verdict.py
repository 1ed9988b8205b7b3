"""Verdicts: at chance or above it, told apart or not (duration alone is tried on whole boards in test_standing)."""

import pytest

from bench.runs.row import Value
from bench.runs.verdict import chance_finding, tie_finding


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Value(0.5, 0.34, 0.6), None),
        (Value(0.5, 1 / 3, 0.6), "The lower bound of UAR (0.333)"),
        (Value(0.5, 0.2, 0.6), "The lower bound of UAR (0.200)"),
        (Value(0.34), None),
        (Value(0.3), "The value UAR (0.300)"),
    ],
)
def test_at_or_below_chance(value, found):
    finding = chance_finding(value, 1 / 3, "UAR")
    if found is None:
        assert finding is None
    else:
        assert (finding.code, finding.message.startswith(found)) == ("FB004", True)


@pytest.mark.parametrize(
    ("difference", "tied"),
    [
        (None, False),
        (Value(-0.1), False),
        (Value(-0.1, -0.2, 0.0), True),
        (Value(-0.1, -0.2, -0.01), False),
        (Value(0, 0, 0), True),
    ],
)
def test_told_apart_or_not(difference, tied):
    assert (tie_finding(difference, "UAR") is not None) is tied
