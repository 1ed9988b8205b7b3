"""The nouns of two runs compared: what was changed, and how far each row moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.runs.row import Row, Value

WAITING = "it is not done yet"
LOST = "its guesses are missing from predictions.parquet"
Verdict = Literal["equal", "moved", "still", "untold"]


@dataclass(frozen=True)
class Change:
    """One thing that is not the same in both."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class MovedRow:
    """A row that both ledgers have.

    Attributes
    ----------
    row : Row
        As the second ledger has it; of its numbers, only what it is called is read.
    before, after : Value
        The primary metric on the clips that are compared.
    difference : Value
        After less before, with the paired interval over speakers.
    p : float or None
        Two-sided, by swapping speakers, adjusted for all rows of the task; None where nothing can be said.
    n_changed : int
        On how many of the clips it guesses otherwise.
    same_job : bool
        Whether both come from the same job: the same recordings, folds, features, model and seed.
    verdict : {'equal', 'moved', 'still', 'untold'}
        ``equal``: bit for bit the same guesses; ``still``: what moved is no more than noise.
    """

    row: Row
    before: Value
    after: Value
    difference: Value
    p: float | None
    n_changed: int
    same_job: bool
    verdict: Verdict


@dataclass(frozen=True)
class TaskComparison:
    """A task that both ledgers have.

    Attributes
    ----------
    name : str
    track : {'open', 'speaker'}
    badge : str
    metric_label : str
    changes : tuple of Change
        Of the task itself.
    basis : tuple of str
        On which clips rows are compared, in sentences.
    rows : tuple of MovedRow
        Those that moved most first.
    only_before, only_after : tuple of Row
        Rows that only one of them finished.
    failed_before, failed_after : tuple of Row
        Rows that one of them asked for and has no guesses of; ``error`` says why.
    untold : str
        Why nothing can be said to have moved, or "".
    """

    name: str
    track: str
    badge: str
    metric_label: str
    changes: tuple[Change, ...]
    basis: tuple[str, ...]
    rows: tuple[MovedRow, ...]
    only_before: tuple[Row, ...] = ()
    only_after: tuple[Row, ...] = ()
    failed_before: tuple[Row, ...] = ()
    failed_after: tuple[Row, ...] = ()
    untold: str = ""


@dataclass(frozen=True)
class LedgerComparison:
    """Two ledgers, the last study of each.

    Attributes
    ----------
    before, after : str
        Their folders.
    changes : tuple of Change
        When they were written, command, seed, versions.
    tasks : tuple of TaskComparison
    only_before, only_after : tuple of str
        Tasks that one of them does not have.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    tasks: tuple[TaskComparison, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
