"""The report: a board written to its files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from bench.base.durable import make_folder, write_whole
from bench.base.identity import digest
from bench.runs.board import Board
from bench.runs.record import versions

PAGE, MARKDOWN, TABLE = "leaderboard.html", "leaderboard.md", "leaderboard.csv"


def report(board: Board, folder: Path | str, *, again: bool = False) -> Path:
    """Write ``leaderboard.html``, ``.md`` and ``.csv``; where they show this very board already, nothing is drawn.

    Parameters
    ----------
    board : Board
        What ``bench.run`` gave.
    folder : Path
        Made where it is missing.
    again : bool
        Draw even so.

    Returns
    -------
    Path
        Of the HTML page.

    Raises
    ------
    BenchError
        If a file cannot be written.
    """
    folder = Path(folder)
    page = folder / PAGE
    shown = digest([versions()["fatigue-bench"], json.dumps(asdict(board), sort_keys=True)])
    mark = f"<!-- board {shown} -->\n"
    if not again and _ends_with(page, mark) and (folder / MARKDOWN).exists() and (folder / TABLE).exists():
        return page
    from bench.views.leaderboard import render_html
    from bench.views.markdown import render_markdown
    from bench.views.table import render_csv

    texts = {TABLE: render_csv(board), MARKDOWN: render_markdown(board), PAGE: render_html(board).rstrip("\n") + "\n" + mark}
    make_folder(folder)
    page.unlink(missing_ok=True)  # its mark would vouch for files that are being replaced
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    return page


def _ends_with(path: Path, mark: str) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - len(mark)))
        return stream.read() == mark.encode()
