"""Values by group of clips on the page and in Markdown."""

import dataclasses
import json
import math

import pytest

from bench.runs.row import Subgroup, Value
from bench.views.document import render_json
from bench.views.leaderboard import render_html
from bench.views.markdown import render_markdown
from bench.views.subgroup import TITLE, about, gap, tables

SEX = Subgroup(
    "sex",
    {"female": Value(0.7, 0.6, 0.8), "male": Value(0.55, 0.4, 0.7)},
    {"female": 359, "male": 360},
    Value(0.15, 0.02, 0.28),
    True,
)
TASKS = Subgroup(
    "text",
    {"<kids>": Value(0.6, 0.5, 0.7), "dogs": Value(0.64, 0.5, 0.7), "cats": Value(math.nan)},
    {"<kids>": 300, "dogs": 300, "cats": 119},
    Value(0.04, -0.05, 0.13),
)


@pytest.fixture
def plain(single):
    """One task without figures, which take long to draw."""
    task = single.tasks[0]
    rows = tuple(dataclasses.replace(row, confusion=None, by_speaker={}) for row in task.rows[:3])
    return dataclasses.replace(single, tasks=(dataclasses.replace(task, rows=rows, curves=()),))


@pytest.fixture
def grouped(plain):
    task = plain.tasks[0]
    rows = (*(dataclasses.replace(row, subgroups=(SEX, TASKS)) for row in task.rows[:2]), *task.rows[2:])
    return dataclasses.replace(plain, tasks=(dataclasses.replace(task, rows=rows),))


def test_each_trait_has_a_table_of_rows_by_groups(grouped):
    sex, text = tables(grouped.tasks[0])
    assert sex.heads == ("Row", "female (359 clips)", "male (360 clips)", "Gap")
    assert sex.lines[0][1:] == ("0.700 [0.600, 0.800]", "0.550 [0.400, 0.700]", "0.150 [0.020, 0.280] (female above male)")
    assert len(sex.lines) == len(text.lines) == 2
    assert text.lines[0][1:] == (
        "0.600 [0.500, 0.700]",
        "0.640 [0.500, 0.700]",
        "not defined",
        "0.040 [−0.050, 0.130] (dogs above <kids>)",
    )


def test_a_gap_of_fewer_than_two_values_is_none():
    assert gap(dataclasses.replace(TASKS, values={"a": Value(0.5), "b": Value(math.nan)}, gap=Value(math.nan))) == "–"


def test_a_gap_of_nothing_names_no_group():
    same = {"a": Value(0.519), "b": Value(0.5190001)}
    assert gap(dataclasses.replace(SEX, values=same, gap=Value(1e-7, -0.1, 0.1))) == "0.000 [−0.100, 0.100] (none)"


def test_it_says_that_best_and_worst_were_picked_by_looking(grouped, plain):
    assert "picked by looking" in about(grouped.tasks[0])
    assert "not all levels occur" in about(grouped.tasks[0])
    only_sex = dataclasses.replace(plain.tasks[0].rows[0], subgroups=(SEX,))
    task = dataclasses.replace(plain.tasks[0], rows=(only_sex,))
    assert "picked" not in about(task)
    assert "Not defined" not in about(task)


def test_the_page_folds_it_away_and_escapes_names(grouped, plain):
    page = render_html(grouped)
    assert f"<summary>{TITLE}</summary>" in page
    assert "&lt;kids&gt; (300 clips)" in page
    assert "<kids>" not in page
    assert TITLE not in render_html(plain)


def test_markdown_and_json_have_it(grouped, plain):
    text = render_markdown(grouped)
    assert f"### {TITLE}" in text
    assert "By sex:" in text
    assert "0.150 \\[0.020, 0.280\\] (female above male)" in text
    assert TITLE not in render_markdown(plain)
    told = json.loads(render_json(grouped))["tasks"][0]["rows"][0]["subgroups"]
    assert told[0]["gap"] == {"value": 0.15, "low": 0.02, "high": 0.28}
    assert told[1]["values"]["cats"] == {"value": None, "low": None, "high": None}
