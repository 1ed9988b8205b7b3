"""The benchmark itself: run it, ablate an encoder, draw its board again, compare two runs, write folds."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.commands.flag import (
    CacheFlag,
    CorporaFlag,
    DryRunFlag,
    JobsFlag,
    LimitFlag,
    Names,
    Number,
    OptionalCacheFlag,
    OptionalReportsFlag,
    Place,
    PluginFlag,
    ReportsFlag,
    SeedFlag,
    SeedsFlag,
    SplitterFlag,
    TasksFlag,
    Text,
    TracksFlag,
    columns,
)

if TYPE_CHECKING:
    from bench.runs.study import Study


def run(
    study: Annotated[Place, typer.Argument(help="A study.toml with the same keywords.")] = None,
    corpora: CorporaFlag = None,
    tasks: TasksFlag = None,
    features: Annotated[
        Names,
        typer.Option(
            "--features",
            help="A feature set, as egemaps or wav2vec2@7, or several fused: A+B, mean[A+B], stack[A+B]; repeat for more.",
        ),
    ] = None,
    models: Annotated[Names, typer.Option("--models", help="A model; repeat for more.")] = None,
    sweep: Annotated[
        Names,
        typer.Option(
            "--sweep",
            help="A model that also runs on every single layer of feature sets given without one; repeat for more.",
        ),
    ] = None,
    tracks: TracksFlag = None,
    splitter: SplitterFlag = None,
    seed: SeedFlag = None,
    seeds: SeedsFlag = None,
    limit: LimitFlag = None,
    permute: Annotated[
        Number, typer.Option("--permute", help="Permute labels within speakers under this seed: a control.")
    ] = None,
    plugin: PluginFlag = None,
    cache: OptionalCacheFlag = None,
    reports: OptionalReportsFlag = None,
    jobs: JobsFlag = None,
    dry_run: DryRunFlag = False,
) -> None:
    """Run a benchmark and draw its leaderboard.

    Without arguments, the embedded default.
    """
    from bench.runs.study import Study, make_study

    given = locals()
    made = make_study({item.name: given[item.name] for item in fields(Study)}, study)
    _carry_out(made, dry_run)


def ablate(
    encoder: Annotated[
        str, typer.Argument(help="A checkpoint (a folder, or a name on the hub), or a feature set with layers.")
    ],
    corpora: CorporaFlag = None,
    tasks: TasksFlag = None,
    models: Annotated[Names, typer.Option("--models", help="A model; repeat for more. linear and svm if not given.")] = None,
    poolings: Annotated[Names, typer.Option("--poolings", help="A pooling; repeat for more. All if not given.")] = None,
    control: Annotated[
        Text,
        typer.Option(
            "--control", help="A feature set, or none; an untrained encoder of the shape of a trained one if not given."
        ),
    ] = None,
    tracks: TracksFlag = None,
    splitter: SplitterFlag = None,
    seed: SeedFlag = None,
    seeds: SeedsFlag = None,
    limit: LimitFlag = None,
    plugin: PluginFlag = None,
    cache: OptionalCacheFlag = None,
    reports: OptionalReportsFlag = None,
    jobs: JobsFlag = None,
    dry_run: DryRunFlag = False,
) -> None:
    """Take an encoder apart: every layer, pooling and model.

    All from one extraction, and with a page of its layers.
    """
    from bench.runs.ablation import make_ablation
    from bench.runs.study import Study

    given = locals()
    keywords = {item.name: given[item.name] for item in fields(Study) if item.name in given}
    _carry_out(make_ablation(encoder, keywords, poolings=poolings, control=control), dry_run)


def report(reports: ReportsFlag = Path("reports")) -> None:
    """Draw the leaderboard of the last run again.

    Needs neither audio nor features.
    """
    _show(_kept(reports), reports, again=True)


def compare(
    before: Annotated[Path, typer.Argument(help="A folder of reports.")],
    after: Annotated[Path, typer.Argument(help="Another, as of a later day or version.")],
    out: Annotated[
        Place,
        typer.Option("--out", help="Also write it to this file: a page, or Markdown where the name ends in .md."),
    ] = None,
) -> None:
    """Say what changed between two runs, and what moved.

    Which rows moved beyond noise, that is. Needs neither audio nor features.
    """
    from bench.runs.comparison import compare_ledgers
    from bench.views.comparison import check_out, render_comparison, write_comparison

    if out is not None:
        check_out(out)
    made = compare_ledgers(before, after)
    typer.echo(render_comparison(made, columns(80), sys.stdout.isatty()), nl=False)
    if out is not None:
        typer.echo(f"\n{write_comparison(made, out)}")


def folds(
    tasks: TasksFlag = None,
    corpora: CorporaFlag = None,
    splitter: SplitterFlag = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of grouped folds.")] = 0,
    limit: LimitFlag = None,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    jobs: JobsFlag = None,
) -> None:
    """Write the folds of a task as JSON, with their hash.

    Every recording is looked at, nothing is extracted.
    """
    import json

    from bench.runs.run import make_folds_document
    from bench.runs.study import make_study
    from bench.views.progress import watching

    given = {"tasks": tasks, "corpora": corpora, "splitter": splitter, "seed": seed, "limit": limit, "plugin": plugin}
    made = make_study({**given, "cache": cache, "jobs": jobs})
    with watching() as progress:
        document = make_folds_document(made, progress)
    typer.echo(json.dumps(document, indent=1))


def _carry_out(made: Study, dry_run: bool) -> None:
    if dry_run:
        from bench.runs.estimate import estimate
        from bench.views.listing import render_estimate

        typer.echo(render_estimate(estimate(made)), nl=False)
        return
    from bench.runs.run import Interrupted, run_study
    from bench.views.progress import watching

    board, interrupted = None, False
    with watching() as progress:
        try:
            board = run_study(made, progress)
        except Interrupted as stopped:
            board, interrupted = stopped.board, True
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        typer.echo("Interrupted; what was finished is kept, and the same command goes on from there.", err=True)
    if board is None:
        raise typer.Exit(1)
    _show(board, made.reports)
    if interrupted or board.jobs_failed:
        raise typer.Exit(1)


def _kept(reports: Path) -> Any:
    from bench.runs.ledger import Ledger
    from bench.runs.prediction import PredictionStore
    from bench.runs.standing import make_board

    return make_board(Ledger(reports / "ledger.jsonl"), PredictionStore(reports))


def _show(board: Any, reports: Path, again: bool = False) -> None:
    from bench.views.number import called
    from bench.views.report import LAYERS
    from bench.views.report import report as write
    from bench.views.standing import failed
    from bench.views.terminal import render_terminal

    page = write(board, reports, again=again)
    width = columns(80)
    typer.echo(render_terminal(board, width, sys.stdout.isatty()))
    typer.echo(str(page))
    if any(task.layers for task in board.tasks):
        typer.echo(str(page.with_name(LAYERS)))
    for task in board.tasks:
        for row in failed(task):
            typer.echo(f"failed: {task.name} {called(row)}: {row.error}", err=True)
