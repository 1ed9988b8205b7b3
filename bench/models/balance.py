"""Balance: every level counts the same, whatever the number of its clips."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone

Floats = npt.NDArray[np.float64]


class Balanced(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose clips weigh as if every level had as many; levels may be any codes, even a single one.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Its ``fit`` takes ``sample_weight``; it is given codes 0 to k-1 without gaps.
    """

    def __init__(self, classifier: BaseEstimator) -> None:
        self.classifier = classifier

    def fit(self, X: Floats, y: npt.NDArray[np.int64]) -> Self:
        """Fit with weights ``n / (k * n_level)``."""
        self.classes_, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        self.fitted_ = None
        if len(self.classes_) > 1:
            weights = len(codes) / (len(counts) * counts[codes])
            self.fitted_ = clone(self.classifier).fit(X, codes, sample_weight=weights)
        return self

    def predict(self, X: Floats) -> npt.NDArray[np.int64]:
        """The level of each clip; where training saw one level only, that one."""
        if self.fitted_ is None:
            return np.full(len(X), self.classes_[0])
        guess: npt.NDArray[np.int64] = self.classes_[np.asarray(self.fitted_.predict(X), dtype=np.int64)]
        return guess
