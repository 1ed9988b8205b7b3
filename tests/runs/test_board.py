"""The nouns of a board: frozen, and with the fields that their documentation names."""

import dataclasses
import re

import pytest

from bench.corpora.corpus import Target
from bench.runs.board import Board, Row, TaskBoard, Value

ROW = {"fingerprint": "f", "feature_set": "given", "layer": "", "model": "linear", "seed": 0, "status": "failed"}


@pytest.mark.parametrize("noun", [Row, TaskBoard, Board])
def test_every_field_is_documented(noun):
    listed = re.findall(r"^    (\w[\w, ]*) : ", noun.__doc__, flags=re.MULTILINE)
    documented = [name for names in listed for name in names.split(", ")]
    assert documented == [field.name for field in dataclasses.fields(noun)]


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


def test_a_board_is_data_through_and_through():
    target = Target("kss", "measured", "", ("a", "b"), (1, 9), "KSS", (5,))
    task = TaskBoard(
        "t/kss/score",
        "score",
        "open",
        target,
        {},
        "spearman",
        "Spearman",
        0.0,
        "loso",
        2,
        8,
        2,
        "f",
        (Row(**ROW),),
        (),
        (),
        (),
        "",
    )
    found = dataclasses.asdict(Board("fatigue-bench run", {"numpy": "2"}, 0, 0, 1, 0, "", (task,)))
    assert found["tasks"][0]["rows"][0]["status"] == "failed"
    assert found["tasks"][0]["target"]["cuts"] == (5,)
