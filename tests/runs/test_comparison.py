"""Two ledgers compared, written line by line as a run writes them; noise is held against swaps made by hand."""

import itertools
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from bench.base.error import RequestError
from bench.metrics.interval import speaker_draws
from bench.runs.comparison import compare_ledgers
from bench.runs.difference import WAITING, Change
from bench.runs.ledger import Ledger
from tests.runs.conftest import KSS

SCORES = np.array([1.0, 2.0, 4.0, 5.0, 8.0, 9.0])


class House:
    """A folder of reports of an older version: its records and its table hold only what 0.1 wrote."""

    def __init__(self, folder, form="score", n_speakers=8, key="t", **task):
        self.folder, self.form, self.key = folder, form, key
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.speakers = np.repeat([f"s{n}" for n in range(n_speakers)], len(SCORES))
        self.clips = [f"{speaker}-{n % len(SCORES)}" for n, speaker in enumerate(self.speakers)]
        truth = np.tile(SCORES, n_speakers)
        self.truth = np.digitize(truth, KSS.cuts).astype(float) if form == "level" else truth
        self.rows, self.tables = [], []
        record = {
            "name": f"tiny/kss/{form}",
            "form": form,
            "track": "open",
            "target": KSS.as_json(),
            "card": {},
            "badge": "",
            "metric": "uar" if form == "level" else "spearman",
            "chance": 0.0,
            "splitter": "loso",
            "fold_hash": "f",
            "n_folds": n_speakers,
            "n_clips": len(self.clips),
            "n_speakers": n_speakers,
            "speakers_known": True,
            "findings": [],
            "excluded": [],
        }
        self.ledger.append("task", key, {**record, **task})

    def row(self, name, guess, job=None, status="done", baseline="", seed=0, truth=None, speakers=None, keep=None, **versions):
        job = job or f"{self.folder.name}-{name}"
        row = {"task": self.key, "feature_set": name, "layer": "", "model": "linear"}
        error = "It broke." if status == "failed" else ""
        result = {**row, "seed": seed, "status": status, "error": error, "versions": {"numpy": "2.3", **versions}}
        if status != "waiting":
            self.ledger.append("result", job, result)
        self.rows.append({"job": job, **row, "findings": [], **({"baseline": baseline} if baseline else {})})
        if status == "done":
            places = range(len(self.clips)) if keep is None else keep
            truth, speakers = self.truth if truth is None else truth, self.speakers if speakers is None else speakers
            columns = {
                "job": [job] * len(places),
                "task": ["tiny"] * len(places),
                "feature_set": [name] * len(places),
                "layer": [""] * len(places),
                "model": ["linear"] * len(places),
                "track": ["open"] * len(places),
                "seed": [seed] * len(places),
                "clip_id": [self.clips[i] for i in places],
                "speaker": [str(speakers[i]) for i in places],
                "fold": [str(speakers[i]) for i in places],
                "truth": [float(truth[i]) for i in places],
                "guess": [float(guess[i]) for i in places],
                "truth_level": pa.nulls(len(places), pa.string()),
                "guess_level": pa.nulls(len(places), pa.string()),
            }
            self.tables.append(pa.table(columns))
        return job

    def close(self, command="fatigue-bench run", seed=0, **study):
        costs = {row["feature_set"]: [0.1, 1.0] for row in self.rows}
        self.ledger.append(
            "study", "s", {"command": command, "seed": seed, "partial": "", "rows": self.rows, "costs": costs, **study}
        )
        if self.tables:
            pq.write_table(pa.concat_tables(self.tables), self.folder / "predictions.parquet", write_page_checksum=True)
        return self.folder


@pytest.fixture
def house(tmp_path):
    def make(name, /, *given, **more):
        return House(tmp_path / name, *given, **more)

    return make


def guesses(truth, noise, seed=0, form="score"):
    rng = np.random.default_rng(seed)
    if form == "level":
        return np.where(rng.random(len(truth)) < noise, rng.integers(0, 3, len(truth)), truth).astype(float)
    return truth + noise * rng.normal(size=len(truth))


def value(form, truth, guess):
    if form == "level":
        return np.mean([np.mean(guess[truth == level] == level) for level in np.unique(truth)])
    return np.corrcoef(rankdata(truth), rankdata(guess))[0, 1]


def test_unchanged_guesses_are_bit_equal(house):
    made = [house(name) for name in "ab"]
    folders = []
    for one in made:
        one.row("given", guesses(one.truth, 1.0), job="j")
        folders.append(one.close())
    os.utime(folders[0] / "ledger.jsonl", (0, 0))
    found = compare_ledgers(*folders)
    (task,) = found.tasks
    (row,) = task.rows
    assert (row.verdict, row.n_changed, row.difference.value, row.p, row.same_job) == ("equal", 0, 0.0, 1.0, True)
    assert [change.what for change in found.changes] == ["written"]
    assert found.changes[0].before == "1970-01-01 00:00 UTC"
    assert task.basis == ("Rows are compared on 48 clips of 8 speakers, which are all.",)
    assert task.changes == ()


