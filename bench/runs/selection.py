"""The selection: which row of the last board rates recordings, and why that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.base.error import RequestError, unknown_name
from bench.runs.board import Board, TaskBoard
from bench.runs.row import Row

SPEAKER_TRACK = (
    "On the speaker track each speaker's clips are scaled together, and a single recording has no others beside it. "
    "Expected is a board of the open track. Run again without `--tracks speaker`."
)


@dataclass(frozen=True)
class Choice:
    """A row that was chosen to rate, with the board that it stands on and the reason, in a sentence."""

    task: TaskBoard
    row: Row
    why: str


def choose(board: Board, task: str | None = None, number: int | None = None) -> tuple[Choice, ...]:
    """Choose the rows that rate: one of each form of a target.

    Parameters
    ----------
    board : Board
    task : str or None
        ``CORPUS/TARGET``, or with its form; None for the first target on the board.
    number : int or None
        Which of the rows that were asked for, 1 for the highest; None for the highest of the first tier.

    Returns
    -------
    tuple of Choice
        The score form first.

    Raises
    ------
    RequestError
        If the board has no such task or row, or nothing that can rate a single recording.
    """
    boards = _boards(board, task)
    if number is not None and len(boards) > 1:
        names = " or ".join(one.name for one in boards)
        raise RequestError(f"Row {number} was asked for, and {len(boards)} boards have rows. Name one: `--task {names}`.")
    chosen = tuple(_choice(one, number) for one in boards)
    return tuple(sorted(chosen, key=lambda choice: choice.task.form != "score"))


def _boards(board: Board, task: str | None) -> Sequence[TaskBoard]:
    if not board.tasks:
        raise RequestError("The last run has no task. Expected is a board with rows. Run the benchmark first.")
    open_ = [one for one in board.tasks if one.track == "open"]
    if not open_:
        raise RequestError(SPEAKER_TRACK)
    targets = list(dict.fromkeys(_target(one) for one in open_))
    if task is None:
        able = [one for one in open_ if _able(one)] or open_
        return [one for one in able if _target(one) == _target(able[0])]
    found = [one for one in open_ if task in (one.name, _target(one))]
    if not found:
        if any(task in (one.name, _target(one)) for one in board.tasks):
            raise RequestError(SPEAKER_TRACK)
        raise unknown_name("task on the board", task, [*targets, *(one.name for one in open_)])
    return [one for one in found if _able(one)] or found


def _target(task: TaskBoard) -> str:
    return task.name.rpartition("/")[0]


def _able(task: TaskBoard) -> list[Row]:
    """The rows that may rate, the highest first; points of a curve, whose highest is picked by looking, only where all are."""
    done = [row for row in task.rows if row.status == "done" and not row.baseline]
    return [row for row in done if not row.point] or done


def _choice(task: TaskBoard, number: int | None) -> Choice:
    rows = _able(task)
    if not rows:
        if any(not row.baseline for row in task.rows):
            raise RequestError(
                f"No row of {task.name} can rate: every row that was asked for failed. Run it with another model."
            )
        raise RequestError(
            f"No row of {task.name} can rate: its board has baselines alone. Run it with a feature set that is none of them."
        )
    if number is not None:
        if not 1 <= number <= len(rows):
            raise RequestError(f"{task.name} has no row {number}. Its rows are 1 to {len(rows)}, the highest first.")
        return Choice(task, rows[number - 1], f"row {number} of {len(rows)}, as asked for")
    first = [row for row in rows if row.tier == 1]
    if first:
        others = "" if len(first) == 1 else f"; {len(first)} rows are in this tier"
        return Choice(task, first[0], f"the highest row of the first tier, which no other row beats{others}")
    if any(row.tier == 1 for row in task.rows):
        return Choice(task, rows[0], "the highest row; none is of the first tier, because a baseline beats them all")
    untiered = task.untiered[:1].lower() + task.untiered[1:].rstrip(".") if task.untiered else "the board has no tiers"
    return Choice(task, rows[0], f"the highest row; {untiered}")
