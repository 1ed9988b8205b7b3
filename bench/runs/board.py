"""The nouns of a board: what the views are given, all numbers computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.base.finding import Finding
from bench.corpora.corpus import Exclusion, Form, Target
from bench.runs.layer import LayerBoard
from bench.runs.row import Row, Value


@dataclass(frozen=True)
class Yardstick:
    """A published result for the same target, as a line beside the board.

    Attributes
    ----------
    label : str
        What was done, as in "wav2vec2-base, all layers weighted (Pepino et al. 2021)".
    value : float
    metric : str
        What the value is of, as in "UAR".
    source : str
        Where it was published, and whether somebody checked it there.
    protocol : str
        Who was held out, which clips, how many levels.
    comparable : str
        "" where it can be set beside our values, else why not, in a phrase.
    """

    label: str
    value: float
    metric: str
    source: str
    protocol: str
    comparable: str = ""


@dataclass(frozen=True)
class Curve:
    """The primary metric over the layers of one feature set with one model."""

    feature_set: str
    model: str
    points: tuple[tuple[int, Value], ...]


@dataclass(frozen=True)
class VariantBoard:
    """How the same predictions rank under another reading of the label.

    Attributes
    ----------
    target : str
        Name of the variant.
    agreement : float
        Spearman correlation of the variant's labels with the task's, over clips.
    tau : float
        Kendall tau-b of the rows' primary metric under the variant and under the task's own label, baselines left out; NaN
        with fewer than two rows.
    first : str
        The row that is best under the variant, as in "egemaps linear".
    """

    target: str
    agreement: float
    tau: float
    first: str


@dataclass(frozen=True)
class Stability:
    """Whether the order of the rows holds under the variants of a proxy label; nothing is fitted again.

    Attributes
    ----------
    first : str
        The best row under the task's own label.
    variants : tuple of VariantBoard
    """

    first: str
    variants: tuple[VariantBoard, ...]

    @property
    def held(self) -> int:
        """Under how many of the labels, the task's own included, the same row is first."""
        return 1 + sum(variant.first == self.first for variant in self.variants)


@dataclass(frozen=True)
class TaskBoard:
    """The board of one task on one track.

    Attributes
    ----------
    name : str
        ``ravdess/fatigue-proxy/level``.
    form : {'score', 'level'}
    track : {'open', 'speaker'}
    target : Target
    card : mapping of str to str
        What is known of the corpus, in order of showing: name, about, licence, citation, clips, speakers, hours, ...
    metric, metric_label : str
        The primary metric: ``uar`` and "UAR", ``spearman`` and "Spearman".
    chance : float
        Of the primary metric, by definition: 1/k for UAR, 0 for Spearman.
    splitter : str
        ``loso``, ``grouped-6``, ...
    n_folds, n_clips, n_speakers : int
        No speaker where nobody knows who speaks.
    fold_hash : str
    rows : tuple of Row
        Best first, failed last.
    findings : tuple of Finding
        Of the task.
    excluded : tuple of Exclusion
        The same for every row.
    curves : tuple of Curve
    badge : str
        "proxy label", "synthetic speech", "acted", or "" for measured labels.
    caution : str
        What the corpus asks to be said beside every interval, or "".
    stability : Stability or None
        For labels that have variants.
    n_tested, n_tested_speakers : int
        Clips and speakers that are held out in some fold, and that values are of; 0 where no row is done, or (speakers) nobody
        knows who speaks.
    untiered : str
        Why rows have no tiers, in a sentence, or "".
    yardsticks : tuple of Yardstick
        Published results for this target.
    layers : tuple of LayerBoard
        Of each encoder with at least three single layers.
    """

    name: str
    form: Form
    track: Literal["open", "speaker"]
    target: Target
    card: Mapping[str, str]
    metric: str
    metric_label: str
    chance: float
    splitter: str
    n_folds: int
    n_clips: int
    n_speakers: int
    fold_hash: str
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    excluded: tuple[Exclusion, ...]
    curves: tuple[Curve, ...]
    badge: str
    caution: str = ""
    stability: Stability | None = None
    n_tested: int = 0
    n_tested_speakers: int = 0
    untiered: str = ""
    yardsticks: tuple[Yardstick, ...] = ()
    layers: tuple[LayerBoard, ...] = ()


@dataclass(frozen=True)
class Board:
    """A whole report.

    Attributes
    ----------
    command : str
        What reproduces it, as typed at a shell.
    versions : mapping of str to str
        Of the libraries that made the numbers, and of this package.
    seed : int
    jobs_done, jobs_failed, jobs_waiting : int
        Waiting is above 0 on a board of an interrupted run.
    partial : str
        Why the board is partial ("the first 3 speakers only"), or "".
    tasks : tuple of TaskBoard
    """

    command: str
    versions: Mapping[str, str]
    seed: int
    jobs_done: int
    jobs_failed: int
    jobs_waiting: int
    partial: str
    tasks: tuple[TaskBoard, ...]
