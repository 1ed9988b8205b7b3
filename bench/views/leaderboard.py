"""The leaderboard page: one HTML file that loads nothing, and is read on a screen, a phone, paper, or by ear."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.runs.board import Board, Curve, TaskBoard
from bench.runs.row import Row, Value
from bench.views import baseline, number, remark, seed, stability, standing, subgroup, yardstick
from bench.views.axis import Axis, axis_for
from bench.views.figure import N_SERIES, draw_confusion, draw_curves, draw_speakers
from bench.views.page import environment, own_text, policy
from bench.views.reliability import Reliability, reliability

FEW_ROWS = 8  # up to so many rows a filter would only be in the way
MOST_LISTED = 200  # clips named for each reason of exclusion; the others are counted


@dataclass(frozen=True)
class CurvePlot:
    """The layer curves of a feature set: drawn, and as lines of a table."""

    curves: tuple[Curve, ...]
    svg: Any
    lines: tuple[tuple[int, tuple[Value | None, ...]], ...]


@dataclass(frozen=True)
class SpeakerPlot:
    """The values within each speaker of the leading rows: drawn, and as lines of a table."""

    labels: tuple[str, ...]
    svg: Any
    lines: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True)
class Section:
    """A task as the page shows it.

    Attributes
    ----------
    key : str
        Its id on the page.
    rows : tuple of (Row, bool)
        In the order of the board, and whether the row is folded away.
    """

    key: str
    task: TaskBoard
    axis: Axis
    rows: tuple[tuple[Row, bool], ...]
    n_folded: int
    metric_names: tuple[str, ...]
    row_findings: tuple[standing.RowFinding, ...]
    excluded: tuple[tuple[str, tuple[str, ...]], ...]
    curves: tuple[CurvePlot, ...]
    confusions: tuple[tuple[Row, Any], ...]
    speakers: SpeakerPlot | None
    reliability: Reliability | None


def render_html(board: Board) -> str:
    """Render a board as a page that needs no other file and no network.

    Parameters
    ----------
    board : Board

    Returns
    -------
    str
        HTML. The same board always gives the same text. All texts of the board are escaped, and a content security
        policy lets nothing run or load but the style sheet and the script inside.

    Examples
    --------
    >>> page = render_html(Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ()))
    >>> page.startswith("<!DOCTYPE html>")
    True
    """
    style, script = own_text("leaderboard.css"), own_text("leaderboard.js")
    made = environment()
    texts = {"standing": standing, "remark": remark, "stability": stability, "baseline": baseline, "seed": seed}
    texts |= {"subgroup": subgroup, "yardstick": yardstick}
    made.globals.update(texts, most_listed=MOST_LISTED, few=FEW_ROWS)
    made.globals["keys"] = getattr(made.get_template("key.html.j2").module, "keys")  # noqa: B009 - a macro
    page = made.get_template("leaderboard.html.j2").render(
        board=board,
        sections=[section_of(task, f"t{place}") for place, task in enumerate(board.tasks, 1)],
        cautions=_cautions(board),
        grid=list(_grid(board)) if len(board.tasks) > 1 else [],
        style=style,
        script=script,
        policy=policy(style, script),
    )
    return page if page.endswith("\n") else page + "\n"


def section_of(task: TaskBoard, key: str) -> Section:
    """Gather, and draw, what the page shows of a task."""
    from markupsafe import Markup

    away = {id(row) for row in standing.folded(task)}
    leading = standing.leading(task)
    return Section(
        key=key,
        task=task,
        axis=_axis(task),
        rows=tuple((row, id(row) in away) for row in task.rows),
        n_folded=len(away),
        metric_names=standing.metric_names(task),
        row_findings=standing.row_findings(task),
        excluded=standing.reasons(task),
        curves=tuple(_curves(task, key)),
        confusions=tuple(
            (row, Markup(draw_confusion(task, row, f"{key}-confusion-{place}")))  # noqa: S704 - tidied SVG
            for place, row in enumerate(leading)
            if row.confusion
        ),
        speakers=_speakers(task, leading, key),
        reliability=reliability(task, key),
    )


def _axis(task: TaskBoard) -> Axis:
    values = [row.metrics[task.metric] for row in task.rows if task.metric in row.metrics]
    values += [row.null for row in task.rows if row.null is not None]
    ends = [end for value in values for end in (value.low, value.value, value.high) if end is not None]
    return axis_for([task.chance, *ends, *(one.value for one in yardstick.comparable(task))])


def _curves(task: TaskBoard, key: str) -> Iterator[CurvePlot]:
    from markupsafe import Markup

    by_set: dict[str, list[Curve]] = {}
    for curve in task.curves:
        by_set.setdefault(curve.feature_set, []).append(curve)
    groups = [group[at : at + N_SERIES] for group in by_set.values() for at in range(0, len(group), N_SERIES)]
    for place, group in enumerate(groups):
        layers = sorted({layer for curve in group for layer, _ in curve.points})
        points = [dict(curve.points) for curve in group]
        svg = Markup(draw_curves(task, group, f"{key}-curve-{place}"))  # noqa: S704 - tidied SVG
        yield CurvePlot(tuple(group), svg, tuple((layer, tuple(p.get(layer) for p in points)) for layer in layers))


def _speakers(task: TaskBoard, leading: Sequence[Row], key: str) -> SpeakerPlot | None:
    from markupsafe import Markup

    names = {name for row in leading for name in row.by_speaker}
    if not any(math.isfinite(value) for row in leading for value in row.by_speaker.values()):
        return None  # a clip or a label a speaker: nobody has a value of their own

    def place(name: str) -> tuple[bool, float, str]:
        value = leading[0].by_speaker.get(name, math.nan)
        return (math.isnan(value), 0.0 if math.isnan(value) else -value, name)

    ordered = sorted(names, key=place)
    svg = Markup(draw_speakers(task, leading, ordered, f"{key}-speakers"))  # noqa: S704 - tidied SVG
    lines = tuple((name, tuple(row.by_speaker.get(name) for row in leading)) for name in ordered)
    return SpeakerPlot(tuple(number.called(row) for row in leading), svg, lines)


def _cautions(board: Board) -> dict[str, str]:
    """Each caution that is said of some intervals, and the mark that stands for it in the short table."""
    said = dict.fromkeys(task.caution for task in board.tasks if remark.cautioned(task))
    return {caution: "*" * place for place, caution in enumerate(said, 1)}


def _grid(board: Board) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Every row of the short tables over all tasks, baselines last: its name and model, then a cell for each task."""
    columns = []
    for task in board.tasks:
        cells = {}
        for row in standing.shown(task):
            scored = row.status == "done"
            model = "baseline" if row.baseline else row.model
            cells[number.spelled(row), model] = number.fixed(row.metrics[task.metric].value) if scored else "failed"
        columns.append(cells)
    names = dict.fromkeys(name for cells in columns for name in cells)
    for name in sorted(names, key=lambda name: name[1] == "baseline"):
        yield name, [cells.get(name, "–") for cells in columns]
