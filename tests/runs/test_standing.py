"""The standing, from a ledger and predictions written by hand, held against a bootstrap that draws clips one by one."""

import math

import numpy as np
import pytest
from scipy import stats

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.metrics.answer import Answers
from bench.metrics.interval import speaker_draws
from bench.metrics.tier import compare
from bench.models.recipe import MODELS
from bench.runs.job import Job
from bench.runs.ledger import Ledger
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.representation import Representation
from bench.runs.standing import make_board
from bench.views.standing import folded
from tests.runs.conftest import KSS, make_corpus, make_run

SCORES = (1.0, 2.0, 4.0, 5.0, 8.0, 9.0)


class Bench:
    """A ledger and predictions, filled line by line as a run fills them."""

    def __init__(self, folder, form="score", n_speakers=6, scores=SCORES, **task):
        self.ledger, self.store = Ledger(folder / "ledger.jsonl"), PredictionStore(folder)
        self.run = make_run(form, corpus=make_corpus(n_speakers, scores=scores))
        self.rows = []
        record = {
            "name": f"tiny/kss/{form}",
            "form": form,
            "track": "open",
            "target": KSS.as_json(),
            "card": {"corpus": "tiny"},
            "badge": "",
            "metric": "uar" if form == "level" else "spearman",
            "chance": 1 / 3 if form == "level" else 0.0,
            "splitter": "loso",
            "fold_hash": "f",
            "n_folds": n_speakers,
            "n_clips": n_speakers * len(scores),
            "n_speakers": n_speakers,
            "speakers_known": True,
            "findings": [{"code": "FB010", "message": "A proxy.", "stops": False}],
            "excluded": [["gone", "it is empty"]],
        }
        self.ledger.append("task", "t", {**record, **task})

    def row(self, guess, features="given", layer="", model="linear", status="done", seconds=1.0, baseline="", **more):
        given = Representation.of(f"{features}@{layer}" if layer else features)
        job = Job(self.run, given, MODELS.make(parse(model)), len(self.rows))
        task = self.run.task
        record = {
            "task": "t",
            "layer": layer,
            "feature_set": features,
            "model": model,
            "seed": 0,
            "status": status,
            "error": "It broke." if status == "failed" else "",
            "fit_seconds": seconds,
            "n_columns": 3,
            "chosen": [{"fold": "s0", "layer": None, "parameters": {}, "tuned": 0.5}],
            "findings": [],
            "versions": {"numpy": "2.3"},
        }
        if status != "waiting":
            self.ledger.append("result", job.fingerprint, {**record, **more})
        if status == "done" and guess is not None:
            speakers = tuple(task.speakers().tolist())
            self.store.put(
                job, Predictions(task.clip_ids, speakers, speakers, task.y().astype(float), np.asarray(guess, float))
            )
        keys = ("task", "feature_set", "layer", "model")
        kept = {key: record[key] for key in keys}
        self.rows.append({"job": job.fingerprint, **kept, "findings": [], "baseline": baseline})
        return job.fingerprint

    def board(self, **study):
        costs = {row["feature_set"]: [0.25, 1.5] for row in self.rows}
        record = {"command": "fatigue-bench run", "seed": 4, "partial": "", "rows": self.rows, "costs": costs}
        self.ledger.append("study", "s", {**record, **study})
        return make_board(self.ledger, self.store)


def uar(truth, guess):
    """Over the last axis, as `spearman`."""
    found = [np.where(truth == level, guess == level, np.nan) for level in (0, 1, 2)]
    return np.mean([np.nanmean(hits, axis=-1) for hits in found], axis=0)


def spearman(truth, guess):
    if np.ptp(guess) == 0:
        return np.zeros(truth.shape[:-1])
    ranks = [stats.rankdata(values, axis=-1) for values in (truth, guess)]
    x, y = [(values - values.mean(axis=-1, keepdims=True)) / values.std(axis=-1, keepdims=True) for values in ranks]
    return (x * y).mean(axis=-1)


def bounds(values, n_speakers, more=None):
    """Hesterberg's expanded percentile interval, from the paper's formula, for speakers that train each other (decision 20)."""
    t = stats.t.ppf(0.975, n_speakers - 1) * math.sqrt(1 + 10 / n_speakers if more is None else more)
    tail = stats.norm.cdf(-math.sqrt(n_speakers / (n_speakers - 1)) * t)
    return np.quantile(values, [tail, 1 - tail])


