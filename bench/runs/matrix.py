"""The matrix: what the models of a job are given, read from the store and scaled within speakers on that track."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError
from bench.base.finding import Finding
from bench.features.feature_set import ABSENT
from bench.features.store import FeatureStore
from bench.features.table import FeatureTable
from bench.features.view import BEST, View
from bench.runs.mismatch import FILE

MOST_MISSING = 0.05
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Source:
    """One view as it is sent to a worker.

    Attributes
    ----------
    view : str
        Its spelling.
    identity : str
        Of the feature set: known, so that a checkpoint is not hashed again in every process.
    fold_layers : tuple of int
        Under ``@best``: the layer of each fold; else empty.
    keys : mapping of str to str or None
        Where the values of clips stand, by clip id, for a feature set that looks them up; None: where their audio does.
    """

    view: str
    identity: str
    fold_layers: tuple[int, ...] = ()
    keys: Mapping[str, str] | None = None


class Matrices:
    """What one source gives, each layer read once.

    Parameters
    ----------
    store : FeatureStore
    source : Source
    clip_ids : sequence of str
    keys : mapping of str to str
        From clip id to key.
    speakers : tuple of str or None
        Whose clips are z-scored on their own; None: nothing is.
    """

    def __init__(
        self,
        store: FeatureStore,
        source: Source,
        clip_ids: Sequence[str],
        keys: Mapping[str, str],
        speakers: tuple[str, ...] | None,
    ) -> None:
        self.store, self.source, self.clip_ids, self.speakers = store, source, clip_ids, speakers
        self.keys = keys if source.keys is None else source.keys
        self.view = View.of(source.view)
        store.know(self.view.feature_set, source.identity)
        self.read: dict[str, FeatureTable] = {}
        self.ready: dict[str, Values] = {}

    def layer(self, fold: int) -> int | None:
        """The one layer that is read in a fold, if it is one."""
        if self.source.fold_layers:
            return self.source.fold_layers[fold]
        return int(self.view.layer) if self.view.single else None

    def values(self, fold: int) -> Values:
        """The matrix of a fold, shape (n_clips, n_columns); the same for all folds unless a layer is chosen in each."""
        view = replace(self.view, layer=str(self.layer(fold))) if self.view.layer == BEST else self.view
        if view.layer not in self.ready:
            which = None if not view.layer else int(view.layer) if view.single else "all"
            table = self.store.table(view.feature_set, self.clip_ids, self.keys, which)  # type: ignore[arg-type]
            self._refuse(table)
            values = table.values
            if values.ndim == 3:
                every = view.feature_set.layers or ()
                values = view.combine(values[:, [every.index(number) for number in view.numbers]])
            if self.speakers is not None:
                values = within_speaker(values, self.speakers)
            self.read[view.layer], self.ready[view.layer] = table, values
        return self.ready[view.layer]

    def _refuse(self, table: FeatureTable) -> None:
        if table.missing_share > MOST_MISSING:
            raise BenchError(
                f"{table.missing_share:.0%} of the values of {self.view.feature_set} are missing, more than the 5 % that are "
                f"imputed; for instance {_instance(table)}. Choose another feature set, or leave such clips out of the corpus."
            )

    def findings(self) -> tuple[Finding, ...]:
        """FB011 where values were missing."""
        table = next(iter(self.read.values()))
        if not table.missing_share:
            return ()
        clips = int(np.isnan(table.values.reshape(len(table.values), -1)).any(axis=1).sum())
        name, share = str(self.view.feature_set), max(table.missing_share, 0.001)
        message = (
            f"{name} lacks {share:.1%} of its values, in {clips} of {len(table.clip_ids)} clips "
            f"(for instance {_instance(table)}); they are imputed."
        )
        listed = any(self.keys.get(clip) == ABSENT for clip in self.clip_ids)
        told = f" {FILE}, beside the board, lists the clips without a row." if listed else ""
        return (Finding("FB011", message + told),)


def _instance(table: FeatureTable) -> str:
    """A clip that lacks values, and why."""
    clip, note = next(iter(table.notes.items()), ("", "no reason given"))
    return f"clip {clip!r}: {note}" if clip else note


def within_speaker(values: Values, speakers: tuple[str, ...]) -> Values:
    """Z-score the clips of each speaker on their own, without looking at a label.

    Parameters
    ----------
    values : float32 array, shape (n_clips, n_columns)
        NaN stays NaN.
    speakers : tuple of str

    Returns
    -------
    float32 array, shape (n_clips, n_columns)
        Columns that do not vary within a speaker are 0 there.

    Examples
    --------
    >>> within_speaker(np.float32([[1], [3], [10], [10]]), ("a", "a", "b", "b")).ravel().tolist()
    [-1.0, 1.0, 0.0, 0.0]
    """
    names = np.asarray(speakers)
    scaled = np.empty_like(values)
    for speaker in np.unique(names):
        rows = names == speaker
        own = values[rows].astype(np.float64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a column of which this speaker has no value at all
            mean, spread = np.nanmean(own, axis=0), np.nanstd(own, axis=0)
        scaled[rows] = (own - mean) / np.where(spread > 0, spread, 1.0)
    return scaled
