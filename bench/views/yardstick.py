"""What others published for a board's corpus, apart from its rows and never ranked among them."""

from __future__ import annotations

from bench.runs.board import TaskBoard, Yardstick
from bench.views.number import counted, fixed

TITLE = "Published elsewhere"
HEADS = ("What was done", "Value", "Who was held out", "Beside our values", "Source")
COMPARABLE = "comparable"


def comparable(task: TaskBoard) -> tuple[Yardstick, ...]:
    """Those that can be set beside the values of a board."""
    return tuple(one for one in task.yardsticks if not one.comparable)


def heading(task: TaskBoard) -> str:
    """The title, with how many there are and how many can be compared."""
    n, alike = len(task.yardsticks), len(comparable(task))
    which = "none of this task" if not alike else f"{alike} of this task"
    return f"{TITLE}: {counted(n, 'value')}, {which}"


def about(task: TaskBoard) -> str:
    """How far the published values can be set beside those of a board, in a sentence or two."""
    n = len(comparable(task))
    said = "These values were published by others; nothing here was run again, and they take no place among the rows."
    if not n:
        return f"{said} None of them is of this task, so none says whether a row of this board is good."
    drawn = "it is" if n == 1 else "they are"
    return (
        f"{said} {n} of {len(task.yardsticks)} can be compared: the same labels, the same way of holding out speakers, and all "
        f"the clips; {drawn} drawn as a dotted line. An interval of a row says nothing of the luck of a published value."
    )


def stands(one: Yardstick) -> str:
    """Whether a yardstick can be compared, or why not.

    Examples
    --------
    >>> stands(Yardstick("a", 0.3, "UAR", "Ann (2020)", "loso", "it has 90 clips, and 30 are here"))
    'not comparable: it has 90 clips, and 30 are here'
    """
    return f"not comparable: {one.comparable}" if one.comparable else COMPARABLE


def lines(task: TaskBoard) -> list[tuple[str, str, str, str, str]]:
    """The lines of the table."""
    return [(one.label, f"{one.metric} {fixed(one.value)}", one.protocol, stands(one), one.source) for one in task.yardsticks]


def _unchecked(one: Yardstick) -> str:
    return " (not re-checked)" if one.source.endswith("not re-checked") else ""


def short(task: TaskBoard) -> str:
    """All of it in one line, for a terminal; nothing where nothing is known."""
    if not task.yardsticks:
        return ""
    alike = comparable(task)
    named = "; ".join(f"{one.metric} {fixed(one.value)}, {one.label}{_unchecked(one)}" for one in alike)
    n = len(task.yardsticks) - len(alike)
    others = f"{counted(n, 'value')} that cannot be compared with these stand{'s' if n == 1 else ''} on the page" if n else ""
    return f"Published: {'; '.join(part for part in (named, others) if part)}."
