"""The cues of a corpus as a page: a forest plot in a table, in one HTML file that loads nothing."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Literal

from bench.base.durable import make_folder, write_whole
from bench.runs.cue import CueBoard, CueRow
from bench.views import cue
from bench.views.axis import Axis, axis_for
from bench.views.number import fixed, with_interval
from bench.views.page import environment, own_text, policy


def render_cue_page(board: CueBoard) -> str:
    """Render the cues as a page that needs no other file and no network.

    Parameters
    ----------
    board : CueBoard

    Returns
    -------
    str
        HTML. The same board always gives the same text; all texts of the board are escaped.

    Examples
    --------
    >>> from bench.corpora.corpus import Target
    >>> kss = Target("kss", "measured", "How sleepy.", scale=(1, 9))
    >>> page = render_cue_page(CueBoard("c", kss, (), "", "", (), 9, 0, 1, 1, (), "fatigue-bench cues c"))
    >>> page.startswith("<!DOCTYPE html>")
    True
    """
    style = own_text("leaderboard.css", "cue.css")
    groups = [(name, list(rows)) for name, rows in itertools.groupby(board.rows, key=lambda row: row.cue.group)]
    texts = {"said": cue, "tone": tone, "spoken": spoken}
    page = (
        environment()
        .get_template("cue.html.j2")
        .render(board=board, groups=groups, axis=_axis(board), style=style, policy=policy(style), **texts)
    )
    return page if page.endswith("\n") else page + "\n"


def write_cues(board: CueBoard, folder: Path) -> Path:
    """Write the page into a folder of reports.

    Parameters
    ----------
    board : CueBoard
    folder : Path
        Made where it is missing.

    Returns
    -------
    Path
        ``cues-CORPUS-TARGET.html``; letters that a file name may not have are dashes.

    Raises
    ------
    BenchError
        If the file cannot be written.
    """
    name = re.sub(r"[^\w.]+", "-", f"{board.corpus}-{board.target.name}").strip("-.") or "corpus"
    page = folder / f"cues-{name}.html"
    make_folder(folder)
    write_whole(page, render_cue_page(board).encode())
    return page


def _axis(board: CueBoard) -> Axis:
    """An axis with 0 in its middle, wide enough for every interval."""
    ends = [end for row in board.rows for one in (row.value, row.adjusted) for end in (one.value, one.low, one.high)]
    reach = max((abs(end) for end in ends if end is not None), default=1.0) or 1.0
    return axis_for([-reach, reach])


def tone(row: CueRow) -> Literal["agrees", "opposite", "moves", "still"]:
    """How a row is drawn."""
    return row.agreement or ("moves" if row.claimed else "still")


def spoken(row: CueRow) -> str:
    """What a screen reader says of a drawn row.

    Examples
    --------
    >>> from bench.features.cue import Cue
    >>> from bench.runs.row import Value
    >>> pace = Cue("speech rate", "pace", "timing", ("speech_rate_hz",), "down", ("Ann 2001",))
    >>> spoken(CueRow(pace, Value(-0.4, -0.5, -0.3), Value(-0.4, -0.6, -0.2), 0.001, True, 9, 0, 0))
    '−0.400 [−0.500, −0.300], adjusted −0.600 to −0.200, reported down'
    """
    if row.adjusted.low is None:
        return f"{with_interval(row.value)}, no interval, reported: {row.cue.reported}"
    ends = f"{fixed(row.adjusted.low)} to {fixed(row.adjusted.high)}"
    known = row.cue.reported if row.cue.reported == "not reported" else f"reported {row.cue.reported}"
    return f"{with_interval(row.value)}, adjusted {ends}, {known}"