@pytest.mark.parametrize("form", ["score", "level"])
def test_what_moved_is_told_by_swaps_and_by_a_paired_bootstrap(house, form, monkeypatch):
    monkeypatch.setattr("bench.runs.comparison.speaker_draws", lambda n: speaker_draws(n, 300))
    before, after = house("a", form, 10), house("b", form, 10)
    noises = (
        {"worse": (0.3, 3.0), "same": (1.0, 1.0), "little": (0.9, 0.8)}
        if form == "score"
        else {"worse": (0.05, 1.0), "same": (0.4, 0.4), "little": (0.4, 0.38)}
    )
    said = {}
    for seed, (name, (one, other)) in enumerate(noises.items()):
        said[name] = (
            guesses(before.truth, one, seed, form),
            guesses(before.truth, other, seed if name == "same" else seed + 50, form),
        )
        before.row(name, said[name][0])
        after.row(name, said[name][1])
    (task,) = compare_ledgers(before.close(), after.close()).tasks
    rows = {row.row.feature_set: row for row in task.rows}
    assert {name: row.verdict for name, row in rows.items()} == {"worse": "moved", "same": "equal", "little": "still"}
    codes = np.unique(before.speakers, return_inverse=True)[1]
    clips = [np.repeat(np.arange(10), line) for line in speaker_draws(10, 300)]
    swaps = np.array(list(itertools.product([False, True], repeat=10)))
    under = {}
    for name, (one, other) in said.items():
        row = rows[name]
        assert row.before.value == pytest.approx(value(form, before.truth, one))
        assert row.difference.value == pytest.approx(value(form, before.truth, other) - value(form, before.truth, one))
        ranks = (one, other) if form == "level" else (rankdata(one), rankdata(other))
        score = value if form == "level" else lambda _, truth, guess: np.corrcoef(rankdata(truth), guess)[0, 1]
        under[name] = np.array(
            [
                score(form, before.truth, np.where(swap[codes], ranks[0], ranks[1]))
                - score(form, before.truth, np.where(swap[codes], ranks[1], ranks[0]))
                for swap in swaps
            ]
        )
        drawn = [np.concatenate([np.flatnonzero(codes == speaker) for speaker in line]) for line in clips]
        differences = [value(form, before.truth[i], other[i]) - value(form, before.truth[i], one[i]) for i in drawn]
        if name != "same":
            tail = norm.cdf(-np.sqrt(10 / 9) * student.ppf(0.975, 9) * np.sqrt(2.0))  # Hesterberg (2015), decision 20
            assert (row.difference.low, row.difference.high) == pytest.approx(tuple(np.quantile(differences, [tail, 1 - tail])))
    spread = {name: np.sqrt((values**2).mean()) for name, values in under.items()}
    largest = np.max([np.abs(under[name]) / spread[name] for name in under if spread[name] > 0], axis=0)
    for name in ("worse", "little"):
        by_hand = (largest >= abs(rows[name].difference.value) / spread[name] * (1 - 1e-9)).mean()
        assert rows[name].p == pytest.approx(by_hand, abs=1e-9)


def test_it_says_what_was_changed_and_which_rows_stand_alone(house):
    before, after = house("a"), house("b", key="u", splitter="grouped-4", fold_hash="g", excluded=[["x", "empty"]])
    for one in (before, after):
        one.row("given", guesses(one.truth, 1.0), numpy="2.3" if one is before else "2.4")
    before.row("gone", guesses(before.truth, 1.0))
    after.row("new", guesses(after.truth, 1.0))
    after.row("gone", None, status="failed")
    after.row("slow", None, status="waiting")
    found = compare_ledgers(before.close(seed=1), after.close(command="fatigue-bench run --seed 2", seed=2))
    assert {change.what: (change.before, change.after) for change in found.changes if change.what != "written"} == {
        "command": ("fatigue-bench run", "fatigue-bench run --seed 2"),
        "seed": ("1", "2"),
        "numpy": ("2.3", "2.4 and 2.3"),
    }
    (task,) = found.tasks
    assert set(task.changes) == {
        Change("splitter", "loso", "grouped-4"),
        Change("fold hash", "f", "g"),
        Change("clips left out", "0", "1"),
    }
    assert [row.feature_set for row in task.only_before] == ["gone"]
    assert [row.feature_set for row in task.only_after] == ["new"]
    assert task.failed_before == ()
    assert [(row.feature_set, row.error) for row in task.failed_after] == [("gone", "It broke."), ("slow", WAITING)]


