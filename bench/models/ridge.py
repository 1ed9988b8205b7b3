"""Ridge regression on the products of clips or of columns, whichever are fewer.

The products are made once for all penalties; a Cholesky factor each follows. With 540 clips of 768 columns a factor takes 2 ms,
an eigendecomposition that would serve all penalties 57 ms: it would pay from some 30 penalties on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator, RegressorMixin, clone

from bench.models.recipe import Candidate
from bench.models.sharing import Trial

Floats = npt.NDArray[np.float64]


class _Products(NamedTuple):
    """Centred clips, the centre, and the products of the clips (wide) or of the columns, by the number of columns."""

    clips: Floats
    centre: Floats
    products: Floats
    wide: bool

    @classmethod
    def of(cls, X: Floats) -> _Products:
        X = np.asarray(X, dtype=np.float64)
        centre = X.mean(axis=0)
        clips = X - centre
        wide = X.shape[1] > X.shape[0]
        return cls(clips, centre, (clips @ clips.T if wide else clips.T @ clips) / X.shape[1], wide)


class Ridge(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Least squares with a penalty on the length of the weights; the intercept goes free.

    Parameters
    ----------
    alpha : float
        The penalty, above 0, on columns that are divided by the root of their number: a standardised clip then has a length
        near 1 whatever the feature set, so that one search range fits 20 columns and 6,373.

    Examples
    --------
    >>> Ridge(alpha=1e-6).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[3.0]]).round(3).tolist()
    [7.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, X: Floats, y: npt.NDArray[Any]) -> Self:
        """Fit."""
        return self._solve(_Products.of(X), y)

    def _solve(self, of: _Products, y: npt.NDArray[Any]) -> Self:
        y = np.asarray(y, dtype=np.float64)
        middle = float(y.mean())
        side = y - middle if of.wide else of.clips.T @ (y - middle)
        penalised = of.products.copy()
        penalised.flat[:: len(penalised) + 1] += self.alpha
        solved = cho_solve(cho_factor(penalised, overwrite_a=True, check_finite=False), side, check_finite=False)
        self.coef_: Floats = (of.clips.T @ solved if of.wide else solved) / of.clips.shape[1]
        self.intercept_ = middle - float(of.centre @ self.coef_)
        return self

    def predict(self, X: Floats) -> Floats:
        """The score of each clip."""
        scores: Floats = np.asarray(X, dtype=np.float64) @ self.coef_ + self.intercept_
        return scores

    def try_each(self, candidates: Sequence[Candidate], X: Floats, y: npt.NDArray[Any], new: Floats) -> list[Trial]:
        """As ``Sharing.try_each``."""
        products = _Products.of(X)
        fitted = [clone(self).set_params(**one)._solve(products, y) for one in candidates]
        return [Trial(one, one.predict(new)) for one in fitted]
