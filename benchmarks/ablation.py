"""What an ablation of an encoder costs: one extraction for every layer and pooling, and fits that share what they can.

(a) How often a clip went through the encoder: the rows that were stored, counted; it must be once.
(b) The grid of layers x poolings x models, from empty folders to the board, beside as many separate runs as there are layers,
    each with a cache of its own. ONE of them, that of the middle layer with all poolings and models, is run and timed, and its
    time is multiplied by the number of layers. Both are processes of their own; their processors' time tells whether the
    machine was busy.
(c) The search of the inner folds alone, on the middle layer: the models of a grid that share, beside the same models fitted one
    by one on the same scaled clips, beside a pipeline a candidate, as scikit-learn's grid search fits them, and beside
    scikit-learn's own models one by one on the same scaled clips. In turns, in this process, on one thread; seconds of the
    processor, the median of the folds. The guesses of the first three must be equal.

    python benchmarks/ablation.py [CORPUS=FOLDER] [--tasks CORPUS/TARGET] [--features "untrained[size=base]"]
                                  [--models linear svm] [--poolings mean max ...] [--jobs 2] [--folds 3] [--limit SPEAKERS]
                                  [--fits CACHE]

Without a corpus: speech made here, a small encoder, two poolings. ``--fits`` measures (c) alone, on a cache that holds the
features already.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.linalg  # noqa: F401  # it brings a BLAS of its own, and a limit of threads reaches only what is loaded
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from threadpoolctl import threadpool_limits

from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS
from bench.features.part import read_part
from bench.features.shelf import parts_in
from bench.features.store import FeatureStore
from bench.features.view import View
from bench.models.recipe import MODELS, ModelRecipe
from bench.models.sharing import Sharing, Trial, inside, try_each, try_singly
from bench.protocols.task import Task
from bench.runs.ablation import make_ablation
from bench.runs.grid import make_entries
from bench.runs.progress import Quiet
from bench.runs.run import prepare
from bench.runs.source import read_corpus
from bench.runs.study import Study
from bench.runs.tuning import Problem, fit_predict, trial_folds


def grid_of(arguments: argparse.Namespace, folder: Path) -> tuple[Study, list[str]]:
    """The study of every layer under each pooling, and these views without a layer."""
    corpora, tasks = arguments.corpus, arguments.tasks
    if corpora and not tasks:
        name, path = corpora.rsplit("=", 1)
        corpus = read_corpus(name, Path(path), folder / "cache")
        tasks = f"{corpus.name}/{next(iter(corpus.targets)).name}"
    given = {
        "tasks": tasks,
        "corpora": corpora,
        "models": arguments.models,
        "limit": arguments.limit,
        "jobs": arguments.jobs,
        "cache": folder / "cache",
        "reports": folder / "reports",
    }
    study = make_ablation(arguments.features, given, poolings=arguments.poolings, control="none")
    return study, [text.removesuffix("@all") for text in study.features if text.endswith("@all")]


def timed(study: Study, features: list[str], folder: Path) -> tuple[float, float]:
    """Run as from a shell, with nothing stored before: seconds of the process, and of the processors."""
    command = [sys.executable, "-m", "bench", "run", "--splitter", study.splitter, "--jobs", str(study.jobs)]
    for flag, values in (("--tasks", study.tasks), ("--features", features), ("--models", study.models)):
        command += [word for value in values for word in (flag, value)]
    command += [word for name, path in study.corpora.items() for word in ("--corpora", f"{name}={path}")]
    command += ["--limit", str(study.limit)] if study.limit else []
    command += ["--cache", str(folder / "cache"), "--reports", str(folder / "reports")]
    before, begin_s = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took_s, after = time.perf_counter() - begin_s, os.times()
    return took_s, after.children_user + after.children_system - before.children_user - before.children_system


def extractions(cache: Path, view: str) -> None:
    """Print how often clips went through the encoder, as the stored rows tell."""
    feature_set = FEATURE_SETS.make(parse(view))
    shelf = FeatureStore(cache / "features").folder(feature_set)
    shelves = [other.name for other in shelf.parent.iterdir() if other.name.startswith(f"{feature_set.name}-")]
    keys = [key for part in parts_in(shelf) for key in read_part(part, ["key"])["key"].to_pylist()]
    print(f"(a) {len(keys)} clips went through {feature_set.name}, {len(set(keys))} of them different; {len(shelves)} shelf")
    if len(keys) != len(set(keys)) or len(shelves) != 1:
        raise SystemExit("a clip was extracted more than once")


def whole(arguments: argparse.Namespace, folder: Path) -> tuple[Study, list[str]]:
    """Parts (a) and (b)."""
    study, views = grid_of(arguments, folder / "grid")
    layers = FEATURE_SETS.make(parse(views[0])).layers or ()
    middle = layers[len(layers) // 2]
    took_s, used_s = timed(study, [f"{view}@all" for view in views], folder / "grid")
    extractions(folder / "grid" / "cache", views[0])
    one_s, one_used_s = timed(study, [f"{view}@{middle}" for view in views], folder / "one")
    n, rows = len(layers), f"{len(layers)} layers x {len(views)} poolings x {', '.join(study.models)}"
    print(f"(b) {rows}; {', '.join(study.tasks)}; {study.jobs} processes")
    print(f"    the grid           {took_s:8.1f} s (processors {used_s:8.1f} s)")
    print(f"    layer {middle:2} alone     {one_s:8.1f} s (processors {one_used_s:8.1f} s), timed once")
    print(f"    {n:2} such runs       {n * one_s:8.1f} s (processors {n * one_used_s:8.1f} s), multiplied, not run")
    print(f"    ratio              {n * one_s / took_s:8.1f}   (processors {n * one_used_s / used_s:8.1f})", flush=True)
    return study, views


def shared(recipe: ModelRecipe, problem: Problem, seed: int, tried: Callable[..., Any] = try_each) -> np.ndarray:
    """The guesses of every candidate on the inner folds, each fold scaled once."""
    guesses = []
    for train, valid in trial_folds(problem, seed):
        pipeline = recipe.build(problem.form, seed)
        own = inside(recipe.grid(problem.form), "model")
        scaled, asked = (
            pipeline[:-1].fit_transform(problem.X[train], problem.y[train]),
            pipeline[:-1].transform(problem.X[valid]),
        )
        guesses.append(np.stack([one.guess for one in tried(pipeline[-1], own, scaled, problem.y[train], asked)]))
    return np.concatenate(guesses, axis=1)


def singly(recipe: ModelRecipe, problem: Problem, seed: int) -> np.ndarray:
    """Likewise, models one by one."""
    return shared(recipe, problem, seed, try_singly)


def wholly(recipe: ModelRecipe, problem: Problem, seed: int) -> np.ndarray:
    """Likewise, a pipeline a candidate."""
    folds = trial_folds(problem, seed)
    grid = recipe.grid(problem.form)
    rows = [
        [fit_predict(recipe, one, problem.part(train), problem.X[valid], seed)[0] for train, valid in folds] for one in grid
    ]
    return np.stack([np.concatenate(row) for row in rows])


def theirs(recipe: ModelRecipe, problem: Problem, seed: int) -> np.ndarray:
    """Likewise, scikit-learn's own models one by one, on the scaled clips of ``shared``."""
    return shared(recipe, problem, seed, partial(_theirs, recipe.name, problem.form))


