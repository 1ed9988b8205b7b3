"""The report: a board written to its files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from bench.base.durable import make_folder, unwritable, write_whole
from bench.base.identity import digest, file_digest
from bench.runs.board import Board
from bench.runs.record import versions

PAGE, MARKDOWN, TABLE, DOCUMENT = "leaderboard.html", "leaderboard.md", "leaderboard.csv", "leaderboard.json"
LAYERS = "layers.html"
BESIDE = (MARKDOWN, TABLE, DOCUMENT)


def report(board: Board, folder: Path | str, *, again: bool = False) -> Path:
    """Write ``leaderboard.html``, ``.md``, ``.csv`` and ``.json``; where they show this very board already, nothing is drawn.

    A board with the layers of an encoder has ``layers.html`` beside them; one that is left from another board is taken away.

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
    if not again and _is_shown(board, folder):
        return page
    from bench.views.document import render_json
    from bench.views.leaderboard import render_html
    from bench.views.markdown import render_markdown
    from bench.views.table import render_csv

    make_folder(folder)
    write_whole(folder / DOCUMENT, render_json(board).encode())
    write_whole(folder / TABLE, render_csv(board).encode())
    write_whole(folder / MARKDOWN, render_markdown(board).encode())
    if LAYERS in _beside(board):
        from bench.views.layer_page import render_layers

        write_whole(folder / LAYERS, render_layers(board).encode())
    else:
        _take_away(folder / LAYERS)
    write_whole(page, (render_html(board).rstrip("\n") + "\n" + _mark(board, folder)).encode())
    return page


def _take_away(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(error, path) from error


def _beside(board: Board) -> tuple[str, ...]:
    return (*BESIDE, LAYERS) if any(task.layers for task in board.tasks) else BESIDE


def _is_shown(board: Board, folder: Path) -> bool:
    expected = (PAGE, *_beside(board))
    if not all((folder / name).exists() for name in expected) or (LAYERS not in expected and (folder / LAYERS).exists()):
        return False
    return _ends_with(folder / PAGE, _mark(board, folder))


def _mark(board: Board, folder: Path) -> str:
    """The last line of the page: it vouches for the board and for the files beside it."""
    files = [file_digest(folder / name) for name in _beside(board)]
    shown = digest([versions()["fatigue-bench"], json.dumps(asdict(board), sort_keys=True), files])
    return f"<!-- board {shown} -->\n"


def _ends_with(path: Path, mark: str) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - len(mark)))
        return stream.read() == mark.encode()
