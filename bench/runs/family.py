"""Families: which rows of a task can be told apart, all pairs that are spoken of together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.corpora.corpus import Target
from bench.metrics.answer import Answers
from bench.metrics.tier import MIN_SPEAKERS, alpha, compare, compare_pairs
from bench.runs.mutual import mutual_speakers
from bench.runs.prediction import Predictions

Beaten = tuple[str, str]


@dataclass(frozen=True)
class Family:
    """All pairs of some rows taken together.

    Attributes
    ----------
    tiers : mapping of str to int
        By fingerprint; empty where there are none.
    beats : frozenset of (str, str)
        Fingerprints of a better row and a worse one.
    untiered : str
        Why there are no tiers, in a sentence, or "".
    """

    tiers: Mapping[str, int] = field(default_factory=dict)
    beats: frozenset[Beaten] = frozenset()
    untiered: str = ""


class Families:
    """The families of one task.

    Parameters
    ----------
    task : mapping
        Its record in the ledger.
    predictions : mapping of str to Predictions
        By fingerprint.
    """

    def __init__(self, task: Mapping[str, Any], predictions: Mapping[str, Predictions]) -> None:
        self.known, self.mutual = task["speakers_known"], mutual_speakers(task)
        self.n_levels = len(Target.from_json(task["target"]).levels) if task["form"] == "level" else 0
        self.predictions = predictions
        self.made: dict[str, Answers] = {}

    def tiered(self, names: Sequence[str]) -> Family:
        """All pairs of the rows with these fingerprints, which make the tiers of a board."""
        if not self.known:
            return Family(untiered="There are no tiers, because nobody knows who speaks.")
        answers = [self._answers(name) for name in names]
        found = compare(answers)
        if found is None:
            few = answers and answers[0].n_speakers < MIN_SPEAKERS
            return Family(untiered=f"There are no tiers with fewer than {MIN_SPEAKERS} held-out speakers." if few else "")
        level = alpha(answers[0].n_speakers, mutual=self.mutual > 0)
        beats = frozenset((names[i], names[j]) for i, j in np.argwhere(found.beats(level)))
        return Family(dict(zip(names, found.tiers(level), strict=True)), beats)

    def judge(self, pairs: Sequence[Beaten]) -> frozenset[Beaten] | None:
        """Of these pairs taken together, those that can be told apart, the better row first; None where nothing can be told."""
        names = sorted({name for pair in pairs for name in pair})
        if not self.known or not names:
            return None
        place = {name: number for number, name in enumerate(names)}
        answers = [self._answers(name) for name in names]
        found = compare_pairs(answers, [(place[one], place[other]) for one, other in pairs])
        if found is None:
            return None
        level = alpha(answers[0].n_speakers, mutual=self.mutual > 0)
        apart = [(names[pair.first], names[pair.second], pair.difference) for pair in found if pair.p <= level]
        return frozenset((one, other) if difference > 0 else (other, one) for one, other, difference in apart)

    def _answers(self, name: str) -> Answers:
        if name not in self.made:
            self.made[name] = self.predictions[name].answers(self.n_levels)
        return self.made[name]
