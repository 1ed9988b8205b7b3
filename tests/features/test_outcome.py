"""What a feature set gives is held against what it declares."""

import numpy as np
import pytest

from bench.base.error import BenchError
from bench.features.feature_set import Partial
from bench.features.outcome import outcome_of
from bench.features.part import Shape

COLUMNS = ("a", "b", "c")
FLAT, LAYERED = Shape(None, ("",), 3), Shape((0, 1), ("mean", "std"), 3)


def test_values_pass_as_they_are():
    values = np.arange(12, dtype=np.float32).reshape(2, 6)
    outcome = outcome_of(values, LAYERED, COLUMNS)
    assert outcome.values is values
    assert outcome.note is None


def test_a_clip_that_is_too_short_has_no_values():
    outcome = outcome_of("it lasts 0.03 s", LAYERED, COLUMNS)
    assert np.isnan(outcome.values).all()
    assert outcome.values.shape == (2, 6)
    assert outcome.note == "it lasts 0.03 s"


def test_missing_columns_are_missing_in_every_layer_and_statistic():
    values = np.ones((2, 6), np.float32)
    outcome = outcome_of(Partial(values, ("b",), "no voiced frame"), LAYERED, COLUMNS)
    np.testing.assert_array_equal(np.isnan(outcome.values), [[False, True, False] * 2] * 2)
    assert outcome.note == "no voiced frame"
    assert not np.isnan(values).any()


def test_a_column_may_be_missing_in_one_statistic_alone():
    """As an encoder says of its means over voiced frames, where no frame is voiced."""
    values = np.ones((2, 6), np.float32)
    outcome = outcome_of(Partial(values, ("std:a", "std:b", "std:c"), "no voiced frame"), LAYERED, COLUMNS)
    np.testing.assert_array_equal(np.isnan(outcome.values), [[False] * 3 + [True] * 3] * 2)
    with pytest.raises(BenchError, match="it names 'max:a' as missing, which is none of its columns"):
        outcome_of(Partial(values, ("std:a", "max:a"), "x"), LAYERED, COLUMNS)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "it gave a NoneType, and must give a float32 array"),
        ([1.0, 2.0, 3.0], "it gave a list, and must give a float32 array"),
        (np.zeros((1, 3), np.float32), r"it gave values of shape \(1, 3\), and declares \(3,\)"),
        (np.zeros(3), "it gave values of the kind float64, and must give float32"),
        (np.array([0, np.inf, np.nan], np.float32), "it gave 2 of 3 values that are NaN or infinite, 'b' the first"),
        (Partial(np.array([0, np.nan, 0], np.float32), ("b",), "x"), "it gave 1 of 3 values that are NaN"),
        (Partial(np.zeros(3, np.float32), ("d",), "x"), "it names 'd' as missing, which is none of its columns"),
        (
            Partial(np.zeros(3, np.float32), "ab", "x"),
            r"it names the text 'ab' as missing, and must give a tuple, as in \('ab',\)",
        ),
    ],
)
def test_what_is_not_as_declared(found, said):
    with pytest.raises(BenchError, match=said):
        outcome_of(found, FLAT, COLUMNS)


def test_the_column_of_a_bad_value_is_named_in_a_later_layer():
    values = np.zeros((2, 6), np.float32)
    values[1, 5] = np.nan
    with pytest.raises(BenchError, match="'c' the first"):
        outcome_of(values, LAYERED, COLUMNS)
