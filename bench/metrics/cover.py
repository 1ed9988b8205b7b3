"""Cover: intervals around a guess that hold the truth with a chosen share, and how often they did.

CV+ needs no model of the error: a clip's interval comes from what the same models got wrong about training clips that they had
not seen. Barber, R. F., Candes, E. J., Ramdas, A. and Tibshirani, R. J. (2021): Predictive inference with the jackknife+. The
Annals of Statistics 49, 486-507. Its guarantee is about exchangeable cases; of a speaker never heard before, the cases are
speakers and not clips, so with few training speakers the share is a rough one.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

CHUNK_CELLS = 1 << 22  # training clips times tested clips at once

Floats = npt.NDArray[np.float64]


def cv_plus(residuals: npt.ArrayLike, fold: npt.ArrayLike, outside: npt.ArrayLike, level: float = 0.8) -> tuple[Floats, Floats]:
    """The CV+ interval of each tested clip.

    Parameters
    ----------
    residuals : array of float, shape (n_train,)
        Truth minus guess (or its size) of each training clip, guessed by a model that never saw its speaker.
    fold : array of int, shape (n_train,)
        Which of the models that was.
    outside : array of float, shape (n_folds, n_test)
        What each of these models guesses for the tested clips.
    level : float
        The share that the intervals shall hold, above 0 and below 1.

    Returns
    -------
    low, high : float64 array, shape (n_test,)
        In the unit of the score; minus and plus infinity with too few training clips for the share (fewer than 4 for 80 %).

    Raises
    ------
    ValueError
        If shapes do not fit, a fold has no guesses, a number is not finite, or the level is impossible.

    Examples
    --------
    >>> low, high = cv_plus([1.0, -2.0, 3.0, 0.5], [0, 0, 1, 1], [[10.0], [12.0]], level=0.8)
    >>> low.tolist(), high.tolist()
    ([8.0], [15.0])
    """
    size, number, guess = np.abs(np.asarray(residuals, np.float64)), np.asarray(fold), np.asarray(outside, np.float64)
    _check(size, number, guess, level)
    n_train, n_test = len(size), guess.shape[1]
    rank = math.ceil(round(level * (n_train + 1), 9))  # rounded, because 0.8 * 15 is 12.000000000000002
    low, high = np.full(n_test, -np.inf), np.full(n_test, np.inf)
    if rank > n_train:
        return low, high
    step = max(1, CHUNK_CELLS // n_train)
    for start in range(0, n_test, step):
        part = slice(start, start + step)
        centre = guess[number, part]
        high[part] = np.partition(centre + size[:, None], rank - 1, axis=0)[rank - 1]
        low[part] = np.partition(centre - size[:, None], n_train - rank, axis=0)[n_train - rank]
    return low, high


def _check(size: Floats, number: npt.NDArray[np.int64], guess: Floats, level: float) -> None:
    if size.ndim != 1 or size.size == 0 or number.shape != size.shape or guess.ndim != 2:
        raise ValueError(
            f"residuals and fold must be of one length above 0 and outside of shape (n_folds, n_test), "
            f"not {size.shape}, {number.shape} and {guess.shape}"
        )
    if not np.issubdtype(number.dtype, np.integer) or number.min() < 0 or number.max() >= len(guess):
        raise ValueError(f"folds must be whole numbers from 0 to {len(guess) - 1}, one for each row of outside")
    if not (np.isfinite(size).all() and np.isfinite(guess).all()):
        raise ValueError("residuals and guesses must be finite numbers")
    if not 0 < level < 1:
        raise ValueError(f"the level is {level}, expected is a share above 0 and below 1")
