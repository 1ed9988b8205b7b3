"""The page of the layers: one HTML file beside the leaderboard, with the curve of each encoder and one paragraph in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.runs.board import Board, TaskBoard
from bench.runs.layer import LayerBoard, Sweep
from bench.views import number, remark, standing
from bench.views.axis import Axis, axis_for
from bench.views.layer_figure import Line, draw_choice, draw_lines, draw_weights, step_lines, sweep_lines
from bench.views.layer_stand import Stand, furthest, stands_of
from bench.views.layer_words import answer, further
from bench.views.page import environment, own_text, policy


@dataclass(frozen=True)
class Chart:
    """A figure: its heading, what its lines are, the drawing, and its numbers as lines of a table."""

    title: str
    about: str
    keys: tuple[Line, ...]
    svg: Any
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """An encoder on a task as the page shows it; ``task_key`` is the id of its task on the leaderboard."""

    key: str
    task_key: str
    task: TaskBoard
    board: LayerBoard
    answer: tuple[str, ...]
    further: tuple[str, ...]
    charts: tuple[Chart, ...]
    stands: tuple[Stand, ...]
    axis: Axis


def render_layers(board: Board) -> str:
    """Render what a board holds of layers as a page that needs no other file and no network.

    Parameters
    ----------
    board : Board

    Returns
    -------
    str
        HTML; see `bench.views.leaderboard.render_html`.

    Examples
    --------
    >>> "No encoder" in render_layers(Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ()))
    True
    """
    style = own_text("leaderboard.css", "layer.css")
    made = environment()
    made.globals.update(remark=remark, standing=standing, furthest=furthest)
    page = made.get_template("layers.html.j2").render(board=board, parts=list(_parts(board)), style=style, policy=policy(style))
    return page if page.endswith("\n") else page + "\n"


def _parts(board: Board) -> Iterator[Part]:
    for place, task in enumerate(board.tasks, 1):
        for number_, one in enumerate(task.layers, 1):
            key, stands = f"t{place}-e{number_}", tuple(stands_of(one))
            ends = [
                end for stand in stands for end in (stand.value.low, stand.value.value, stand.value.high) if end is not None
            ]
            axis = axis_for([task.chance, *ends])
            words = answer(task, one), further(task, one)
            yield Part(key, f"t{place}", task, one, *words, tuple(_charts(task, one, key)), stands, axis)


def _charts(task: TaskBoard, board: LayerBoard, key: str) -> Iterator[Chart]:
    for place, sweep in enumerate(board.main):
        yield _curve(task, board, sweep, f"{key}-curve-{place}")
    for place, sweep in enumerate(board.main):
        lines = step_lines(sweep)
        if lines:
            yield _steps(task, sweep, lines, f"{key}-steps-{place}")
    chosen = next((sweep.chosen for sweep in board.main if sweep.chosen), ())
    if chosen:
        yield _choice(board, chosen, f"{key}-choice")
    if board.weights:
        yield _weights(board, f"{key}-weights")


def _curve(task: TaskBoard, board: LayerBoard, sweep: Sweep, prefix: str) -> Chart:
    lines = sweep_lines(board, sweep)
    title = f"{task.metric_label} by layer of {sweep.feature_set} with {sweep.model}."
    svg = draw_lines(task, lines, "layer (0 is the input of the transformer)", title, prefix)
    about = f"{task.metric_label} by layer, with {sweep.model}"
    # Of a row without layers the value stands once, in the table below the figures.
    shown = tuple(line for line in lines if line.ink != "series-3")
    return Chart(f"With {sweep.model}", about, lines, _safe(svg), *_numbers("Layer", shown))


def _steps(task: TaskBoard, sweep: Sweep, lines: tuple[Line, ...], prefix: str) -> Chart:
    title = f"{task.metric_label} of means over layers with {sweep.model}."
    svg = draw_lines(task, lines, "k", title, prefix)
    about = f"{task.metric_label} of means over layers, with {sweep.model}"
    return Chart(f"One layer more, one layer less, with {sweep.model}", about, lines, _safe(svg), *_numbers("k", lines[:-1]))


def _numbers(first: str, lines: Sequence[Line]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    points = [dict(line.points) for line in lines]
    layers = sorted({layer for found in points for layer in found})
    cells = tuple((str(at), *(number.with_interval(f[at]) if at in f else "–" for f in points)) for at in layers)
    return (first, *(line.label for line in lines)), cells


def _choice(board: LayerBoard, chosen: Sequence[int], prefix: str) -> Chart:
    counts = Counter(chosen)
    lines = tuple((str(layer), str(counts[layer])) for layer in board.layers)
    svg = _safe(draw_choice(board.layers, chosen, prefix))
    about = "How many folds chose each layer: the one that did best on inner folds, judged with linear for all models alike"
    return Chart("Which layer inner folds chose", about, (), svg, ("Layer", "folds"), lines)


def _weights(board: LayerBoard, prefix: str) -> Chart:
    columns = list(zip(*board.weights, strict=True))
    layers = list(range(len(columns)))
    cells = ((sum(column) / len(column), min(column), max(column)) for column in columns)
    lines = tuple((str(layer), *(number.fixed(cell) for cell in three)) for layer, three in zip(layers, cells, strict=True))
    svg = _safe(draw_weights(layers, board.weights, prefix))
    about = (
        f"Weight of each layer that {board.weighing} learned under @weighted: mean, and range over {len(board.weights)} folds"
    )
    return Chart("What weight a layer was given", about, (), svg, ("Layer", "mean", "smallest", "largest"), lines)


def _safe(svg: str) -> Any:
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 - tidied SVG
