"""The figures of the layer page: which lines they have, and that every point is drawn where it belongs."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from bench.runs.layer import LayerBoard, Rival, Sweep
from bench.runs.row import Value
from bench.views.layer_figure import draw_choice, draw_lines, draw_weights, step_lines, sweep_lines

VALUES = {"0": Value(0.4, 0.3, 0.5), "1": Value(0.6, 0.5, 0.7), "2": Value(0.5, 0.4, 0.6)}


def bare(**more):
    return Sweep("x", "linear", "mean", {**VALUES, **more})


def test_the_lines_of_a_curve(layered):
    board = layered.tasks[0].layers[0]
    lines = sweep_lines(board, board.sweeps[0])
    assert [line.label for line in lines] == [
        "wav2vec2[checkpoint=facebook/wav2vec2-base] (mean)",
        "untrained[like=facebook/wav2vec2-base]: the control",
        "egemaps",
        "pooling std",
        "pooling max",
        "pooling voiced",
        "pooling mean_std",
    ]
    assert [line.banded for line in lines] == [True, False, True, False, False, False, False]
    assert lines[2].points == tuple((end, board.sweeps[0].rival("reference").values[""]) for end in (0, 12))
    styles = [(line.ink, line.dashes) for line in lines]
    assert len(set(styles)) == len(styles)


def test_a_sweep_alone_is_one_line():
    lines = sweep_lines(LayerBoard("x", True, (bare(),)), bare())
    assert [(line.label, [layer for layer, _ in line.points]) for line in lines] == [("x (mean)", [0, 1, 2])]


def test_the_lines_of_one_layer_more_and_less():
    mean = Value(0.7)
    more = {"0-1": Value(0.55), "mean": mean, **{f"without-{k}": Value(0.6 + k / 100) for k in range(3)}}
    added, left, all_ = step_lines(bare(**more))
    assert added.points == ((0, VALUES["0"]), (1, Value(0.55)), (2, mean))
    assert left.points == tuple((k, Value(0.6 + k / 100)) for k in range(3))
    assert all_.points == ((0, mean), (2, mean))


@pytest.mark.parametrize("more", [{}, {"mean": Value(0.7)}])
def test_without_means_of_some_layers_there_is_no_such_figure(more):
    assert step_lines(bare(**more)) == ()


def svg_of(text):
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.attrib["role"] == "img"
    return root, root.find("title").text


def test_points_are_drawn_at_their_layers_and_values(layered):
    """Where a value lies is a straight line of it; the points of the curve are the markers in its colour."""
    task, board = layered.tasks[0], layered.tasks[0].layers[0]
    lines = sweep_lines(board, board.sweeps[0])[:1]
    text = draw_lines(task, lines, "layer", "A curve.", "a")
    root, title = svg_of(text)
    assert title == "A curve. Numbers in the table below."
    marks = [use for use in root.iter("use") if use.get("fill") == "var(--series-1)" and use.get("x") != "0"]  # not the band
    places = [(float(use.get("x")), float(use.get("y"))) for use in marks]
    assert len(places) == 13
    xs, ys = zip(*places, strict=True)
    steps = [b - a for a, b in pairwise(xs)]
    assert max(steps) - min(steps) < 0.05
    values = [value.value for _, value in board.sweeps[0].points]
    slope = (ys[6] - ys[0]) / (values[6] - values[0])
    assert slope < 0
    for y, value in zip(ys, values, strict=True):
        assert y == pytest.approx(ys[0] + slope * (value - values[0]), abs=0.05)
    assert ">chance<" in text.replace("\n", "")
    assert ">0.333<" in text.replace("\n", "")
    assert "UAR (proxy label)" in text


def test_only_banded_lines_with_intervals_have_a_band(layered):
    task, (board, few) = layered.tasks[0], layered.tasks[0].layers
    banded, plain = sweep_lines(board, board.main[0])[:2]
    (bare_,) = sweep_lines(few, few.main[0])
    bands = [len(re.findall(r'opacity="0?\.13"', draw_lines(task, [line], "k", "T.", "a"))) for line in (banded, plain, bare_)]
    assert bands == [1, 0, 0]


def test_choices_are_bars_as_high_as_their_counts():
    root, title = svg_of(draw_choice(range(4), (2, 2, 2, 0), "a"))
    assert title == "In how many of 4 folds each layer was chosen. Numbers below."
    bars = [path.get("d") for path in root.iter("path") if path.get("fill") == "var(--series-1)"]
    ends = [[float(y) for y in re.findall(r"[ML] [-\d.]+ ([-\d.]+)", d)] for d in bars]
    heights = [max(found) - min(found) for found in ends]
    assert heights[1] == heights[3] == 0
    assert heights[2] == pytest.approx(3 * heights[0], rel=0.01)


def test_weights_have_a_mark_a_layer():
    root, _ = svg_of(draw_weights(range(3), ((0.2, 0.3, 0.5), (0.3, 0.3, 0.4)), "a"))
    assert len([use for use in root.iter("use") if use.get("fill") == "var(--series-1)"]) == 3


def test_more_poolings_than_patterns_of_dashes_are_all_drawn():
    rivals = tuple(Rival("pooling", f"x[pooling=p{n}]", "linear", VALUES) for n in range(9))
    made = Sweep("x", "linear", "mean", VALUES, rivals=rivals)
    assert len(sweep_lines(LayerBoard("x", True, (made,)), made)) == 10
