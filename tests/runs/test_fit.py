"""Fitting one job: nothing crosses from the test side to the training side, and failures are told."""

import dataclasses

import numpy as np
import pytest

from bench.base.identity import canonical
from bench.features.store import FeatureStore
from bench.models.linear import Linear
from bench.protocols.splitter import inner_folds
from bench.runs.fit import fit
from bench.runs.matrix import Source, within_speaker
from tests.runs.conftest import make_corpus, make_run, make_work, signal


def values_for(run, seed=0):
    speakers, y = run.task.speakers().tolist(), run.task.y()
    values = signal(speakers, y, seed=seed, noise=1.0)
    values[4, 1] = np.nan  # one missing value, to be imputed inside the fold
    return values


def by_hand(X, y, train, test, alpha):
    """Ridge after imputing, scaling and limiting by the training side, in plain numpy."""
    mean = np.nanmean(X[train].astype(float), axis=0)
    filled = np.where(np.isnan(X), mean, X.astype(float))
    scaled = np.clip((filled - filled[train].mean(axis=0)) / filled[train].std(axis=0), -5, 5) / np.sqrt(X.shape[1])
    inside, centre = scaled[train] - scaled[train].mean(axis=0), y[train].mean()
    weights = np.linalg.solve(inside.T @ inside + alpha * np.eye(X.shape[1]), inside.T @ (y[train] - centre))
    return (scaled[test] - scaled[train].mean(axis=0)) @ weights + centre


def concordance(a, b):
    return 2 * np.mean((a - a.mean()) * (b - b.mean())) / (a.var() + b.var() + (a.mean() - b.mean()) ** 2)


@pytest.mark.parametrize("track", ["open", "speaker"])
def test_a_job_equals_ridge_by_hand_in_every_fold(given, tmp_path, track):
    run = make_run(track=track, corpus=make_corpus(5))
    X, y, speakers = values_for(run), run.task.y(), run.task.speakers()
    work = make_work(tmp_path, given.Given(), X, run)
    outcome = fit(work)
    assert outcome.error == ""
    if track == "speaker":
        for speaker in set(speakers):
            own = X[speakers == speaker].astype(float)
            X[speakers == speaker] = (own - np.nanmean(own, axis=0)) / np.nanstd(own, axis=0)
    for (name, train, test, _), record in zip(work.folds, outcome.chosen, strict=True):
        train = np.array(train)
        values = {}
        for candidate in Linear().grid("score"):
            guess = np.zeros(len(train))
            for inner, valid in inner_folds(speakers[train], y[train], 0):
                guess[valid] = by_hand(X, y, train[inner], train[valid], candidate["model__alpha"])
            values[candidate["model__alpha"]] = concordance(y[train], guess)
        best = max(values, key=values.get)
        assert record["fold"] == name
        assert record["parameters"] == {"model__alpha": best}
        assert record["tuned"] == pytest.approx(values[best], abs=1e-6)
        np.testing.assert_allclose(outcome.guess[test], by_hand(X, y, train, test, best), atol=1e-5)


@pytest.mark.parametrize(
    ("model", "form", "track"),
    [("linear", "score", "open"), ("linear", "level", "open"), ("svm", "level", "open"), ("linear", "score", "speaker")],
)
def test_nothing_of_the_test_side_reaches_the_model(given, tmp_path, model, form, track):
    run = make_run(form, track, make_corpus(4))
    values = values_for(run)
    # In the fold that tests s0, one of its clips is kept as it was and the others become outliers with other labels.
    others = [row for row, clip_id in enumerate(run.task.clip_ids) if clip_id.startswith("s0") and clip_id != "s0-3"]
    strange = values.copy()
    strange[others] = 1e4
    strange[others[0]] = np.nan
    y = run.task.y()
    y[others] = y[others][::-1]
    if track == "speaker":  # there the unlabelled clips of a speaker scale each other, as it says; labels must not
        strange = values
    clean = make_work(tmp_path / "a", given.Given(), values, run, model)
    dirty = dataclasses.replace(make_work(tmp_path / "b", given.Given(), strange, run, model), y=y)
    before, after = fit(clean), fit(dirty)
    assert before.error == after.error == ""
    kept = run.task.clip_ids.index("s0-3")
    assert after.guess[kept] == before.guess[kept]
    assert after.chosen[0] == before.chosen[0]
    assert clean.folds[0][0] == "s0"
    # The same change does reach the folds that train on s0, so this test can see a leak.
    elsewhere = [row for row, clip_id in enumerate(run.task.clip_ids) if not clip_id.startswith("s0")]
    assert not np.array_equal(after.guess[elsewhere], before.guess[elsewhere])


