"""The console that the views for a terminal print on: plain text in, no markup read, no colour unless it is asked for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console(width: int, colour: bool = False) -> Console:
    """A console that keeps what is printed on it; ``printed`` gives it back.

    Parameters
    ----------
    width : int
        Columns.
    colour : bool
        Whether the text may hold escape sequences for bold and colour.
    """
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )


def printed(given: Console) -> str:
    """What was printed, without blanks at the ends of lines.

    Examples
    --------
    >>> made = console(80)
    >>> made.print("[bold]two  ")
    >>> printed(made)
    '[bold]two\\n'
    """
    kept: Any = given.file
    return "\n".join(line.rstrip() for line in kept.getvalue().split("\n"))
