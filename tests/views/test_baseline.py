"""The names of the trivial rows."""

from typing import get_type_hints

from bench.runs.row import Row
from bench.views import baseline, number


def test_every_kind_that_the_board_documents_has_a_name_and_an_explanation():
    documented = Row.__doc__.split("baseline : {")[1].split("}")[0]
    kinds = {kind.strip(" '") for kind in documented.split(",")} - {""}
    assert kinds == set(baseline.LABELS) == set(baseline.ABOUTS)
    assert get_type_hints(Row)["baseline"] is str


def test_the_legend_explains_what_stands_on_the_board_and_no_more(board, full):
    assert [name for name, _ in baseline.legend(full.tasks[0])] == list(baseline.LABELS.values())
    assert [name for name, _ in baseline.legend(full.tasks[2])] == ["constant", "duration alone"]
    assert baseline.legend(board.tasks[0]) == ()


def test_an_unknown_kind_keeps_its_own_name():
    row = Row("f", "x", "", "linear", 0, "done", baseline="tempo")
    assert baseline.label(row) == "tempo"
    assert number.called(row) == "the baseline tempo"
