"""Verdicts: at chance or above it, told apart or not (trivial rows are tried on whole boards in test_standing)."""

import pytest

from bench.runs.row import Value
from bench.runs.verdict import chance_finding, stands, tie_finding


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Value(0.5, 0.34, 0.6), None),
        (Value(0.5, 1 / 3, 0.6), "The lower bound of UAR (0.333)"),
        (Value(0.5, 0.2, 0.6), "The lower bound of UAR (0.200)"),
        (Value(0.34), None),
        (Value(float("nan")), None),
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
    ("difference", "alone", "together"),
    [
        (None, "", ""),
        (Value(-0.1), "", "worse"),
        (Value(-0.1, -0.2, 0.0), "alike", "worse"),
        (Value(-0.1, -0.2, -0.01), "worse", "worse"),
        (Value(0, 0, 0), "alike", "worse"),
        (Value(0.1, 0.05, 0.2), "better", "worse"),
    ],
)
def test_the_family_decides_where_there_is_one_and_the_interval_else(difference, alone, together):
    assert stands("row", "best", difference, None) == alone
    assert stands("row", "best", difference, frozenset({("best", "row")})) == together
    assert stands("row", "best", difference, frozenset({("row", "best")})) == ("better" if together else "")
    assert stands("row", "best", difference, frozenset({("other", "row")})) == ("alike" if together else "")


def test_only_what_cannot_be_told_apart_is_found_and_the_rule_is_named():
    assert [tie_finding(how, True) for how in ("", "better", "worse")] == [None] * 3
    together, alone = tie_finding("alike", True), tie_finding("alike", False)
    assert together.code == alone.code == "FB007"
    assert together.message.startswith("All pairs of the board taken together")
    assert "each difference taken on its own" in alone.message
