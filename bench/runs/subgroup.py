"""Subgroups: the primary metric within clips that share a trait, a session or a text, and the gap between best and worst.

Where no speaker stands in two groups (sex, age), speakers are drawn within each group, so that the groups vary independently;
where the same speakers stand in several (session, text), all are drawn together, so that a gap is paired.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.finding import Finding, written
from bench.corpora.corpus import Clip, Target
from bench.corpora.trait import AGE
from bench.metrics.answer import Answers
from bench.metrics.interval import MIN_SPEAKERS, enough_draws, expanded, speaker_draws
from bench.metrics.metric import METRICS
from bench.protocols.task import Task
from bench.runs.mutual import mutual_speakers
from bench.runs.prediction import Predictions
from bench.runs.row import Row, Subgroup, Value

MOST_GROUPS = 12
MOST_AGES = 4  # so many different ages are groups as they are; more are cut into two halves
CODES = "0123456789ab"  # a sign for each group; a clip of which the trait is not known has UNKNOWN
UNKNOWN = "."

Draws = npt.NDArray[np.float64]
Record = Mapping[str, Any]


def groups_of(task: Task) -> dict[str, Any]:
    """The groups of the clips that are tested, as the record of a task keeps them.

    Returns
    -------
    dict
        By trait (``sex``, ``session``, ``text``): ``groups``, their names, and ``codes``, a sign for each tested clip in the
        order of the task. A trait is left out that has one value, more than 12, or one for each speaker, and one of which
        fewer than two groups hold labels that can be told apart (in the level form: every level that is tested).
    """
    tested = {clip_id for fold in task.folds for clip_id in fold.test}
    places = [place for place, clip in enumerate(task.clips) if clip.id in tested]
    clips, labels = [task.clips[place] for place in places], task.y()[places].tolist()
    found = {}
    for trait, values in _columns(clips).items():
        grouped = _halved(trait, clips, values)
        names = sorted({value for value in grouped if value})
        members = {name: [place for place, value in enumerate(grouped) if value == name] for name in names}
        if not 2 <= len(names) <= MOST_GROUPS or _is_speaker(clips, members):
            continue
        within = [len({labels[place] for place in own}) for own in members.values()]
        needed = len(set(labels)) if task.form == "level" else 2
        if sum(n >= needed for n in within) >= 2:
            codes = {name: CODES[place] for place, name in enumerate(names)}
            found[trait] = {"groups": names, "codes": "".join(codes.get(value, UNKNOWN) for value in grouped)}
    return found


def _columns(clips: Sequence[Clip]) -> dict[str, list[str]]:
    """What is known of the clips: each trait, then session and text, "" where it is not known."""
    traits = dict.fromkeys(trait for clip in clips for trait in clip.traits)
    columns = {trait: [clip.traits.get(trait, "") for clip in clips] for trait in traits}
    columns["session"] = [clip.session or "" for clip in clips]
    columns["text"] = [clip.text or "" for clip in clips]
    return columns


def _halved(trait: str, clips: Sequence[Clip], values: Sequence[str]) -> list[str]:
    """Numbers that are too many to be groups as two halves of the speakers, named by their bound; other values as they are."""
    numbers = {value: _number(value) for value in set(values) if value}
    many = len(numbers) > (MOST_AGES if trait in AGE else MOST_GROUPS)
    known = sorted(number for number in numbers.values() if number is not None)
    if not many or len(known) < len(numbers):
        return list(values)
    held = sorted(_number(value) or 0.0 for _, value in {(clip.speaker, v) for clip, v in zip(clips, values, strict=True) if v})
    bound = min(held[(len(held) - 1) // 2], known[-2])
    names = {
        value: f"{'up to' if number <= bound else 'over'} {bound:g}" for value, number in numbers.items() if number is not None
    }
    return [names.get(value, "") for value in values]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_speaker(clips: Sequence[Clip], members: Mapping[str, Sequence[int]]) -> bool:
    """Whether each group is the clips of one speaker: then the values by speaker tell it all."""
    return any(clip.speaker for clip in clips) and all(len({clips[i].speaker for i in own}) == 1 for own in members.values())


def with_subgroups(rows: Sequence[Row], task: Record, predictions: Mapping[str, Predictions]) -> list[Row]:
    """The rows of a board, best first, with their subgroups and findings.

    All that were asked for have them; of a sweep over layers, the best layer alone, and of the baselines those that have a
    place in the first tier.
    """
    swept: dict[tuple[str, str], int] = {}
    made = []
    for row in rows:
        place = 0
        if _one_of_many(row):
            place = swept[row.feature_set, row.model] = swept.get((row.feature_set, row.model), -1) + 1
        if row.status == "done" and place == 0 and (not row.baseline or row.tier == 1):
            found = make_subgroups(task, predictions[row.fingerprint])
            findings = (*row.findings, *gap_findings(found, METRICS[task["metric"]].label))
            row = replace(row, subgroups=found, findings=findings)
        made.append(row)
    return made


def _one_of_many(row: Row) -> bool:
    """Whether a row may be one of a sweep of layers."""
    return not row.baseline and any(char.isdigit() for char in row.layer)


def make_subgroups(task: Record, predictions: Predictions) -> tuple[Subgroup, ...]:
    """The primary metric of a row within the groups of each trait.

    Parameters
    ----------
    task : mapping
        Its record in the ledger; those of older versions know no groups.
    predictions : Predictions
        Of the row, about the tested clips in the order of the task.

    Returns
    -------
    tuple of Subgroup
        Of a group in which the labels cannot be told apart, or not all levels occur, the value is NaN: it would be another
        question. Groups with fewer than 5 speakers have no interval.

    Raises
    ------
    ValueError
        If the predictions are about other clips than the groups.
    """
    groups = task.get("groups", {})
    n_pairs = sum(math.comb(len(said["groups"]), 2) for said in groups.values())
    return tuple(
        _Trait(task, predictions, [CODES.find(sign) for sign in said["codes"]]).subgroup(trait, said["groups"], n_pairs)
        for trait, said in groups.items()
    )


@dataclass(frozen=True, eq=False)
class _Group:
    """A group with its value, its speakers, and the value of each draw."""

    value: float
    n_clips: int
    n_speakers: int
    draws: Draws | None


class _Trait:
    """The clips of a row by one trait, with the draws of speakers that its groups share."""

    def __init__(self, task: Record, predictions: Predictions, codes: Sequence[int]) -> None:
        if len(codes) != len(predictions.clip_ids):
            raise ValueError(f"{len(codes)} clips have a group, and {len(predictions.clip_ids)} were predicted")
        self.metric, self.mutual = METRICS[task["metric"]], mutual_speakers(task)
        self.n_levels = len(Target.from_json(task["target"]).levels) if task["form"] == "level" else 0
        self.predictions, self.codes = predictions, np.asarray(codes)
        self.needed = len(np.unique(predictions.truth)) if self.n_levels else 2
        names, self.speakers = np.unique(np.asarray(predictions.speakers), return_inverse=True)
        members = [np.unique(self.speakers[self.codes == code]) for code in range(max(codes) + 1)]
        self.weights = _draws(members, len(names)) if task["speakers_known"] else None

    def subgroup(self, trait: str, names: Sequence[str], n_pairs: int) -> Subgroup:
        groups = {name: self._group(code) for code, name in enumerate(names)}
        values = {name: Value(one.value, *self._bounds(one.draws, one.n_speakers)) for name, one in groups.items()}
        defined = sorted((one for one in groups.values() if math.isfinite(one.value)), key=lambda one: one.value)
        gap, apart = self._gap(defined[-1], defined[0], n_pairs) if len(defined) > 1 else (Value(math.nan), False)
        return Subgroup(trait, values, {name: one.n_clips for name, one in groups.items()}, gap, apart)

    def _group(self, code: int) -> _Group:
        own = self.codes == code
        truth, guess = self.predictions.truth[own], self.predictions.guess[own]
        speakers, coded = np.unique(self.speakers[own], return_inverse=True)
        if len(np.unique(truth)) < self.needed:
            return _Group(math.nan, int(own.sum()), len(speakers), None)
        answers = Answers(truth, guess, coded, self.n_levels)
        draws = None if self.weights is None else self.metric.drawn(answers, self.weights[:, speakers])
        return _Group(self.metric.value(answers), int(own.sum()), len(speakers), draws)

    def _bounds(self, draws: Draws | None, n_speakers: int, level: float = 0.95) -> tuple[float | None, float | None]:
        return (draws is not None and expanded(draws, n_speakers, level, mutual=self.mutual)) or (None, None)

    def _gap(self, best: _Group, worst: _Group, n_pairs: int) -> tuple[Value, bool]:
        """The best less the worst, and whether it excludes 0 even at the level that holds for so many pairs of groups together.

        Each group could be the smaller one, so the interval has the width that so few speakers ask for (Hesterberg 2015).
        """
        value, fewest = best.value - worst.value, min(best.n_speakers, worst.n_speakers)
        if best.draws is None or worst.draws is None or fewest < MIN_SPEAKERS:
            return Value(value), False
        draws = best.draws - worst.draws
        low, high = self._bounds(draws, fewest)
        sure, _ = self._bounds(draws, fewest, 1 - 0.05 / n_pairs)
        return Value(value, low, high), sure is not None and sure > 0


def _draws(members: Sequence[npt.NDArray[np.intp]], n_speakers: int) -> npt.NDArray[np.int64]:
    """How often each speaker is drawn, shape (n_draws, n_speakers): within each group where none stands in two of them."""
    if len(np.unique(np.concatenate(members))) < sum(map(len, members)):
        return speaker_draws(n_speakers)
    n_draws = max(enough_draws(len(own)) for own in members)
    weights = np.zeros((n_draws, n_speakers), np.int64)
    for seed, own in enumerate(members):
        weights[:, own] = speaker_draws(len(own), n_draws, seed)
    return weights


def gap_findings(subgroups: Sequence[Subgroup], label: str) -> tuple[Finding, ...]:
    """FB020: a gap between the best and the worst group excludes 0, all groups of all traits taken into account.

    Examples
    --------
    >>> sex = Subgroup("sex", {"f": Value(0.7), "m": Value(0.5)}, {"f": 9, "m": 9}, Value(0.2, 0.1, 0.3), apart=True)
    >>> gap_findings([sex], "UAR")[0].message
    'By sex, UAR is 0.700 (f) and 0.500 (m): the gap of 0.200 (0.100 to 0.300) excludes 0.'
    """
    found = []
    for one in subgroups:
        if one.apart and one.gap.low is not None and one.gap.high is not None:
            known = sorted(((v.value, name) for name, v in one.values.items() if math.isfinite(v.value)), reverse=True)
            (best, first), (worst, last) = known[0], known[-1]
            found.append(
                f"By {one.trait}, {label} is {written(best)} ({first}) and {written(worst)} ({last}): the gap of "
                f"{written(one.gap.value)} ({written(one.gap.low)} to {written(one.gap.high)}) excludes 0."
            )
    return (Finding("FB020", " ".join(found)),) if found else ()
