"""The door for estimators that fit many candidates on the same clips for little more than one.

Candidates of a search differ in a penalty or a width; the products of the clips with one another, which cost most, are the same
for all of them. An estimator that has ``try_each`` makes them once. Any other is fitted candidate by candidate, with the same
guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy.typing as npt

from bench.models.recipe import Candidate

Numbers = npt.NDArray[Any]


class Trial(NamedTuple):
    """A candidate that was tried: the fitted estimator, and its guesses, shape (n_new,)."""

    fitted: Any
    guess: Numbers


@runtime_checkable
class Sharing(Protocol):
    """An estimator that fits candidates together."""

    def try_each(self, candidates: Sequence[Candidate], X: Numbers, y: Numbers, new: Numbers, **fit: Any) -> list[Trial]:
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
        list of Trial
            One a candidate, to the last bit what fitting one by one gives. The estimator itself is left unfitted.
        """


def try_each(estimator: Any, candidates: Sequence[Candidate], X: Numbers, y: Numbers, new: Numbers, **fit: Any) -> list[Trial]:
    """Try candidates, together where the estimator offers it, else one by one.

    Parameters
    ----------
    estimator : scikit-learn estimator
    candidates, X, y, new, **fit
        As for ``Sharing.try_each``.

    Returns
    -------
    list of Trial

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> X, y = np.array([[0.0], [1.0], [5.0]]), np.array([0.0, 2.0, 4.0])
    >>> tried = try_each(KNeighborsRegressor(), [{"n_neighbors": 1}, {"n_neighbors": 2}], X, y, np.array([[0.2]]))
    >>> [one.guess.tolist() for one in tried]
    [[0.0], [1.0]]
    """
    if isinstance(estimator, Sharing):
        return estimator.try_each(candidates, X, y, new, **fit)
    return try_singly(estimator, candidates, X, y, new, **fit)


def try_singly(
    estimator: Any, candidates: Sequence[Candidate], X: Numbers, y: Numbers, new: Numbers, **fit: Any
) -> list[Trial]:
    """Try candidates one by one; see `try_each`."""
    from sklearn.base import clone

    fitted = [clone(estimator).set_params(**one).fit(X, y, **fit) for one in candidates]
    return [Trial(one, one.predict(new)) for one in fitted]


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