def _theirs(name: str, form: str, _: Any, candidates: Any, X: np.ndarray, y: np.ndarray, new: np.ndarray) -> list[Trial]:
    trials = []
    for candidate in candidates:
        own = {key.rpartition("__")[2]: value for key, value in candidate.items()}
        fitted = THEIRS[name, form](X.shape[1], **own).fit(X, y)
        trials.append(Trial(fitted, fitted.predict(new)))
    return trials


def _machine(kind: Any, width: int, kernel: str, C: float, gamma: float, **more: Any) -> Any:
    return kind(kernel=kernel, C=C / width if kernel == "linear" else C, gamma=gamma / width, **more)


THEIRS: dict[tuple[str, str], Callable[..., Any]] = {
    ("linear", "score"): lambda width, alpha: Ridge(alpha=alpha * width),
    ("linear", "level"): lambda width, C: LogisticRegression(C=C / width, class_weight="balanced", tol=1e-6, max_iter=10_000),
    ("svm", "score"): lambda width, **own: TransformedTargetRegressor(
        _machine(SVR, width, **own), transformer=StandardScaler()
    ),
    ("svm", "level"): lambda width, **own: _machine(SVC, width, **own, class_weight="balanced"),
}

WAYS = {"shared": shared, "singly": singly, "wholly": wholly, "theirs": theirs}


