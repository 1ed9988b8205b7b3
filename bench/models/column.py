"""What is done to columns before a model, learnt from the training side alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectKBest, SelectorMixin

Floats = npt.NDArray[np.float64]


class Varying(SelectorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the columns that vary over the training clips; where none does, the first, from which nothing can be learnt.

    Attributes
    ----------
    varies_ : bool array, shape (n_columns,)
    """

    def fit(self, X: Floats, y: Any = None) -> Self:
        """Find the columns that vary."""
        self.varies_ = np.ptp(X, axis=0) > 0
        return self

    def _get_support_mask(self) -> npt.NDArray[np.bool_]:
        mask: npt.NDArray[np.bool_] = self.varies_ if self.varies_.any() else np.arange(len(self.varies_)) == 0
        return mask


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
