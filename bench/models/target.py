"""The target: scores on another scale while a model is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.preprocessing import StandardScaler

from bench.models.recipe import Candidate
from bench.models.sharing import guesses, inside

Floats = npt.NDArray[np.float64]


class StandardScores(TransformedTargetRegressor):  # type: ignore[misc]  # scikit-learn has no types
    """A regressor that is given standardised scores, and whose guesses are put back on their scale.

    Parameters
    ----------
    regressor : scikit-learn regressor
    """

    def __init__(self, regressor: Any) -> None:
        super().__init__(regressor, transformer=StandardScaler(), check_inverse=False)

    def guess_each(self, candidates: Sequence[Candidate], X: Floats, y: npt.NDArray[Any], new: Floats) -> Floats:
        """As ``Sharing.guess_each``; the regressor shares what it can."""
        own = inside(candidates, "regressor")
        if own is None:
            return np.stack([clone(self).set_params(**one).fit(X, y).predict(new) for one in candidates])
        scale = StandardScaler().fit(np.reshape(y, (-1, 1)))
        told = guesses(self.regressor, own, X, scale.transform(np.reshape(y, (-1, 1)))[:, 0], new)
        back: Floats = scale.inverse_transform(np.asarray(told, dtype=np.float64).T).T
        return back
