"""The nouns of the layer page: what a board holds of the layers of an encoder, and what can be told apart along a curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.features.view import BEST, CONCAT, MEAN
from bench.runs.row import Value

TOGETHER = (BEST, MEAN, CONCAT)
Kind = Literal["control", "reference", "weighted", "pooling"]


@dataclass(frozen=True)
class Rival:
    """What the layers of a curve are held against, with the same model but for ``weighted``.

    Attributes
    ----------
    kind : {'control', 'reference', 'weighted', 'pooling'}
        An encoder of the same shape that was never trained (or not with this seed), layer by layer; the openSMILE row; all
        layers with a learned weight each; another pooling of the same encoder, layer by layer.
    feature_set, model : str
        As spelled.
    values : mapping of str to Value
        By layer; of a row without one, a single value under "".
    won, lost : tuple of int
        Layers at which the curve is better, and at which it is worse, in the family of the curve.
    """

    kind: Kind
    feature_set: str
    model: str
    values: Mapping[str, Value]
    won: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sweep:
    """One feature set with one model over its layers.

    Attributes
    ----------
    feature_set, model : str
        As spelled.
    pooling : str
        How frames became a clip; "" where the encoder says nothing of it.
    values : mapping of str to Value
        The primary metric by layer as spelled: ``7``, ``best``, ``mean``, ``concat``, ``0-7``, ``without-7``.
    beats : tuple of (str, str)
        Which of these is better than which, in the family of the curve.
    widest : Value or None
        The highest single layer less the lowest, with the paired interval; the two were picked by looking.
    rivals : tuple of Rival
    chosen : tuple of int
        The layer that inner folds chose, of each fold in which they could.
    unchosen : int
        Folds in which they could not, so that ``best`` is the lowest layer there.
    n_pairs : int
        Of rows, in that family: single layers with each other, with all of them at once, with the rivals layer by layer; and
        means over some layers with the mean over all. 0 where nothing can be said of differences.
    """

    feature_set: str
    model: str
    pooling: str
    values: Mapping[str, Value]
    beats: tuple[tuple[str, str], ...] = ()
    widest: Value | None = None
    rivals: tuple[Rival, ...] = ()
    chosen: tuple[int, ...] = ()
    unchosen: int = 0
    n_pairs: int = 0

    @property
    def points(self) -> tuple[tuple[int, Value], ...]:
        """The single layers and their values, lowest layer first."""
        return tuple((layer, self.values[str(layer)]) for layer in sorted(int(name) for name in self.values if name.isdigit()))

    def rival(self, kind: Kind) -> Rival | None:
        """The first rival of a kind."""
        return next((rival for rival in self.rivals if rival.kind == kind), None)


@dataclass(frozen=True)
class LayerBoard:
    """What a task holds of the layers of one encoder.

    Attributes
    ----------
    encoder : str
        As spelled, without its pooling.
    trained : bool
        False for an encoder whose weights come from a seed.
    sweeps : tuple of Sweep
        Those with at least three layers, the usual pooling first.
    weights : tuple of (float per layer)
        By fold: what a model that weighs layers learned, from the lowest layer up; empty where none stands on the board.
    weighing : str
        That model.
    n_failed : int
        Rows of this encoder that failed, and are missing here.
    failed_control : str
        An untrained encoder that was to stand beside it and of which too many rows failed; "" where there is none.
    """

    encoder: str
    trained: bool
    sweeps: tuple[Sweep, ...]
    weights: tuple[tuple[float, ...], ...] = ()
    weighing: str = ""
    n_failed: int = 0
    failed_control: str = ""

    @property
    def compared(self) -> bool:
        """Whether anything can be said of differences."""
        return any(sweep.n_pairs for sweep in self.sweeps)

    @property
    def main(self) -> tuple[Sweep, ...]:
        """The sweeps of the usual pooling, one a model."""
        return tuple(sweep for sweep in self.sweeps if sweep.pooling == self.sweeps[0].pooling)

    @property
    def layers(self) -> tuple[int, ...]:
        """All layers that some sweep has."""
        return tuple(sorted({layer for sweep in self.sweeps for layer, _ in sweep.points}))


@dataclass(frozen=True)
class Compared:
    """What is known of the rows of a board beside their values.

    Attributes
    ----------
    draws : mapping of str to array, shape (n_draws,), or None
        By fingerprint: the primary metric under the same draws of speakers.
    mutual : int
        How many speakers train the models that others of them are tested with; 0 where none does.
    judge : callable
        Of pairs of fingerprints, taken together, those that can be told apart, the better row first; None where nothing can be
        told.
    """

    draws: Mapping[str, npt.NDArray[np.float64] | None]
    mutual: int
    judge: Callable[[Sequence[tuple[str, str]]], frozenset[tuple[str, str]] | None]
