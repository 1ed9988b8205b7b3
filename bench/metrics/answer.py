"""Answers: what a row guessed, beside what is true and who spoke."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError
from bench.corpora.corpus import Form

Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answers:
    """Pooled out-of-fold guesses of one row, a clip each.

    Attributes
    ----------
    truth, guess : array, shape (n_clips,)
        Score form: float64. Level form: int64 codes, 0 to ``n_levels - 1``.
    speakers : int64 array, shape (n_clips,)
        Codes 0 to ``n_speakers - 1``; each occurs.
    n_levels : int
        How many levels the target has, whether they occur or not; 0 in the score form.

    Raises
    ------
    BenchError
        If a guess is not a finite number, or not a code of a level.
    ValueError
        If shapes differ, there is no clip, or a truth or speaker code is impossible.

    Examples
    --------
    >>> answers = Answers.of([0, 1, 1, 2], [0, 1, 2, 2], ["ann", "ann", "bob", "bob"], n_levels=3)
    >>> answers.form, answers.n_clips, answers.n_speakers
    ('level', 4, 2)
    """

    truth: Numbers
    guess: Numbers
    speakers: npt.NDArray[np.int64]
    n_levels: int = 0

    def __post_init__(self) -> None:
        shapes = {np.shape(self.truth), np.shape(self.guess), np.shape(self.speakers)}
        if len(shapes) != 1 or np.ndim(self.truth) != 1 or np.size(self.truth) == 0:
            raise ValueError(f"truth, guess and speakers must be of one length above 0, not {sorted(map(str, shapes))}")
        for name in ("truth", "guess"):
            object.__setattr__(self, name, self._numbers(name))
        codes = np.asarray(self.speakers, dtype=np.int64)
        if codes.min() < 0 or (np.bincount(codes) == 0).any():
            raise ValueError("speaker codes must run from 0 upward, each occurring")
        object.__setattr__(self, "speakers", codes)

    def _numbers(self, name: str) -> Numbers:
        """Truth or guess as checked numbers."""
        given = np.asarray(getattr(self, name), dtype=np.float64)
        fits = np.isfinite(given)
        if self.n_levels:
            fits &= (given >= 0) & (given < self.n_levels) & (given == np.floor(given))
        if not fits.all():
            expected = f"a level code from 0 to {self.n_levels - 1}" if self.n_levels else "a finite number"
            at = int(np.argmin(fits))
            message = f"The {name} of clip number {at} is {given[at]:g} ({np.sum(~fits)} such in all), expected is {expected}."
            if name == "guess":
                raise BenchError(f"{message} The model gave no usable answer.")
            raise ValueError(message)
        return given.astype(np.int64) if self.n_levels else given

    @classmethod
    def of(
        cls, truth: npt.ArrayLike, guess: npt.ArrayLike, speakers: Sequence[str] | npt.NDArray[np.str_], n_levels: int = 0
    ) -> Answers:
        """Build from speakers' names; codes follow the sorted names, as ``speaker_names`` gives them."""
        codes = np.unique(np.asarray(speakers, dtype=np.str_), return_inverse=True)[1]
        return cls(np.asarray(truth), np.asarray(guess), codes, n_levels)

    def of_speaker(self, code: int) -> Answers:
        """Those of one speaker alone."""
        own = self.speakers == code
        return Answers(self.truth[own], self.guess[own], np.zeros(int(own.sum()), dtype=np.int64), self.n_levels)

    @property
    def form(self) -> Form:
        """The form of the answers: score or level."""
        return "level" if self.n_levels else "score"

    @property
    def n_clips(self) -> int:
        """How many clips are answered."""
        return int(self.truth.size)

    @cached_property
    def n_speakers(self) -> int:
        """How many speakers they are of."""
        return int(self.speakers.max()) + 1

    @cached_property
    def n_present(self) -> int:
        """How many levels occur in truth; 0 in the score form."""
        return len(np.unique(self.truth)) if self.n_levels else 0


def speaker_names(speakers: Iterable[str]) -> tuple[str, ...]:
    """The names behind the codes of ``Answers.of``, code 0 first.

    Examples
    --------
    >>> speaker_names(["bob", "ann", "bob"])
    ('ann', 'bob')
    """
    return tuple(sorted(set(speakers)))
