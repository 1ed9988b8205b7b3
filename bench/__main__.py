"""The command line: parse, call, print. Results go to standard output, everything else to standard error.

Exit codes: 0 done, 1 something failed and is listed, 2 the request was wrong.
"""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from bench.base.error import BenchError, RequestError

if TYPE_CHECKING:
    from bench.runs.study import Study

app = typer.Typer(
    help="Which speech representation and which model rate the fatigue of a speaker never heard before, and how sure are we?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
cache_app = typer.Typer(help="Look after the stored features.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cache_app, name="cache")

Names = Optional[list[str]]  # noqa: UP045  # typer reads it at run time
ReportsFlag = Annotated[Path, typer.Option("--reports", help="Folder of the reports.")]
CacheFlag = Annotated[Path, typer.Option("--cache", help="Folder of the stored features.")]
PluginFlag = Annotated[Names, typer.Option("--plugin", help="A Python file of your own; repeat for more.")]
CorporaFlag = Annotated[Names, typer.Option("--corpora", help="NAME=PATH, where a corpus lies; repeat for more.")]
TasksFlag = Annotated[Names, typer.Option("--tasks", help="CORPUS/TARGET, optionally /level or /score; repeat for more.")]
SplitterFlag = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--splitter", help="auto, loso, grouped-K, sessions, fixed, speaker-text, corpora, or a JSON file of folds."),
]
Number = Optional[int]  # noqa: UP045
PlaceArgument = Annotated[str, typer.Argument(metavar="NAME=PATH", help="A corpus and its folder; NAME where it makes itself.")]


@app.command()
def run(
    study: Annotated[Optional[Path], typer.Argument(help="A study.toml with the same keywords.")] = None,  # noqa: UP045
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
        Names, typer.Option("--sweep", help="A model that also runs on every single layer; repeat for more.")
    ] = None,
    tracks: Annotated[Names, typer.Option("--tracks", help="open, or speaker (z-scored within each speaker).")] = None,
    splitter: SplitterFlag = None,
    seed: Annotated[Number, typer.Option("--seed", help="Seed of everything random.")] = None,
    seeds: Annotated[Number, typer.Option("--seeds", help="With how many seeds stochastic models run.")] = None,
    limit: Annotated[Number, typer.Option("--limit", help="The first N speakers only.")] = None,
    permute: Annotated[
        Number, typer.Option("--permute", help="Permute labels within speakers under this seed: a control.")
    ] = None,
    plugin: PluginFlag = None,
    cache: Annotated[Optional[Path], typer.Option("--cache", help="Folder of the stored features.")] = None,  # noqa: UP045
    reports: Annotated[Optional[Path], typer.Option("--reports", help="Folder of the reports.")] = None,  # noqa: UP045
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and how long it takes.")] = False,
) -> None:
    """Run a benchmark and draw its leaderboard.

    Without arguments, the embedded default.
    """
    from bench.runs.study import Study, make_study

    given = locals()
    made = make_study({item.name: given[item.name] for item in fields(Study)}, study)
    _carry_out(made, dry_run)


@app.command()
def ablate(
    encoder: Annotated[
        str, typer.Argument(help="A checkpoint (a folder, or a name on the hub), or a feature set with layers.")
    ],
    corpora: CorporaFlag = None,
    tasks: TasksFlag = None,
    models: Annotated[Names, typer.Option("--models", help="A model; repeat for more. linear and svm if not given.")] = None,
    poolings: Annotated[Names, typer.Option("--poolings", help="A pooling; repeat for more. All if not given.")] = None,
    control: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--control", help="A feature set, or none; an untrained encoder of the shape of a trained one if not given."),
    ] = None,
    tracks: Annotated[Names, typer.Option("--tracks", help="open, or speaker (z-scored within each speaker).")] = None,
    splitter: SplitterFlag = None,
    seed: Annotated[Number, typer.Option("--seed", help="Seed of everything random.")] = None,
    seeds: Annotated[Number, typer.Option("--seeds", help="With how many seeds stochastic models run.")] = None,
    limit: Annotated[Number, typer.Option("--limit", help="The first N speakers only.")] = None,
    plugin: PluginFlag = None,
    cache: Annotated[Optional[Path], typer.Option("--cache", help="Folder of the stored features.")] = None,  # noqa: UP045
    reports: Annotated[Optional[Path], typer.Option("--reports", help="Folder of the reports.")] = None,  # noqa: UP045
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and how long it takes.")] = False,
) -> None:
    """Take an encoder apart: every layer, pooling and model.

    All from one extraction, and with a page of its layers.
    """
    from bench.runs.ablation import make_ablation
    from bench.runs.study import Study

    given = locals()
    keywords = {item.name: given[item.name] for item in fields(Study) if item.name in given}
    _carry_out(make_ablation(encoder, keywords, poolings=poolings, control=control), dry_run)


