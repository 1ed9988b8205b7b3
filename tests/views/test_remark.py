"""What is said of the first row."""

import dataclasses

import pytest

from bench.runs.row import Value
from bench.views import remark


def replaced(task, baseline, **given):
    rows = (dataclasses.replace(row, **given) if row.baseline == baseline else row for row in task.rows)
    return dataclasses.replace(task, rows=tuple(rows))


def test_the_headline_says_value_interval_badge_and_chance(board):
    sentence = remark.headline(board.tasks[0])
    assert sentence == (
        "Highest UAR (proxy label): 0.652 [0.607, 0.693], egemaps with linear. Chance is 0.333. "
        "3 of the 9 other rows cannot be told apart from the best. "
        "Each difference is judged by its own interval, not corrected for the others."
    )
    assert "no row can be told apart" in remark.headline(board.tasks[1])
    assert remark.headline(board.tasks[2]) == "The only row failed."


def test_the_headline_says_baselines_null_band_caution_and_readings(full):
    assert remark.headline(full.tasks[0]) == (
        "Highest UAR (proxy label): 0.652 [0.607, 0.693] (Speakers come in dyads; intervals and tests treat the dyads as "
        "independent), egemaps with linear. Chance is 0.333. 3 of the 9 other rows cannot be told apart from the best. "
        "The baseline duration alone cannot be told apart from the best. "
        "Each difference is judged by its own interval, not corrected for the others. "
        "Labels shuffled within speakers give the best row 0.300 to 0.400. "
        "The best row stays first under only 3 of 5 readings of the label: no winner is named."
    )


def test_rows_that_can_be_told_apart_are_counted_without_baselines(full):
    assert remark.told_apart(full.tasks[0]) == remark.told_apart(full.tasks[1])
    assert remark.size(full.tasks[0]) == "37 rows and 4 baselines"


@pytest.mark.parametrize(
    ("stands", "value", "sentence"),
    [
        ("alike", 0.64, "The baseline duration alone cannot be told apart from the best."),
        ("alike", 0.752, "The baseline duration alone cannot be told apart from the reference."),
        ("better", 0.752, "The baseline duration alone does better."),
        ("worse", 0.552, "No baseline does as well."),
        ("", 0.652, "The baseline duration alone lies as high or higher."),
        ("", 0.7, "The baseline duration alone lies as high or higher."),
    ],
)
def test_a_baseline_stands_as_the_board_judges_or_else_as_its_value(full, stands, value, sentence):
    changed = replaced(full.tasks[0], "duration", stands=stands, metrics={"uar": Value(value)})
    assert remark.against_baselines(changed) == sentence


def test_where_nothing_is_judged_values_speak(full):
    changed = replaced(full.tasks[0], "duration", stands="", metrics={"uar": Value(0.2)})
    rows = tuple(dataclasses.replace(row, stands="") for row in changed.rows)
    assert remark.against_baselines(dataclasses.replace(changed, rows=rows)) == "No baseline lies as high."


def test_a_baseline_alone_in_the_first_tier_is_told_once(tiered):
    first, *rest = tiered.tasks[0].rows
    lone = dataclasses.replace(first, baseline="loudness", stands="better", tier=1, metrics={"uar": Value(0.9)})
    under = [row if row.status == "failed" else dataclasses.replace(row, tier=2) for row in (first, *rest)]
    task = dataclasses.replace(tiered.tasks[0], rows=(lone, *under))
    assert remark.remarks(task) == ("No row beats the baseline loudness alone; it beats them all.",)
    assert remark.above(task) == "The baseline loudness alone (0.900) lies above every row that was asked for."
    under[3] = dataclasses.replace(under[3], tier=3)
    assert remark.tiered(dataclasses.replace(task, rows=(lone, *under))) == "No row beats the baseline loudness alone."
    assert remark.tiered(dataclasses.replace(task, rows=(lone, under[0]))) == "The baseline loudness alone beats the only row."
    two = (lone, dataclasses.replace(lone, baseline="duration"), *under)
    both = remark.tiered(dataclasses.replace(task, rows=two))
    assert both == "No row is of the first tier; the baselines loudness alone and duration alone are."


def test_the_control_is_compared_with_nothing(full):
    changed = replaced(full.tasks[1], "permuted", difference=None, metrics={"uar": Value(0.9)})
    assert remark.against_baselines(changed) == "No baseline does as well."


def test_several_baselines_that_cannot_be_told_apart_are_all_named(full):
    changed = replaced(full.tasks[0], "constant", stands="alike")
    assert remark.against_baselines(changed) == "The baselines duration alone and constant cannot be told apart from the best."
    above = replaced(changed, "loudness", stands="better", metrics={"uar": Value(0.752)})
    assert remark.against_baselines(above) == (
        "The baseline loudness alone does better, "
        "and the baselines duration alone and constant cannot be told apart from the reference."
    )
    assert remark.headline(above).startswith("Highest UAR (proxy label), baselines apart: 0.652")


def test_nothing_is_said_of_baselines_that_are_not_there_or_not_defined(board, full):
    assert remark.against_baselines(board.tasks[0]) == ""
    alone = dataclasses.replace(full.tasks[2], rows=(full.tasks[2].rows[0], full.tasks[2].rows[2]))
    assert remark.against_baselines(alone) == ""


def test_a_row_within_its_null_band_is_said_to_be_no_better(full):
    task = full.tasks[0]
    inside = dataclasses.replace(task, rows=(dataclasses.replace(task.rows[0], null=Value(0.6, 0.55, 0.66)), *task.rows[1:]))
    assert (
        remark.against_null(inside)
        == "Labels shuffled within speakers give the best row 0.550 to 0.660: it is no better than that."
    )
    assert remark.against_null(full.tasks[2]) == ""


def test_a_caution_is_said_where_there_are_intervals_only(full, board):
    assert remark.intervals(full.tasks[0]).endswith(
        "over speakers (Speakers come in dyads; intervals and tests treat the dyads as independent)"
    )
    four = dataclasses.replace(board.tasks[1], caution="Dyads.")
    assert remark.intervals(four) == "no interval: fewer than 5 speakers"
    assert remark.cautioned(four) == ""
    assert remark.intervals(full.tasks[2]) == "no interval: nobody knows who speaks"


def test_the_best_alone_is_told_apart_from_all(board):
    task = board.tasks[0]
    rows = tuple(row for row in task.rows if all(finding.code != "FB007" for finding in row.findings))
    assert remark.told_apart(dataclasses.replace(task, rows=rows)) == "The best can be told apart from all 6 other rows."


def test_with_tiers_the_headline_counts_the_first(tiered):
    rows = [row for row in tiered.tasks[0].rows if row.status == "done"]
    n = sum(row.metrics["uar"].value >= 0.62 for row in rows)
    assert 1 < n < len(rows)
    assert remark.tiered(tiered.tasks[0]) == f"{n} of {len(rows)} rows are of the first tier, which no row beats."
    assert remark.tiered(tiered.tasks[0]) in remark.headline(tiered.tasks[0])
    assert remark.tiered(tiered.tasks[1]) == ""
    alike = replaced(tiered.tasks[0], "", tier=1)
    assert remark.tiered(alike) == f"No row beats another: all {len(alike.rows)} are of the first tier."
    one = dataclasses.replace(rows[0], baseline="loudness"), *rows[1:]
    assert remark.tiered(dataclasses.replace(alike, rows=one)).endswith(", and 1 baseline with them.")