@pytest.mark.parametrize("form", ["score", "level"])
def test_the_inner_folds_never_hold_the_test_speaker(given, tmp_path, form):
    run = make_run(form, corpus=make_corpus(5))
    values = np.zeros((len(run.task.clips), 3), np.float32)
    values[:, 0] = np.arange(len(values))
    given.Watching.log.clear()
    work = make_work(tmp_path, given.Given(), values, run, "watching")
    assert fit(work).error == ""
    speakers = run.task.speakers()
    logged = iter(given.Watching.log)
    for name, train, test, _ in work.folds:
        for _ in range(4 * 2):  # inner folds times candidates
            fitted, guessed, _, _ = next(logged)
            assert name not in speakers[[int(row) for row in (*fitted, *guessed)]]
            assert not set(speakers[[int(row) for row in fitted]]) & set(speakers[[int(row) for row in guessed]])
        for _ in range(1 if form == "score" else 2):  # the guess, and in the level form the votes beside it
            fitted, guessed, _, _ = next(logged)
            assert ([int(row) for row in fitted], [int(row) for row in guessed]) == (train, test)
        for _ in range(4):  # for calibration: what is fitted holds neither the test speaker nor those that are told about
            fitted, guessed, _, _ = next(logged)
            inside = [int(row) for row in guessed[: -len(test)]]
            assert [int(row) for row in guessed[-len(test) :]] == test
            assert name not in speakers[[int(row) for row in (*fitted, *inside)]]
            assert not set(speakers[[int(row) for row in fitted]]) & set(speakers[inside])
    assert next(logged, None) is None


def test_under_best_each_fold_has_its_own_layer(given, tmp_path):
    run = make_run(corpus=make_corpus(4))
    y, speakers = run.task.y(), run.task.speakers().tolist()
    values = np.stack([signal(speakers, y, 2, seed=layer) for layer in range(3)], axis=1)
    best = make_work(tmp_path, given.Layered(), values, run, layer="best", fold_layers=(2, 0, 2, 1))
    singles = {
        layer: fit(dataclasses.replace(best, sources=(Source(f"layered@{layer}", best.sources[0].identity),)))
        for layer in range(3)
    }
    outcome = fit(best)
    assert [record["layer"] for record in outcome.chosen] == [2, 0, 2, 1]
    for (_, _, test, _), layer in zip(best.folds, best.sources[0].fold_layers, strict=True):
        np.testing.assert_array_equal(outcome.guess[test], singles[layer].guess[test])
    assert [record["layer"] for record in singles[1].chosen] == [1, 1, 1, 1]
    assert not np.array_equal(singles[0].guess, singles[2].guess)
    assert outcome.n_columns == 2


