"""Which row rates, and what is said of the choice."""

import dataclasses

import pytest

from bench.base.error import RequestError
from bench.runs.selection import choose
from tests.views.conftest import baselines, level_task, make_board, score_task


def with_tiers(task, *tiers):
    rows = [dataclasses.replace(row, tier=tier) for row, tier in zip(task.rows, tiers, strict=False)]
    return dataclasses.replace(task, rows=(*rows, *task.rows[len(rows) :]))


def test_the_highest_row_of_the_first_tier_rates():
    (choice,) = choose(make_board(with_tiers(level_task(), 1, 1, 2)))
    assert choice.row is choice.task.rows[0]
    assert choice.why == "the highest row of the first tier, which no other row beats; 2 rows are in this tier"
    (alone,) = choose(make_board(with_tiers(level_task(), 1, 2)))
    assert alone.why == "the highest row of the first tier, which no other row beats"


def test_without_tiers_it_is_the_highest_and_the_reason_is_told():
    task = dataclasses.replace(level_task(), untiered="There are no tiers with fewer than 6 held-out speakers.")
    assert choose(make_board(task))[0].why == "the highest row; there are no tiers with fewer than 6 held-out speakers"


def test_a_point_of_a_curve_does_not_rate_where_a_row_stands_beside_it():
    task = level_task()
    point = dataclasses.replace(task.rows[0], point=True)
    board = make_board(dataclasses.replace(task, rows=(point, *task.rows[1:])))
    assert choose(board)[0].row is task.rows[1]
    assert choose(board, task.name, 1)[0].row is task.rows[1]
    assert choose(make_board(dataclasses.replace(task, rows=(point,))))[0].row is point


def test_a_baseline_never_rates_and_its_lead_is_told():
    task = level_task()
    first = dataclasses.replace(baselines(task)[1], tier=1)
    (choice,) = choose(make_board(dataclasses.replace(task, rows=(first, *task.rows))))
    assert choice.row is task.rows[0]
    assert "a baseline beats them all" in choice.why


def test_both_forms_of_a_target_rate_together_the_score_first():
    level = dataclasses.replace(level_task(), name="a/kss/level")
    score = dataclasses.replace(score_task(), name="a/kss/score", track="open")
    other = dataclasses.replace(level_task(), name="b/other/level")
    board = make_board(level, score, other)
    assert [choice.task.form for choice in choose(board)] == ["score", "level"]
    assert [choice.task.name for choice in choose(board, "b/other")] == ["b/other/level"]
    assert [choice.task.name for choice in choose(board, "a/kss/level")] == ["a/kss/level"]
    assert choose(board, "a/kss/level", 3)[0].row is level.rows[2]
    with pytest.raises(RequestError, match="Name one: `--task a/kss/level or a/kss/score`"):
        choose(board, None, 1)


def test_wrong_requests_are_told():
    board = make_board(level_task(), score_task())
    with pytest.raises(RequestError, match="no others beside it"):
        choose(board, score_task().name)
    with pytest.raises(RequestError, match="no others beside it"):
        choose(make_board(score_task()))
    with pytest.raises(RequestError, match="Did you mean 'ravdess/fatigue-proxy'"):
        choose(board, "ravdess/fatigue-proxi")
    n_rows = sum(row.status == "done" and not row.point for row in level_task().rows)
    with pytest.raises(RequestError, match=f"Its rows are 1 to {n_rows}"):
        choose(board, "ravdess/fatigue-proxy/level", n_rows + 1)
    with pytest.raises(RequestError, match="has no task"):
        choose(make_board())
    failed = dataclasses.replace(level_task(), rows=level_task().rows[-1:])
    with pytest.raises(RequestError, match="every row that was asked for failed"):
        choose(make_board(failed))
    baselines = tuple(dataclasses.replace(row, baseline="duration") for row in level_task().rows)
    with pytest.raises(RequestError, match="its board has baselines alone"):
        choose(make_board(dataclasses.replace(level_task(), rows=baselines)))
