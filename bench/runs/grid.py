"""The grid: from the names in a study to jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.view import ALL, BEST, CUMULATIVE, DROP_ONE, WEIGHTED, View, several
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.job import Job, TaskRun
from bench.runs.representation import CHOOSER, Representation
from bench.runs.study import Study

TRIVIAL = {"constant": ("duration", "dummy"), "duration": ("duration", "linear"), "loudness": ("loudness", "linear")}
PERMUTED = "permuted"


@dataclass(frozen=True)
class Entry:
    """What one text of a study's features asks for.

    Attributes
    ----------
    rows : tuple of Representation
        One, or several under ``@all``, ``@cumulative`` and ``@drop-one``.
    models : tuple of ModelRecipe
        If there are any, the only ones that it is for, as in ``wav2vec2@weighted with head``.
    swept : bool
        Whether it goes through layers: such rows are run with one seed.
    """

    rows: tuple[Representation, ...]
    models: tuple[ModelRecipe, ...] = ()
    swept: bool = False

    @property
    def open(self) -> bool:
        """Whether its layer is left open, so that a sweep goes through all of them; not where one is spelled out."""
        return self.swept or self.rows[0].layer == BEST

    @property
    def feature_sets(self) -> tuple[FeatureSet, ...]:
        """The feature sets that it reads."""
        return tuple(view.feature_set for view in self.rows[0].views)


def make_entries(features: Sequence[str]) -> tuple[Entry, ...]:
    """Read the feature sets of a study.

    ``@all`` becomes one layer each; a bare set with layers means ``@best``; beside a fusion stand its parts. A text that ends
    in `` with MODEL`` is for this model alone.

    Raises
    ------
    RequestError
        For an unknown name or parameter, a layer that the set has not, columns that it has not, or a fusion that cannot be.
    """
    asked = [_entry(text) for text in features]
    parts = [Entry((part,), entry.models) for entry in asked if entry.rows[0].fused for part in entry.rows[0].parts()]
    made = {(*map(str, entry.rows), entry.swept, *map(str, entry.models)): entry for entry in (*asked, *parts)}
    return tuple(made.values())


def _entry(text: str) -> Entry:
    features, found, model = text.strip().rpartition(" with ")
    if not found or features.count("[") != features.count("]"):  # a path may hold the word
        features, model = text.strip(), ""
    models = make_models([model] if model else [])
    rows = _several(features)
    return Entry(rows or (Representation.of(features),), models, swept=bool(rows))


def _several(text: str) -> tuple[Representation, ...]:
    head, at, asked = text.rpartition("@")
    if asked not in (ALL, CUMULATIVE, DROP_ONE) or not at or Representation.of(head).fused:
        return ()
    return tuple(Representation((view,)) for view in several(View.of(head).feature_set, asked))


def _single(feature_set: FeatureSet, layer: int) -> Representation:
    return Representation((View(feature_set, str(layer)),))


def feature_sets(entries: Sequence[Entry]) -> tuple[FeatureSet, ...]:
    """The feature sets of the entries, each once, and those of the baselines, which stand on every board."""
    trivial = [FEATURE_SETS.make(parse(name)) for name, _ in TRIVIAL.values()] if entries else []
    return tuple({str(own): own for own in (*(s for entry in entries for s in entry.feature_sets), *trivial)}.values())


def make_models(names: Sequence[str]) -> tuple[ModelRecipe, ...]:
    """Build the recipes of a study from their spellings."""
    return tuple(MODELS.make(parse(name)) for name in names)


def make_jobs(study: Study, entries: Sequence[Entry], runs: Sequence[TaskRun]) -> list[Job]:
    """All jobs of a study, in the order in which they are shown; hidden ones choose layers and tell the spread of seeds.

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
    weighted = [entry for entry in entries if any(view.layer == WEIGHTED for row in entry.rows for view in row.views)]
    if not all(any(model.weighs_layers for model in entry.models or models) for entry in weighted):
        raise RequestError("@weighted needs a model that weighs layers, and the study has none. Add `--models head`.")
    forms = {run.task.form for run in runs}
    for entry in entries:
        if entry.models and runs and not any(forms & set(model.solves) for model in entry.models):
            names = ", ".join(map(str, entry.models))
            raise RequestError(
                f"'{entry.rows[0]} with {names}' has no row, because {names} does not solve the {' or '.join(sorted(forms))} "
                "form. Name another model, or ask for the other form."
            )
    jobs: dict[str, Job] = {}
    for run in runs:
        if entries and not any(run.task.form in model.solves for model in (*models, *sweep)):
            raise RequestError(
                f"No model of the study solves {run.task.name!r}. Known are: {', '.join(map(str, models))}. "
                f"Add a model that solves the {run.task.form} form, or ask for the other form alone."
            )
        asked = [job for entry in entries for job in _jobs(run, entry, models, sweep, study)]
        for job in (*asked, *(_baselines(run, entries, models, study) if entries else ())):
            known = jobs.get(job.fingerprint)
            if known is None or (job.shown, job.named) > (known.shown, known.named) or job.baseline:
                jobs[job.fingerprint] = job
    return list(jobs.values())