def searches(recipe: ModelRecipe, task: Task, X: np.ndarray, n_folds: int) -> str:
    """Time the search of each outer fold in every way; a line of the table."""
    speakers, y, place = task.speakers(), task.y(), {clip: row for row, clip in enumerate(task.clip_ids)}
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    levels, alike = len(task.target.levels) if task.form == "level" else 0, []
    for number, fold in enumerate(task.folds[: n_folds + 1]):
        rows = [place[clip] for clip in fold.train]
        problem = Problem(task.form, levels, X[rows], y[rows], speakers[rows])
        found = {}
        for way in sorted(WAYS, reverse=bool(number % 2)):
            begin_s = time.process_time()
            found[way] = WAYS[way](recipe, problem, 0)
            if number:  # the first fold loads and warms
                took[way].append(time.process_time() - begin_s)
        if not all(np.array_equal(found[way], found["shared"]) for way in ("singly", "wholly")):
            raise SystemExit(f"{recipe.name}: shared and single fits guess differently")
        apart = np.abs(found["theirs"] - found["shared"])
        alike.append(float(np.mean(apart <= (0.02 * y.std() if task.form == "score" else 0.0))))
    middle = {way: statistics.median(times) for way, times in took.items()}
    times = "".join(f"{middle[way]:10.3f} s" for way in WAYS)
    return times + "".join(f"{middle[way] / middle['shared']:9.1f}" for way in list(WAYS)[1:]) + f"{np.mean(alike):9.1%}"


def fits(study: Study, views: list[str], n_folds: int) -> None:
    """Part (c)."""
    layers = FEATURE_SETS.make(parse(views[0])).layers or ()
    texts = [f"{view}@{layers[len(layers) // 2]}" for view in views]
    prepared = prepare(study, make_entries(texts), Quiet())
    names = "".join(f"{way:>12}" for way in WAYS) + "".join(f"{way:>9}" for way in list(WAYS)[1:])
    print("(c) one search of the inner folds: shared, models one by one (singly), pipelines one by one (wholly), and models of")
    print("    scikit-learn one by one (theirs): seconds of the processor, how many times those of the shared one they are,")
    print("    and how many of the guesses of scikit-learn's models are the same (scores within 2 % of their spread)")
    print(" " * 60 + names + "    alike")
    for text in texts:
        view = View.of(text)
        for run in prepared.runs:
            table = prepared.store.table(view.feature_set, run.task.clip_ids, run.keys, int(view.layer))
            for recipe in (MODELS.make(parse(name)) for name in study.models):
                if isinstance(recipe.build(run.task.form, study.seed)[-1], Sharing) and (recipe.name, run.task.form) in THEIRS:
                    what = f"    {recipe!s:8} {run.task.form:6} {table.values.shape[1]:5} columns  {text[-30:]:30}"
                    print(what + searches(recipe, run.task, table.values, n_folds), flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("corpus", nargs="?", help="NAME=FOLDER; without it, speech made here")
    words.add_argument("--tasks", help="CORPUS/TARGET; without it, the corpus' first target")
    words.add_argument("--features", default="untrained[size=small]")
    words.add_argument("--models", nargs="+", default=["linear", "svm"])
    words.add_argument("--poolings", nargs="+")
    words.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    words.add_argument("--folds", type=int, default=3, help="outer folds whose searches are timed in (c)")
    words.add_argument("--limit", type=int, help="the first N speakers only")
    words.add_argument("--fits", type=Path, help="a cache that holds the features: (c) alone")
    arguments = words.parse_args()
    if not arguments.corpus and not arguments.poolings:
        arguments.poolings = ["mean", "mean_std"]
    print(f"{arguments.features}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        if arguments.fits:
            study, views = grid_of(arguments, Path(name))
            study = replace(study, cache=arguments.fits)
        else:
            study, views = whole(arguments, Path(name))
        with threadpool_limits(1):
            fits(study, views, arguments.folds)


if __name__ == "__main__":
    main()
