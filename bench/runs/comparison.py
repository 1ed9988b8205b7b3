"""Two ledgers compared: what was changed between them, and which rows moved by more than noise.

A row is compared with itself: what it said of a clip in one ledger beside what it says in the other, on the clips that both
have, with the same speaker and the same label. If nothing had changed but luck, it would make no difference which of the two
answers for which speaker; so the answers are swapped speaker by speaker, all rows of a task taken together (`metrics.tier`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.base.error import RequestError
from bench.corpora.corpus import Target
from bench.metrics.answer import Answers
from bench.metrics.interval import interval, paired, speaker_draws
from bench.metrics.metric import METRICS
from bench.metrics.tier import MIN_SPEAKERS, alpha, compare_pairs
from bench.runs.difference import LOST, WAITING, Change, LedgerComparison, MovedRow, TaskComparison, Verdict
from bench.runs.grid import PERMUTED
from bench.runs.ledger import Ledger
from bench.runs.mutual import mutual_speakers
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.row import Row, Value

LEDGER = "ledger.jsonl"
Record = Mapping[str, Any]
Key = tuple[str, str, str, str]


def compare_ledgers(before: Path, after: Path) -> LedgerComparison:
    """Compare the last studies of two folders of reports; reads neither audio nor features.

    Raises
    ------
    RequestError
        If a folder has no ledger or no guesses, both are one folder, or they have no task in common.
    """
    if before.resolve() == after.resolve():
        raise RequestError(
            f"{str(before)!r} and {str(after)!r} are one folder. Expected are the folders of two runs. Give another."
        )
    a, b = _Side(before), _Side(after)
    common = [task for task in b.tasks if task in a.tasks]
    if not common:
        raise RequestError(
            f"{str(before)!r} and {str(after)!r} have no task in common: {_listed(a.tasks)} there, {_listed(b.tasks)} here. "
            "Expected are two runs of the same task on the same track. Give their folders."
        )
    return LedgerComparison(
        before=str(before),
        after=str(after),
        changes=tuple(_changes(a.described(), b.described())),
        tasks=tuple(_task(a, b, task) for task in common),
        only_before=tuple(_named(task) for task in a.tasks if task not in b.tasks),
        only_after=tuple(_named(task) for task in b.tasks if task not in a.tasks),
    )


@dataclass(frozen=True)
class _Held:
    """A task of one ledger: its record, its rows by what they are called, and what the finished ones said."""

    record: Record
    rows: dict[Key, Row] = field(default_factory=dict)
    said: dict[Key, Predictions] = field(default_factory=dict)


class _Side:
    """The last study of a ledger. Records of older versions lack keys, and are read all the same."""

    def __init__(self, folder: Path) -> None:
        ledger = Ledger(folder / LEDGER)
        studies = ledger.records("study")
        if not studies:
            raise RequestError(
                f"{str(folder)!r} holds no {LEDGER} with a run. Expected is a folder of reports, as `fatigue-bench run "
                "--reports FOLDER` fills it. Give one."
            )
        self.path, self.study = ledger.path, next(reversed(studies.values()))
        self.results = ledger.records("result")
        predictions = PredictionStore(folder).get([row["job"] for row in self.study["rows"]])
        records = ledger.records("task")
        self.tasks: dict[tuple[str, str], _Held] = {}
        for line in self.study["rows"]:
            record = records[line["task"]]
            held = self.tasks.setdefault((record["name"], record["track"]), _Held(record))
            self._add(held, line, predictions)
        finished = any(self.results.get(line["job"], {}).get("status") == "done" for line in self.study["rows"])
        if finished and not predictions:
            raise RequestError(
                f"{str(folder)!r} holds no guesses of its last run, so no row can be compared. Expected is predictions.parquet "
                f"beside {LEDGER}. Put it back, or give another folder."
            )

    def _add(self, held: _Held, line: Record, predictions: Mapping[str, Predictions]) -> None:
        key: Key = (line["feature_set"], line["layer"], line["model"], line.get("baseline", ""))
        result = self.results.get(line["job"], {})
        done = result.get("status") == "done" and line["job"] in predictions
        error = result.get("error", "") or ("" if done else LOST if result.get("status") == "done" else WAITING)
        seed = result.get("seed", self.study["seed"])
        held.rows[key] = Row(line["job"], *key[:3], seed, "done" if done else "failed", error, baseline=key[3])
        if done:
            held.said[key] = predictions[line["job"]]

    def described(self) -> dict[str, str]:
        """What may differ between two runs, by what it is called."""
        used = [self.results[line["job"]] for line in self.study["rows"] if line["job"] in self.results]
        # Version 0.1 wrote no date into a result: its file has one.
        file = f"{datetime.fromtimestamp(self.path.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"
        fitted = max((result.get("at", file) for result in used), default=file)
        found = {"written": fitted, "command": self.study["command"], "seed": str(self.study["seed"])}
        found["part"] = self.study.get("partial", "") or "all"
        for library in dict.fromkeys(name for result in used for name in result.get("versions", {})):
            versions = dict.fromkeys(result["versions"].get(library, "") for result in used if "versions" in result)
            found[library] = " and ".join(version for version in versions if version)
        return found


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for what in dict.fromkeys((*before, *after)):
        one, other = before.get(what, "not known"), after.get(what, "not known")
        if one != other:
            yield Change(what, one, other)


def _identity(record: Record) -> dict[str, str]:
    """What a task is, by what it is called."""
    target = record["target"]
    return {
        "splitter": record["splitter"],
        "folds": str(record["n_folds"]),
        "fold hash": record["fold_hash"],
        "clips": str(record["n_clips"]),
        "speakers": str(record["n_speakers"]) if record["speakers_known"] else "unknown",
        "clips left out": str(len(record["excluded"])),
        "kind of label": target["kind"],
        "levels": ", ".join(target["levels"]),
        "scale": " to ".join(f"{end:g}" for end in target["scale"] or ()),
        "cuts": ", ".join(f"{cut:g}" for cut in target["cuts"]),
    }


def _task(a: _Side, b: _Side, task: tuple[str, str]) -> TaskComparison:
    one, other = a.tasks[task], b.tasks[task]
    both = [key for key in other.rows if key in one.said and key in other.said and key[3] != PERMUTED]
    shared = _Shared(one.record, other.record, [(one.said[key], other.said[key]) for key in both])
    found = shared.rows([(one.rows[key], other.rows[key]) for key in both])
    return TaskComparison(
        name=task[0],
        track=task[1],
        badge=other.record["badge"],
        metric_label=METRICS[other.record["metric"]].label,
        changes=tuple(_changes(_identity(one.record), _identity(other.record))),
        basis=tuple(shared.basis()),
        rows=tuple(sorted(found, key=lambda row: -abs(np.nan_to_num(row.difference.value)))),
        only_before=_missing(one, other),
        only_after=_missing(other, one),
        failed_before=_failed(one),
        failed_after=_failed(other),
        untold=shared.untold,
    )


def _missing(one: _Held, other: _Held) -> tuple[Row, ...]:
    """The rows that only one of them finished; controls apart."""
    return tuple(one.rows[key] for key in one.said if key not in other.said and key[3] != PERMUTED)


def _failed(held: _Held) -> tuple[Row, ...]:
    """The rows that were asked for and have no guesses; controls apart."""
    return tuple(row for key, row in held.rows.items() if key not in held.said and key[3] != PERMUTED)


def _permuted(record: Record) -> bool:
    return any(finding["code"] == "FB016" for finding in record.get("findings", ()))


class _Shared:
    """The clips that a task has in both ledgers, with the same speaker and label, and the rows on these clips alone."""

    def __init__(self, before: Record, after: Record, said: Sequence[tuple[Predictions, Predictions]]) -> None:
        self.metric, self.known = METRICS[after["metric"]], before["speakers_known"] and after["speakers_known"]
        self.n_levels = len(Target.from_json(after["target"]).levels) if after["form"] == "level" else 0
        self.said, self.same_task = said, before["key"] == after["key"]
        self.mutual = max(mutual_speakers(before), mutual_speakers(after))
        self.same_levels = not self.n_levels or before["target"]["levels"] == after["target"]["levels"]
        one, other = (_facts(said[0][side]) if said else {} for side in (0, 1))
        self.lost, self.added = len(one.keys() - other.keys()), len(other.keys() - one.keys())
        both = [clip for clip in other if clip in one]
        self.moved = sum(one[clip][0] != other[clip][0] for clip in both)
        self.relabelled = sum(one[clip][1] != other[clip][1] for clip in both)
        self.shuffled = self.relabelled > 0 and any(_permuted(record) for record in (before, after))
        comparable = self.same_levels and not self.shuffled  # clips that kept their label by chance are no choice of clips
        self.clips = [clip for clip in both if one[clip] == other[clip]] if comparable else []
        self.n_speakers = len({other[clip][0] for clip in self.clips})
        self.untold = self._untold()

    def _untold(self) -> str:
        if not self.said:
            return "No row was finished in both, so there is nothing to compare."
        if not self.same_levels:
            return "The levels are called otherwise, so no row can be compared."
        if self.shuffled:
            return "Labels were permuted in one, or otherwise in the other, so no row can be compared."
        if not self.clips:
            return "They have no clip with the same label in common, so no row can be compared."
        if not self.known:
            return "Nobody knows who speaks, so it cannot be told what moved by more than noise."
        few = f"Fewer than {MIN_SPEAKERS} speakers are in both, so it cannot be told what moved by more than noise."
        return few if self.n_speakers < MIN_SPEAKERS else ""

    def basis(self) -> Iterator[str]:
        """On which clips rows are compared, in sentences."""
        if not self.said:
            return
        if self.shuffled:
            return
        n, left = len(self.clips), self.lost + self.added + self.moved + self.relabelled
        what = f"{n:,} clips of {self.n_speakers} speakers" if self.known else f"{n:,} clips"
        yield f"Rows are compared on {what}" + (
            ", which are all." if not left else ", those that both tested with the same label."
        )
        if self.lost or self.added:
            first, second = (f"{n:,} {'is' if n == 1 else 'are'} in the" for n in (self.lost, self.added))
            yield f"Of the tested clips, {first} first only, and {second} second only."
        for n, noun in ((self.relabelled, "label"), (self.moved, "speaker")):
            if n:
                yield f"{n:,} {'clip has' if n == 1 else 'clips have'} another {noun} now: rows are not compared there."
        if not left and not self.same_task:
            yield "The task is not the same for all that: its recordings, its folds, or clips that are only trained on differ."

    def rows(self, named: Sequence[tuple[Row, Row]]) -> Iterator[MovedRow]:
        """Each row on these clips, before and after."""
        if not self.clips:
            return
        answers = [self._answers(predictions) for pair in self.said for predictions in pair]
        weights = speaker_draws(self.n_speakers) if self.known else np.ones((0, self.n_speakers), np.int64)
        pairs = [(2 * place + 1, 2 * place) for place in range(len(named))]
        tested = None if self.untold else compare_pairs(answers, pairs)
        for place, (one, other) in enumerate(named):
            before, after = answers[2 * place], answers[2 * place + 1]
            p = tested[place].p if tested else None
            n_changed = int((before.guess != after.guess).sum())
            yield MovedRow(
                row=other,
                before=Value(*interval(self.metric, before, weights, mutual=self.mutual)),
                after=Value(*interval(self.metric, after, weights, mutual=self.mutual)),
                difference=Value(*paired(self.metric, after, before, weights, mutual=self.mutual)),
                p=p,
                n_changed=n_changed,
                same_job=one.fingerprint == other.fingerprint,
                verdict=_verdict(n_changed, p, alpha(self.n_speakers, mutual=self.mutual > 0)),
            )

    def _answers(self, predictions: Predictions) -> Answers:
        place = {clip: row for row, clip in enumerate(predictions.clip_ids)}
        rows = [place[clip] for clip in self.clips]
        speakers = [predictions.speakers[row] for row in rows]
        return Answers.of(predictions.truth[rows], predictions.guess[rows], speakers, self.n_levels)


def _facts(predictions: Predictions) -> dict[str, tuple[str, float]]:
    """Speaker and label of each clip."""
    told = zip(predictions.speakers, predictions.truth.tolist(), strict=True)
    return dict(zip(predictions.clip_ids, told, strict=True))


def _verdict(n_changed: int, p: float | None, level: float) -> Verdict:
    if not n_changed:
        return "equal"
    return "untold" if p is None else "moved" if p <= level else "still"


def _named(task: tuple[str, str]) -> str:
    return f"{task[0]} ({task[1]} track)" if task[1] != "open" else task[0]


def _listed(tasks: Mapping[tuple[str, str], Any]) -> str:
    return ", ".join(map(_named, tasks)) or "none"
