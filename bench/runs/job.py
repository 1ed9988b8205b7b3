"""Jobs: one row of a board before it has run, and its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from bench.base.identity import digest
from bench.features.view import BEST, View
from bench.models.recipe import ModelRecipe
from bench.protocols.task import Task
from bench.runs.representation import Fusion, Representation
from bench.runs.shuffle import permuted

PROCEDURE = "4"  # changes whenever the same job would give other numbers: tuning, layer choice, calibration, scaling by speaker


@dataclass(frozen=True)
class TaskRun:
    """A task on a track, with the audio behind it: what all rows of one board share.

    Attributes
    ----------
    task : Task
    track : {'open', 'speaker'}
    keys : mapping of str to str
        By clip id: the hash of audio, bounds and decoder settings.
    permute : int or None
        Seed of the permutation of the labels within speakers.
    joins : mapping of str to mapping of str to str
        For feature sets that look values up by clip, as spelled: the key of each clip's values, by clip id.
    remarks : mapping of str to tuple of (str, str)
        By feature set as spelled: findings, as code and sentence, about it and these clips.
    """

    task: Task
    track: str
    keys: dict[str, str]
    permute: int | None = None
    joins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remarks: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything about the task that changes a row's numbers."""
        clips = [[c.id, c.speaker, self.keys[c.id], c.labels[self.task.target.name]] for c in self.task.clips]
        task = self.task
        return digest([task.name, task.target.as_json(), task.form, task.fold_hash, clips, self.track, self.permute])

    def permuted(self, seed: int) -> TaskRun:
        """The same clips and folds with permuted labels: a control, where nothing is left to be learnt."""
        corpus = permuted(self.task.corpus, self.task.target.name, seed, self.task.form)
        own = {clip.id: clip for clip in corpus.clips}
        task = replace(self.task, corpus=corpus, clips=tuple(own[clip.id] for clip in self.task.clips))
        return replace(self, task=task, permute=seed)


@dataclass(frozen=True)
class Job:
    """One row to be made: Task x representation x ModelRecipe x track x seed.

    Attributes
    ----------
    repeat : int
        Which draw of a stochastic model: 0 is the row itself, the others only tell how far its value hangs on the seed.
    shown : bool
        Whether it is a row of the board; jobs that only serve the choice of a layer, and repeats, are not.
    named : bool
        Whether it was asked for by itself, and not as one layer of all: such a row is no mere point of a curve.
    baseline : str
        As in ``board.Row``.
    board : TaskRun or None
        On whose board it is shown, if not on that of its own task (a row with permuted labels).
    """

    of: TaskRun
    representation: Representation
    model: ModelRecipe
    seed: int
    repeat: int = 0
    shown: bool = True
    named: bool = False
    baseline: str = ""
    board: TaskRun | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The key of the ledger."""
        made = self.representation.ingredients()
        joined = [[own[clip.id] for clip in self.of.task.clips] for view in self.views if (own := self._join(view))]
        more = [joined] if joined else []
        return digest([PROCEDURE, self.of.fingerprint, made, self.model.identity, self.seed, self.repeat, *more])

    def _join(self, view: View) -> Mapping[str, str] | None:
        return self.of.joins.get(str(view.feature_set))

    @property
    def views(self) -> tuple[View, ...]:
        """What is read."""
        return self.representation.views

    @property
    def fusion(self) -> Fusion:
        """How several views become one answer."""
        return self.representation.fusion

    @property
    def feature_set(self) -> str:
        """As a board calls it: the feature set, or the whole fusion."""
        return self.representation.feature_set

    @property
    def layer(self) -> str:
        """The layer of a single view, else ""."""
        return self.representation.layer

    @property
    def chooses(self) -> bool:
        """Whether a layer of it is chosen in each fold."""
        return any(view.layer == BEST for view in self.views)

    @property
    def label(self) -> str:
        """How a person calls it."""
        more = (", permuted labels" if self.board else "") + (f", draw {self.repeat + 1}" if self.repeat else "")
        return f"{self.of.task.name} {self.representation} {self.model} ({self.of.track}{more})"
