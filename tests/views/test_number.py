"""How numbers are written, where the doctests do not say."""

import dataclasses
import math

import pytest

from bench.runs.row import Value
from bench.views import number


@pytest.mark.parametrize(
    ("given", "written"),
    [(1 / 3, "0.333"), (0.6665, "0.666"), (-0.0712, "−0.071"), (-0.0, "0.000"), (math.inf, "not defined"), (12.5, "12.500")],
)
def test_a_value_has_three_decimals(given, written):
    assert number.fixed(given) == written


def test_a_difference_says_its_direction():
    assert number.difference(Value(0.01234, -0.2, 0.3)) == "+0.012 [−0.200, 0.300]"
    assert number.difference(Value(-0.0001)) == "0.000"
    assert number.difference(None) == ""


def test_control_characters_and_lone_surrogates_become_escapes():
    assert number.visible("a\r\x00\x1b\x9b\ud800\u2028\uffff\ufffeé眠") == r"a\r\x00\x1b\x9b\ud800\u2028\uffff\ufffeé眠"


def test_why_there_is_no_interval(board):
    full, four, failed = board.tasks
    assert number.no_interval(full) == ""
    assert number.no_interval(four) == "no interval: fewer than 5 speakers"
    assert number.no_interval(dataclasses.replace(four, n_speakers=6)) == "no interval"
    two = dataclasses.replace(four, n_speakers=14, n_tested=31, n_tested_speakers=2)
    assert number.no_interval(two) == "no interval: fewer than 5 speakers"
    assert number.no_interval(failed) == ""


def test_every_metric_of_the_metrics_room_has_its_name(board):
    assert number.metric_label(board.tasks[0], "macro_f1") == "Macro F1"
    assert number.metric_label(board.tasks[1], "mae") == "MAE (lower is better)"
    assert number.metric_label(board.tasks[0], "recall:a:b") == "Recall of a:b"
    assert number.metric_label(board.tasks[0], "of-a-stranger") == "of-a-stranger"
