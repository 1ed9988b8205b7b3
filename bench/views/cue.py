"""The cues of a corpus in words, and as a table for a terminal."""

from __future__ import annotations

from typing import Any

from bench.metrics.interval import MIN_SPEAKERS
from bench.metrics.within import MIN_CLIPS
from bench.runs.cue import CueBoard, CueRow
from bench.views.console import console, printed
from bench.views.number import counted, fixed, interval, visible

_WIDE = 100
_KINDS = {
    "measured": "",
    "proxy": (
        "The directions are reported of fatigue, and the label is a stand-in for it: agreement says that the stand-in moves as "
        "fatigue is reported to move, and nothing more."
    ),
    "acted": "The directions are reported of fatigue, and the label was acted: agreement says how actors play it.",
    "synthetic": "The speech is synthetic and nobody was tired: a direction found here is the synthesis's, not people's.",
}


def render_cues(board: CueBoard, width: int = 100, colour: bool = False) -> str:
    """Render the cues as text for a terminal.

    Parameters
    ----------
    board : CueBoard
    width : int
        Columns; 80 and more read well. Below 100 each cue's own 95 % interval is left out, and the adjusted one stays.
    colour : bool
        Whether the text may hold escape sequences.

    Returns
    -------
    str
        Ended by a line feed.
    """
    from rich.table import Table
    from rich.text import Text

    page = console(width, colour)
    heading = Text(visible(f"{board.corpus}/{board.target.name}"), style="bold")
    if board.badge:
        heading.append(f"  {board.badge}", style="yellow")
    page.print(heading)
    for sentence in warnings(board):
        page.print(visible(sentence), style="yellow")
    page.print(visible(" ".join(counts(board))), style="dim")
    page.print()
    page.print(_table(board, width >= _WIDE))
    page.print()
    for sentence in (verdict(board), reading(board)):
        page.print(visible(sentence))
        page.print()
    notes = Table.grid(padding=(0, 2, 0, 0))
    for name, sentence in remarks(board):
        notes.add_row(Text(visible(name), style="dim"), Text(visible(sentence)))
    page.print(notes)
    return printed(page)


def _table(board: CueBoard, wide: bool) -> Any:
    from rich.table import Table
    from rich.text import Text

    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    found.add_column("Cue", overflow="fold")
    found.add_column("Reported", no_wrap=True)
    found.add_column("Here", justify="right", no_wrap=True)
    for name in ("95 % interval", "Adjusted") if wide else ("Adjusted",):
        found.add_column(name, no_wrap=True)
    found.add_column("Claimed", no_wrap=True)
    for row in board.rows:
        bounds = [interval(row.value), interval(row.adjusted)] if wide else [interval(row.adjusted)]
        style = "bold" if row.claimed else "dim"
        found.add_row(
            Text(visible(row.cue.name), style="bold" if row.claimed else ""),
            Text(reported(row)),
            Text(fixed(row.value.value), style=style),
            *(Text(text) for text in bounds),
            Text(claimed(row), style="bold" if row.claimed else "dim"),
        )
    return found


def reported(row: CueRow) -> str:
    """The reported direction as a table has it; a dash where none is."""
    return "–" if row.cue.reported == "not reported" else row.cue.reported


def claimed(row: CueRow) -> str:
    """What is claimed of a cue, in a word or two: "down, agrees"; a dash where nothing is."""
    if row.p is None:
        return "no interval"
    return ", ".join(part for part in (row.direction, row.agreement) if part) or "–"


def counts(board: CueBoard) -> list[str]:
    """What was looked at, in sentences."""
    target = board.target
    label = f"its score ({target.unit})" if target.scale and target.unit else "its score" if target.scale else "its level"
    found = [f"{counted(board.n_clips, 'clip')} of {counted(board.n_speakers, 'speaker')}; the label is {label}."]
    if board.n_usable < board.n_speakers:
        n_out = board.n_speakers - board.n_usable
        found.append(f"{counted(n_out, 'speaker')} left out: fewer than {MIN_CLIPS} clips with a label, or one label only.")
    if board.n_unlabelled:
        found.append(f"{counted(board.n_unlabelled, 'clip')} without this label.")
    if board.excluded:
        found.append(f"{counted(len(board.excluded), 'clip')} excluded.")
    if board.others:
        found.append(f"Other targets, for --target: {', '.join(board.others)}.")
    return found


