"""The nouns of rating: which rows rated, and what is said of each recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.corpora.corpus import Target
from bench.runs.board import TaskBoard
from bench.runs.row import Row
from bench.runs.standout import Standout


@dataclass(frozen=True)
class Used:
    """A row that rated.

    Attributes
    ----------
    task : TaskBoard
        The board that it stands on.
    row : Row
    why : str
        Why this one, as a phrase.
    views : tuple of str
        What it reads, layers chosen.
    n_clips, n_speakers : int
        That it was fitted on; no speaker where nobody knows who speaks.
    shares : tuple of float
        Of the levels among these clips; empty in the score form.
    usual_cues : float
        How many cues stand out of a training clip on average, held against the other speakers' clips; NaN where that is not
        known.
    n_cues : int
        That are looked at; none with fewer than five known speakers.
    notes : tuple of str
        Sentences.
    """

    task: TaskBoard
    row: Row
    why: str
    views: tuple[str, ...]
    n_clips: int
    n_speakers: int
    shares: tuple[float, ...]
    usual_cues: float
    n_cues: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rating:
    """What is said of one recording.

    Attributes
    ----------
    file : str
        As it was given.
    problem : str
        Why it could not be rated, as a phrase; "" if it was.
    score, low, high : float or None
        On the scale of the target, with the interval that is meant to hold the truth in 80 % of the cases; None without a
        score form, or where there are too few training speakers for an interval.
    level : str
        The level that is guessed, all levels weighing alike; "" without a level form.
    probabilities : mapping of str to float
        Of each level, calibrated, levels as frequent as in training; empty where that is not known.
    outside : tuple of str
        Why the recording is outside what the rows were trained on, as phrases; none where it is not.
    further : float or None
        The share of held-out training clips whose features lie as far from the other speakers'; the smallest over the rows.
    cues : tuple of Standout
    notes : tuple of str
        Sentences.
    fitted_on : bool
        Whether it has the samples of a clip that a row was fitted on: then its interval and probabilities are too sure.
    """

    file: str
    problem: str = ""
    score: float | None = None
    low: float | None = None
    high: float | None = None
    level: str = ""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    further: float | None = None
    cues: tuple[Standout, ...] = ()
    notes: tuple[str, ...] = ()
    fitted_on: bool = False


@dataclass(frozen=True)
class RatingSheet:
    """Everything that ``rate`` says.

    Attributes
    ----------
    target : Target
    badge, caution : str
        As on the board.
    used : tuple of Used
        One a form of the target.
    ratings : tuple of Rating
        In the order of the files.
    """

    target: Target
    badge: str
    caution: str
    used: tuple[Used, ...]
    ratings: tuple[Rating, ...]

    @property
    def n_failed(self) -> int:
        """How many recordings could not be rated."""
        return sum(bool(rating.problem) for rating in self.ratings)
