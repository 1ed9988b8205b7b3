"""The figures: what is in them, and that they come out alike."""

import dataclasses
import itertools
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

from bench.runs.board import Curve
from bench.runs.row import Value
from bench.views.figure import N_SERIES, draw_confusion, draw_curves, draw_speakers


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - made by this very test


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter("text")]


def test_a_curve_has_every_layer_and_chance(board):
    task = board.tasks[0]
    svg = draw_curves(task, task.curves, "a")
    assert [str(layer) for layer in range(13)] == [text for text in texts(svg) if text.isdigit()]
    assert {"chance", "0.333"} <= set(texts(svg))
    assert "UAR (proxy label)" in texts(svg)
    assert svg.count("stroke-dasharray") >= 2  # the second line and chance: told apart without colour
    assert svg == draw_curves(task, task.curves, "a")


def test_a_curve_is_drawn_where_its_values_are(board):
    """Straight points give a straight line, from corner to corner of its own box."""
    task = dataclasses.replace(board.tasks[0], chance=0.0)
    svg = draw_curves(task, [Curve("x", "linear", tuple((layer, Value(layer / 4)) for layer in range(5)))], "a")
    marks = [
        (float(x), float(y)) for x, y in re.findall(r'<use href="[^"]+" x="([\d.]+)" y="([\d.]+)" fill="var\(--series-1', svg)
    ]
    assert len(marks) == 5
    steps = {(round(b[0] - a[0]), round(b[1] - a[1])) for a, b in itertools.pairwise(marks)}
    assert len({x for x, _ in steps}) == 1
    assert all(y < 0 for _, y in steps)  # up the page


def test_the_most_curves_of_one_figure(board):
    task = board.tasks[0]
    curves = [Curve("x", f"m{n}", ((0, Value(0.5 + n / 50, 0.4, 0.6)), (1, Value(0.5)))) for n in range(N_SERIES)]
    svg = draw_curves(task, curves, "a")
    assert all(f"var(--series-{n + 1})" in svg for n in range(N_SERIES))


def test_a_confusion_matrix_gives_shares_of_the_true_level(board):
    task = board.tasks[0]
    svg = draw_confusion(task, task.rows[0], "a")
    cells = [text for text in texts(svg) if text.endswith("%")]
    assert cells == [f"{n / sum(row):.0%}" for row in task.rows[0].confusion for n in row]
    assert texts(svg).count("drained") == 2


def test_a_level_without_clips_has_a_row_of_zeros(board):
    row = dataclasses.replace(board.tasks[0].rows[0], confusion=((1, 0, 0), (0, 0, 0), (0, 0, 3)))
    cells = [text for text in texts(draw_confusion(board.tasks[0], row, "a")) if text.endswith("%")]
    assert cells == ["100%", "0%", "0%", "0%", "0%", "0%", "0%", "0%", "100%"]


def test_speakers_of_any_name_are_drawn_and_an_undefined_value_is_not(board, nasty):
    task = board.tasks[1]
    names = list(task.rows[0].by_speaker)
    svg = draw_speakers(task, task.rows, names, "a")
    assert [text for text in texts(svg) if text in names] == [name for name in names if name != nasty]
    assert "<script>alert(…b[31m" in texts(svg)  # shortened, and no control character
    formula = dataclasses.replace(task.rows[0], by_speaker={"$x^2$": 0.5, "$\\bad{": 0.4})
    assert {"$x^2$", "$\\bad{"} <= set(texts(draw_speakers(task, [formula], ["$x^2$", "$\\bad{"], "a")))
    assert len(re.findall(r'<path [^>]*fill="var\(--series-|<use [^>]*fill="var\(--series-', svg)) >= 6


def test_many_speakers_do_not_make_an_endless_figure(board):
    task = board.tasks[0]
    speakers = [f"s{n}" for n in range(300)]
    row = dataclasses.replace(task.rows[0], by_speaker={name: 0.5 for name in speakers})
    svg = draw_speakers(task, [row], speakers, "a")
    height = float(parsed(svg).attrib["viewBox"].split()[3])
    assert height < 800
    assert "300 speakers" in texts(svg)


def test_importing_the_views_loads_nothing_heavy():
    code = (
        "import bench.views.leaderboard, bench.views.markdown, bench.views.table, bench.views.terminal, sys;"
        "print([m for m in ('seaborn', 'matplotlib', 'pandas', 'jinja2', 'rich', 'torch') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"
