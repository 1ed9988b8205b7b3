"""How many speakers of a task train the models that others of them are tested with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mutual_speakers(task: Mapping[str, Any]) -> int:
    """The speakers of a cross-validated task: their values vary more than finished answers show (``metrics.interval``).

    A single fold has a training side that is never tested: a publisher's parts, or another corpus.

    Parameters
    ----------
    task : mapping
        Its record in the ledger.

    Returns
    -------
    int
        0 where none does, or nobody knows who speaks.

    Examples
    --------
    >>> mutual_speakers({"n_folds": 12, "n_speakers": 12}), mutual_speakers({"n_folds": 1, "n_speakers": 40})
    (12, 0)
    """
    return int(task["n_speakers"]) if task["n_folds"] > 1 else 0