def _carry_out(made: Study, dry_run: bool) -> None:
    if dry_run:
        from bench.runs.estimate import estimate
        from bench.views.listing import render_estimate

        typer.echo(render_estimate(estimate(made)), nl=False)
        return
    from bench.runs.run import run_study
    from bench.views.progress import watching

    interrupted = False
    with watching() as progress:
        try:
            board = run_study(made, progress)
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        board = _kept(made.reports)
        typer.echo("Interrupted; what was finished is kept, and the same command goes on from there.", err=True)
    _show(board, made.reports)
    if interrupted or board.jobs_failed:
        raise typer.Exit(1)


@app.command()
def report(reports: ReportsFlag = Path("reports")) -> None:
    """Draw the leaderboard of the last run again.

    Needs neither audio nor features.
    """
    _show(_kept(reports), reports, again=True)


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
    width = _width(80)
    typer.echo(render_terminal(board, width, sys.stdout.isatty()))
    typer.echo(str(page))
    if any(task.layers for task in board.tasks):
        typer.echo(str(page.with_name(LAYERS)))
    for task in board.tasks:
        for row in failed(task):
            typer.echo(f"failed: {task.name} {called(row)}: {row.error}", err=True)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A folder of reports.")],
    after: Annotated[Path, typer.Argument(help="Another, as of a later day or version.")],
    out: Annotated[
        Optional[Path],  # noqa: UP045
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
    typer.echo(render_comparison(made, _width(80), sys.stdout.isatty()), nl=False)
    if out is not None:
        typer.echo(f"\n{write_comparison(made, out)}")


@app.command("list")
def list_names(
    kind: Annotated[str, typer.Argument(help="corpora, features, models, or all.")] = "all", plugin: PluginFlag = None
) -> None:
    """List corpora, feature sets and models."""
    from bench.base.error import unknown_name
    from bench.runs.plugin import REGISTRIES, add_plugins

    add_plugins(_files(plugin))
    sections = dict(zip(("corpora", "features", "models"), REGISTRIES, strict=True))
    if kind not in (*sections, "all"):
        raise unknown_name("kind of thing", kind, (*sections, "all"))
    for name, registry in sections.items():
        if kind in (name, "all"):
            typer.echo(name)
            if name == "features":
                typer.echo("  A+B puts columns side by side; mean[A+B] and stack[A+B] fuse what models say of each")
            for entry in registry.names():
                summary = (registry.get(entry).__doc__ or "").strip().splitlines()
                source = registry.source(entry)
                typer.echo(f"  {entry:<12} {summary[0] if summary else ''}".rstrip() + (f" (from {source})" if source else ""))


@app.command()
def folds(
    tasks: TasksFlag = None,
    corpora: CorporaFlag = None,
    splitter: SplitterFlag = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of grouped folds.")] = 0,
    limit: Annotated[Number, typer.Option("--limit", help="The first N speakers only.")] = None,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
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


@app.command()
def card(
    place: PlaceArgument,
    html: Annotated[
        bool, typer.Option("--html", help="Also draw a page with pictures into the folder of the reports.")
    ] = False,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: ReportsFlag = Path("reports"),
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
) -> None:
    """Say what lies in a corpus, and what is wrong with it.

    Who speaks, what the labels are, which files cannot be used; nothing is trained.
    """
    from bench.runs.card import make_card
    from bench.runs.look import corpus_place, look
    from bench.runs.plugin import add_plugins
    from bench.views.card import render_card
    from bench.views.progress import watching

    add_plugins(_files(plugin))
    with watching() as progress:
        seen = look(*corpus_place(place), cache, jobs, progress)
    made = make_card(seen.corpus, seen.facts)
    width = _width(60)
    typer.echo(render_card(made, width, sys.stdout.isatty()), nl=False)
    if html:
        from bench.views.card_page import write_card

        typer.echo(f"\n{write_card(made, reports)}")


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="feature-set, corpus or model.")],
    name: Annotated[str, typer.Argument(help="What it shall be called, as in night-shift.")],
) -> None:
    """Write a plug-in that works as it is, and a test for it.

    They are called NAME.py and test_NAME.py, and lie in this folder.
    """
    from bench.runs.scaffold import scaffold
    from bench.views.scaffold import render_scaffold

    typer.echo(render_scaffold(scaffold(kind, name)), nl=False)


@app.command()
def check(
    what: Annotated[str, typer.Argument(help="A Python file of your own, or NAME=PATH, where a corpus lies.")],
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    patience: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--patience", help="Longest time for one answer, in seconds; 60 if not given, 300 to read a corpus."),
    ] = None,
) -> None:
    """Say what is wrong with a plug-in or a corpus of yours.

    A feature set, a model, or the reader of a corpus (--plugin brings yours).
    """
    from bench.runs.check import check as tried
    from bench.views.number import counted

    faults, untried = 0, False
    for checked in tried(what, _files(plugin), cache, patience):
        untried |= bool(checked.untried)
        verdict = checked.untried or (counted(len(checked.faults), "fault") if checked.faults else "nothing wrong was found")
        typer.echo(f"{checked.name}: {verdict}")
        for fault in checked.faults:
            typer.echo(f"  {fault}")
        faults += len(checked.faults)
    if faults or untried:
        raise typer.Exit(1 if faults else 2)


