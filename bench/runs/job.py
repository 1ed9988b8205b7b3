"""Jobs: one row of a board before it has run, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from bench.base.identity import digest
from bench.features.feature_set import FeatureSet
from bench.models.recipe import ModelRecipe
from bench.protocols.task import Task
from bench.runs.shuffle import permuted

PROCEDURE = "1"  # changes whenever the same job would give other numbers: tuning, layer choice, scaling by speaker


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
    """

    task: Task
    track: str
    keys: dict[str, str]
    permute: int | None = None

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
    """One row to be made: Task x FeatureSet x layer x ModelRecipe x track x seed.

    Attributes
    ----------
    layer : str
        "" for sets without layers, else a number, ``best`` or ``weighted``.
    shown : bool
        Whether it is a row of the board; jobs that only serve the choice of a layer are not.
    baseline : str
        As in ``board.Row``.
    board : TaskRun or None
        On whose board it is shown, if not on that of its own task (a row with permuted labels).
    """

    of: TaskRun
    feature_set: FeatureSet
    layer: str
    model: ModelRecipe
    seed: int
    shown: bool = True
    baseline: str = ""
    board: TaskRun | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The key of the ledger."""
        view = [self.feature_set.identity, list(self.feature_set.pooled), self.feature_set.kept, self.layer]
        return digest([PROCEDURE, self.of.fingerprint, view, self.model.identity, self.seed])

    @property
    def label(self) -> str:
        """How a person calls it."""
        layer = f"@{self.layer}" if self.layer else ""
        labels = ", permuted labels" if self.board else ""
        return f"{self.of.task.name} {self.feature_set}{layer} {self.model} ({self.of.track}{labels})"
