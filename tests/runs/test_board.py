"""The nouns of a board: frozen, and with the fields that their documentation names."""

import dataclasses
import re

import pytest

from bench.corpora.corpus import Target
from bench.runs.board import Board, TaskBoard
from bench.runs.row import Calibration, Coverage, Row, Subgroup

ROW = {"fingerprint": "f", "feature_set": "given", "layer": "", "model": "linear", "seed": 0, "status": "failed"}


@pytest.mark.parametrize("noun", [Row, Calibration, Coverage, Subgroup, TaskBoard, Board])
def test_every_field_is_documented(noun):
    listed = re.findall(r"^    (\w[\w, ]*) : ", noun.__doc__, flags=re.MULTILINE)
    documented = [name for names in listed for name in names.split(", ")]
    assert documented == [field.name for field in dataclasses.fields(noun)]


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
