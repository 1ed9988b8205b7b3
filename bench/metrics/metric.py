"""Metrics: numbers about the answers of a row, on pooled clips, and the same for any draw of speakers.

Every metric is computed from weights, one a draw and speaker: how often that speaker was drawn. Weights of one are the value
itself, so that a value and its interval come from the same lines. What the metrics are made of stands in ``agreement`` (level
form) and ``association`` (score form).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.metrics import agreement, association
from bench.metrics.answer import Answers

Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """A number about answers.

    Attributes
    ----------
    name : str
        As in tables: ``uar``.
    label : str
        As on a board: "UAR".
    form : {'score', 'level'}
        The form of answers that it takes.
    better : {'higher', 'lower'}
    compute : callable
        From answers and weights, shape (n_draws, n_speakers), to float64 of shape (n_draws,).
    chance : callable or None
        From the number of levels that occur to what guessing gives by definition; None where no definition gives it.
    ordinal : bool
        Whether it means something for ordered levels only.

    Examples
    --------
    >>> answers = Answers.of([0, 0, 1, 1], [0, 1, 1, 1], ["ann", "ann", "bob", "bob"], n_levels=2)
    >>> METRICS["uar"].value(answers)
    0.75
    >>> METRICS["uar"].by_speaker(answers).tolist()
    [0.5, 1.0]
    """

    name: str
    label: str
    form: Form
    better: Literal["higher", "lower"]
    compute: Callable[[Answers, Floats], Floats]
    chance: Callable[[int], float] | None = None
    ordinal: bool = False

    def value(self, answers: Answers) -> float:
        """The metric over all clips; NaN where it is not defined.

        Raises
        ------
        ValueError
            If the answers are of the other form.
        """
        return float(self.drawn(answers, np.ones((1, answers.n_speakers), dtype=np.int64))[0])

    def drawn(self, answers: Answers, weights: Weights) -> Floats:
        """The metric over each draw of whole speakers, as if the clips of a speaker drawn twice stood there twice.

        Parameters
        ----------
        answers : Answers
        weights : int array, shape (n_draws, n_speakers)
            How often each speaker was drawn.

        Returns
        -------
        float64 array, shape (n_draws,)
            NaN where the metric is not defined for that draw, and where it would be the mean of fewer levels than the answers
            have.

        Raises
        ------
        ValueError
            If the answers are of the other form, or the weights of other speakers.
        """
        if answers.form != self.form:
            raise ValueError(f"{self.label} takes answers of the {self.form} form, not of the {answers.form} form")
        if weights.ndim != 2 or weights.shape[1] != answers.n_speakers:
            raise ValueError(f"weights must be of shape (n_draws, {answers.n_speakers}), not {weights.shape}")
        return self.compute(answers, weights.astype(np.float64))

    def by_speaker(self, answers: Answers) -> Floats:
        """The metric within each speaker alone, shape (n_speakers,); NaN where it is not defined there."""
        return np.array([self.value(answers.of_speaker(code)) for code in range(answers.n_speakers)])


def recall(code: int, level: str) -> Metric:
    """The recall of one level: the share of its clips that are found; NaN where the level does not occur.

    Examples
    --------
    >>> answers = Answers.of([0, 0, 1, 1], [0, 1, 1, 1], ["ann", "ann", "bob", "bob"], n_levels=2)
    >>> tired = recall(1, "tired")
    >>> tired.name, tired.value(answers)
    ('recall:tired', 1.0)
    """
    return Metric(f"recall:{level}", f"recall of {level}", "level", "higher", partial(agreement.recall, code=code))


def _zero(n_levels: int) -> float:
    return 0.0


def _one_in_k(n_levels: int) -> float:
    return 1.0 / n_levels


_ALL = (
    Metric("uar", "UAR", "level", "higher", agreement.unweighted_average_recall, _one_in_k),
    Metric("macro_f1", "macro F1", "level", "higher", agreement.macro_f1),
    Metric("kappa", "quadratic kappa", "level", "higher", agreement.quadratic_kappa, _zero, ordinal=True),
    Metric("spearman", "Spearman", "score", "higher", association.spearman, _zero),
    Metric("ccc", "CCC", "score", "higher", association.concordance, _zero),
    Metric("mae", "MAE", "score", "lower", association.mean_absolute_error),
    Metric("within_speaker_spearman", "within-speaker Spearman", "score", "higher", association.within_speaker_spearman, _zero),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
PRIMARY: Mapping[Form, Metric] = MappingProxyType({"level": METRICS["uar"], "score": METRICS["spearman"]})
TUNING: Mapping[Form, Metric] = MappingProxyType({"level": METRICS["uar"], "score": METRICS["ccc"]})


def reported(form: Form, levels: Sequence[str] = (), ordinal: bool = True) -> tuple[Metric, ...]:
    """Every metric that a row of a board shows, the primary one first and the recalls of the levels last.

    Examples
    --------
    >>> [metric.name for metric in reported("level", ("alert", "tired"))]
    ['uar', 'macro_f1', 'kappa', 'recall:alert', 'recall:tired']
    """
    general = tuple(metric for metric in _ALL if metric.form == form and (ordinal or not metric.ordinal))
    return general + tuple(recall(code, level) for code, level in enumerate(levels) if form == "level")


def chance(metric: Metric, n_levels: int) -> float | None:
    """What guessing gives by definition, or None where only a dummy can tell (MAE, macro F1, a single recall).

    Parameters
    ----------
    metric : Metric
    n_levels : int
        Levels that occur in truth (``Answers.n_present``); not read for scores.

    Examples
    --------
    >>> chance(METRICS["uar"], 4), chance(METRICS["ccc"], 0), chance(METRICS["mae"], 0)
    (0.25, 0.0, None)
    """
    return None if metric.chance is None else metric.chance(n_levels)