def test_only_clips_with_the_same_label_and_speaker_are_compared(house):
    before, after = house("a"), house("b", key="u")
    one, other = guesses(before.truth, 1.0), guesses(before.truth, 1.0, 7)
    truth, speakers = before.truth.copy(), before.speakers.astype("<U9").copy()
    truth[3], speakers[7] = 9.0, "another"
    before.row("given", one, keep=range(2, 48))
    after.row("given", other, truth=truth, speakers=speakers, keep=range(47))
    (task,) = compare_ledgers(before.close(), after.close()).tasks
    used = [i for i in range(2, 47) if i not in (3, 7)]
    assert task.rows[0].before.value == pytest.approx(value("score", before.truth[used], one[used]))
    assert task.rows[0].n_changed == len(used)
    assert task.basis == (
        "Rows are compared on 43 clips of 8 speakers, those that both tested with the same label.",
        "Of the tested clips, 1 is in the first only, and 2 are in the second only.",
        "1 clip has another label now: rows are not compared there.",
        "1 clip has another speaker now: rows are not compared there.",
    )


def test_recordings_that_changed_under_the_same_description_are_told(house):
    before, after = house("a"), house("b", key="u")
    for one in (before, after):
        one.row("given", guesses(one.truth, 1.0))
    (task,) = compare_ledgers(before.close(), after.close()).tasks
    assert task.basis[-1].startswith("The task is not the same for all that: its recordings")


@pytest.mark.parametrize(
    ("more", "n_speakers", "why"),
    [
        ({}, 5, "Fewer than 6 speakers"),
        ({"speakers_known": False}, 8, "Nobody knows who speaks"),
        ({"target": {**KSS.as_json(), "levels": ["a", "b", "c"]}}, 8, "The levels are called otherwise"),
    ],
)
def test_it_says_why_nothing_can_be_told(house, more, n_speakers, why):
    before, after = house("a", "level", n_speakers), house("b", "level", n_speakers, "u", **more)
    for seed, one in enumerate((before, after)):
        one.row("given", guesses(one.truth, 0.5, seed, "level"))
    (task,) = compare_ledgers(before.close(), after.close()).tasks
    assert task.untold.startswith(why)
    assert all(row.verdict == "untold" and row.p is None for row in task.rows)


def test_permuted_labels_leave_no_clips_that_happen_to_match(house):
    control = {"code": "FB016", "message": "Permuted.", "stops": False}
    before, after = house("a"), house("b", key="u", findings=[control])
    before.row("given", guesses(before.truth, 1.0))
    after.row("given", guesses(after.truth, 1.0), truth=np.random.default_rng(0).permutation(after.truth))
    (task,) = compare_ledgers(before.close(), after.close()).tasks
    assert task.untold == "Labels were permuted in one, or otherwise in the other, so no row can be compared."
    assert (task.rows, task.basis) == ((), ())


def test_the_control_is_compared_with_nothing(house):
    made = [house(name) for name in "ab"]
    for one in made:
        one.row("given", guesses(one.truth, 1.0))
        one.row("given", guesses(one.truth, 9.0), job=f"{one.folder.name}-control", baseline="permuted", truth=one.truth[::-1])
        one.row("duration", guesses(one.truth, 4.0), baseline="duration")
    (task,) = compare_ledgers(*(one.close() for one in made)).tasks
    assert {row.row.baseline for row in task.rows} == {"", "duration"}
    assert task.only_before == task.only_after == ()


def test_a_folder_without_a_run_and_runs_without_a_common_task_are_wrong_requests(house, tmp_path):
    one, other = house("a"), house("b", name="other/kss/score")
    for made in (one, other):
        made.row("given", guesses(made.truth, 1.0))
    folders = one.close(), other.close()
    with pytest.raises(RequestError, match="no task in common: tiny/kss/score there, other/kss/score here"):
        compare_ledgers(*folders)
    with pytest.raises(RequestError, match=r"holds no ledger.jsonl with a run"):
        compare_ledgers(folders[0], tmp_path)


def test_one_folder_twice_and_a_run_without_guesses_are_wrong_requests(house):
    one, other = house("a"), house("b")
    for made in (one, other):
        made.row("given", guesses(made.truth, 1.0))
    folders = one.close(), other.close()
    with pytest.raises(RequestError, match="are one folder"):
        compare_ledgers(folders[0], folders[0] / ".." / "a")
    (folders[1] / "predictions.parquet").unlink()
    with pytest.raises(RequestError, match=r"b' holds no guesses of its last run.*predictions.parquet"):
        compare_ledgers(*folders)
