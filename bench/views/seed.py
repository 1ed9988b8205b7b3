"""The spread of seeds beside the spread of speakers, in a table and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import stdev

from bench.runs.board import TaskBoard
from bench.runs.row import Row
from bench.views.number import called, counted, fixed, interval
from bench.views.standing import shown

TITLE = "The spread of seeds, apart from that of speakers"
ABOUT = (
    "A model that draws numbers (starting weights, columns of a tree) gives another value under another seed. A row's value is "
    "that of its first seed, and its interval is over speakers with that seed kept. What differs by less than the spread of "
    "seeds may be luck, whatever the intervals over speakers say."
)
HEADS = ("Row", "First seed", "All seeds", "Standard deviation", "Interval over speakers")


@dataclass(frozen=True)
class Seeds:
    """The values of a row under several seeds."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, row: Row) -> Seeds | None:
        """Those of a row; None where it was run once."""
        return cls(tuple(value for _, value in row.seeds)) if len(row.seeds) > 1 else None

    @property
    def spread(self) -> float:
        """The standard deviation over seeds, with n - 1.

        Examples
        --------
        >>> Seeds((0.25, 0.5, 0.75)).spread
        0.25
        """
        return stdev(self.values)


def spread(row: Row) -> str:
    """The spread of a row over its seeds, in a phrase; "" where it was run once.

    Examples
    --------
    >>> spread(Row("f", "egemaps", "", "head", 0, "done", seeds=((0, 0.44), (1, 0.41), (2, 0.46))))
    'over 3 seeds 0.410 to 0.460, sd 0.025'
    """
    own = Seeds.of(row)
    if own is None:
        return ""
    ends = f"{fixed(min(own.values))} to {fixed(max(own.values))}"
    return f"over {counted(len(own.values), 'seed')} {ends}, sd {fixed(own.spread)}"


def lines(task: TaskBoard) -> tuple[tuple[str, ...], ...]:
    """The lines of the table, a row of the short table each that was run with several seeds."""
    found = []
    for row in shown(task):
        own = Seeds.of(row)
        if own is not None:
            ends = f"{fixed(min(own.values))} to {fixed(max(own.values))} ({len(own.values)})"
            bounds = interval(row.metrics[task.metric]) or "–"
            found.append((called(row), fixed(own.values[0]), ends, fixed(own.spread), bounds))
    return tuple(found)
