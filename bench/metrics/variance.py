"""How much of a label's variance a grouping of the clips explains: by speaker, by session, by text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

N_PERMUTATIONS = 1000


class Explained(NamedTuple):
    """Eta squared, the value that 95 % of permutations stay below, and the share of them that reach it (p)."""

    eta_squared: float
    limit: float
    p: float


def eta_squared(values: npt.ArrayLike, groups: Sequence[str] | npt.NDArray[np.str_]) -> float:
    """The share of the variance that lies between groups.

    Parameters
    ----------
    values : array, shape (n_clips,) or (n_clips, n_columns)
        Scores, or an indicator column for each level of a target without order.
    groups : sequence of str, n_clips long

    Returns
    -------
    float
        0 to 1; NaN where values do not vary.

    Examples
    --------
    >>> eta_squared([1, 1, 3, 3], ["a", "a", "b", "b"]), eta_squared([1, 3, 1, 3], ["a", "a", "b", "b"])
    (1.0, 0.0)
    """
    columns, codes = _prepared(values, groups)
    return float(_eta_squared(columns, codes))


def explained(values: npt.ArrayLike, groups: Sequence[str] | npt.NDArray[np.str_], seed: int = 0) -> Explained:
    """Eta squared beside what it is when labels are dealt to clips by chance.

    Parameters
    ----------
    values, groups
        As in ``eta_squared``.
    seed : int

    Returns
    -------
    Explained
        Where values do not vary, NaN with a p of 1.

    Examples
    --------
    >>> found = explained(np.arange(40.0), ["a"] * 20 + ["b"] * 20)
    >>> round(found.eta_squared, 2), found.p < 0.01
    (0.75, True)
    """
    columns, codes = _prepared(values, groups)
    own = _eta_squared(columns, codes)
    if np.isnan(own):
        return Explained(own, own, 1.0)
    draws = np.random.default_rng(seed)
    null = np.array([_eta_squared(columns, codes[draws.permutation(len(codes))]) for _ in range(N_PERMUTATIONS)])
    reached = int((null >= own - 1e-12).sum())
    return Explained(float(own), float(np.quantile(null, 0.95)), (1 + reached) / (1 + N_PERMUTATIONS))


def _prepared(
    values: npt.ArrayLike, groups: Sequence[str] | npt.NDArray[np.str_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    columns = np.asarray(values, dtype=np.float64)
    columns = columns[:, None] if columns.ndim == 1 else columns
    # the mean of equal values may lie a rounding beside them, and what is left would count as variance
    centred = np.where(np.ptp(columns, axis=0) > 0, columns - columns.mean(axis=0), 0.0)
    return centred, np.unique(np.asarray(groups), return_inverse=True)[1]


def _eta_squared(columns: npt.NDArray[np.float64], codes: npt.NDArray[np.intp]) -> float:
    total = float((columns**2).sum())
    if total == 0:
        return float("nan")
    n = np.bincount(codes)
    sums = np.stack([np.bincount(codes, column) for column in columns.T])
    return float((sums**2 / n).sum()) / total
