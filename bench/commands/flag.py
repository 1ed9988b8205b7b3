"""What commands are given: flags that several share, and how they are read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Optional

import typer

# typer reads these at run time
Names = Optional[list[str]]  # noqa: UP045
Number = Optional[int]  # noqa: UP045
Text = Optional[str]  # noqa: UP045
Place = Optional[Path]  # noqa: UP045

ReportsFlag = Annotated[Path, typer.Option("--reports", help="Folder of the reports.")]
CacheFlag = Annotated[Path, typer.Option("--cache", help="Folder of the stored features.")]
PluginFlag = Annotated[Names, typer.Option("--plugin", help="A Python file of your own; repeat for more.")]
CorporaFlag = Annotated[Names, typer.Option("--corpora", help="NAME=PATH, where a corpus lies; repeat for more.")]
TasksFlag = Annotated[Names, typer.Option("--tasks", help="CORPUS/TARGET, optionally /level or /score; repeat for more.")]
SplitterFlag = Annotated[
    Text,
    typer.Option("--splitter", help="auto, loso, grouped-K, sessions, fixed, speaker-text, corpora, or a JSON file of folds."),
]
TracksFlag = Annotated[Names, typer.Option("--tracks", help="open, or speaker (z-scored within each speaker).")]
SeedFlag = Annotated[Number, typer.Option("--seed", help="Seed of everything random.")]
SeedsFlag = Annotated[Number, typer.Option("--seeds", help="With how many seeds stochastic models run.")]
LimitFlag = Annotated[Number, typer.Option("--limit", help="The first N speakers only.")]
JobsFlag = Annotated[Number, typer.Option("--jobs", help="Parallel processes.")]
DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Say what would be done and how long it takes.")]
OptionalCacheFlag = Annotated[Place, typer.Option("--cache", help="Folder of the stored features.")]
OptionalReportsFlag = Annotated[Place, typer.Option("--reports", help="Folder of the reports.")]
PlaceArgument = Annotated[str, typer.Argument(metavar="NAME=PATH", help="A corpus and its folder; NAME where it makes itself.")]


def plugin_files(plugin: list[str] | None) -> list[Path]:
    """The plug-in files that were named."""
    return [Path(file) for file in plugin or ()]


def columns(least: int) -> int:
    """Columns of the terminal, and never fewer than these."""
    return max(least, shutil.get_terminal_size((100, 24)).columns)