def warnings(board: CueBoard) -> list[str]:
    """What must stand above the values: what the label is, and what the corpus asks to be said."""
    return [sentence for sentence in (_KINDS[board.target.kind], board.caution) if sentence]


def verdict(board: CueBoard) -> str:
    """What is claimed over all cues, in a sentence or two.

    Examples
    --------
    >>> from bench.corpora.corpus import Target
    >>> kss = Target("kss", "measured", "How sleepy.", scale=(1, 9))
    >>> verdict(CueBoard("c", kss, (), "", "", (), 9, 0, 1, 1, (), ""))
    'Fewer than 5 speakers can be used, so there is no interval and nothing is claimed.'
    """
    if board.n_usable < MIN_SPEAKERS:
        return f"Fewer than {MIN_SPEAKERS} speakers can be used, so there is no interval and nothing is claimed."
    moving = [row for row in board.rows if row.claimed]
    if not moving:
        return f"None of {counted(len(board.rows), 'cue')} is told apart from standing still: nothing is claimed."
    moves = "1 moves" if len(moving) == 1 else f"{len(moving)} move"
    first = f"Of {counted(len(board.rows), 'cue')}, {moves} with the label within speakers."
    known = [row for row in moving if row.agreement]
    if not known:
        return f"{first} For none of them one direction is reported."
    n_agree = sum(row.agreement == "agrees" for row in known)
    n_opposite = len(known) - n_agree
    agree = "1 agrees" if n_agree == 1 else f"{n_agree} agree"
    opposite = "1 is opposite" if n_opposite == 1 else f"{n_opposite} are opposite"
    return f"{first} For {len(known)} of them one direction is reported: {agree} with it, {opposite}."


def reading(board: CueBoard) -> str:
    """How the numbers are to be read."""
    tested = sum(row.p is not None for row in board.rows)
    return (
        "Here: Spearman's correlation of the cue with the label over each speaker's own clips, mean over speakers, with "
        "Student's interval over speakers. Adjusted: the interval at the level at which Holm's procedure over "
        f"{counted(tested, 'cue')} held the cue; a direction is claimed only where it excludes 0. "
        "A dash: no direction is reported, or none is claimed."
    )


def remarks(board: CueBoard) -> list[tuple[str, str]]:
    """By the name of a cue: who reports its direction, and what else must be known of it."""
    return [(row.cue.name, said) for row in board.rows if (said := remark(row))]


def remark(row: CueRow) -> str:
    """Who reports the direction of a cue, and what else must be known of it; or nothing."""
    return " ".join(part for part in (source(row), row.cue.remark, *gaps(row)) if part)


def source(row: CueRow) -> str:
    """Who reports the direction, or nothing.

    Examples
    --------
    >>> from bench.features.cue import Cue
    >>> from bench.runs.row import Value
    >>> cue = Cue("speech rate", "pace", "timing", ("speech_rate_hz",), "down", ("Ann 2001", "Bob 2002 (reading)"))
    >>> source(CueRow(cue, Value(0.0), Value(0.0), None, False, 0, 0, 0))
    'Down as reported by Ann 2001 and Bob 2002 (reading), not re-checked.'
    """
    if not row.cue.sources:
        return ""
    *others, last = row.cue.sources
    names = f"{', '.join(others)} and {last}" if others else last
    return f"{row.cue.reported.capitalize()} as reported by {names}, not re-checked."


def gaps(row: CueRow) -> list[str]:
    """What a cue lacks in this corpus, in sentences."""
    found = []
    if row.n_missing:
        found.append(f"No value in {counted(row.n_missing, 'clip')}, which {'is' if row.n_missing == 1 else 'are'} left out.")
    if row.n_still:
        found.append(f"It never moves in {counted(row.n_still, 'speaker')}; there it counts as 0.")
    return found


def made_from(row: CueRow) -> str:
    """The columns of a cue, as in ``timing: speech_rate_hz``."""
    return f"{row.cue.features}: {' × '.join(row.cue.columns)}"


def probability(row: CueRow) -> str:
    """The p of a cue alone, with no more digits than mean something.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> [probability(SimpleNamespace(p=p)) for p in (0.00001, 0.0312, None)]
    ['< 0.001', '0.031', '–']
    """
    return "< 0.001" if row.p is not None and row.p < 0.001 else fixed(row.p)