@app.command()
def cues(
    corpus: Annotated[str, typer.Argument(help="NAME=PATH, where the corpus lies, or NAME of one that makes itself.")],
    target: Annotated[Optional[str], typer.Option("--target", help="A target of the corpus; its first if not given.")] = None,  # noqa: UP045
    html: Annotated[bool, typer.Option("--html", help="Also draw a page into the folder of the reports.")] = False,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: ReportsFlag = Path("reports"),
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
) -> None:
    """Say which cues of fatigue move with the label.

    Within speakers, and whether it is the way that is reported.
    """
    from bench.runs.cue import make_cues
    from bench.runs.look import corpus_place
    from bench.runs.study import cores
    from bench.views.cue import render_cues
    from bench.views.progress import watching

    files = _files(plugin)
    jobs = cores() if jobs is None else jobs
    with watching() as progress:
        board = make_cues(*corpus_place(corpus), target, cache=cache, jobs=jobs, plugins=files, progress=progress)
    typer.echo(render_cues(board, _width(80), sys.stdout.isatty()), nl=False)
    if html:
        from bench.views.cue_page import write_cues

        typer.echo(f"\n{write_cues(board, reports)}")


@app.command()
def rate(
    files: Annotated[list[str], typer.Argument(help="Recordings to rate: wav, flac, ogg, opus or mp3, one speaker each.")],
    task: Annotated[
        Optional[str],  # noqa: UP045
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
    typer.echo(render_rating_json(sheet) if json else render_rating(sheet, _width(60)), nl=False)
    if sheet.n_failed:
        raise typer.Exit(1)


@app.command()
def proxy(
    place: PlaceArgument,
    plugin: PluginFlag = None,
    cache: CacheFlag = Path("features_cache"),
    reports: Annotated[
        Path, typer.Option("--reports", help="Folder of the reports of a finished run, if there is one.")
    ] = Path("reports"),
    jobs: Annotated[Number, typer.Option("--jobs", help="Parallel processes.")] = None,
) -> None:
    """Say how a fatigue proxy is spread, and what explains it.

    And whether the order of rows hangs on how it is read.
    """
    from bench.runs.look import corpus_place, look
    from bench.runs.plugin import add_plugins
    from bench.runs.proxy import kept_board, make_sheet
    from bench.views.progress import watching
    from bench.views.proxy import render_proxy

    add_plugins(_files(plugin))
    with watching() as progress:
        seen = look(*corpus_place(place), cache, jobs, progress)
    sheet = make_sheet(seen.corpus, seen.facts, kept_board(reports))
    typer.echo(render_proxy(sheet, _width(60)), nl=False)


@cache_app.command("ls")
def cache_ls(cache: CacheFlag = Path("features_cache")) -> None:
    """List what is stored."""
    from bench.features.upkeep import ls
    from bench.views.listing import render_rows

    typer.echo(render_rows(ls(_store(cache))), nl=False)


@cache_app.command("verify")
def cache_verify(cache: CacheFlag = Path("features_cache")) -> None:
    """Read every part with its checksums and compute every probe again."""
    from bench.features.upkeep import verify
    from bench.views.listing import render_rows

    found = verify(_store(cache))
    typer.echo(render_rows(found), nl=False)
    if any(one.problems for one in found):
        raise typer.Exit(1)


@cache_app.command("gc")
def cache_gc(
    cache: CacheFlag = Path("features_cache"),
    drop: Annotated[
        Names, typer.Option("--drop", help="Also remove this feature set (its name or folder); repeat for more.")
    ] = None,
) -> None:
    """Remove leftovers, merge small parts, say what could go."""
    from bench.decoders.facts import FactStore
    from bench.features.upkeep import gc
    from bench.views.listing import render_rows

    typer.echo(render_rows((gc(_store(cache), drop or (), FactStore(cache)),)), nl=False)


def _store(cache: Path) -> Any:
    from bench.features.store import FeatureStore

    return FeatureStore(cache / "features")


def _files(plugin: list[str] | None) -> list[Path]:
    return [Path(file) for file in plugin or ()]


def _width(least: int) -> int:
    return max(least, shutil.get_terminal_size((100, 24)).columns)


def main() -> None:
    """Run the command line; every error of ours is one line on standard error and an exit code."""
    # joblib ends a worker that has grown and starts another: nothing that a person has to do anything about.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
    sys.exit(_guarded(lambda: app(standalone_mode=True)))


def _guarded(call: Callable[[], Any]) -> int:
    try:
        call()
    except RequestError as error:
        typer.echo(f"fatigue-bench: {error}", err=True)
        return 2
    except BenchError as error:
        typer.echo(f"fatigue-bench: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("fatigue-bench: interrupted; what was finished is kept.", err=True)
        return 1
    return 0


if __name__ == "__main__":
    main()
