"""Phrases at their edges; the usual ones stand in the examples."""

import pytest

from bench.runs.portion import Numbers
from bench.views.phrase import each, length, named, share, shares, side, span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 seconds"),
        (59.4, "59 seconds"),
        (1, "1 second"),
        (60, "0.02 hours (1 minute)"),
        (5400, "1.5 hours"),
        (360_000, "100.0 hours"),
    ],
)
def test_lengths(seconds, said):
    assert length(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0%"), (1e-9, "under 0.1%"), (0.001, "0.1%"), (0.0099, "1.0%"), (0.01, "1%"), (1, "100%")]
)
def test_shares(value, said):
    assert share(value) == said


def test_spans_of_one_value():
    assert span(Numbers.of([-2.0, -2.0]), 1, " dBFS") == "always −2.0 dBFS"
    assert span(Numbers.of([-2.0, 1.0]), 1) == "−2.0 to 1.0, median −0.5"
    assert shares(Numbers.of([0.5])) == "50% of every clip"


def test_counts_and_names():
    assert each([1200, 3]) == "3 to 1,200 clips each"
    assert named([], 3) == ""
    assert named(["a", "b", "c", "d"], 1) == "a and 3 more"
    assert [side(n) for n in range(4)] == ["left", "right", "channel 3", "channel 4"]
