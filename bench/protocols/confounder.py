"""Confounders: what might be recognised instead of the state. Each finding is one function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bench.base.finding import Finding
from bench.metrics.answer import Answers
from bench.metrics.interval import interval, speaker_draws
from bench.metrics.metric import METRICS
from bench.metrics.variance import explained
from bench.protocols.task import Task

ALPHA = 0.05


def label_columns(task: Task) -> npt.NDArray[np.float64]:
    """The labels as numbers: scores, codes of ordered levels, or an indicator column a level.

    Returns
    -------
    float64 array, shape (n_clips,) or (n_clips, n_levels)
    """
    y = task.y()
    if task.form == "score" or task.target.ordinal:
        return y.astype(np.float64)
    columns: npt.NDArray[np.float64] = np.eye(len(task.target.levels))[y]
    return columns


def speakers_differ(task: Task) -> Finding | None:
    """FB005: labels differ between speakers more than permutation allows, so that knowing the voice is knowing the label."""
    speakers = task.speakers()
    if task.corpus.speakers == "unknown" or len(set(speakers.tolist())) < 2:
        return None
    found = explained(label_columns(task), speakers)
    if found.p >= ALPHA:
        return None
    return Finding(
        "FB005",
        f"The labels of {task.name} differ between speakers: eta squared is {found.eta_squared:.3f}, and 95 % of permutations "
        f"stay below {found.limit:.3f}. A model may recognise voices that are alike rather than the state: look at the values "
        "within speakers and at the speaker track.",
    )


def text_predicts(task: Task) -> Finding | None:
    """FB017: what is said predicts the label of speakers never heard, from the labels that others had with the same text."""
    texts = [clip.text or "" for clip in task.clips]
    if task.corpus.speakers == "unknown" or not all(texts) or len(set(texts)) < 2:
        return None
    tested, guess = _guessed_from(texts, task)
    if not len(tested):
        return None
    answers = Answers.of(task.y()[tested], guess, task.speakers()[tested], len(task.target.levels) * (task.form == "level"))
    metric = METRICS[task.primary]
    found = interval(metric, answers, speaker_draws(answers.n_speakers))
    if found.low is None or found.high is None or found.low <= task.chance:
        return None
    return Finding(
        "FB017",
        f"The text alone predicts the label of {task.name}: {metric.label} is {found.value:.3f} ({found.low:.3f} to "
        f"{found.high:.3f}) from the labels that other speakers had with the same text, and chance is {task.chance:.3f}. "
        "A model that hears the words may need no more: compare with the splitter speaker-text.",
    )


def _guessed_from(texts: Sequence[str], task: Task) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Rows that are tested on a text that was trained on, and the guesses for them.

    A score is guessed as the mean of the text's scores on the training side; a level as the one that the text has most often
    for its frequency.
    """
    place = {clip_id: row for row, clip_id in enumerate(task.clip_ids)}
    codes = np.unique(texts, return_inverse=True)[1]
    n_texts, y = int(codes.max()) + 1, task.y()
    indicators = np.eye(len(task.target.levels))[y] if task.form == "level" else y[:, None]
    rows, guesses = [], []
    for fold in task.folds:
        train, test = (np.array([place[clip_id] for clip_id in side]) for side in (fold.train, fold.test))
        sums = np.stack([np.bincount(codes[train], column[train], n_texts) for column in indicators.T], axis=1)
        n = np.bincount(codes[train], minlength=n_texts)
        known = test[n[codes[test]] > 0]
        if task.form == "level":
            often = indicators[train].sum(axis=0)
            guess = np.divide(sums, often, out=np.zeros_like(sums), where=often > 0).argmax(axis=1)
        else:
            guess = np.divide(sums[:, 0], n, out=np.zeros(n_texts), where=n > 0)
        rows.append(known)
        guesses.append(guess[codes[known]].astype(np.float64))
    return np.concatenate(rows), np.concatenate(guesses)


def caution(task: Task) -> Finding | None:
    """FB018: the corpus asks for caution with its intervals."""
    return Finding("FB018", task.corpus.caution) if task.corpus.caution else None
