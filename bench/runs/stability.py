"""Stability: whether the order of the rows hangs on how a proxy label is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from bench.corpora.corpus import Form, Target
from bench.metrics.answer import Answers
from bench.metrics.metric import PRIMARY
from bench.runs.board import Stability, VariantBoard
from bench.runs.prediction import Predictions
from bench.runs.row import Row


def make_stability(task: Mapping[str, Any], rows: Sequence[Row], predictions: Mapping[str, Predictions]) -> Stability | None:
    """Rank the same predictions under the variants of the label; nothing is fitted again.

    Parameters
    ----------
    task : mapping
        Its record in the ledger.
    rows : sequence of Row
        Best first; baselines, points of a curve and failed rows do not count.
    predictions : mapping of str to Predictions
        By fingerprint.

    Returns
    -------
    Stability or None
        None where the label has no variants, or no row is done.
    """
    variants = task.get("variants")
    ranked = [row for row in rows if row.status == "done" and not row.baseline and not row.point]
    if not variants or not ranked:
        return None
    with_label = set(variants["clips"])
    own = [
        _own_value(task["form"], Target.from_json(task["target"]), predictions[row.fingerprint], with_label) for row in ranked
    ]
    boards = []
    for described, labels in zip(variants["targets"], variants["labels"], strict=True):
        target = Target.from_json(described)
        label = dict(zip(variants["clips"], labels, strict=True))
        values = [_value(task["form"], target, predictions[row.fingerprint], label) for row in ranked]
        boards.append(
            VariantBoard(
                target.name,
                _agreement(predictions[ranked[0].fingerprint], label, task["form"], target),
                _tau(own, values),
                spelled(ranked[int(np.nanargmax(values))]) if np.isfinite(values).any() else "",
            )
        )
    return Stability(spelled(ranked[0]), tuple(boards))


def spelled(row: Row) -> str:
    """How a row is called in a sentence: "egemaps linear"."""
    return f"{row.feature_set}{f'@{row.layer}' if row.layer else ''} {row.model}"


def _own_value(form: Form, target: Target, predictions: Predictions, clips: Collection[str]) -> float:
    """The value under the label itself, on the clips that have the variants too: other clips would change ranks as well."""
    rows = [row for row, clip_id in enumerate(predictions.clip_ids) if clip_id in clips]
    speakers = [predictions.speakers[row] for row in rows]
    n_levels = len(target.levels) if form == "level" else 0
    return PRIMARY[form].value(Answers.of(predictions.truth[rows], predictions.guess[rows], speakers, n_levels))


def _value(form: Form, target: Target, predictions: Predictions, label: Mapping[str, Any]) -> float:
    rows = [row for row, clip_id in enumerate(predictions.clip_ids) if clip_id in label]
    labels = [label[predictions.clip_ids[row]] for row in rows]
    n_levels = len(target.levels) if form == "level" else 0
    truth = [target.level(one) for one in labels] if n_levels else labels
    speakers = [predictions.speakers[row] for row in rows]
    return PRIMARY[form].value(Answers.of(truth, predictions.guess[rows], speakers, n_levels))


def _agreement(predictions: Predictions, label: Mapping[str, Any], form: Form, target: Target) -> float:
    """Spearman correlation of the labels (in the level form, of their levels) under both readings."""
    from scipy.stats import spearmanr

    rows = [row for row, clip_id in enumerate(predictions.clip_ids) if clip_id in label]
    labels = [label[predictions.clip_ids[row]] for row in rows]
    other = [target.level(one) for one in labels] if form == "level" else labels
    truth = predictions.truth[rows]
    return float(spearmanr(truth, other).statistic) if len(set(truth)) > 1 and len(set(other)) > 1 else float("nan")


def _tau(own: Sequence[float], other: Sequence[float]) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(own, other).statistic) if len(own) > 1 else float("nan")
