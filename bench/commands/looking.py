"""Looking at a corpus before anything is trained."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.commands.flag import CacheFlag, JobsFlag, PlaceArgument, PluginFlag, ReportsFlag, Text, columns, plugin_files


def card(
    place: PlaceArgument,
    html: Annotated[
        bool, typer.Option("--html", help="Also draw a page with pictures into the folder of the reports.")
    ] = False,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: ReportsFlag = Path("reports"),
    jobs: JobsFlag = None,
) -> None:
    """Say what lies in a corpus, and what is wrong with it.

    Who speaks, what the labels are, which files cannot be used; nothing is trained.
    """
    from bench.runs.card import make_card
    from bench.runs.look import corpus_place, look
    from bench.runs.plugin import add_plugins
    from bench.views.card import render_card
    from bench.views.progress import watching

    add_plugins(plugin_files(plugin))
    with watching() as progress:
        seen = look(*corpus_place(place), cache, jobs, progress)
    made = make_card(seen.corpus, seen.facts)
    width = columns(60)
    typer.echo(render_card(made, width, sys.stdout.isatty()), nl=False)
    if html:
        from bench.views.card_page import write_card

        typer.echo(f"\n{write_card(made, reports)}")


def proxy(
    place: PlaceArgument,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: Annotated[
        Path, typer.Option("--reports", help="Folder of the reports of a finished run, if there is one.")
    ] = Path("reports"),
    jobs: JobsFlag = None,
) -> None:
    """Say how a fatigue proxy is spread, and what explains it.

    And whether the order of rows hangs on how it is read.
    """
    from bench.runs.look import corpus_place, look
    from bench.runs.plugin import add_plugins
    from bench.runs.proxy import kept_board, make_sheet
    from bench.views.progress import watching
    from bench.views.proxy import render_proxy

    add_plugins(plugin_files(plugin))
    with watching() as progress:
        seen = look(*corpus_place(place), cache, jobs, progress)
    sheet = make_sheet(seen.corpus, seen.facts, kept_board(reports))
    typer.echo(render_proxy(sheet, columns(60)), nl=False)


def cues(
    corpus: Annotated[str, typer.Argument(help="NAME=PATH, where the corpus lies, or NAME of one that makes itself.")],
    target: Annotated[Text, typer.Option("--target", help="A target of the corpus; its first if not given.")] = None,
    html: Annotated[bool, typer.Option("--html", help="Also draw a page into the folder of the reports.")] = False,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: ReportsFlag = Path("reports"),
    jobs: JobsFlag = None,
) -> None:
    """Say which cues of fatigue move with the label.

    Within speakers, and whether it is the way that is reported.
    """
    from bench.runs.cue import make_cues
    from bench.runs.look import corpus_place
    from bench.views.cue import render_cues
    from bench.views.progress import watching

    files = plugin_files(plugin)
    with watching() as progress:
        board = make_cues(*corpus_place(corpus), target, cache=cache, jobs=jobs, plugins=files, progress=progress)
    typer.echo(render_cues(board, columns(80), sys.stdout.isatty()), nl=False)
    if html:
        from bench.views.cue_page import write_cues

        typer.echo(f"\n{write_cues(board, reports)}")
