"""The standing: from the ledger and the predictions to a board with values, intervals and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError
from bench.base.finding import Finding
from bench.corpora.corpus import Exclusion, Target
from bench.metrics.agreement import confusion
from bench.metrics.answer import speaker_names
from bench.metrics.interval import expanded, speaker_draws
from bench.metrics.metric import METRICS, Metric, reported
from bench.metrics.permutation import null_values
from bench.runs.board import Board, Curve, TaskBoard
from bench.runs.family import Families, Family
from bench.runs.grid import PERMUTED
from bench.runs.layer import Compared
from bench.runs.ledger import Ledger
from bench.runs.mutual import mutual_speakers
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.reliability import with_reliability
from bench.runs.row import Row, Value
from bench.runs.stability import make_stability
from bench.runs.subgroup import with_subgroups
from bench.runs.sweep import make_layer_boards, points_of
from bench.runs.verdict import chance_finding, stands, tie_finding, trivial_findings, unsolved_findings
from bench.runs.yardstick import make_yardsticks

Record = Mapping[str, Any]
Draws = npt.NDArray[np.float64]


def make_board(ledger: Ledger, store: PredictionStore, key: str = "") -> Board:
    """Compute the board of a study of a ledger; reads no audio and no features.

    Parameters
    ----------
    ledger : Ledger
    store : PredictionStore
    key : str
        Of the study; "" for the last one.

    Returns
    -------
    Board

    Raises
    ------
    RequestError
        If nothing was run yet.
    """
    studies = ledger.records("study")
    if not studies:
        raise RequestError(f"No run stands in {str(ledger.path)!r}. Expected is what `fatigue-bench run` writes. Run it first.")
    study = studies[key] if key else next(reversed(studies.values()))
    tasks, results = ledger.records("task"), ledger.records("result")
    wanted = [row["job"] for row in study["rows"]]
    predictions = store.get([*wanted, *(job for row in study["rows"] for _, job in row.get("repeats", ()))])
    status = {job: results[job]["status"] if job in results else "waiting" for job in wanted}
    status = {job: "waiting" if s == "done" and job not in predictions else s for job, s in status.items()}
    order = list(dict.fromkeys(row["task"] for row in study["rows"]))
    boards = []
    for key in order:
        rows = [row for row in study["rows"] if row["task"] == key and status[row["job"]] != "waiting"]
        records = [{**results[row["job"]], **row, "own": results[row["job"]]["findings"]} for row in rows]
        boards.append(_task_board(tasks[key], records, predictions, study))
    counts = [list(status.values()).count(name) for name in ("done", "failed", "waiting")]
    partial = "; ".join(
        text for text in (study["partial"], f"{counts[2]} of {len(wanted)} jobs are not done yet" if counts[2] else "") if text
    )
    versions = _versions([results[job] for job in wanted if status[job] != "waiting"])
    return Board(study["command"], versions, study["seed"], counts[0], counts[1], counts[2], partial, tuple(boards))


def _versions(results: Sequence[Record]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for result in results:
        for library, version in result["versions"].items():
            if version not in found.setdefault(library, []):
                found[library].append(version)
    return {library: " and ".join(versions) for library, versions in found.items()}


@dataclass(frozen=True)
class _Scored:
    """A row on its way to the board, with the draws of its primary metric, which are over the speakers that were held out."""

    row: Row
    value: float
    draws: Draws | None


def _task_board(task: Record, records: Sequence[Record], predictions: Mapping[str, Predictions], study: Record) -> TaskBoard:
    target = Target.from_json(task["target"])
    metrics = reported(task["form"], target.levels, target.ordinal)
    scored = [_scored(task, target, metrics, record, predictions.get(record["job"]), study["costs"]) for record in records]
    points = points_of([one.row for one in scored], [record["job"] for record in records if record.get("named")])
    scored = [replace(one, row=replace(one.row, point=one.row.fingerprint in points)) for one in scored]
    done = sorted((one for one in scored if one.row.status == "done"), key=lambda one: -one.value)
    best = next((one for one in done if not one.row.baseline and not one.row.point), None)
    nulls = _Nulls(task, target, predictions)
    families = Families(task, predictions)
    family = families.tiered([one.row.fingerprint for one in done if one.row.baseline != PERMUTED and not one.row.point])
    by_job = {record["job"]: record for record in records}
    told = [
        replace(
            _seeds(one.row, by_job[one.row.fingerprint], task, nulls.n_levels, predictions),
            null=nulls.of(one.row),
            tier=family.tiers.get(one.row.fingerprint),
        )
        for one in done
    ]
    rows = [_compared(replace(one, row=row), best, task, family) for one, row in zip(done, told, strict=True)]
    rows = with_subgroups(rows, task, predictions)
    rows += [one.row for one in scored if one.row.status == "failed"]
    draws = {one.row.fingerprint: one.draws for one in done}
    tested = predictions.get(done[0].row.fingerprint) if done else None
    return TaskBoard(
        name=task["name"],
        form=task["form"],
        track=task["track"],
        target=target,
        card=task["card"],
        metric=task["metric"],
        metric_label=METRICS[task["metric"]].label,
        chance=task["chance"],
        splitter=task["splitter"],
        n_folds=task["n_folds"],
        n_clips=task["n_clips"],
        n_speakers=task["n_speakers"],
        fold_hash=task["fold_hash"],
        rows=tuple(rows),
        findings=_by_code(
            (
                *(Finding(**finding) for finding in task["findings"]),
                *trivial_findings(rows, task),
                *unsolved_findings(study.get("unsolved", {}).get(task["key"], ()), task),
            )
        ),
        excluded=tuple(Exclusion(*pair) for pair in task["excluded"]),
        curves=_curves(rows, task["metric"]),
        layers=make_layer_boards(rows, task["metric"], Compared(draws, mutual_speakers(task), families.judge)),
        badge=task["badge"],
        caution=task.get("caution", ""),
        stability=make_stability(task, rows, predictions),
        untiered=family.untiered,
        yardsticks=make_yardsticks(task),
        n_tested=len(set(tested.clip_ids)) if tested else 0,
        n_tested_speakers=len(set(tested.speakers)) if tested and task["speakers_known"] else 0,
    )


def _scored(
    task: Record,
    target: Target,
    metrics: Sequence[Metric],
    record: Record,
    predictions: Predictions | None,
    costs: Mapping[str, Any],
) -> _Scored:
    extract_seconds, cache_mb = costs[record["feature_set"]]
    findings = tuple(Finding(**f) for f in record["own"]) + tuple(Finding(*pair) for pair in record["findings"])
    if record.get("baseline"):  # nobody asked how well it is tuned
        findings = tuple(finding for finding in findings if finding.code != "FB012")
    row = Row(
        fingerprint=record["job"],
        feature_set=record["feature_set"],
        layer=record["layer"],
        model=record["model"],
        seed=record["seed"],
        status=record["status"],
        error=record["error"],
        findings=findings,
        extract_seconds=extract_seconds,
        fit_seconds=record["fit_seconds"],
        cache_mb=cache_mb,
        n_columns=record["n_columns"],
        chosen=tuple(record["chosen"]),
        baseline=record.get("baseline", ""),
    )
    if record["status"] == "failed" or predictions is None:
        return _Scored(row, float("nan"), None)
    answers = predictions.answers(len(target.levels) if task["form"] == "level" else 0)
    weights = speaker_draws(answers.n_speakers) if task["speakers_known"] else None
    drawn = {m.name: m.drawn(answers, weights) if weights is not None else None for m in metrics}
    values = {m.name: _value(m.value(answers), drawn[m.name], answers.n_speakers, mutual_speakers(task)) for m in metrics}
    primary = METRICS[task["metric"]]
    by_speaker = dict(zip(speaker_names(predictions.speakers), primary.by_speaker(answers).tolist(), strict=True))
    table = tuple(tuple(int(n) for n in line) for line in confusion(answers)) if task["form"] == "level" else None
    row = with_reliability(replace(row, metrics=values, confusion=table, by_speaker=by_speaker), task, predictions)
    return _Scored(row, values[primary.name].value, drawn[primary.name])


def _seeds(row: Row, record: Record, task: Record, n_levels: int, predictions: Mapping[str, Predictions]) -> Row:
    """The row with the primary metric of each seed; a seed that failed is told."""
    repeats = record.get("repeats", ())
    if not repeats:
        return row
    metric = METRICS[task["metric"]]
    found = [(row.seed, row.metrics[metric.name].value)]
    found += [(seed, metric.value(predictions[job].answers(n_levels))) for seed, job in repeats if job in predictions]
    lost = [seed for seed, job in repeats if job not in predictions]
    message = f"With the seeds {', '.join(map(str, lost))} there is no value: these jobs failed, or have not run yet."
    return replace(row, seeds=tuple(found), findings=(*row.findings, *([Finding("FB021", message)] if lost else [])))


def _value(value: float, draws: Draws | None, n_speakers: int, mutual: int) -> Value:
    bounds = expanded(draws, n_speakers, mutual=mutual) if draws is not None else None
    return Value(value, *bounds) if bounds else Value(value)


def _by_code(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.code))


class _Nulls:
    """The bounds that permuted labels give the rows of a task; the permutations are shared by rows with the same truth."""

    def __init__(self, task: Record, target: Target, predictions: Mapping[str, Predictions]) -> None:
        self.n_levels = len(target.levels) if task["form"] == "level" else 0
        self.known, self.predictions = task["speakers_known"], predictions
        self.made: dict[bytes, Callable[[Draws], Draws]] = {}

    def of(self, row: Row) -> Value | None:
        """Mean and 95 % bounds of the primary metric under permutation; None where nobody knows who speaks."""
        if not self.known:
            return None
        own = self.predictions[row.fingerprint]
        key = own.truth.tobytes()
        if key not in self.made:
            self.made[key] = null_values(own.answers(self.n_levels))
        values = self.made[key](own.guess)
        if not np.isfinite(values).all():
            return None
        return Value(float(values.mean()), *(float(bound) for bound in np.quantile(values, [0.025, 0.975])))


def _compared(one: _Scored, best: _Scored | None, task: Record, family: Family) -> Row:
    """The row with its difference to the best one, and the findings that follow from its intervals.

    A row with permuted labels is about another truth: it is compared with nothing. A point of a curve over layers has its
    difference, and what can be told of it stands with the curve. That a baseline lies at chance is no news.
    """
    if one.row.baseline == PERMUTED:
        return one.row
    difference = None
    if best is not None and one.row.fingerprint != best.row.fingerprint:
        draws = one.draws - best.draws if one.draws is not None and best.draws is not None else None
        difference = _value(one.value - best.value, draws, len(one.row.by_speaker), mutual_speakers(task))
    first = best.row.fingerprint if best else ""
    how = "" if one.row.point else stands(one.row.fingerprint, first, difference, family.beats if family.tiers else None)
    at_chance = chance_finding(one.row.metrics[task["metric"]], task["chance"], METRICS[task["metric"]].label)
    found = (None if one.row.baseline else at_chance, tie_finding(how, bool(family.tiers)))
    return replace(one.row, difference=difference, stands=how, findings=(*one.row.findings, *(f for f in found if f)))


def _curves(rows: Sequence[Row], metric: str) -> tuple[Curve, ...]:
    points: dict[tuple[str, str], list[tuple[int, Value]]] = {}
    for row in rows:
        if row.status == "done" and row.layer.isdigit() and not row.baseline:
            points.setdefault((row.feature_set, row.model), []).append((int(row.layer), row.metrics[metric]))
    return tuple(
        Curve(*key, tuple(sorted(found, key=lambda p: p[0]))) for key, found in sorted(points.items()) if len(found) > 1
    )
