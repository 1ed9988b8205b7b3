"""The nouns of a row: frozen, and nothing is shared between two of them."""

import dataclasses

import pytest

from bench.runs.row import Row, Value

ROW = {"fingerprint": "f", "feature_set": "given", "layer": "", "model": "linear", "seed": 0, "status": "failed"}


def test_a_failed_row_needs_no_numbers():
    row = Row(**ROW)
    assert (row.metrics, row.difference, row.findings, row.extract_seconds, row.confusion) == ({}, None, (), None, None)
    assert row == Row(**ROW)
    assert row != Row(**{**ROW, "seed": 1})


def test_nothing_on_a_board_can_be_changed():
    for noun, field in ((Value(0.5), "value"), (Row(**ROW), "error")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(noun, field, "other")


def test_rows_do_not_share_what_they_hold():
    assert Row(**ROW).metrics is not Row(**ROW).metrics
    assert Row(**ROW).by_speaker is not Row(**ROW).by_speaker


def test_a_value_without_an_interval_has_no_bounds():
    assert (Value(0.5).low, Value(0.5).high) == (None, None)
    assert Value(0.5) != Value(0.5, 0.4, 0.6)