def test_weighted_gives_the_model_every_layer_side_by_side(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    values = np.arange(len(run.task.clips) * 6, dtype=np.float32).reshape(-1, 3, 2)
    given.Watching.log.clear()
    outcome = fit(make_work(tmp_path, given.Layered(), values, run, "watching", layer="weighted"))
    assert outcome.error == ""
    assert {(width, n_layers) for _, _, width, n_layers in given.Watching.log} == {(6, 3)}
    assert outcome.n_columns == 6
    assert outcome.chosen[0]["layer"] is None


def test_weighted_head_says_how_it_weighed_the_layers(given, tmp_path):
    corpus = make_corpus(4, scores=tuple(np.linspace(1, 9, 30)))
    run = make_run(corpus=corpus, splitter="grouped-2")
    y, speakers = run.task.y(), run.task.speakers().tolist()
    rng = np.random.default_rng(0)
    values = np.stack([rng.standard_normal((len(y), 2)), signal(speakers, y, 2, 0.1), rng.standard_normal((len(y), 2))], axis=1)
    outcome = fit(make_work(tmp_path, given.Layered(), values.astype(np.float32), run, "head", layer="weighted"))
    assert outcome.error == ""
    for record in outcome.chosen:
        weights = record["layer_weights"]
        assert sum(weights) == pytest.approx(1, abs=1e-5)
        assert int(np.argmax(weights)) == 1
    assert canonical(outcome.chosen)


def test_missing_values_are_imputed_and_told_up_to_five_percent(given, tmp_path):
    run = make_run(corpus=make_corpus(5, scores=(1, 5, 7, 9)))  # 20 clips of 3 columns: 3 values are 5 %
    values = values_for(run)
    values[4, 1] = 0
    values[[1, 1, 7], [0, 2, 2]] = np.nan
    outcome = fit(make_work(tmp_path / "a", given.Given(), values, run, notes={7: "no voiced frame"}))
    assert outcome.error == ""
    (finding,) = outcome.findings
    assert finding.code == "FB011"
    assert finding.message == (
        "given lacks 5.0% of its values, in 2 of 20 clips (for instance clip 's1-3': no voiced frame); they are imputed."
    )
    values[8, 0] = np.nan
    outcome = fit(make_work(tmp_path / "b", given.Given(), values, run, notes={7: "no voiced frame"}))
    assert outcome.error.startswith("7% of the values of given are missing, more than the 5 % that are imputed")
    assert "no voiced frame" in outcome.error
    assert len(outcome.guess) == 0


def test_no_finding_where_nothing_is_to_be_told(given, tmp_path):
    run = make_run(corpus=make_corpus(4))
    assert fit(make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run)).findings == ()


def test_folds_that_could_not_be_tuned_are_counted(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    outcome = fit(make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run))
    finding, blank = outcome.findings
    assert (blank.code, blank.message.partition(":")[0]) == ("FB023", "The row has no interval of its scores")
    assert "in 3 of 3 folds (as s0)" in blank.message
    assert (outcome.low, outcome.high) == (None, None)
    assert (finding.code, finding.message[:8]) == ("FB012", "3 folds ")
    assert "layer" not in finding.message
    assert [record["parameters"] for record in outcome.chosen] == [Linear().default("score")] * 3
    assert [record["tuned"] for record in outcome.chosen] == [None] * 3


def test_a_layer_that_could_not_be_chosen_is_told(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    values = np.stack([np.nan_to_num(values_for(run))[:, :2]] * 3, axis=1)
    finding, _ = fit(make_work(tmp_path, given.Layered(), values, run, layer="best", fold_layers=(0, 0, 0))).findings
    assert finding.message.endswith("so linear used its default parameters, and the lowest layer was taken.")


def test_equal_labels_on_a_training_side_give_a_record_that_can_be_written(given, tmp_path):
    run = make_run(corpus=make_corpus(4))
    work = make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run)
    y = np.where(np.asarray(work.speakers) == "s0", work.y, 3.0)
    outcome = fit(dataclasses.replace(work, y=y))
    assert outcome.error == ""
    assert [record["tuned"] is None for record in outcome.chosen] == [True, False, False, False]
    assert "1 folds" in outcome.findings[0].message
    assert canonical(outcome.chosen)


