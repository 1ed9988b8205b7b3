"""Within the speaker: does a number move with the label in the same person, and in which direction?

One rank correlation a speaker, over that speaker's own clips; what is estimated is their mean over speakers, so that who
speaks cannot explain it. The interval is Student's, over speakers. Several numbers looked at together are tested by the
procedure of Holm, S. (1979): A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
65-70.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers
from bench.metrics.association import spearman
from bench.metrics.interval import MIN_SPEAKERS

MIN_CLIPS = 5
NO_SPREAD = 1e-12  # speakers that agree to the last bit leave nothing to compute an error from


@dataclass(frozen=True)
class Shift:
    """How a number moves with the label within speakers, on average over them.

    Attributes
    ----------
    value : float
        Mean over speakers of Spearman's correlation, -1 to 1; NaN without speakers.
    error : float or None
        Its standard error over speakers; None with fewer than 5 of them, or where all agree exactly.
    n_speakers : int
    """

    value: float
    error: float | None
    n_speakers: int

    @property
    def p(self) -> float | None:
        """Two-sided p of Student's t with ``n_speakers - 1`` degrees of freedom; None without an error."""
        if self.error is None:
            return None
        from scipy.special import stdtr  # here, because reading a table of metrics needs no scipy

        return float(2 * stdtr(self.n_speakers - 1, -abs(self.value) / self.error))

    def bounds(self, level: float = 0.95) -> tuple[float, float] | None:
        """Student's interval at a level, cut off at -1 and 1; None without an error.

        Examples
        --------
        >>> low, high = Shift(0.3, 0.1, 12).bounds()
        >>> round(low, 3), round(high, 3)
        (0.08, 0.52)
        """
        if self.error is None:
            return None
        from scipy.special import stdtrit

        reach = -float(stdtrit(self.n_speakers - 1, (1 - level) / 2)) * self.error
        return max(-1.0, self.value - reach), min(1.0, self.value + reach)


def by_speaker(
    values: npt.ArrayLike, labels: npt.ArrayLike, speakers: Sequence[str], min_clips: int = MIN_CLIPS
) -> dict[str, float]:
    """Spearman's correlation of a number with the label over the clips of each speaker.

    A speaker needs ``min_clips`` clips in which the number is there, and more than one label among them; others are left out.
    A number that never moves in a speaker gets 0 there: it goes nowhere with the label.

    Parameters
    ----------
    values : array of float, shape (n_clips,)
        NaN where missing.
    labels : array of float, shape (n_clips,)
    speakers : sequence of str, length n_clips
    min_clips : int
        2 or more.

    Returns
    -------
    dict of str to float
        By speaker, in the order of their names.

    Examples
    --------
    >>> by_speaker([5, 4, 3, 2, 1, 7], [1, 2, 3, 4, 5, 1], ["ann"] * 5 + ["bob"])
    {'ann': -1.0}
    """
    numbers, truth = np.asarray(values, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    names = np.asarray(speakers, dtype=np.str_)
    there = np.isfinite(numbers)
    found: dict[str, float] = {}
    for name in np.unique(names[there]):
        own = there & (names == name)
        if own.sum() >= min_clips and np.ptp(truth[own]) > 0:
            answers = Answers(truth[own], numbers[own], np.zeros(int(own.sum()), dtype=np.int64))
            found[str(name)] = float(spearman(answers, np.ones((1, 1)))[0])
    return found


def mean_shift(correlations: npt.ArrayLike) -> Shift:
    """The mean of the speakers' correlations, with its error.

    Examples
    --------
    >>> shift = mean_shift([0.1, 0.2, 0.3, 0.4, 0.5])
    >>> round(shift.value, 3), round(shift.error, 4), round(shift.p, 4)
    (0.3, 0.0707, 0.0132)
    >>> mean_shift([0.1, 0.2]).error is None
    True
    """
    each = np.asarray(correlations, dtype=np.float64)
    value = float(each.mean()) if each.size else float("nan")
    if each.size < MIN_SPEAKERS:
        return Shift(value, None, each.size)
    spread = float(each.std(ddof=1))
    return Shift(value, spread / each.size**0.5 if spread > NO_SPREAD else None, each.size)


class Verdict(NamedTuple):
    """What Holm's procedure did with one p: the level it was held against, and whether it passed."""

    alpha: float
    passed: bool


def holm(p: Sequence[float], alpha: float = 0.05) -> tuple[Verdict, ...]:
    """Test several numbers together: the chance that any of those that do not move passes is at most ``alpha``.

    The smallest of m p is held against ``alpha / m``, the next against ``alpha / (m - 1)``, and so on until one does not pass;
    with it the procedure stops. Those after it are never tested; they get the level at which it stopped, and as their p are
    no smaller they do not pass it either. So an interval at the level ``1 - alpha`` of its ``Verdict`` excludes 0 where it
    passed, and only there. Such intervals say one by one what the procedure says; they do not all hold at once with 95 %,
    as those at ``alpha / m`` throughout would.

    Parameters
    ----------
    p : sequence of float
        0 to 1, in any order.
    alpha : float

    Returns
    -------
    tuple of Verdict
        In the order of ``p``.

    Examples
    --------
    >>> [(round(one.alpha, 4), one.passed) for one in holm([0.04, 0.001, 0.02])]
    [(0.05, True), (0.0167, True), (0.025, True)]
    >>> [(round(one.alpha, 4), one.passed) for one in holm([0.04, 0.001, 0.03])]
    [(0.025, False), (0.0167, True), (0.025, False)]
    """
    found: dict[int, Verdict] = {}
    stopped: float | None = None
    for place, index in enumerate(np.argsort(p, kind="stable").tolist()):
        own = alpha / (len(p) - place) if stopped is None else stopped
        passed = stopped is None and p[index] < own
        stopped = stopped if passed else own
        found[index] = Verdict(own, passed)
    return tuple(found[index] for index in range(len(p)))