def drawn(metric, truth, guess, n_speakers):
    """The metric over clips that stand there as often as their speaker was drawn; all speakers have as many clips."""
    clips = np.arange(len(truth)).reshape(n_speakers, -1)
    rows = np.stack([clips[np.repeat(np.arange(n_speakers), weights)].ravel() for weights in speaker_draws(n_speakers)])
    return metric(truth[rows], guess[rows])


@pytest.mark.parametrize(("form", "metric", "chance"), [("score", spearman, 0.0), ("level", uar, 1 / 3)])
def test_values_intervals_and_findings_are_those_of_a_bootstrap_by_hand(given, tmp_path, monkeypatch, form, metric, chance):
    monkeypatch.setattr("bench.metrics.interval.enough_draws", lambda n: 2000)
    house = Bench(tmp_path, form, n_speakers=8)
    truth = house.run.task.y().astype(float)
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 1, (4, len(truth)))
    if form == "score":
        guesses = [truth + noise[0], truth + 1.2 * noise[1], truth + 5 * noise[2], 6 * noise[3], np.full(len(truth), 4.0)]
    else:
        flips = [
            np.where(rng.random(len(truth)) < share, rng.integers(0, 3, len(truth)), truth) for share in (0.1, 0.15, 0.6, 1)
        ]
        guesses = [*flips, np.ones(len(truth))]
    jobs = [house.row(guess) for guess in guesses[::-1]][::-1]
    board = house.board()
    (task,) = board.tasks
    speakers, n_levels = house.run.task.speakers(), 3 if form == "level" else 0
    beats = compare([Answers.of(truth, guess, speakers, n_levels) for guess in guesses]).beats(0.01)
    values = {job: metric(truth, guess) for job, guess in zip(jobs, guesses, strict=True)}
    draws = {job: drawn(metric, truth, guess, 8) for job, guess in zip(jobs, guesses, strict=True)}
    assert [row.fingerprint for row in task.rows] == sorted(jobs, key=lambda job: -values[job])
    best = task.rows[0]
    assert best.difference is None
    codes = []
    for row in task.rows:
        name = task.metric
        low, high = bounds(draws[row.fingerprint], 8)
        assert row.metrics[name].value == pytest.approx(values[row.fingerprint], abs=1e-12)
        assert (row.metrics[name].low, row.metrics[name].high) == pytest.approx((low, high), abs=1e-9)
        expected = {"FB004"} if low <= chance else set()
        if row is not best:
            low, high = bounds(draws[row.fingerprint] - draws[best.fingerprint], 8)
            assert row.difference.value == pytest.approx(values[row.fingerprint] - values[best.fingerprint], abs=1e-12)
            assert (row.difference.low, row.difference.high) == pytest.approx((low, high), abs=1e-9)
            place, first = jobs.index(row.fingerprint), jobs.index(best.fingerprint)
            row_beats, best_beats = beats[place, first], beats[first, place]
            assert row.stands == ("better" if row_beats else "worse" if best_beats else "alike")
            expected |= {"FB007"} if row.stands == "alike" else set()
        assert {finding.code for finding in row.findings} == expected
        codes.append(expected)
    # Every case occurs, so that none of the lines above is idle.
    assert codes[:2] == [set(), {"FB007"}]
    assert {"FB004"} in codes[2:]
    assert any("FB007" not in found for found in codes[2:])


def test_every_reported_metric_stands_in_a_row(given, tmp_path):
    from sklearn import metrics

    house = Bench(tmp_path, "level")
    truth = house.run.task.y()
    guess = np.where(np.arange(len(truth)) % 3 == 0, 1, truth)
    house.row(guess)
    row = house.board().tasks[0].rows[0]
    assert {name: value.value for name, value in row.metrics.items()} == pytest.approx(
        {
            "uar": metrics.balanced_accuracy_score(truth, guess),
            "macro_f1": metrics.f1_score(truth, guess, average="macro"),
            "kappa": metrics.cohen_kappa_score(truth, guess, weights="quadratic"),
            **dict(
                zip(
                    ("recall:alert", "recall:neither", "recall:sleepy"),
                    metrics.recall_score(truth, guess, average=None),
                    strict=True,
                )
            ),
        }
    )
    assert np.array(row.confusion).tolist() == metrics.confusion_matrix(truth, guess).tolist()


