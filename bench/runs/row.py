"""The nouns of a row: what one representation with one model is worth, all numbers computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.base.finding import Finding


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
    point : bool
        Whether it is a point of a curve over layers, that other rows stand beside: a single layer, or the mean of some, that
        was not asked for by itself. Such rows are compared along the curve (``TaskBoard.layers``) and have no tier.
    tier : int or None
        1 for the rows that no row of the board beats when the answers of two rows are swapped speaker by speaker, all pairs
        taken together; 2 for those that only rows of the first tier beat; and so on. None for the control, for failed rows, for
        points of a curve, and where there are too few speakers (``TaskBoard.untiered`` says so).
    stands : {'', 'better', 'alike', 'worse'}
        How the row stands to the best one that was asked for: told apart from it or not, by all pairs of the board taken
        together where rows have tiers, else by whether the interval of ``difference`` holds 0. "" without either, for the best
        row itself, for points of a curve, for the control and for failed rows.
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
    point: bool = False
    tier: int | None = None
    stands: Literal["", "better", "alike", "worse"] = ""
    seeds: tuple[tuple[int, float], ...] = ()
    calibration: Calibration | None = None
    coverage: Coverage | None = None
    subgroups: tuple[Subgroup, ...] = ()