def test_fits_that_did_not_converge_are_counted(given, tmp_path):
    run = make_run("level", corpus=make_corpus(4))
    outcome = fit(make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run, "hasty"))
    assert outcome.error == ""
    assert [(f.code, f.message) for f in outcome.findings] == [("FB015", "16 fits stopped before they had converged.")]


@pytest.mark.parametrize(
    ("how", "form", "sentence"),
    [
        ("raise", "score", "ZeroDivisionError: nothing to divide"),
        ("told", "score", "There is nothing to learn here. Bring labels."),
        ("nan", "score", "expected is a finite number. The model gave no usable answer."),
        ("nan", "level", "expected is a level code from 0 to 2. The model gave no usable answer."),
        ("half", "level", "is 0.5 (24 such in all), expected is a level code"),
        ("high", "level", "is 7 (24 such in all), expected is a level code"),
    ],
)
def test_a_model_that_fails_becomes_an_outcome_with_its_sentence(given, tmp_path, how, form, sentence):
    run = make_run(form, corpus=make_corpus(4))
    outcome = fit(make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run, f"failing[how={how}]"))
    assert sentence in outcome.error
    assert len(outcome.guess) == 0


def test_features_that_failed_are_told_and_nothing_is_read(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    work = make_work(tmp_path / "cache", given.Given(), values_for(run), run, failure="given cannot be used: no.")
    gone = dataclasses.replace(work, store=tmp_path / "nowhere")
    assert fit(gone).error == "given cannot be used: no."


def test_a_clip_that_is_not_stored_fails_the_job_with_its_sentence(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    work = make_work(tmp_path, given.Given(), values_for(run), run)
    outcome = fit(dataclasses.replace(work, keys={**work.keys, "s1-2": "other"}))
    assert outcome.error.startswith("1 of 18 clips are not stored for 'given', 's1-2' the first.")


def test_clips_that_are_only_trained_on_have_no_guess(given, tmp_path):
    run = make_run(corpus=make_corpus(5))
    work = make_work(tmp_path, given.Given(), np.nan_to_num(values_for(run)), run)
    outcome = fit(dataclasses.replace(work, folds=work.folds[1:]))
    assert np.isnan(outcome.guess[:6]).all()
    assert np.isfinite(outcome.guess[6:]).all()


def test_the_identity_that_came_with_the_work_is_used(given, tmp_path):
    """A worker must not hash a checkpoint again: the store is asked under the identity that was sent."""
    run = make_run(corpus=make_corpus(3))
    work = make_work(tmp_path, given.Given(), values_for(run), run)
    assert fit(work).error == ""
    other = FeatureStore(tmp_path).folder(given.Given()).rename(tmp_path / "given-0123")
    assert other.is_dir()
    assert "Nothing is stored" in fit(work).error
    assert fit(dataclasses.replace(work, sources=(Source("given", "0123"),))).error == ""


def test_within_speaker_reads_no_other_speaker():
    rng = np.random.default_rng(1)
    values = rng.normal(3, 2, (12, 2)).astype(np.float32)
    speakers = tuple("aaabbbcccddd")
    scaled = within_speaker(values, speakers)
    changed = values.copy()
    changed[3:] *= 100
    np.testing.assert_array_equal(within_speaker(changed, speakers)[:3], scaled[:3])
    np.testing.assert_allclose(scaled[6:9].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled[6:9].std(axis=0), 1, atol=1e-5)


def test_within_speaker_leaves_missing_values_missing():
    values = np.float32([[1, np.nan], [2, np.nan], [3, 5], [5, 7]])
    scaled = within_speaker(values, ("a", "a", "b", "b"))
    np.testing.assert_array_equal(scaled, np.float32([[-1, np.nan], [1, np.nan], [-1, -1], [1, 1]]))


def test_an_unknown_model_is_told(given, tmp_path):
    run = make_run(corpus=make_corpus(3))
    outcome = fit(make_work(tmp_path, given.Given(), values_for(run), run, "linaer"))
    assert outcome.error.startswith("No model is called 'linaer'. Did you mean 'linear'?")
