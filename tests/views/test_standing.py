"""Who leads, what is folded, what is found."""

import dataclasses

from bench.base.finding import Finding
from bench.views import standing


def test_rows_are_shown_or_folded_and_none_is_lost(board):
    task = board.tasks[0]
    away, left = standing.folded(task), standing.shown(task)
    assert len(away) == 26
    assert {id(row) for row in away} | {id(row) for row in left} == {id(row) for row in task.rows}
    assert all(row.layer.isdigit() for row in away)
    assert [row.layer for row in left if row.feature_set.startswith("wav2vec2")] == ["best"]
    assert standing.failed(task)[0] in left


def test_a_control_that_failed_as_its_row_did_goes_without_saying(board):
    gone = standing.failed(board.tasks[0])[0]
    control, other = (dataclasses.replace(gone, baseline="permuted", error=error) for error in (gone.error, "Out of memory."))
    task = dataclasses.replace(board.tasks[0], rows=(*board.tasks[0].rows, control, other))
    assert standing.failed(task) == (gone, other)


def test_a_point_of_a_curve_is_never_the_best_row_though_it_lies_highest(board):
    task = board.tasks[0]
    single = next(row for row in task.rows if row.layer == "6" and row.model == "linear")
    others = tuple(row for row in task.rows if row is not single)
    moved = dataclasses.replace(task, rows=(single, *others))
    assert standing.best(moved) is others[0]
    assert single in standing.folded(moved)


def test_rows_alike_are_those_that_cannot_be_told_apart(board):
    task = board.tasks[0]
    expected = sum("FB007" in standing.codes(row) for row in task.rows)
    assert standing.alike(task) == expected == 3


def test_row_findings_keep_every_sentence_and_row(board):
    task = board.tasks[0]
    own = (Finding("FB007", "One."), Finding("FB012", "Two."))
    task = dataclasses.replace(task, rows=(*task.rows, dataclasses.replace(task.rows[0], model="mine", findings=own)))
    found = {one.code: one for one in standing.row_findings(task)}
    assert list(found) == ["FB004", "FB007", "FB012"]
    assert found["FB007"].n_rows == 4
    assert found["FB007"].sentences[1] == ("One.", ("egemaps with mine",))


def test_excluded_clips_are_grouped_and_none_is_lost(board):
    task = board.tasks[1]
    grouped = standing.reasons(task)
    assert [len(clips) for _, clips in grouped] == [3, 2]
    assert {clip for _, clips in grouped for clip in clips} == {one.clip_id for one in task.excluded}


def test_a_board_that_is_not_whole_says_so(board):
    partial = dataclasses.replace(board, partial="the first 3 speakers only", jobs_waiting=1)
    assert standing.warnings(partial) == (
        "This board is partial: the first 3 speakers only.",
        "The run is not finished: 1 job still waiting. The same command goes on.",
    )
    assert standing.warnings(board) == ()


def test_a_baseline_is_never_the_best_nor_a_leading_row(full):
    task = full.tasks[0]
    on_top = dataclasses.replace(task, rows=tuple(sorted(task.rows, key=lambda row: row.baseline != "duration")))
    assert on_top.rows[0].baseline == "duration"
    assert standing.best(on_top) is standing.best(task)
    assert all(not row.baseline for row in standing.leading(on_top, n=20))
    assert len(standing.asked(task)) == 37
    assert standing.alike(task) == 3
    assert standing.best_baseline(task) is on_top.rows[0]


def test_the_best_baseline_is_defined_and_no_control(full):
    nameless = full.tasks[2]
    assert standing.best_baseline(nameless).baseline == "duration"
    control = tuple(row for row in full.tasks[0].rows if row.baseline in ("", "permuted"))
    assert standing.best_baseline(dataclasses.replace(full.tasks[0], rows=control)) is None


def test_means_over_some_layers_are_folded_and_counted_apart(board):
    task = board.tasks[0]
    single = next(row for row in task.rows if row.layer == "3")
    means = [dataclasses.replace(single, layer=layer) for layer in ("0-3", "without-12")]
    other = [dataclasses.replace(single, layer=layer, point=False) for layer in ("mean", "concat")]
    more = dataclasses.replace(task, rows=(*task.rows, *means, *other))
    assert standing.folding(more) == "26 single-layer rows and 2 rows of means over layers"
    assert [row for row in standing.folded(more) if row not in standing.folded(task)] == means
    assert standing.folding(dataclasses.replace(task, rows=tuple(other))) == ""
