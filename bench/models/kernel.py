"""Support vector machines on kernels computed as one matrix product.

libsvm computes kernels a pair at a time. One matrix product gives the same numbers: 660 clips of 768 columns fit 5 times
as fast, of 6,373 columns 50 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.svm import SVC, SVR

from bench.models.recipe import Candidate
from bench.models.sharing import Trial

Floats = npt.NDArray[np.float64]


class Products:
    """What the kernels of some clips with the training clips are made from, each made once.

    Parameters
    ----------
    X : float array, shape (n_clips, n_columns)
    training : float array, shape (n_training, n_columns)
    """

    def __init__(self, X: Floats, training: Floats) -> None:
        self.clips, self.training = np.asarray(X, dtype=np.float64), np.asarray(training, dtype=np.float64)

    @cached_property
    def values(self) -> Floats:
        """Products, divided by the number of columns; shape (n_clips, n_training)."""
        products: Floats = self.clips @ self.training.T
        products /= self.clips.shape[1]
        return products

    @cached_property
    def distances(self) -> Floats:
        """Squared distances, likewise."""
        first, second = (np.einsum("ij,ij->i", side, side) / side.shape[1] for side in (self.clips, self.training))
        apart = self.values * -2.0
        apart += first[:, None]
        apart += second[None, :]
        return np.maximum(apart, 0.0, out=apart)


class _Kernel(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both machines share.

    Parameters
    ----------
    kernel : {'linear', 'rbf'}
        Products, or ``exp(-gamma * squared distance)``, both divided by the number of columns: a standardised clip has a
        product of about 1 with itself whatever the feature set, so that one search range fits all.
    C : float
        Price of a clip on the wrong side.
    gamma : float
        Steepness of the RBF kernel; 1 is what scikit-learn calls "scale" on standardised columns.
    """

    machine: type[BaseEstimator]

    def __init__(self, kernel: str = "rbf", C: float = 1.0, gamma: float = 1.0) -> None:
        self.kernel, self.C, self.gamma = kernel, C, gamma

    def _from(self, products: Products) -> Floats:
        """The kernel of clips with the training clips, shape (n_clips, n_training)."""
        if self.kernel == "linear":
            return products.values
        if self.kernel != "rbf":
            raise ValueError(f"the kernel is {self.kernel!r}, expected is 'linear' or 'rbf'")
        apart = products.distances * -self.gamma
        return np.exp(apart, out=apart)

    def fit(self, X: Floats, y: npt.NDArray[Any], sample_weight: Floats | None = None) -> Self:
        """Fit on the kernel of the training clips with themselves."""
        X = np.asarray(X, dtype=np.float64)
        return self._search(Products(X, X), y, sample_weight)

    def _search(self, products: Products, y: npt.NDArray[Any], sample_weight: Floats | None) -> Self:
        self.clips_ = products.training
        self.machine_ = self.machine(kernel="precomputed", C=self.C).fit(self._from(products), y, sample_weight)
        return self

    def predict(self, X: Floats) -> npt.NDArray[Any]:
        """Predict from the kernel with the training clips."""
        return self._answer(Products(X, self.clips_))

    def _answer(self, products: Products) -> npt.NDArray[Any]:
        guess: npt.NDArray[Any] = self.machine_.predict(self._from(products))
        return guess

    def try_each(
        self,
        candidates: Sequence[Candidate],
        X: Floats,
        y: npt.NDArray[Any],
        new: Floats,
        sample_weight: Floats | None = None,
    ) -> list[Trial]:
        """As ``Sharing.try_each``."""
        X = np.asarray(X, dtype=np.float64)
        among, towards = Products(X, X), Products(new, X)
        fitted = [clone(self).set_params(**one)._search(among, y, sample_weight) for one in candidates]
        return [Trial(one, one._answer(towards)) for one in fitted]


class KernelSVC(ClassifierMixin, _Kernel):  # type: ignore[misc]
    """Support vector classification, one level against another."""

    machine = SVC

    def _search(self, products: Products, y: npt.NDArray[Any], sample_weight: Floats | None) -> Self:
        super()._search(products, y, sample_weight)
        self.classes_ = self.machine_.classes_
        return self

    def decision_function(self, X: Floats) -> Floats:
        """Votes of the level against each other one, ties broken by distance; shape (n_clips, n_levels), (n_clips,) for two."""
        values: Floats = self.machine_.decision_function(self._from(Products(X, self.clips_)))
        return values


class KernelSVR(RegressorMixin, _Kernel):  # type: ignore[misc]
    """Support vector regression with an insensitive band of 0.1."""

    machine = SVR