def test_a_score_has_its_metrics_and_values_within_speakers(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    guess = truth + np.random.default_rng(0).normal(0, 2, len(truth))
    house.row(guess)
    row = house.board().tasks[0].rows[0]
    within = {f"s{n}": spearman(truth[6 * n : 6 * n + 6], guess[6 * n : 6 * n + 6]) for n in range(6)}
    assert dict(row.by_speaker) == pytest.approx(within)
    assert row.metrics["within_speaker_spearman"].value == pytest.approx(np.mean(list(within.values())))
    assert row.metrics["mae"].value == pytest.approx(np.abs(truth - guess).mean())
    assert set(row.metrics) == {"spearman", "ccc", "mae", "within_speaker_spearman"}
    assert row.confusion is None


def test_failed_rows_come_last_with_their_sentence_and_waiting_ones_are_counted(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    house.row(None, status="failed")
    house.row(-truth)
    house.row(None, status="waiting")
    good = house.row(truth)
    house.row(None)  # its line stands, its predictions are gone
    board = house.board()
    assert (board.jobs_done, board.jobs_failed, board.jobs_waiting) == (2, 1, 2)
    assert board.partial == "2 of 5 jobs are not done yet"
    rows = board.tasks[0].rows
    assert [row.status for row in rows] == ["done", "done", "failed"]
    assert rows[0].fingerprint == good
    assert (rows[2].error, rows[2].metrics, rows[2].difference, rows[2].findings) == ("It broke.", {}, None, ())


def test_a_board_on_which_nothing_is_done_has_no_rows(given, tmp_path):
    house = Bench(tmp_path)
    house.row(None, status="waiting")
    house.row(None, status="failed")
    board = house.board(partial="the first 3 speakers only")
    assert board.partial == "the first 3 speakers only; 1 of 2 jobs are not done yet"
    assert [row.status for row in board.tasks[0].rows] == ["failed"]


@pytest.mark.parametrize(("n_speakers", "known", "has_bounds"), [(4, True, False), (5, True, True), (8, False, False)])
def test_intervals_take_five_speakers_that_are_known(given, tmp_path, n_speakers, known, has_bounds):
    house = Bench(tmp_path, n_speakers=n_speakers, speakers_known=known)
    truth = house.run.task.y()
    house.row(truth + np.random.default_rng(0).normal(0, 1, len(truth)))
    house.row(truth + np.random.default_rng(1).normal(0, 1.5, len(truth)))
    house.row(-truth)
    best, second, last = house.board().tasks[0].rows
    for value in (best.metrics["spearman"], best.metrics["mae"], second.difference):
        assert (value.low is not None, value.high is not None) == (has_bounds, has_bounds)
    assert second.difference.value == pytest.approx(second.metrics["spearman"].value - best.metrics["spearman"].value)
    assert ("FB007" in {f.code for f in second.findings}) is has_bounds
    assert "FB004" in {f.code for f in last.findings}
    assert "FB004" not in {f.code for f in best.findings}


@pytest.mark.parametrize(("n_tested", "has_bounds"), [(3, False), (6, True)])
def test_only_speakers_that_are_held_out_count_for_an_interval(given, tmp_path, n_tested, has_bounds):
    """With a publisher's test part the speakers of the training part carry no interval."""
    house = Bench(tmp_path, n_speakers=n_tested)
    house.ledger.append("task", "t", {**house.ledger.records("task")["t"], "n_speakers": 40, "n_folds": 1})
    truth = house.run.task.y()
    rng = np.random.default_rng(0)
    guesses = [truth + rng.normal(0, 1, len(truth)), truth + rng.normal(0, 3, len(truth))]
    for guess in guesses:
        house.row(guess)
    best, second = house.board().tasks[0].rows
    assert (best.metrics["spearman"].low is not None) is has_bounds
    assert (second.difference.low is not None) is has_bounds
    if has_bounds:
        difference = drawn(spearman, truth, guesses[1], n_tested) - drawn(spearman, truth, guesses[0], n_tested)
        assert (second.difference.low, second.difference.high) == pytest.approx(
            tuple(bounds(difference, n_tested, 1)), abs=1e-9
        )


def test_models_without_a_row_are_told(given, tmp_path):
    house = Bench(tmp_path)
    house.row(house.run.task.y())
    found = house.board(unsolved={"t": ["mine", "yours"]}).tasks[0].findings
    assert [finding.message for finding in found if finding.code == "FB024"] == [
        "The models mine and yours have no row on tiny/kss/score: they do not solve the score form."
    ]


def test_layers_make_a_curve_in_their_order(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    rng = np.random.default_rng(0)
    for layer in ("2", "0", "best", "1"):
        house.row(truth + rng.normal(0, 2, len(truth)), "layered", layer)
    house.row(truth, "layered", "1", "svm")  # one point is no curve
    house.row(None, "layered", "2", "svm", status="failed")
    house.row(truth, "given")
    (task,) = house.board().tasks
    (curve,) = task.curves
    assert (curve.feature_set, curve.model, [layer for layer, _ in curve.points]) == ("layered", "linear", [0, 1, 2])
    values = {row.layer: row.metrics["spearman"] for row in task.rows if row.model == "linear"}
    assert [value for _, value in curve.points] == [values["0"], values["1"], values["2"]]


def test_a_layer_that_was_asked_for_by_itself_is_no_point_of_a_curve(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    rng = np.random.default_rng(0)
    for layer in ("0", "1", "2", "best"):
        house.row(truth + rng.normal(0, 2, len(truth)), "layered", layer)
    house.rows[1]["named"] = True
    (task,) = house.board().tasks
    assert {row.layer: (row.point, row.tier is None) for row in task.rows} == {
        "0": (True, True),
        "1": (False, False),
        "2": (True, True),
        "best": (False, False),
    }
    assert [row.layer for row in folded(task)] == [row.layer for row in task.rows if row.layer in "02"]


def test_what_a_row_cost_and_what_was_found_goes_with_it(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    house.row(truth, seconds=7.5, findings=[{"code": "FB011", "message": "Values are missing.", "stops": False}])
    house.rows[0]["findings"] = [["FB013", "It was fine-tuned."]]
    board = house.board()
    (task,) = board.tasks
    (row,) = task.rows
    assert (row.extract_seconds, row.cache_mb, row.fit_seconds, row.n_columns) == (0.25, 1.5, 7.5, 3)
    assert [finding.code for finding in row.findings] == ["FB011", "FB013"]
    assert row.chosen[0]["tuned"] == 0.5
    assert (task.findings[0].code, task.excluded[0].clip_id, task.excluded[0].reason) == ("FB010", "gone", "it is empty")
    assert (task.target, task.metric_label, task.chance, task.n_clips, task.n_speakers) == (KSS, "Spearman", 0.0, 36, 6)
    assert (task.n_tested, task.n_tested_speakers) == (36, 6)
    assert (board.command, board.seed, board.versions) == ("fatigue-bench run", 4, {"numpy": "2.3"})


def test_versions_that_differ_between_rows_are_both_shown(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    house.row(truth)
    house.row(truth, versions={"numpy": "2.4"})
    assert house.board().versions == {"numpy": "2.3 and 2.4"}


def test_only_the_last_study_is_shown(given, tmp_path):
    house = Bench(tmp_path)
    truth = house.run.task.y()
    house.row(truth)
    house.ledger.append(
        "study", "old", {"command": "old", "seed": 0, "partial": "", "rows": house.rows, "costs": {"given": [None, 0]}}
    )
    house.rows = []
    mine = house.row(-truth, "layered", "1")
    board = house.board()
    assert [row.fingerprint for row in board.tasks[0].rows] == [mine]
    assert board.command == "fatigue-bench run"


def test_tasks_stand_in_the_order_of_the_study(given, tmp_path):
    house = Bench(tmp_path)
    house.ledger.append("task", "u", {**house.ledger.records("task")["t"], "key": "u", "track": "speaker"})
    truth = house.run.task.y()
    for _ in range(3):
        house.row(truth)
    for row, task in zip(house.rows, ("u", "t", "u"), strict=True):
        row["task"] = task
    assert [(task.track, len(task.rows)) for task in house.board().tasks] == [("speaker", 2), ("open", 1)]


def test_without_a_run_there_is_no_board(tmp_path):
    with pytest.raises(RequestError, match=r"No run stands in .*Run it first"):
        make_board(Ledger(tmp_path / "ledger.jsonl"), PredictionStore(tmp_path))


@pytest.mark.parametrize(("form", "metric"), [("score", spearman), ("level", uar)])
def test_the_null_band_is_that_of_shuffling_by_hand(given, tmp_path, form, metric):
    house = Bench(tmp_path, form, n_speakers=8)
    truth = house.run.task.y().astype(float)
    rng = np.random.default_rng(5)
    guess = truth + rng.normal(0, 2, len(truth)) if form == "score" else rng.integers(0, 3, len(truth)).astype(float)
    house.row(guess)
    band = house.board().tasks[0].rows[0].null
    clips = np.arange(len(truth)).reshape(8, -1)
    values = [metric(truth[rng.permuted(clips, axis=1).ravel()], guess) for _ in range(4000)]
    # Both are drawn, so they agree to a few standard errors of a quantile of 1,000 values.
    spread = np.std(values)
    assert band.value == pytest.approx(np.mean(values), abs=5 * spread / np.sqrt(1000))
    low, high = np.quantile(values, [0.025, 0.975])
    assert (band.low, band.high) == pytest.approx((low, high), abs=0.35 * spread)


def test_where_nobody_knows_who_speaks_there_is_no_null_band(given, tmp_path):
    house = Bench(tmp_path, n_speakers=8, speakers_known=False)
    house.row(house.run.task.y())
    assert house.board().tasks[0].rows[0].null is None


def test_rows_are_compared_with_the_best_that_was_asked_for(given, tmp_path):
    house = Bench(tmp_path, n_speakers=8)
    truth = house.run.task.y().astype(float)
    noise = np.random.default_rng(1).normal(0, 1, (3, len(truth)))
    trivial = house.row(truth, baseline="loudness")
    asked = house.row(truth + 3 * noise[0])
    control = house.row(6 * noise[1], baseline="permuted")
    rows = {row.fingerprint: row for row in house.board().tasks[0].rows}
    assert next(iter(rows)) == trivial
    assert rows[asked].difference is None
    assert rows[trivial].difference.value > 0
    assert (rows[control].difference, rows[control].findings) == (None, ())


def test_duration_alone_is_found_where_it_lies_above_chance(given, tmp_path):
    house = Bench(tmp_path, n_speakers=8)
    truth = house.run.task.y().astype(float)
    house.row(truth, baseline="duration")
    found = house.board().tasks[0].findings
    assert [finding.code for finding in found] == ["FB006", "FB010"]
    assert "Spearman is 1.000 (1.000 to 1.000), and chance is 0.000" in found[0].message
    other = Bench(tmp_path / "other", n_speakers=8)
    other.row(np.random.default_rng(0).normal(size=len(truth)), baseline="duration")
    assert [finding.code for finding in other.board().tasks[0].findings] == ["FB010"]


def test_loudness_alone_is_found_too_and_a_row_below_it_is_told(given, tmp_path):
    house = Bench(tmp_path, n_speakers=8)
    truth = house.run.task.y().astype(float)
    loudness = house.row(truth, baseline="loudness")
    asked = house.row(truth + 4 * np.random.default_rng(0).normal(size=len(truth)))
    house.row(-truth, baseline="duration")
    (task,) = house.board().tasks
    (found, _) = task.findings
    assert (found.code, found.message[:39]) == ("FB006", "Mean loudness alone predicts the label ")
    rows = {row.fingerprint: row for row in task.rows}
    assert (rows[loudness].tier, rows[loudness].stands, rows[asked].tier, rows[asked].stands) == (1, "better", 2, "")


def test_that_a_baseline_lies_at_chance_or_is_not_tuned_is_no_news(given, tmp_path):
    house = Bench(tmp_path, n_speakers=8)
    truth = house.run.task.y().astype(float)
    untuned = [{"code": "FB012", "message": "3 folds.", "stops": False}]
    house.row(truth, findings=untuned)
    house.row(-truth, baseline="loudness", findings=untuned)
    best, trivial = house.board().tasks[0].rows
    assert [finding.code for finding in best.findings] == ["FB012"]
    assert trivial.findings == ()


def test_with_too_few_speakers_duration_is_held_against_permuted_labels(given, tmp_path):
    house = Bench(tmp_path, n_speakers=3, scores=tuple(range(1, 10)))
    truth = house.run.task.y().astype(float)
    house.row(truth + np.random.default_rng(0).normal(0, 2, len(truth)), baseline="duration")
    found = house.board().tasks[0].findings
    assert [finding.code for finding in found] == ["FB006", "FB010"]
    assert "with permuted labels up to 0." in found[0].message
    other = Bench(tmp_path / "other", n_speakers=3, scores=tuple(range(1, 10)))
    other.row(np.random.default_rng(3).normal(size=len(truth)), baseline="duration")
    assert [finding.code for finding in other.board().tasks[0].findings] == ["FB010"]


@pytest.mark.parametrize("form", ["score", "level"])
def test_tiers_are_those_of_the_swaps_over_all_rows_but_the_control(given, tmp_path, form):
    house = Bench(tmp_path, form, n_speakers=10)
    truth = house.run.task.y().astype(float)
    rng = np.random.default_rng(3)
    guesses = [truth + noise * rng.normal(size=len(truth)) for noise in (0.5, 0.6, 4.0, 9.0)]
    if form == "level":
        guesses = [np.clip(np.round(guess), 0, 2) for guess in guesses]
    jobs = [house.row(guess, baseline=name) for guess, name in zip(guesses, ("", "", "", "loudness"), strict=True)]
    control = house.row(guesses[0], baseline="permuted")
    (task,) = house.board().tasks
    tiers = {row.fingerprint: row.tier for row in task.rows}
    speakers = house.run.task.speakers()
    n_levels = 3 if form == "level" else 0
    expected = compare([Answers.of(truth, guess, speakers, n_levels) for guess in guesses]).tiers(0.01)
    assert [tiers[job] for job in jobs] == expected
    assert expected[0] == 1 < expected[3]
    assert tiers[control] is None
    assert task.untiered == ""


@pytest.mark.parametrize(
    ("n_speakers", "known", "sentence"),
    [(5, True, "There are no tiers with fewer than 6 held-out speakers."), (8, False, "There are no tiers, because nobody")],
)
def test_why_there_are_no_tiers_is_said(given, tmp_path, n_speakers, known, sentence):
    house = Bench(tmp_path, n_speakers=n_speakers, speakers_known=known)
    truth = house.run.task.y().astype(float)
    house.row(truth)
    house.row(truth[::-1])
    (task,) = house.board().tasks
    assert {row.tier for row in task.rows} == {None}
    assert task.untiered.startswith(sentence)


@pytest.mark.parametrize("form", ["score", "level"])
def test_layers_alone_are_a_board_and_a_family_of_their_curve(given, tmp_path, form):
    house = Bench(tmp_path, form, n_speakers=8)
    truth = house.run.task.y().astype(float)
    rng = np.random.default_rng(0)
    for layer in range(3):
        house.row(truth if layer == 1 else rng.permutation(truth), "layered", str(layer))
    board = house.board().tasks[0]
    (found,) = board.layers
    (sweep,) = found.sweeps
    assert (found.encoder, sweep.n_pairs) == ("layered", 3)
    assert sweep.beats == (("1", "0"), ("1", "2"))
    assert [row.tier for row in board.rows] == [1, 2, 2]
    assert sweep.widest.value == pytest.approx(sweep.values["1"].value - min(sweep.values[one].value for one in "02"))
    assert sweep.widest.low > 0


def test_with_few_speakers_layers_are_not_compared(given, tmp_path):
    house = Bench(tmp_path, n_speakers=5)
    truth = house.run.task.y().astype(float)
    for layer in range(3):
        house.row(truth * (-1) ** layer, "layered", str(layer))
    board = house.board().tasks[0]
    assert (board.layers[0].compared, board.layers[0].sweeps[0].beats) == (False, ())
    assert board.untiered
