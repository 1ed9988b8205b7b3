"""The card of a corpus as text for a terminal."""

from __future__ import annotations

import io

from bench.runs.card import CorpusCard
from bench.views.chapter import chapters, warnings
from bench.views.number import visible

_TERM = 16  # columns of the terms


def render_card(card: CorpusCard, width: int = 100, colour: bool = False) -> str:
    """Render a card as text for a terminal.

    Parameters
    ----------
    card : CorpusCard
    width : int
        Columns; 60 and more read well.
    colour : bool
        Whether the text may hold escape sequences for bold and colour.

    Returns
    -------
    str
        Ended by a line feed.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = io.StringIO()
    console = Console(
        file=stream,
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
    console.print(Text(visible(card.corpus.name), style="bold"))
    if card.corpus.about:
        console.print(Text(visible(card.corpus.about)))
    for sentence in warnings(card):
        console.print(Text(visible(sentence), style="yellow"))
    for chapter in chapters(card):
        console.print()
        console.print(Text(chapter.title, style="bold"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=max(_TERM, *(len(visible(line.term)) for line in chapter.lines)) if width > 60 else None)
        for line in chapter.lines:
            text = Text(f"{line.badge}. " if line.badge else "", style="yellow").append(visible(line.text), style="default")
            grid.add_row(Text(f"  {visible(line.term)}", style="dim"), text)
        console.print(grid)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
