"""Rating: recordings that nobody has labelled, by the best row of a board, with how far to trust what is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Clip, Target
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.extraction import Extraction, extract
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.store import FeatureStore
from bench.features.view import View
from bench.models.kept import Unkeepable
from bench.models.recipe import MODELS
from bench.runs.keep import keep, kept
from bench.runs.ledger import Ledger
from bench.runs.plugin import add_plugins
from bench.runs.prediction import PredictionStore
from bench.runs.progress import Progress, Quiet, Watch
from bench.runs.rater import VOICED, Rater, cue_sets, cue_values, fit_rater
from bench.runs.rating_sheet import Rating, RatingSheet, Used
from bench.runs.recall import study_of
from bench.runs.record import source_of
from bench.runs.row import Row
from bench.runs.selection import Choice, choose
from bench.runs.standing import make_board
from bench.runs.study import Study, processes


def rate(
    files: Sequence[Path | str] | Path | str,
    *,
    reports: Path | str = "reports",
    task: str | None = None,
    row: int | None = None,
    cache: Path | str = "features_cache",
    jobs: int | None = None,
    progress: Progress | None = None,
) -> RatingSheet:
    """Rate recordings with the first-tier row of the last board, fitted on all its clips.

    The row is fitted at the first call and kept under ``reports/raters``, without pickle; nothing of the recordings is kept.

    Parameters
    ----------
    files : sequence of Path or str
    reports : Path or str
        Where the board lies.
    task : str or None
        ``CORPUS/TARGET``, or with its form; the first target on the board if None.
    row : int or None
        Which of the rows that were asked for, 1 for the highest; None for the highest of the first tier.
    cache : Path or str
        Where the features of the board's corpora lie.
    jobs : int or None
        Parallel processes of extraction; None for one a core.
    progress : Progress or None
        Something that watches.

    Returns
    -------
    RatingSheet
        A recording that cannot be rated is in it with its reason.

    Raises
    ------
    RequestError
        If a folder was given or none of the files exists, or there is no board, no such task or row, or nothing that can rate a
        single recording.
    BenchError
        If the row cannot be fitted, or kept.
    """
    given = _existing([files] if isinstance(files, str | Path) else files)
    reports, progress = Path(reports), progress or Quiet()
    ledger = Ledger(reports / "ledger.jsonl")
    choices = choose(make_board(ledger, PredictionStore(reports)), task, row)
    record = next(reversed(ledger.records("study").values()))
    study = replace(study_of(record["command"], Path(cache), reports), jobs=processes(jobs))
    add_plugins(study.plugin)
    own = {one["job"]: one["task"] for one in record["rows"]}
    results = ledger.records("result")
    raters, used = [], []
    for choice in choices:
        _check_model(choice.row, results[choice.row.fingerprint])
        rater, notes = _rater(choice.row, own[choice.row.fingerprint], study, progress)
        raters.append(rater)
        used.append(_used(choice, rater, notes))
    ratings = _Session(used, raters, study).rate(given, progress)
    first = choices[0].task
    return RatingSheet(first.target, first.badge, first.caution, tuple(used), ratings)


def _existing(files: Sequence[Path | str]) -> list[Path]:
    """Refuse what cannot be a recording before anything is fitted; one missing among others is told in the sheet."""
    given = [Path(file) for file in files]
    if not given:
        raise RequestError("No recording was given. Expected is at least one audio file. Name it.")
    folder = next((file for file in given if file.is_dir()), None)
    if folder is not None:
        raise RequestError(f"{str(folder)!r} is a folder. Expected are recordings. Give those in it: `{folder}/*.wav`.")
    if not any(file.exists() for file in given):
        none = "does not exist" if len(given) == 1 else f"and the other {len(given) - 1} do not exist"
        raise RequestError(f"{str(given[0])!r} {none}. Expected are recordings. Correct the name.")
    return given


def _check_model(row: Row, result: Mapping[str, Any]) -> None:
    """What was scored must be what rates."""
    if result.get("model_source", "") != source_of(MODELS.make(parse(row.model))):
        raise RequestError(
            f"The file of the model {row.model!r} was changed since the run, so the board does not tell how good it is. "
            "Run the benchmark again."
        )


def _rater(row: Row, task: str, study: Study, progress: Progress) -> tuple[Rater, tuple[str, ...]]:
    known = kept(row.fingerprint, study.reports)
    if known is not None:
        return known, ()
    made = fit_rater(row, task, study, progress)
    try:
        keep(made, row.fingerprint, study.reports)
    except Unkeepable as error:
        return made, (f"The row is fitted again at every call. {error}",)
    return made, ()


def _used(choice: Choice, rater: Rater, notes: tuple[str, ...]) -> Used:
    return Used(
        task=choice.task,
        row=choice.row,
        why=choice.why,
        views=tuple(str(view) for view in rater.views),
        n_clips=rater.n_clips,
        n_speakers=rater.n_speakers,
        shares=rater.shares,
        usual_cues=rater.cues.usual,
        n_cues=int(rater.cues.known.sum()),
        notes=(*rater.notes, *notes),
    )


class _Session:
    """Raters at work on recordings; what is extracted from these lies in a temporary folder."""

    def __init__(self, used: Sequence[Used], raters: Sequence[Rater], study: Study) -> None:
        self.used, self.raters, self.study = used, raters, study
        spelled = dict.fromkeys([*(str(view.feature_set) for rater in raters for view in rater.views), *cue_sets()])
        self.sets = {text: FEATURE_SETS.make(parse(text)) for text in spelled}

    def rate(self, files: Sequence[Path], progress: Progress) -> tuple[Rating, ...]:
        """Rate each of them."""
        clips = {str(file): Clip(str(file), "", file, {}) for file in files}
        with TemporaryDirectory() as place:
            store = FeatureStore(Path(place) / "features")
            sets = tuple(self.sets.values())
            watch, plugins = Watch(progress), self.study.plugin
            found = extract(
                tuple(clips.values()),
                sets,
                store,
                FactStore(Path(place)),
                jobs=self.study.jobs,
                plugins=plugins,
                progress=watch,
            )
            return tuple(self._rating(str(file), found, store) for file in files)

    def _rating(self, file: str, found: Extraction, store: FeatureStore) -> Rating:
        fact = found.facts[file]
        if fact.problem:
            return Rating(file, fact.problem)
        needed = {str(view.feature_set) for rater in self.raters for view in rater.views}
        failed = _failures(found, file)
        for name in needed & failed.keys():
            return Rating(file, f"{name} failed on it: {failed[name]}")
        measured = {name: one for name, one in self.sets.items() if name not in failed}
        said = Rating(file, notes=tuple(_left_out(name, failed[name]) for name in failed))
        columns = _columns(measured, store, file, found)
        for used, rater in zip(self.used, self.raters, strict=True):
            values = [_view_values(view, store, file, found) for view in rater.views]
            said = _told(said, used, rater, values)
            said = _judged(said, rater, values, fact, float(columns[VOICED][0]) if VOICED in columns else None)
        ranges = self.raters[0].cues
        cues = ranges.standing_out(_own_cues(self.raters[0], columns))
        strange = ranges.too_many(len(cues))
        heard = any(fact.sample_hash in rater.heard for rater in self.raters)
        return replace(said, cues=cues, outside=(*said.outside, *([strange] if strange else ())), fitted_on=heard)


def _failures(found: Extraction, file: str) -> dict[str, str]:
    return {one.feature_set: one.sentence for one in found.failures if one.clip_id in (None, file)}


def _left_out(name: str, why: str) -> str:
    more = ", and how much of the recording is voiced is not known" if name == VOICED[0] else ""
    return f"The cues of {name} are left out{more}: {why}"


def _view_values(view: View, store: FeatureStore, file: str, found: Extraction) -> npt.NDArray[np.float32]:
    """What a view gives of one recording, shape (1, n_columns); missing values stay missing."""
    which: Any = None if not view.layer else int(view.layer) if view.single else "all"
    values = store.table(view.feature_set, [file], found.keys, which).values
    if values.ndim == 3:
        every = view.feature_set.layers or ()
        values = view.combine(values[:, [every.index(number) for number in view.numbers]])
    return values


def _columns(
    sets: Mapping[str, FeatureSet], store: FeatureStore, file: str, found: Extraction
) -> dict[tuple[str, str], npt.NDArray[np.float32]]:
    tables = {name: store.table(sets[name], [file], found.keys) for name in cue_sets() if name in sets}
    return {(name, column): table.values[:, at] for name, table in tables.items() for at, column in enumerate(table.columns)}


def _told(said: Rating, used: Used, rater: Rater, values: Sequence[npt.NDArray[np.float32]]) -> Rating:
    """Beside what was said before: what this rater says."""
    ensemble, target = rater.ensemble, used.task.target
    told = ensemble.told(rater.matrices(values))
    if ensemble.form == "level":
        shares = told.probabilities(ensemble.y, ensemble.n_levels)
        named = {} if shares is None else dict(zip(target.levels, shares[0].tolist(), strict=True))
        return replace(said, level=target.levels[int(told.guess[0])], probabilities=named)
    bounds = told.interval(ensemble.y)
    ends = (None, None) if bounds is None else (float(bounds[0][0]), float(bounds[1][0]))
    score, (low, high), note = _on_scale(target, float(told.guess[0]), ends)
    return replace(said, score=score, low=low, high=high, notes=said.notes + note)


def _on_scale(
    target: Target, score: float, ends: tuple[float | None, float | None]
) -> tuple[float, tuple[float | None, float | None], tuple[str, ...]]:
    """Score and interval within the scale, and a sentence where the score was not."""
    if target.scale is None:
        return score, ends, ()
    low, high = target.scale
    within = [None if end is None else min(max(end, low), high) for end in ends]
    if low <= score <= high:
        return score, (within[0], within[1]), ()
    note = (
        f"The model said {score:.2f}".replace("-", "\N{MINUS SIGN}")
        + f", which lies beyond the scale from {low:g} to {high:g}; the nearer end of the scale is given."
    )
    return min(max(score, low), high), (within[0], within[1]), (note,)


def _judged(
    said: Rating, rater: Rater, values: Sequence[npt.NDArray[np.float32]], fact: ClipFacts, voiced: float | None
) -> Rating:
    judged = rater.domain.judge(np.concatenate(values, axis=1)[0], fact, voiced)
    known = [one for one in (said.further, judged.further) if one is not None]
    outside = tuple(dict.fromkeys((*said.outside, *judged.reasons)))
    notes = tuple(dict.fromkeys((*said.notes, *_missing(rater, values))))  # another rater may read the same views
    return replace(said, outside=outside, further=min(known, default=None), notes=notes)


def _missing(rater: Rater, values: Sequence[npt.NDArray[np.float32]]) -> Iterator[str]:
    for view, own in zip(rater.views, values, strict=True):
        n_missing = int((~np.isfinite(own)).sum())
        if n_missing:
            yield (
                f"{n_missing:,} of its {own.size:,} values of {view} ({n_missing / own.size:.1%}) could not be measured; "
                "the model was given the training means in their place."
            )


def _own_cues(rater: Rater, columns: Mapping[tuple[str, str], npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """The cues of one recording, shape (n_cues,); NaN where their feature set failed on it, so that they do not stand out."""
    nothing = np.full(1, np.nan)
    asked = {(cue.features, name): nothing for cue in rater.cues.cues for name in cue.columns}
    values: npt.NDArray[np.float64] = cue_values(rater.cues.cues, {**asked, **columns}, 1)[0]
    return values
