"""Rating new recordings with a row of the board."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.flag import CacheFlag, Number, ReportsFlag, Text, columns


def rate(
    files: Annotated[list[str], typer.Argument(help="Recordings to rate: wav, flac, ogg, opus or mp3, one speaker each.")],
    task: Annotated[
        Text,
        typer.Option(
            "--task", help="CORPUS/TARGET as on the board, with /level or /score for one form; its first if not given."
        ),
    ] = None,
    row: Annotated[
        Number, typer.Option("--row", help="Which row of the board rates, 1 for the highest; the best if not given.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    cache: CacheFlag = Path("features_cache"),
    reports: ReportsFlag = Path("reports"),
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes; one a core if not given.")] = None,
) -> None:
    """Rate new recordings with the best row of the last run.

    And say how far to trust what is said.

    Needs a finished `fatigue-bench run`. What rates is fitted on all its clips at the first call, which takes a while, and kept
    under the reports for the next. Exit code 1 where a recording could not be rated; the others are rated all the same.
    """
    from bench.runs.rating import rate as rated
    from bench.views.progress import watching
    from bench.views.rating import render_rating, render_rating_json

    with watching() as progress:
        sheet = rated(files, reports=reports, task=task, row=row, cache=cache, jobs=jobs, progress=progress)
    typer.echo(render_rating_json(sheet) if json else render_rating(sheet, columns(60)), nl=False)
    if sheet.n_failed:
        raise typer.Exit(1)
