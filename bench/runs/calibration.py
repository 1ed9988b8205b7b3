"""Calibration: from what a model says to probabilities, and to scores without a slant, learnt from crossed answers.

Probabilities are those of the levels as often as they are in training (a fold's guess weighs all levels alike, so its level
need not be the likeliest). Platt's scaling in its multinomial form: Guo, C. et al. (2017): On calibration of modern neural
networks. ICML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calibrator:
    """For levels: a multinomial logistic regression on what the model says.

    Attributes
    ----------
    centre, spread : float64 array, shape (n_outputs,)
        Of what it was fitted on.
    weights : float64 array, shape (n_levels, n_outputs)
    bias : float64 array, shape (n_levels,)
        Minus infinity for levels that training did not hold.

    Examples
    --------
    >>> said = np.array([[2.0, -2.0], [1.0, -1.0], [-2.0, 2.0], [-1.0, 1.0]] * 10)
    >>> fitted = Calibrator.fit(said, np.array([0, 0, 1, 1] * 10), n_levels=3)
    >>> fitted.probabilities(said[:2]).round(2).tolist()
    [[0.99, 0.01, 0.0], [0.89, 0.11, 0.0]]
    """

    centre: Floats
    spread: Floats
    weights: Floats
    bias: Floats

    @classmethod
    def fit(cls, outputs: Floats, y: npt.NDArray[Any], n_levels: int) -> Calibrator:
        """Fit.

        Parameters
        ----------
        outputs : float64 array, shape (n_clips, n_outputs)
            As ``crossing.outputs`` gives them, of clips whose speakers the model has not heard.
        y : int array, shape (n_clips,)
            Codes of the levels.
        n_levels : int
        """
        from sklearn.linear_model import LogisticRegression

        centre, spread = outputs.mean(axis=0), outputs.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        weights, bias = np.zeros((n_levels, outputs.shape[1])), np.full(n_levels, -np.inf)
        present = np.unique(y)
        if len(present) == 1:
            bias[present] = 0.0
        else:
            fitted = LogisticRegression(max_iter=1000).fit((outputs - centre) / spread, y)
            two = len(present) == 2  # then scikit-learn tells of the second level alone
            weights[present] = np.vstack([0 * fitted.coef_, fitted.coef_]) if two else fitted.coef_
            bias[present] = np.append(0 * fitted.intercept_, fitted.intercept_) if two else fitted.intercept_
        return cls(centre, spread, weights, bias)

    def probabilities(self, outputs: Floats) -> Floats:
        """The probability of each level, shape (n_clips, n_levels); rows sum to 1."""
        logits = (outputs - self.centre) / self.spread @ self.weights.T + self.bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


@dataclass(frozen=True)
class Straightener:
    """For scores: the line from guesses to truth, so that the guesses of different models can be averaged.

    Examples
    --------
    >>> Straightener.fit(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])).scores(np.array([4.0])).round(6).tolist()
    [9.0]
    """

    slope: float
    start: float

    @classmethod
    def fit(cls, guess: Floats, y: npt.NDArray[Any]) -> Straightener:
        """Fit by least squares; guesses that do not vary, or run against the truth, are answered by its mean."""
        varies = float(guess.var())
        slope = max(0.0, float(np.mean((guess - guess.mean()) * (y - y.mean()))) / varies) if varies > 0 else 0.0
        return cls(slope, float(y.mean() - slope * guess.mean()))

    def scores(self, guess: Floats) -> Floats:
        """Scores on the scale of the truth, of the shape of ``guess``."""
        return np.asarray(self.start + self.slope * guess, dtype=np.float64)
