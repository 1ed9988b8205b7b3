"""Confounders: what might be recognised instead of the state. Each finding is one function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.finding import Finding
from bench.metrics.answer import Answers
from bench.metrics.metric import METRICS
from bench.metrics.permutation import permutations
from bench.metrics.variance import explained
from bench.protocols.task import Task

ALPHA = 0.05
N_REFITS = 199  # p is a multiple of 1/200

Rows = npt.NDArray[np.intp]


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
    """FB017: what is said predicts the label of speakers never heard, from the labels that others had with the same text.

    Held against the same guess made anew under labels that are permuted within speakers: an interval over speakers would not
    know that a handful of texts is a sample, too, and raises false alarms on one null task in eight.
    """
    texts = [clip.text or "" for clip in task.clips]
    if task.corpus.speakers == "unknown" or not all(texts) or len(set(texts)) < 2:
        return None
    codes, y = np.unique(texts, return_inverse=True)[1], task.y()
    sides = _sides(codes, task)
    tested = np.concatenate([known for _, known in sides])
    chance = 1 / max(1, len(set(y[tested].tolist()))) if task.form == "level" else 0.0
    own = _text_value(codes, y, sides, task) if len(tested) else float("nan")
    if not own > chance:
        return None
    speakers, labels = (np.unique(values, return_inverse=True)[1] for values in (task.speakers(), y))
    orders = permutations(speakers, labels, N_REFITS)
    null = np.array([_text_value(codes, y[order], sides, task) for order in orders])
    if 1 + np.count_nonzero(~(null < own)) >= ALPHA * (1 + N_REFITS):
        return None
    label = METRICS[task.primary].label
    return Finding(
        "FB017",
        f"The text alone predicts the label of {task.name}: {label} is {own:.3f} from the labels that other speakers had with "
        f"the same text, chance is {chance:.3f}, and with labels permuted within speakers 95 % stay below "
        f"{np.nanquantile(null, 1 - ALPHA):.3f}. A model that hears the words may need no more: compare with the splitter "
        "speaker-text.",
    )


def _sides(codes: Rows, task: Task) -> list[tuple[Rows, Rows]]:
    """Of each fold the rows that are trained on, and those tested on a text that is among them."""
    place = {clip_id: row for row, clip_id in enumerate(task.clip_ids)}
    sides = []
    for fold in task.folds:
        train, test = (np.array([place[clip_id] for clip_id in side], np.intp) for side in (fold.train, fold.test))
        sides.append((train, test[np.isin(codes[test], codes[train])]))
    return sides


def _text_value(codes: Rows, y: npt.NDArray[Any], sides: Sequence[tuple[Rows, Rows]], task: Task) -> float:
    """The primary metric of guessing from the text.

    A score is guessed as the mean of the text's scores on the training side; a level as the one that the text has most often
    for its frequency.
    """
    n_texts, n_levels = int(codes.max()) + 1, len(task.target.levels) if task.form == "level" else 0
    guess = np.zeros(len(y))
    for train, known in sides:
        if n_levels:
            cells = np.bincount(codes[train] * n_levels + y[train], minlength=n_texts * n_levels).reshape(n_texts, n_levels)
            of_text = (cells / np.maximum(1, cells.sum(axis=0))).argmax(axis=1).astype(np.float64)
        else:
            sums, n = np.bincount(codes[train], y[train], n_texts), np.bincount(codes[train], minlength=n_texts)
            of_text = sums / np.maximum(1, n)
        guess[known] = of_text[codes[known]]
    tested = np.concatenate([known for _, known in sides])
    return METRICS[task.primary].value(Answers.of(y[tested], guess[tested], task.speakers()[tested], n_levels))


def caution(task: Task) -> Finding | None:
    """FB018: the corpus asks for caution with its intervals."""
    return Finding("FB018", task.corpus.caution) if task.corpus.caution else None
