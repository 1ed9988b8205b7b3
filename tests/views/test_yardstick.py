"""Published values on the page, in Markdown, JSON and a terminal: apart from the rows, and never among them."""

import dataclasses
import json
import re

import pytest

from bench.runs.board import Yardstick
from bench.views.axis import axis_for
from bench.views.document import render_json
from bench.views.leaderboard import render_html, section_of
from bench.views.markdown import render_markdown
from bench.views.terminal import render_terminal
from bench.views.yardstick import COMPARABLE, about, comparable, lines, short, stands

ALIKE = Yardstick("ComParE with an SVC", 0.771, "UAR", "audEERING", "one speaker after the other held out")
OTHER = Yardstick(
    "wav2vec2 <b>fine-tuned</b>",
    0.934,
    "UAR",
    "Ann (2020), as reported by Bob (2021), not re-checked",
    "actors 23 and 24",
    "only two actors are tested there; it tells 8 levels of emotion apart, and this board 3 of fatigue-proxy",
)


@pytest.fixture
def plain(single):
    """One task without figures, which take long to draw."""
    task = single.tasks[0]
    rows = tuple(dataclasses.replace(row, confusion=None, by_speaker={}) for row in task.rows[:3])
    return dataclasses.replace(single, tasks=(dataclasses.replace(task, rows=rows, curves=()),))


@pytest.fixture
def measured(plain):
    return dataclasses.replace(plain, tasks=(dataclasses.replace(plain.tasks[0], yardsticks=(ALIKE, OTHER)),))


def test_what_cannot_be_compared_says_why(measured):
    assert comparable(measured.tasks[0]) == (ALIKE,)
    assert [stands(one) for one in (ALIKE, OTHER)] == [COMPARABLE, f"not comparable: {OTHER.comparable}"]
    assert "1 of 2 can be compared" in about(measured.tasks[0])
    none = dataclasses.replace(measured.tasks[0], yardsticks=(OTHER,))
    assert "None of them is of this task" in about(none)


def test_the_page_tells_each_with_its_source_and_ranks_none(measured):
    page = render_html(measured)
    assert "Published elsewhere" in page
    assert "not re-checked" in page
    assert "<b>fine-tuned" not in page
    board = page[page.index('<table class="board"') : page.index("Published elsewhere")]
    assert "ComParE with an SVC" not in board
    assert page.index("Published elsewhere") < page.index("<h3>Findings")
    assert '<details class="published" open><summary>Published elsewhere: 2 values, 1 of this task</summary>' in page


def test_only_a_comparable_value_is_a_line_in_the_picture(measured):
    task = measured.tasks[0]
    section = section_of(task, "t1")
    assert section.axis == axis_for([section.axis.low, 0.771])  # the axis reaches as far
    drawn = set(re.findall(r'<line class="published" x1="([^"]+)"', render_html(measured)))
    assert drawn == {section.axis.at(0.771)}
    without = dataclasses.replace(measured, tasks=(dataclasses.replace(task, yardsticks=(OTHER,)),))
    assert '<line class="published"' not in render_html(without)
    assert "Dotted: published" not in render_html(without)
    assert '<details class="published"><summary>Published elsewhere: 1 value, none of this task</summary>' in render_html(
        without
    )


def test_markdown_and_json_hold_every_field(measured):
    text = render_markdown(measured)
    assert "### Published elsewhere" in text
    assert "| ComParE with an SVC | UAR 0.771 | one speaker after the other held out | comparable | audEERING |" in text
    (told, _) = json.loads(render_json(measured))["tasks"][0]["yardsticks"]
    assert told == {**dataclasses.asdict(ALIKE)}


def test_a_terminal_has_one_sentence(measured, plain):
    sentence = short(measured.tasks[0])
    assert sentence == (
        "Published: UAR 0.771, ComParE with an SVC; 1 value that cannot be compared with these stands on the page."
    )
    assert " ".join(render_terminal(measured, 300).split()).count(sentence) == 1
    assert "Published" not in render_terminal(plain, 300)
    assert len(lines(measured.tasks[0])) == 2
