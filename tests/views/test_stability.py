"""Whether the first row holds under other readings of the label."""

import math

import pytest

from bench.runs.board import Stability, VariantBoard
from bench.views import stability


def readings(*first: str, tau: float = 0.5) -> Stability:
    return Stability("a linear", tuple(VariantBoard(f"v{n}", 0.9, tau, name) for n, name in enumerate(first)))


@pytest.mark.parametrize(("n", "needed"), [(2, 2), (3, 3), (4, 4), (5, 4), (6, 5), (10, 8)])
def test_a_winner_must_hold_under_four_of_five(n, needed):
    assert stability.needed(readings(*["a linear"] * (n - 1))) == needed


def test_the_sentence_says_how_many_and_whether_that_is_enough():
    holding, changing = readings("a linear", "a linear", "a linear", "b"), readings("a linear", "b", "a linear", "b")
    assert stability.verdict(holding) == ("The first row stays first under 4 of 5 readings; a winner would need at least 4.")
    assert stability.short(holding) == ""
    assert stability.verdict(changing) == (
        "The first row stays first under 3 of 5 readings; a winner would need at least 4, so this board names none."
    )
    assert "only 3 of 5 readings" in stability.short(changing)
    assert stability.short(None) == ""


def test_one_row_has_no_order():
    alone = readings(*["a linear"] * 4, tau=math.nan)
    assert stability.verdict(alone) == "The rows have no order that could change."
    assert stability.short(alone) == ""


def test_the_own_label_comes_first_and_changes_are_marked():
    found = list(stability.lines(readings("a linear", "b svm"), "kss"))
    assert found == [
        ("kss (the label of this board)", "a linear", "–", "–", False),
        ("v0", "a linear", "0.500", "0.900", False),
        ("v1", "b svm", "0.500", "0.900", True),
    ]
    assert all(len(line) == len(stability.HEADS) + 1 for line in found)
