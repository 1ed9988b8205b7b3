"""The board on a terminal."""

import dataclasses
import re

import pytest
from rich.cells import cell_len

from bench.runs.row import Value
from bench.views.terminal import render_terminal


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("which", ["board", "full"])
def test_no_line_is_wider_than_the_terminal(request, which, width):
    for line in render_terminal(request.getfixturevalue(which), width).splitlines():
        assert cell_len(line) <= width, line


@pytest.mark.parametrize("width", [80, 120])
def test_every_value_stands_whole_on_one_line(board, width):
    lines = render_terminal(board, width).splitlines()
    first = next(line for line in lines if "0.652" in line)
    assert "egemaps" in first
    assert "0.652 [0.607, 0.693]" in first
    assert any("0.643 [0.598, 0.683]" in line and "−0.009 [−0.044, 0.021]" in line for line in lines)


def test_badge_chance_folded_and_failed_rows_are_told(board):
    text = " ".join(render_terminal(board, 100).split())
    assert "ravdess/fatigue-proxy/level proxy label" in text
    assert "synthetic speech speaker track" in text
    assert "Chance is 0.333." in text
    assert "26 single-layer rows are left out here" in text
    assert "mine[name=a,b] with linear failed: Feature set 'mine' gave 3 values" in text
    assert "FB010 The speech is synthetic." in text
    assert "FB007 The row cannot be told apart from the best that was asked for (3 rows)." in text
    assert "No interval: fewer than 5 speakers." in text


def test_only_our_own_escapes_reach_the_terminal(board):
    assert "\x1b" not in render_terminal(board, 100)
    coloured = render_terminal(board, 100, colour=True)
    assert "\x1b[" in coloured
    assert "\x1b[31m." not in coloured
    assert "\\x1b[31m" in coloured


def test_a_partial_board_says_so_first(board):
    partial = dataclasses.replace(board, partial="the first 3 speakers only")
    assert render_terminal(partial).startswith("This board is partial: the first 3 speakers only.")


def test_baselines_are_marked_and_readings_told(full):
    lines = render_terminal(full, 100).splitlines()
    assert lines[0].endswith(":crema[sentences=all]/")
    assert lines[1] == "fatigue-proxy/level  proxy label"
    assert any(line.startswith("  baseline: duration alone") and "0.640 [0.595, 0.680]" in line for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "The baseline duration alone cannot be told apart from the best." in text
    assert "stays first under only 3 of 5 readings" in text
    assert text.count("stays first under 4 of 5 readings") == 1
    assert text.count("Speakers come in dyads") == 2  # once a task, as a finding
    assert "5,570 clips of speakers who are not known" in text


def test_a_caution_without_its_finding_is_told(full):
    task = dataclasses.replace(full.tasks[0], findings=())
    assert "Intervals: Speakers come in dyads;" in render_terminal(dataclasses.replace(full, tasks=(task,)))


def test_tiers_are_a_column_where_there_are_some(tiered):
    with_tiers, without = render_terminal(tiered, 110).split("b/c")
    assert re.search(r"egemaps +linear +0\.652 \[0\.607, 0\.693\] +1 +best", with_tiers)
    assert " Tier " in with_tiers
    assert " Tier " not in without
    assert "There are no tiers with fewer than 6 held-out speakers." in without


def test_a_baseline_above_all_makes_a_reference_of_the_best(tiered):
    first, *rest = tiered.tasks[0].rows
    above = dataclasses.replace(first, baseline="loudness", feature_set="loudness", tier=1, stands="better")
    above = dataclasses.replace(above, metrics={"uar": Value(0.9, 0.8, 0.95)}, difference=Value(0.25, 0.0, 0.3))
    lower = [row if row.status == "failed" else dataclasses.replace(row, tier=2) for row in (first, *rest)]
    text = " ".join(render_terminal(dataclasses.replace(tiered, tasks=(trial(tiered, above, *lower),)), 120).split())
    assert "Difference to the reference" in text
    assert " best" not in text.split("The baseline loudness alone (0.900) lies above")[0]
    assert "No row beats the baseline loudness alone; it beats them all." in text
    assert "Where an interval holds 0 and the tiers differ, the tiers decide" in text


def test_an_interval_without_0_is_said_not_to_be_enough(tiered):
    task = tiered.tasks[0]
    rows = [row if row.status == "failed" else dataclasses.replace(row, tier=1) for row in task.rows]
    rows = [dataclasses.replace(row, stands="alike") if row.stands else row for row in rows]
    n = sum(row.tier == 1 for row in rows)
    text = " ".join(render_terminal(dataclasses.replace(tiered, tasks=(trial(tiered, *rows),)), 120).split())
    assert f"not enough for a tier: with {n * (n - 1) // 2} pairs, some exclude 0 by chance." in text
    assert "each alone, uncorrected" in text


def trial(board, *rows):
    return dataclasses.replace(board.tasks[0], rows=rows)
