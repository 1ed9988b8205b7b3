"""The target: scores on another scale while a model is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.preprocessing import StandardScaler

from bench.models.recipe import Candidate
from bench.models.sharing import Trial, inside, try_each, try_singly

Floats = npt.NDArray[np.float64]


class StandardScores(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A regressor that is given standardised scores, and whose guesses are put back on their scale.

    Parameters
    ----------
    regressor : scikit-learn regressor
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Floats, y: npt.NDArray[Any]) -> Self:
        """Fit; scores that are all alike are only centred."""
        self.scale_, scores = _scaled(y)
        self.regressor_ = clone(self.regressor).fit(X, scores)
        return self

    def predict(self, X: Floats) -> Floats:
        """The score of each clip."""
        return _back(self.scale_, self.regressor_.predict(X))

    def try_each(self, candidates: Sequence[Candidate], X: Floats, y: npt.NDArray[Any], new: Floats) -> list[Trial]:
        """As ``Sharing.try_each``; the regressor shares what it can."""
        own = inside(candidates, "regressor")
        if own is None:
            return try_singly(self, candidates, X, y, new)
        scale, scores = _scaled(y)
        tried = []
        for one, trial in zip(candidates, try_each(self.regressor, own, X, scores, new), strict=True):
            standard = clone(self).set_params(**one)
            standard.scale_, standard.regressor_ = scale, trial.fitted
            tried.append(Trial(standard, _back(scale, trial.guess)))
        return tried


def _scaled(y: npt.NDArray[Any]) -> tuple[StandardScaler, Floats]:
    scale = StandardScaler()
    return scale, scale.fit_transform(np.reshape(y, (-1, 1)))[:, 0]


def _back(scale: StandardScaler, scores: npt.NDArray[Any]) -> Floats:
    told: Floats = scale.inverse_transform(np.reshape(scores, (-1, 1)))[:, 0]
    return told
