"""The card of a corpus as text for a terminal."""

from __future__ import annotations

from typing import Any

from bench.runs.card import CorpusCard
from bench.views.chapter import Chapter, chapters, warnings
from bench.views.console import console, printed
from bench.views.number import visible

_TERM = 14  # columns of the terms, at least
_INDENT = 2
_WIDEST = 110  # longer lines are hard to read


def render_card(card: CorpusCard, width: int = 100, colour: bool = False) -> str:
    """Render a card as text for a terminal.

    Parameters
    ----------
    card : CorpusCard
    width : int
        Columns; 60 and more read well, and at most 110 are used.
    colour : bool
        Whether the text may hold escape sequences for bold and colour.

    Returns
    -------
    str
        Ended by a line feed.
    """
    from rich.text import Text

    width = min(width, _WIDEST)
    page = console(width, colour)
    page.print(Text(visible(card.corpus.name), style="bold"))
    if card.corpus.about:
        page.print(Text(visible(card.corpus.about)))
    for sentence in warnings(card):
        page.print(Text(visible(sentence), style="yellow"))
    for chapter in chapters(card):
        page.print()
        page.print(Text(chapter.title, style="bold"))
        page.print(_notes(chapter) if not chapter.lines[0].term else _grid(chapter, width))
    return printed(page)


def _notes(chapter: Chapter) -> Any:
    from rich.table import Table
    from rich.text import Text

    found = Table.grid(padding=(0, 1, 0, 0))
    found.add_column()
    found.add_column(overflow="fold")
    for line in chapter.lines:
        found.add_row(Text("  -", style="dim"), Text(visible(line.text)))
    return found


def _grid(chapter: Chapter, width: int) -> Any:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    longest = max(len(visible(line.term)) for line in chapter.lines)
    found = Table.grid(padding=(0, 2, 0, 0))
    found.add_column(width=min(max(_TERM, longest + _INDENT), width // 4), overflow="fold")
    found.add_column(overflow="fold")
    for line in chapter.lines:
        text = Text(f"{visible(line.badge)}. " if line.badge else "", style="yellow").append(
            visible(line.text), style="default"
        )
        found.add_row(Padding(Text(visible(line.term), style="dim"), (0, 0, 0, _INDENT)), text)
    return found
