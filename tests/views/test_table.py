"""The long CSV table."""

import csv
import io
import math

from bench.views.table import COLUMNS, render_csv


def read(board):
    return list(csv.DictReader(io.StringIO(render_csv(board), newline="")))


def test_one_line_for_each_row_and_metric_in_full_precision(board):
    lines = read(board)
    assert tuple(lines[0]) == COLUMNS
    expected = sum(max(1, len(row.metrics)) for task in board.tasks for row in task.rows)
    assert len(lines) == expected
    places = iter(lines)
    for task in board.tasks:
        for row in task.rows:
            for name, value in row.metrics.items():
                line = next(places)
                assert (line["task"], line["model"], line["metric"]) == (task.name, row.model, name)
                assert float(line["value"]) == value.value or (math.isnan(value.value) and line["value"] == "nan")
                assert (line["low"] and float(line["low"])) == ("" if value.low is None else value.low)
                assert (line["high"] and float(line["high"])) == ("" if value.high is None else value.high)
            if not row.metrics:
                next(places)


def test_a_failed_row_has_a_line_with_its_sentence(board, nasty):
    failed = [line for line in read(board) if line["status"] == "failed"]
    assert len(failed) == 2
    assert all(line["metric"] == line["value"] == line["low"] == "" for line in failed)
    assert all(nasty.replace("\x1b", "\\x1b") in line["error"] for line in failed)


def test_codes_badge_and_difference(board):
    lines = read(board)
    best, second = (next(line for line in lines if line["feature_set"] == name) for name in ("egemaps", "compare"))
    assert (best["difference"], best["findings"], best["badge"]) == ("", "FB009 FB010", "proxy label")
    assert float(second["difference"]) == board.tasks[0].rows[1].difference.value
    assert second["findings"] == "FB007 FB009 FB010"
    assert best["label_kind"] == "proxy"
    assert float(best["chance"]) == 1 / 3
    assert [line["primary"] for line in lines[:3]] == ["true", "false", "false"]


def test_what_is_not_known_is_empty(board):
    four = [line for line in read(board) if line["track"] == "speaker"]
    assert {line["extract_seconds"] for line in four} == {""}
    assert {line["low"] for line in four} == {""}
    assert four[0]["feature_set"] == "timing"


def test_twice_the_same(board):
    assert render_csv(board) == render_csv(board)


def test_baselines_null_bands_and_the_caution(full):
    lines = [line for line in read(full) if line["task"] == full.tasks[0].name]
    assert {line["baseline"] for line in lines} == {"", "constant", "duration", "loudness", "permuted"}
    assert {line["caution"] for line in lines} == {full.tasks[0].caution}
    first, second = lines[:2]
    null = full.tasks[0].rows[0].null
    assert [float(first[key]) for key in ("null_mean", "null_low", "null_high")] == [null.value, null.low, null.high]
    assert [second[key] for key in ("null_mean", "null_low", "null_high")] == ["", "", ""]  # not the primary metric
    nameless = [line for line in read(full) if line["task"] == "sleep/kss/score"]
    assert {line["null_low"] for line in nameless} == {line["caution"] for line in nameless} == {""}


def test_tiers_stand_on_the_lines_of_their_rows(tiered):
    lines = [line for line in csv.DictReader(io.StringIO(render_csv(tiered))) if line["status"] == "done"]
    assert {line["tier"] for line in lines if line["task"] != "b/c"} == {"1", "2"}
    assert {line["tier"] for line in lines if line["task"] == "b/c"} == {""}
