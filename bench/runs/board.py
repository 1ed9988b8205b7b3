"""The nouns of a board: what the views are given, all numbers computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bench.base.finding import Finding
from bench.corpora.corpus import Exclusion, Form, Target

if TYPE_CHECKING:
    from bench.runs.layer import LayerBoard


@dataclass(frozen=True)
class Value:
    """What a metric gives, with its 95 % interval over speakers (None where there is none)."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ReliabilityBin:
    """Clips whose likeliest level was given about the same probability.

    Attributes
    ----------
    said : float
        Mean of these probabilities, 0 to 1.
    found : float
        Share of the clips where that level is the true one.
    n_clips : int
    """

    said: float
    found: float
    n_clips: int


@dataclass(frozen=True)
class Calibration:
    """Whether the probabilities of a row in the level form can be taken at their word.

    Attributes
    ----------
    brier : Value
        Mean squared distance of the probabilities from the truth, summed over levels: 0 is perfect, 2 the worst.
    brier_base : float
        The same for the shares of the levels among the clips tested: what is had without listening.
    ece : float
        Expected calibration error of the likeliest level, over bins of equal mass.
    ece_base : float
        The same where the probabilities are right, from the chance of so many clips alone.
    bins : tuple of ReliabilityBin
        From the lowest probability upward.
    """

    brier: Value
    brier_base: float
    ece: float
    ece_base: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of a row in the score form hold the truth.

    Attributes
    ----------
    nominal : float
        What they are made for, 0 to 1.
    pooled : Value
        Share of the clips whose score lies inside.
    by_speaker : mapping of str to float
        The same within each speaker.
    width : float
        Mean width, in the unit of the scale.
    approximate : bool
        Whether some fold trained on fewer than 20 speakers: too few to take the nominal share at its word.
    """

    nominal: float
    pooled: Value
    by_speaker: Mapping[str, float]
    width: float
    approximate: bool


@dataclass(frozen=True)
class Subgroup:
    """The primary metric of a row within the clips that share a trait.

    Attributes
    ----------
    trait : str
        ``sex``, ``age``, ``session``, ``text``, ...
    values : mapping of str to Value
        By what the trait is ("female"), with the interval over its speakers.
    n_clips : mapping of str to int
    gap : Value
        The best less the worst of the groups, with the interval of the difference of these two. They were picked by looking,
        so with more than two groups it is too narrow.
    apart : bool
        Whether the gap excludes 0 even with an interval that holds for all pairs of groups of all traits together.
    """

    trait: str
    values: Mapping[str, Value]
    n_clips: Mapping[str, int]
    gap: Value
    apart: bool = False


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
class Row:
    """One row of a board: a feature set, a layer and a model, scored on the clips of the task.

    Attributes
    ----------
    fingerprint : str
        Of the job.
    feature_set, layer, model : str
        As spelled; layer is "" for sets without layers and for fusions, else "7", "best", "weighted", "mean", "0-7", ...
    seed : int
    status : {'done', 'failed'}
    error : str
        The sentence of a failed job.
    metrics : mapping of str to Value
        By metric name; per-class recalls are called ``recall:<level>``. Empty if failed.
    difference : Value or None
        Primary metric of this row minus that of the best row that was asked for (no baseline), with the paired interval,
        if there are intervals. None for the best row itself, for failed rows, and for the row of permuted labels.
    findings : tuple of Finding
        Of this row alone.
    extract_seconds : float or None
        Seconds of one core for extracting a minute of audio (of the whole feature set, all layers).
    fit_seconds : float
        Seconds of one core for tuning, fitting and predicting over all folds.
    cache_mb : float
        Size of the stored feature set.
    n_columns : int
    chosen : tuple of mapping
        A fold each: ``{"fold": "03", "layer": 5, "parameters": {...}}``.
    confusion : tuple of tuple of int or None
        Level form: rows are truth, columns are guess, in the order of the target's levels.
    by_speaker : mapping of str to float
        The primary metric within each speaker (NaN where it is not defined).
    baseline : {'', 'constant', 'duration', 'loudness', 'permuted'}
        What trivial thing this row is: the training side's commonest answer, clip duration alone, mean loudness alone, or a
        real row fitted and tested on permuted labels. "" for rows that were asked for.
    null : Value or None
        The primary metric of these predictions against labels permuted within speakers: its mean, and the bounds that 95 % of
        1,000 permutations lie within. The predictions stay as they are. None where speakers are unknown, or the row failed.
    tier : int or None
        1 for the rows that no row of the board beats when the answers of two rows are swapped speaker by speaker, all pairs
        taken together; 2 for those that only rows of the first tier beat; and so on. None for the control, for failed rows, and
        where there are too few speakers (``TaskBoard.untiered`` says so).
    seeds : tuple of (int, float)
        Of a stochastic model: every seed of it that was run and the primary metric, the row's own first. Empty otherwise.
    calibration : Calibration or None
        Level form, where inner folds could be made.
    coverage : Coverage or None
        Score form, where inner folds could be made.
    subgroups : tuple of Subgroup
        Where the corpus knows traits; of rows on a single layer that were only swept, none.
    """

    fingerprint: str
    feature_set: str
    layer: str
    model: str
    seed: int
    status: Literal["done", "failed"]
    error: str = ""
    metrics: Mapping[str, Value] = field(default_factory=dict)
    difference: Value | None = None
    findings: tuple[Finding, ...] = ()
    extract_seconds: float | None = None
    fit_seconds: float = 0.0
    cache_mb: float = 0.0
    n_columns: int = 0
    chosen: tuple[Mapping[str, Any], ...] = ()
    confusion: tuple[tuple[int, ...], ...] | None = None
    by_speaker: Mapping[str, float] = field(default_factory=dict)
    baseline: str = ""
    null: Value | None = None
    tier: int | None = None
    seeds: tuple[tuple[int, float], ...] = ()
    calibration: Calibration | None = None
    coverage: Coverage | None = None
    subgroups: tuple[Subgroup, ...] = ()


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