def _baselines(run: TaskRun, entries: Sequence[Entry], models: Sequence[ModelRecipe], study: Study) -> Iterator[Job]:
    for baseline, (features, recipe) in TRIVIAL.items():
        yield Job(run, Representation.of(features), MODELS.make(parse(recipe)), study.seed, baseline=baseline)
    able = [model for model in models if run.task.form in model.solves]
    if study.permute is None and able:
        # One layer is enough for a control: choosing it would double the fits.
        first = entries[0].feature_sets[0]
        middle = "" if first.layers is None else str(first.layers[len(first.layers) // 2])
        model = next((model for model in able if model.name == CHOOSER), able[0])
        control = Representation((View(first, middle),))
        yield Job(run.permuted(study.seed), control, model, study.seed, baseline=PERMUTED, board=run)


def _jobs(
    run: TaskRun, entry: Entry, models: Sequence[ModelRecipe], sweep: Sequence[ModelRecipe], study: Study
) -> Iterator[Job]:
    form = run.task.form
    for row in entry.rows:
        weighted = any(view.layer == WEIGHTED for view in row.views)
        for model in entry.models or models:
            if form in model.solves and (not weighted or model.weighs_layers):
                job = Job(run, row, model, study.seed, named=not entry.swept)
                yield job
                yield from repeats(job, 1 if entry.swept else study.seeds)
                yield from choosers(job)
    if entry.open:
        own = entry.feature_sets[0]
        for model in sweep:
            if form in model.solves:
                yield from (Job(run, _single(own, layer), model, study.seed) for layer in own.layers or ())


def repeats(job: Job, n_seeds: int) -> list[Job]:
    """The same row with other seeds, if its model is stochastic."""
    return [replace(job, repeat=repeat, shown=False) for repeat in range(1, n_seeds)] if job.model.stochastic else []


def choosers(job: Job) -> list[Job]:
    """The jobs that must be done before a job with ``@best``: the chooser with every single layer."""
    return [other for view in job.views for other in layer_jobs(job, view).values()]


def layer_jobs(job: Job, view: View) -> dict[int, Job]:
    """The chooser with every single layer of one view of a job, by layer; none where its layer is fixed.

    Where columns stand side by side, the chooser is given the other columns, too: the layer that does best by itself may tell
    what these tell already. Where several layers are open, or each part has a model of its own, it is given the layer alone.
    """
    if view.layer != BEST:
        return {}
    chooser = MODELS.make(parse(CHOOSER))
    beside = not job.fusion and sum(one.layer == BEST for one in job.views) == 1
    others = {str(own): own for own in job.views if own is not view} if beside else {}
    made = {}
    for layer in view.feature_set.layers or ():
        one = View(view.feature_set, str(layer))
        views = others | {str(one): one}  # it may stand among the others
        made[layer] = Job(job.of, Representation(tuple(views.values())), chooser, job.seed, shown=False)
    return made


def best_layer(reached: Mapping[int, float | None]) -> int:
    """The layer with the greatest value on inner folds; of equal ones the lowest, and no value counts as 0.

    Examples
    --------
    >>> best_layer({0: 0.3, 1: 0.5, 2: 0.5}), best_layer({0: None, 1: -0.2})
    (1, 0)
    """
    return min(reached, key=lambda layer: (-(reached[layer] or 0.0), layer))
