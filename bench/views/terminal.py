"""The board as tables for a terminal."""

from __future__ import annotations

from typing import Any

from bench.runs.board import Board, TaskBoard
from bench.runs.row import Row
from bench.views import baseline, number, remark, stability, standing, yardstick
from bench.views.console import console, printed

_WIDE = 104
_OTHERS = 68  # columns taken by the model, the value, the tier and the difference, with their gaps
_INDENT = (0, 0, 0, 2)
_OF_FEATURES = ("FB011", "FB022")  # say the same of every row that has the feature set


def render_terminal(board: Board, width: int = 100, colour: bool = False) -> str:
    """Render a board as text for a terminal.

    Parameters
    ----------
    board : Board
    width : int
        Columns; 80 and more read well. Below 104 the codes of the rows' findings stand under the table only.
    colour : bool
        Whether the text may hold escape sequences for bold and colour.

    Returns
    -------
    str
        Ended by a line feed.

    Examples
    --------
    >>> print(render_terminal(Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ())), end="")
    No task was run, so there is nothing to show.
    """
    made = console(width, colour)
    if not board.tasks:
        made.print("No task was run, so there is nothing to show.")
    for sentence in standing.warnings(board):
        made.print(number.visible(sentence), style="yellow")
    for place, task in enumerate(board.tasks):
        if place:
            made.print()
        _print_task(made, task, width)
    return printed(made)


def _print_task(made: Any, task: TaskBoard, width: int) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    heading = Text(_wrapped(task.name, width, indent=""), style="bold")
    if task.badge:
        heading.append(f"  {number.visible(task.badge)}", style="yellow")
    if task.track == "speaker":
        heading.append("  speaker track", style="cyan")
    made.print(heading)
    made.print(f"{number.size(task)}, {number.folds(task)}. Chance is {number.fixed(task.chance)}.", style="dim")
    made.print()
    if standing.best(task) is not None:
        made.print(Padding(_table(task, width), _INDENT))
        made.print()
    for sentence in _under(task):
        made.print(Padding(Text(number.visible(sentence)), _INDENT))
    for row in standing.failed(task):
        failure = Text(number.visible(f"{number.called(row)} failed: {row.error}"), style="red")
        made.print(Padding(failure, _INDENT))
    findings = Table.grid(padding=(0, 2, 0, 0))
    for code, sentence in _findings(task, width):
        findings.add_row(Text(code, style="dim"), Text(number.visible(sentence)))
    if findings.row_count:
        made.print(Padding(findings, _INDENT))


def _table(task: TaskBoard, width: int) -> Any:
    from rich.table import Table

    wide = width >= _WIDE
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    found.add_column("Feature set", overflow="fold")
    tiered = bool(standing.first_tier(task))
    shift = remark.difference(task) + ("\neach alone, uncorrected" if remark.corrected(task) else "")
    for head in ("Model", task.metric_label, *(("Tier",) if tiered else ()), shift):
        found.add_column(head, no_wrap=True)
    if wide:
        found.add_column("Findings", overflow="fold")
    room = max(14, width - (_OTHERS + 10 if wide else _OTHERS))
    for row in standing.shown(task):
        if row.status == "done":
            cells = _cells(task, row, room)
            found.add_row(*(cells if wide else cells[:-1]))
    return found


def _wrapped(name: str, room: int, indent: str = " ") -> str:
    """Break a long spelling over lines at its brackets and signs."""
    lines = [""]
    for part in number.broken(name):
        if lines[-1].strip() and len(lines[-1]) + len(part) > room:
            lines.append(indent)
        lines[-1] += part
    return "\n".join(lines)


def _cells(task: TaskBoard, row: Row, room: int) -> list[Any]:
    from rich.text import Text

    value = row.metrics[task.metric]
    leads = row is standing.best(task)
    weight = "bold" if leads else "dim" if row.baseline else ""
    name = f"baseline: {baseline.label(row)}" if row.baseline else number.spelled(row)
    shift = number.fixed(row.difference.value).rjust(6) + " " if row.difference else ""
    return [
        Text(_wrapped(name, room), style=weight),
        Text(number.visible(row.model), style=weight),
        Text(number.fixed(value.value).rjust(6), style="bold").append(f" {number.interval(value)}", style="not bold"),
        *(Text("–" if row.tier is None else str(row.tier)) for _ in range(bool(standing.first_tier(task)))),
        Text(f"  {remark.role(task)}" if leads else (shift + number.interval(row.difference) if row.difference else "")),
        Text(" ".join(standing.codes(row)), style="dim"),
    ]


def _under(task: TaskBoard) -> list[str]:
    found = []
    folded = standing.folded(task)
    if folded:
        are = f"{standing.folding(task)} {'is' if len(folded) == 1 else 'are'}"
        found.append(f"{are} left out here; the page and the CSV have them all.")
    reason = number.no_interval(task)
    if reason:
        found.append(f"{reason[0].upper()}{reason[1:]}.")
    if standing.best(task) is None:
        found.append(remark.nothing(task))
    else:
        found += filter(None, (remark.above(task), *remark.remarks(task), remark.uncorrected(task)))
    if task.untiered:
        found.append(task.untiered)
    if task.stability is not None and not stability.short(task.stability):
        found.append(stability.verdict(task.stability))
    if task.yardsticks:
        found.append(yardstick.short(task))
    if task.caution and all(finding.code != "FB018" for finding in task.findings):
        found.append(f"Intervals: {task.caution}")
    return found


def _findings(task: TaskBoard, width: int) -> list[tuple[str, str]]:
    lines = [(finding.code, finding.message) for finding in task.findings]
    away = {number.called(row) for row in standing.folded(task)}
    for found in standing.row_findings(task):
        if found.code in _OF_FEATURES:
            lines += [(found.code, message) for message, _ in found.sentences]
            continue
        named = [name for _, rows in found.sentences for name in rows if name not in away]
        n_away = found.n_rows - len(named)
        which = f": {'; '.join(named)}" if named and width < _WIDE and not found.in_table else ""
        more = f", {n_away} of them left out here" if n_away else ""
        lines.append((found.code, f"{found.about} ({number.counted(found.n_rows, 'row')}{more}){which}."))
    return lines
