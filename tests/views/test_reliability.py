"""What is said of probabilities and intervals: no more than they carry, and the same in every view."""

import csv
import dataclasses
import io
import json

import pytest

from bench.runs.row import Calibration, Coverage, ReliabilityBin, Row, Value
from bench.views import seed
from bench.views.document import render_json
from bench.views.leaderboard import render_html
from bench.views.markdown import render_markdown
from bench.views.reliability import APPROXIMATE, NOBODY_KNOWS, WHY_APPROXIMATE, calibrated, covered, judged, reliability, said
from bench.views.table import render_csv


def calibrated_row(brier):
    made = Calibration(brier, 0.66, 0.1, 0.05, (ReliabilityBin(0.5, 0.4, 30), ReliabilityBin(0.9, 0.8, 10)))
    return Row("f", "egemaps", "", "linear", 0, "done", calibration=made)


@pytest.mark.parametrize(
    ("brier", "words"),
    [
        (Value(0.5, 0.4, 0.6), "do better"),
        (Value(0.6, 0.5, 0.7), "cannot be told apart"),
        (Value(0.8, 0.7, 0.9), "do worse"),
        (Value(0.5), "lie lower"),
        (Value(0.7), "lie as high"),
    ],
)
def test_probabilities_are_held_against_the_shares_of_the_levels(brier, words):
    sentence = calibrated(calibrated_row(brier))
    assert words in sentence
    assert "said to be right in 60% of the clips and is right in 50%" in sentence  # (30 * .5 + 10 * .9) / 40


@pytest.mark.parametrize(
    ("pooled", "words"),
    [(Value(0.7, 0.6, 0.79), "too seldom"), (Value(0.9, 0.81, 0.99), "more often than needed"), (Value(0.7), None)],
)
def test_coverage_is_judged_by_its_interval(trusted, pooled, words):
    task = trusted.tasks[1]
    row = dataclasses.replace(task.rows[0], coverage=Coverage(0.8, pooled, {"ann": 0.5, "bob": 1.0}, 2.0, False))
    sentence = covered(task, row)
    assert (words in sentence) if words else ("seldom" not in sentence and "needed" not in sentence)
    assert "from 50% of those of ann to 100% of those of bob" in sentence
    assert "2.00 KSS wide, 25% of the scale from 1 to 9" in sentence


def test_approximate_is_said_where_a_row_trained_on_few(trusted):
    words = said(trusted.tasks[1])
    assert WHY_APPROXIMATE in words.sentences
    assert [APPROXIMATE in line[-1] for line in words.rows.lines] == [False, True, True]


def test_width_is_held_against_not_listening(trusted):
    task = trusted.tasks[1]
    blind = dataclasses.replace(task.rows[0], baseline="constant", coverage=Coverage(0.8, Value(0.8), {}, 4.6, True))
    sentences = said(dataclasses.replace(task, rows=(*task.rows, blind))).sentences
    assert "Without listening, always the same answer, they are 4.60 KSS wide." in sentences


def test_nothing_is_shown_of_rows_without(board):
    assert said(board.tasks[0]) is None
    assert reliability(board.tasks[0], "t") is None
    assert judged(board.tasks[1]) == ()


def test_every_number_that_is_drawn_stands_in_the_table(trusted):
    level, score, nameless = (reliability(task, "t") for task in trusted.tasks)
    assert len(level.numbers.lines) == 30
    assert level.numbers.lines[0][1:] == ("0.350", "0.330", "72")
    assert [len(line) for line in score.numbers.lines] == [4] * 12
    assert level.svg.startswith("<svg")
    assert score.svg.count("actor-") == 12
    assert (nameless.svg, nameless.numbers.lines) == (None, ())
    assert NOBODY_KNOWS in nameless.said.sentences


def test_a_seed_table_has_the_spread_beside_the_interval(trusted):
    lines = seed.lines(trusted.tasks[1])
    assert [line[0].split()[-1] for line in lines] == ["head", "xgboost"]
    row = trusted.tasks[1].rows[1]
    values = [one for _, one in row.seeds]
    mean = sum(values) / 5
    assert seed.Seeds.of(row).spread == pytest.approx((sum((one - mean) ** 2 for one in values) / 4) ** 0.5)
    assert lines[0][-1] == "[0.365, 0.451]"
    assert seed.Seeds.of(trusted.tasks[1].rows[0]) is None
    assert seed.spread(trusted.tasks[1].rows[0]) == ""


def test_page_and_markdown_say_the_same(trusted):
    page, text = render_html(trusted), render_markdown(trusted)
    for words in ("Can the probabilities be taken at their word?", "Do the intervals hold the truth?", seed.TITLE):
        assert words in page
        assert words in text


def test_programs_read_the_numbers(trusted):
    lines = [line for line in csv.DictReader(io.StringIO(render_csv(trusted))) if line["primary"] == "true"]
    level = next(line for line in lines if line["brier"])
    assert (level["brier_base"], level["ece"], level["coverage"]) == ("0.661", "0.041", "")
    score = [line for line in lines if line["task"] == "a/kss/score"]
    assert [line["width"] for line in score] == ["3.2", "4.2", "5.2"]
    assert [line["n_seeds"] for line in score] == ["", "5", "5"]
    rows = json.loads(render_json(trusted))["tasks"][0]["rows"]
    assert rows[0]["calibration"]["bins"][0] == {"said": 0.35, "found": 0.33, "n_clips": 72}
