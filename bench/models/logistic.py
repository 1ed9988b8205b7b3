"""Logistic regression in the coordinates where clips do not correlate.

Gradient steps crawl where columns correlate: on 540 clips of an encoder's 768 columns, scikit-learn's solver takes 18 to 240 of
them, ended by its tolerance with decision values off by up to .004. Turned to the principal axes of the training clips, each
axis divided by the root of its curvature, the same problem takes 8 to 42, and ends within .0003. The turn is the same for all
penalties, and is made once.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import ConvergenceWarning

from bench.models.recipe import Candidate
from bench.models.sharing import Trial

Floats = npt.NDArray[np.float64]

NOISE = 1e-12  # of the largest squared length along an axis; below it there is rounding only
STEEP = 1e-5  # slope in any direction at which it is at the bottom, where curvatures are near 1
WEAK = 100.0  # a C beyond it leaves curvatures of sure clips so much smaller, and the slope has to be
CURVATURE = 0.05  # of a clip's loss, p (1 - p): between that of an even guess (.22 of three levels) and of a sure one (0)
MOST_STEPS = 2000


class _Turned(NamedTuple):
    """Clips on their principal axes, shape (n_clips, n_axes), the squared lengths along these, and what leads back."""

    clips: Floats
    squares: Floats
    columns: Floats
    axes: Floats
    wide: bool

    @classmethod
    def of(cls, X: Floats) -> _Turned:
        X = np.asarray(X, dtype=np.float64) / np.sqrt(np.shape(X)[1])
        wide = X.shape[1] > X.shape[0]
        squares, axes = np.linalg.eigh(X @ X.T if wide else X.T @ X)
        real = squares > squares[-1] * NOISE
        squares, axes = squares[real], axes[:, real]
        if wide:  # the axes are those of the clips: the same, seen from the other side
            return cls(axes * np.sqrt(squares), squares, X, axes / np.sqrt(squares), wide)
        return cls(X @ axes, squares, X, axes, wide)

    def back(self, weights: Floats) -> Floats:
        """Weights of the columns from weights of the axes, shape (n_columns, n_outputs)."""
        told = self.axes @ weights / np.sqrt(self.columns.shape[1])
        return np.asarray(self.columns.T @ told if self.wide else told, dtype=np.float64)


class Logistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Multinomial logistic regression (binary with two levels) with a penalty on the length of the weights.

    Parameters
    ----------
    C : float
        Inverse of the penalty, above 0, on columns that are divided by the root of their number: one search range fits 20
        columns and 6,373. But for this division it is scikit-learn's.

    Examples
    --------
    >>> fitted = Logistic(C=10.0).fit(np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([4, 4, 7, 7]))
    >>> fitted.predict(np.array([[-0.5], [0.5]])).tolist()
    [4, 7]
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, X: Floats, y: npt.NDArray[Any], sample_weight: Floats | None = None) -> Self:
        """Fit; there must be two levels at least."""
        return self._descend(_Turned.of(X), y, sample_weight)

    def _descend(self, on: _Turned, y: npt.NDArray[Any], sample_weight: Floats | None) -> Self:
        self.classes_, codes = np.unique(y, return_inverse=True)
        weights = np.ones(len(codes)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        # The squared lengths weigh clips alike; the penalty is a curvature, too.
        scale = np.append(1 / np.sqrt(CURVATURE * on.squares + 1 / self.C), 1 / np.sqrt(CURVATURE * weights.sum()))
        clips = np.column_stack([on.clips, np.ones(len(codes))]) * scale
        penalty = np.append(scale[:-1] ** 2 / self.C, 0.0)[:, None]
        n_out = len(self.classes_) if len(self.classes_) > 2 else 1
        loss = _binary if n_out == 1 else _multinomial

        def height(at: Floats) -> tuple[float, Floats]:
            turned = at.reshape(-1, n_out)
            value, slope = loss(clips @ turned, codes, weights)
            return value + 0.5 * float((penalty * turned**2).sum()), (clips.T @ slope + penalty * turned).ravel()

        steep = STEEP * min(1.0, WEAK / self.C)
        steps = {"maxiter": MOST_STEPS, "maxfun": 2 * MOST_STEPS, "gtol": steep, "ftol": 0.0, "maxls": 50}
        end = minimize(height, np.zeros(len(scale) * n_out), jac=True, method="L-BFGS-B", options=steps)
        self.n_steps_ = int(end.nit)
        if np.abs(end.jac).max() > 100 * STEEP:
            warnings.warn(f"A logistic regression did not converge in {end.nit} steps.", ConvergenceWarning, stacklevel=3)
        found = end.x.reshape(-1, n_out) * scale[:, None]
        self.coef_, self.intercept_ = on.back(found[:-1]).T, found[-1]
        return self

    def decision_function(self, X: Floats) -> Floats:
        """The logit of each level, shape (n_clips, n_levels); of two that of the second, shape (n_clips,)."""
        values: Floats = np.asarray(X, dtype=np.float64) @ self.coef_.T + self.intercept_
        return values[:, 0] if values.shape[1] == 1 else values

    def predict(self, X: Floats) -> npt.NDArray[Any]:
        """The likeliest level of each clip."""
        values = self.decision_function(X)
        levels: npt.NDArray[Any] = self.classes_[(values > 0).astype(np.intp) if values.ndim == 1 else values.argmax(axis=1)]
        return levels

    def predict_proba(self, X: Floats) -> Floats:
        """The probability of each level, shape (n_clips, n_levels)."""
        values = self.decision_function(X)
        return _softmax(np.column_stack([np.zeros(len(values)), values]) if values.ndim == 1 else values)

    def try_each(
        self,
        candidates: Sequence[Candidate],
        X: Floats,
        y: npt.NDArray[Any],
        new: Floats,
        sample_weight: Floats | None = None,
    ) -> list[Trial]:
        """As ``Sharing.try_each``."""
        turned = _Turned.of(X)
        fitted = [clone(self).set_params(**one)._descend(turned, y, sample_weight) for one in candidates]
        return [Trial(one, one.predict(new)) for one in fitted]


def _softmax(values: Floats) -> Floats:
    shares: Floats = np.exp(values - values.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _multinomial(values: Floats, codes: npt.NDArray[np.intp], weights: Floats) -> tuple[float, Floats]:
    """The loss, and its slope in each value."""
    own = np.arange(len(codes)), codes
    values -= values.max(axis=1, keepdims=True)
    told = values[own]
    np.exp(values, out=values)
    sums = values.sum(axis=1)
    values /= sums[:, None]
    values[own] -= 1.0
    values *= weights[:, None]
    return float(weights @ (np.log(sums) - told)), values


def _binary(values: Floats, codes: npt.NDArray[np.intp], weights: Floats) -> tuple[float, Floats]:
    """Likewise, of the logit of the second of two levels."""
    signs = 2.0 * codes - 1.0
    margins = signs * values[:, 0]
    loss = np.logaddexp(0.0, -margins)
    return float(weights @ loss), (-weights * signs * np.exp(-margins - loss))[:, None]
