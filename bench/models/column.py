"""What is done to columns before a model, learnt from the training side alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectKBest, VarianceThreshold

from bench.base.error import BenchError

Floats = npt.NDArray[np.float64]


class Varying(VarianceThreshold):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the columns that vary over the training clips, and says so in a sentence where none does."""

    def fit(self, X: Floats, y: Any = None) -> Self:
        """Find the columns that vary.

        Raises
        ------
        BenchError
            If none does.
        """
        if not (np.ptp(X, axis=0) > 0).any():
            raise BenchError(
                f"None of the {X.shape[1]} columns varies over the {len(X)} training clips, so nothing can be learnt. "
                "Check the feature set with `fatigue-bench check`, or take more clips."
            )
        super().fit(X, y)
        return self


class Compact(BaseEstimator):  # type: ignore[misc]
    """Divides by the root of the number of columns and, where columns outnumber clips, turns clips into their own span.

    Both are exact for models that penalise the length of a weight vector (ridge, logistic): their weights lie in the span of
    the training clips, so that 660 clips of 6,373 columns are fitted as 660 x 660, with the same guesses. After the division a
    clip has a length near 1 whatever the feature set, so that one search range fits 20 columns and 6,373.
    """

    def fit(self, X: Floats, y: Any = None) -> Self:
        """Find the span of the training clips (through the eigenvectors of their products)."""
        n_clips, n_columns = X.shape
        self.basis_: Floats | None = None
        self.scale_ = 1.0 / np.sqrt(n_columns)
        if n_columns > 2 * n_clips:
            squares, turns = np.linalg.eigh(X @ X.T)
            real = squares > squares[-1] * 1e-12  # the rest is rounding: centred clips span one dimension less
            self.basis_ = X.T @ (turns[:, real] / np.sqrt(squares[real]))
        return self

    def transform(self, X: Floats) -> Floats:
        """Turn and divide."""
        turned: Floats = (X if self.basis_ is None else X @ self.basis_) * self.scale_
        return turned

    def fit_transform(self, X: Floats, y: Any = None) -> Floats:
        """Fit, then transform the same clips."""
        return self.fit(X).transform(X)


class Screen(BaseEstimator):  # type: ignore[misc]
    """Keeps at most ``limit`` columns, those with the largest F value against the labels of the training side.

    Parameters
    ----------
    test : callable
        scikit-learn's ``f_classif`` for levels, ``f_regression`` for scores.
    limit : int
        At or below this number of columns nothing is dropped.
    """

    def __init__(self, test: Callable[[Floats, npt.NDArray[Any]], tuple[Floats, Floats]], limit: int = 1000) -> None:
        self.test, self.limit = test, limit

    def fit(self, X: Floats, y: npt.NDArray[Any]) -> Self:
        """Find the columns."""
        self.kept_ = np.arange(X.shape[1])
        if X.shape[1] > self.limit:
            self.kept_ = SelectKBest(self.test, k=self.limit).fit(X, y).get_support(indices=True)
        return self

    def transform(self, X: Floats) -> Floats:
        """Keep them, in their order."""
        return X[:, self.kept_]

    def fit_transform(self, X: Floats, y: npt.NDArray[Any]) -> Floats:
        """Fit, then transform the same clips."""
        return self.fit(X, y).transform(X)
