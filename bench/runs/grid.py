"""The grid: from the names in a study to jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.job import Job, TaskRun
from bench.runs.study import Study

CHOOSER = "linear"  # picks the layer of `@best`, whatever the model of the row
TRIVIAL = {"constant": ("duration", "dummy"), "duration": ("duration", "linear"), "loudness": ("loudness", "linear")}
PERMUTED = "permuted"


@dataclass(frozen=True)
class Entry:
    """A feature set and the layers of it that were asked for ("" where it has none)."""

    feature_set: FeatureSet
    layers: tuple[str, ...]


def make_entries(features: Sequence[str]) -> tuple[Entry, ...]:
    """Read the feature sets of a study.

    ``@all`` becomes one layer each; a bare set with layers means ``@best``.

    Raises
    ------
    RequestError
        For an unknown name or parameter, or a layer that the set has not.
    """
    return tuple(_entry(text) for text in features)


def _entry(text: str) -> Entry:
    spelling = parse(text)
    feature_set = FEATURE_SETS.make(spelling)
    layers = feature_set.layers
    if layers is None:
        if spelling.layer:
            raise RequestError(f"{feature_set} has no layers, so {text!r} cannot be. Write {str(feature_set)!r}.")
        return Entry(feature_set, ("",))
    names = tuple(str(layer) for layer in layers)
    asked = spelling.layer or "best"
    if asked == "all":
        return Entry(feature_set, names)
    if asked not in (*names, "best", "weighted"):
        raise RequestError(
            f"{feature_set} has no layer {asked!r}. It has {names[0]} to {names[-1]}, and best, weighted and all. Choose one."
        )
    return Entry(feature_set, (asked,))


def feature_sets(entries: Sequence[Entry]) -> tuple[FeatureSet, ...]:
    """The feature sets of the entries, each once, and those of the baselines, which stand on every board."""
    trivial = [FEATURE_SETS.make(parse(name)) for name, _ in TRIVIAL.values()] if entries else []
    return tuple({str(own): own for own in (*(entry.feature_set for entry in entries), *trivial)}.values())


def make_models(names: Sequence[str]) -> tuple[ModelRecipe, ...]:
    """Build the recipes of a study from their spellings."""
    return tuple(MODELS.make(parse(name)) for name in names)


def make_jobs(study: Study, entries: Sequence[Entry], runs: Sequence[TaskRun]) -> list[Job]:
    """All jobs of a study, in the order in which they are shown; hidden ones serve the choice of layers.

    Every board has the trivial baselines, too, and one row that is fitted and tested on permuted labels.

    Parameters
    ----------
    study : Study
    entries : sequence of Entry
    runs : sequence of TaskRun

    Returns
    -------
    list of Job
        Each fingerprint once.
    """
    models = make_models(study.models)
    sweep = make_models(study.sweep)
    if any(entry.layers == ("weighted",) for entry in entries) and not any(model.weighs_layers for model in models):
        raise RequestError("@weighted needs a model that weighs layers, and the study has none. Add `--models head`.")
    jobs: dict[str, Job] = {}
    for run in runs:
        if entries and not any(run.task.form in model.solves for model in (*models, *sweep)):
            raise RequestError(
                f"No model of the study solves {run.task.name!r}. Known are: {', '.join(map(str, models))}. "
                f"Add a model that solves the {run.task.form} form, or ask for the other form alone."
            )
        asked = [job for entry in entries for job in _jobs(run, entry, models, sweep, study.seed)]
        for job in (*asked, *(_baselines(run, entries, models, study) if entries else ())):
            known = jobs.get(job.fingerprint)
            if known is None or (job.shown and not known.shown) or job.baseline:
                jobs[job.fingerprint] = job
    return list(jobs.values())


def _baselines(run: TaskRun, entries: Sequence[Entry], models: Sequence[ModelRecipe], study: Study) -> Iterator[Job]:
    for baseline, (features, recipe) in TRIVIAL.items():
        yield Job(run, FEATURE_SETS.make(parse(features)), "", MODELS.make(parse(recipe)), study.seed, baseline=baseline)
    able = [model for model in models if run.task.form in model.solves]
    if study.permute is None and able:
        # One layer is enough for a control: choosing it would double the fits.
        every = entries[0].feature_set.layers
        layer = "" if every is None else str(every[len(every) // 2])
        model = next((model for model in able if model.name == CHOOSER), able[0])
        yield Job(run.permuted(study.seed), entries[0].feature_set, layer, model, study.seed, baseline=PERMUTED, board=run)


def _jobs(run: TaskRun, entry: Entry, models: Sequence[ModelRecipe], sweep: Sequence[ModelRecipe], seed: int) -> Iterator[Job]:
    form = run.task.form
    every = entry.feature_set.layers or ()
    for layer in entry.layers:
        for model in models:
            if form in model.solves and (layer != "weighted" or model.weighs_layers):
                yield Job(run, entry.feature_set, layer, model, seed)
    for model in sweep:
        if form in model.solves:
            yield from (Job(run, entry.feature_set, str(layer), model, seed) for layer in every)
    if "best" in entry.layers:
        chooser = MODELS.make(parse(CHOOSER))
        yield from (Job(run, entry.feature_set, str(layer), chooser, seed, shown=False) for layer in every)


def choosers(job: Job) -> list[Job]:
    """The jobs that must be done before a ``@best`` job: the chooser on every single layer."""
    if job.layer != "best":
        return []
    chooser = MODELS.make(parse(CHOOSER))
    layers = job.feature_set.layers or ()
    return [Job(job.of, job.feature_set, str(layer), chooser, job.seed, shown=False) for layer in layers]
