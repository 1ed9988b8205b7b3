"""Progress on a terminal: a bar with what is done and the time left; nothing in a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.runs.progress import Progress, Quiet

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Bar:
    """Draws each stage of a run as a bar of its own."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.current: TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Begin a bar."""
        self.current = self.bars.add_task(name, total=total, what="")

    def step(self, done: int, what: str = "") -> None:
        """Move the bar."""
        if self.current is not None:
            self.bars.update(self.current, completed=done, what=what)


@contextlib.contextmanager
def watching() -> Iterator[Progress]:
    """A progress for the time of a run: bars where standard error is a terminal, quiet where it is not."""
    if not sys.stderr.isatty():
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    clock = Column(no_wrap=True, min_width=7)
    what = Column(no_wrap=True, overflow="ellipsis", ratio=1)  # gives way where the terminal is narrow
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, table_column=Column(min_width=8, max_width=24)),
        MofNCompleteColumn(table_column=Column(no_wrap=True, min_width=7)),
        TimeElapsedColumn(table_column=clock),
        TextColumn("left"),
        TimeRemainingColumn(table_column=clock),
        TextColumn("{task.fields[what]}", style="dim", table_column=what),
    )
    with Bars(*columns, console=Console(stderr=True), transient=False, expand=True) as bars:
        yield Bar(bars)
