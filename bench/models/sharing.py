"""The door for estimators that fit many candidates on the same clips for little more than one.

Candidates of a search differ in a penalty or a width; the products of the clips with one another, which cost most, are the same
for all of them. An estimator that has ``guess_each`` makes them once. Any other is fitted candidate by candidate, with the same
guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from bench.models.recipe import Candidate

Numbers = npt.NDArray[Any]


@runtime_checkable
class Sharing(Protocol):
    """An estimator that fits candidates together."""

    def guess_each(self, candidates: Sequence[Candidate], X: Numbers, y: Numbers, new: Numbers, **fit: Any) -> Numbers:
        """Fit a clone with each candidate's parameters, and predict ``new`` with it.

        Parameters
        ----------
        candidates : sequence of dict
            As for ``set_params``.
        X : float array, shape (n_clips, n_columns)
        y : array, shape (n_clips,)
        new : float array, shape (n_new, n_columns)
        **fit
            What ``fit`` takes besides.

        Returns
        -------
        array, shape (n_candidates, n_new)
            To the last bit what fitting one by one gives.
        """


def guesses(estimator: Any, candidates: Sequence[Candidate], X: Numbers, y: Numbers, new: Numbers, **fit: Any) -> Numbers:
    """What each candidate guesses, together where the estimator offers it, else one by one.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Left unfitted.
    candidates, X, y, new, **fit
        As for ``Sharing.guess_each``.

    Returns
    -------
    array, shape (n_candidates, n_new)

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> X, y = np.array([[0.0], [1.0], [5.0]]), np.array([0.0, 2.0, 4.0])
    >>> guesses(KNeighborsRegressor(), [{"n_neighbors": 1}, {"n_neighbors": 2}], X, y, np.array([[0.2]])).tolist()
    [[0.0], [1.0]]
    """
    if isinstance(estimator, Sharing):
        return estimator.guess_each(candidates, X, y, new, **fit)
    from sklearn.base import clone

    return np.stack([clone(estimator).set_params(**one).fit(X, y, **fit).predict(new) for one in candidates])


def inside(candidates: Sequence[Candidate], step: str) -> list[Candidate] | None:
    """The candidates as the step named takes them; None if they change anything outside it.

    Examples
    --------
    >>> inside([{"model__alpha": 1.0}], "model"), inside([{"scale__with_mean": True}], "model")
    ([{'alpha': 1.0}], None)
    """
    prefix = f"{step}__"
    if not all(key.startswith(prefix) for one in candidates for key in one):
        return None
    return [{key.removeprefix(prefix): value for key, value in one.items()} for one in candidates]
