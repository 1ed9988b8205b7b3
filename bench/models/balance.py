"""Balance: every level counts the same, whatever the number of its clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if

from bench.models.recipe import Candidate
from bench.models.sharing import Trial, inside, try_each, try_singly

Floats = npt.NDArray[np.float64]


def _can(method: str) -> Callable[[Balanced], bool]:
    return lambda balanced: hasattr(balanced.classifier, method)


def _weighed(y: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """The levels, the code of each clip without gaps, and its weight."""
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    return classes, codes, len(codes) / (len(counts) * counts[codes])


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
        self.classes_, codes, weights = _weighed(y)
        self.fitted_ = clone(self.classifier).fit(X, codes, sample_weight=weights) if len(self.classes_) > 1 else None
        return self

    def predict(self, X: Floats) -> npt.NDArray[np.int64]:
        """The level of each clip; where training saw one level only, that one."""
        if self.fitted_ is None:
            return np.full(len(X), self.classes_[0])
        guess: npt.NDArray[np.int64] = self.classes_[np.asarray(self.fitted_.predict(X), dtype=np.int64)]
        return guess

    def try_each(self, candidates: Sequence[Candidate], X: Floats, y: npt.NDArray[np.int64], new: Floats) -> list[Trial]:
        """As ``Sharing.try_each``; the classifier shares what it can."""
        own = inside(candidates, "classifier")
        classes, codes, weights = _weighed(y)
        if own is None or len(classes) == 1:
            return try_singly(self, candidates, X, y, new)
        tried = []
        for one, trial in zip(candidates, try_each(self.classifier, own, X, codes, new, sample_weight=weights), strict=True):
            balanced = clone(self).set_params(**one)
            balanced.classes_, balanced.fitted_ = classes, trial.fitted
            tried.append(Trial(balanced, classes[np.asarray(trial.guess, dtype=np.int64)]))
        return tried

    @available_if(_can("predict_proba"))  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def predict_proba(self, X: Floats) -> Floats:
        """The probability of each level as if all were equally frequent, shape (n_clips, n_levels), as in ``classes_``."""
        if self.fitted_ is None:
            return np.ones((len(X), 1))
        return np.asarray(self.fitted_.predict_proba(X), dtype=np.float64)

    @available_if(_can("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Floats) -> Floats:
        """The decision value of each level, shape (n_clips, n_levels), as in ``classes_``; two levels have two, -d and d."""
        if self.fitted_ is None:
            return np.zeros((len(X), 1))
        values = np.asarray(self.fitted_.decision_function(X), dtype=np.float64)
        return np.column_stack([-values, values]) if values.ndim == 1 else values
