"""The view: a feature set, and what is made of its layers; cheap, because all layers are stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.features.feature_set import EVERY_COLUMN, FEATURE_SETS, FeatureSet, positions_kept
from bench.features.manifest import columns_declared

BEST, WEIGHTED, MEAN, CONCAT = "best", "weighted", "mean", "concat"
ALL, CUMULATIVE, DROP_ONE = "all", "cumulative", "drop-one"  # several views each
LEAST_SEVERAL = 3
RANGE, WITHOUT = re.compile(r"(\d+)-(\d+)"), re.compile(r"without-(\d+)")


def is_partial(layer: str) -> bool:
    """Whether a layer as spelled is a single one, or the mean of some.

    Examples
    --------
    >>> [is_partial(layer) for layer in ("7", "0-7", "without-7", "mean", "")]
    [True, True, True, False, False]
    """
    return layer[-1:].isdigit()


@dataclass(frozen=True)
class View:
    """A feature set, and which of its layers a model is given.

    Attributes
    ----------
    feature_set : FeatureSet
    layer : str
        "" for sets without layers. Else a number (``7``); ``best``, chosen once an outer fold by inner folds; ``weighted``, all
        of them side by side for a model that learns a weight each; ``concat``, all side by side; ``mean``, their uniform mean;
        ``0-7``, the uniform mean of layers 0 to 7; ``without-7``, the uniform mean of all others.

    Raises
    ------
    RequestError
        If the feature set has no such layer, or none of its columns fits the patterns that it is spelled with.

    Examples
    --------
    >>> view = View.of("untrained@0-2")
    >>> str(view), view.numbers, view.n_layers
    ('untrained@0-2', (0, 1, 2), 1)
    >>> View.of("untrained@concat").n_layers
    5
    """

    feature_set: FeatureSet
    layer: str = ""

    def __post_init__(self) -> None:
        every = self.feature_set.layers
        if every is None:
            if self.layer:
                raise RequestError(f"{self.feature_set} has no layers, so '{self}' cannot be. Write {str(self.feature_set)!r}.")
        elif self.layer != BEST and not self.numbers:
            raise RequestError(
                f"{self.feature_set} has no layer {self.layer!r}. It has {every[0]} to {every[-1]}, and best, weighted, mean, "
                f"concat, {every[0]}-{every[-1]} (the mean of a range), without-{every[-1]} and all. Choose one."
            )
        if self.feature_set.kept != EVERY_COLUMN:
            positions_kept(self.feature_set, columns_declared(self.feature_set))

    @classmethod
    def of(cls, text: str) -> View:
        """Read a view from its spelling; a bare set with layers means ``@best``."""
        spelling = parse(text)
        feature_set = FEATURE_SETS.make(spelling)
        return cls(feature_set, spelling.layer or (BEST if feature_set.layers is not None else ""))

    def __str__(self) -> str:
        return f"{self.feature_set}@{self.layer}" if self.layer else str(self.feature_set)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The layers that are read; none where there are none, or where they are yet to be chosen."""
        every = self.feature_set.layers or ()
        if self.layer in (WEIGHTED, MEAN, CONCAT):
            return every
        if bounds := RANGE.fullmatch(self.layer):
            low, high = map(int, bounds.groups())
            return tuple(layer for layer in every if low <= layer <= high) if {low, high} <= set(every) else ()
        if left := WITHOUT.fullmatch(self.layer):
            out = int(left.group(1))
            return tuple(layer for layer in every if layer != out) if out in every else ()
        return tuple(layer for layer in every if str(layer) == self.layer)

    @property
    def single(self) -> bool:
        """Whether it is one layer, fixed beforehand."""
        return self.layer.isdigit()

    @property
    def n_layers(self) -> int:
        """How many layers stand side by side in what a model is given."""
        return len(self.numbers) if self.layer in (WEIGHTED, CONCAT) else 1

    @property
    def n_columns(self) -> int:
        """How many columns a model is given, before a pattern keeps some of them."""
        return len(self.feature_set.columns) * len(self.feature_set.pooled) * self.n_layers

    def combine(self, layers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Make what a model is given from the layers of ``numbers``.

        Parameters
        ----------
        layers : float32 array, shape (n_clips, len(numbers), n_columns)

        Returns
        -------
        float32 array, shape (n_clips, n_columns) or (n_clips, n_layers * n_columns)
        """
        if self.n_layers > 1:
            return layers.reshape(len(layers), -1)
        mean: npt.NDArray[np.float32] = layers.mean(axis=1, dtype=np.float64).astype(np.float32)
        return mean


def several(feature_set: FeatureSet, asked: str) -> tuple[View, ...]:
    """The views that one word stands for; none where the word is no such one.

    Parameters
    ----------
    feature_set : FeatureSet
    asked : str
        ``all``: each single layer. ``cumulative``: the means of the lowest layer up to each one between the ends.
        ``drop-one``: the means of all but one.

    Raises
    ------
    RequestError
        If the feature set has no layers, or too few.

    Examples
    --------
    >>> own = View.of("untrained").feature_set
    >>> [view.layer for view in several(own, "cumulative")], len(several(own, "drop-one")), several(own, "best")
    (['0-1', '0-2', '0-3'], 5, ())
    """
    layers = feature_set.layers
    if asked not in (ALL, CUMULATIVE, DROP_ONE):
        return ()
    if layers is None or (asked != ALL and len(layers) < LEAST_SEVERAL):
        few = "no layers" if layers is None else f"only {len(layers)} layers"
        raise RequestError(f"{feature_set} has {few}, so '{feature_set}@{asked}' cannot be. Write {str(feature_set)!r}.")
    names = {
        ALL: [str(layer) for layer in layers],
        CUMULATIVE: [f"{layers[0]}-{layer}" for layer in layers[1:-1]],
        DROP_ONE: [f"without-{layer}" for layer in layers],
    }
    return tuple(View(feature_set, name) for name in names[asked])
