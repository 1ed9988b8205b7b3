import numpy as np
import pytest
from sklearn.feature_selection import f_classif
from sklearn.preprocessing import StandardScaler

from bench.models.xgboost import Xgboost


def make_clips(n_clips=90, n_columns=10, seed=0):
    rng = np.random.default_rng(seed)
    level = rng.choice(3, n_clips, p=[0.5, 0.3, 0.2])
    X = rng.normal(size=(n_clips, n_columns)).astype(np.float32)
    X[:, :3] += level[:, None]
    return X, level, rng.normal(size=(40, n_columns)).astype(np.float32) + 1


def plain(kind, seed, **given):
    """What the recipe says its trees are, without the recipe."""
    return kind(
        n_estimators=100,
        tree_method="hist",
        max_bin=32,
        subsample=0.8,
        colsample_bytree=0.2,
        n_jobs=1,
        random_state=seed,
        **given,
    )


def test_levels_that_are_absent_from_training_are_closed_up_and_opened_again():
    import xgboost

    X, level, new = make_clips()
    codes = np.array([1, 4, 9])[level]
    kept = codes != 4
    ours = Xgboost().build("level", seed=2).fit(X[kept], codes[kept])
    scaler = StandardScaler().fit(X[kept].astype(float))
    encoded = (codes[kept] == 9).astype(int)
    weights = len(encoded) / (2 * np.bincount(encoded)[encoded])
    theirs = plain(xgboost.XGBClassifier, 2).fit(np.clip(scaler.transform(X[kept]), -5, 5), encoded, sample_weight=weights)
    expected = np.array([1, 9])[theirs.predict(np.clip(scaler.transform(new), -5, 5))]
    assert np.array_equal(ours.predict(new), expected)
    assert set(expected) == {1, 9}


def test_scores_are_those_of_the_trees_that_it_names():
    import xgboost

    X, level, new = make_clips()
    y = 2.0 * level + X[:, 5]
    candidate = Xgboost().grid("score")[-1]
    ours = Xgboost().build("score", seed=3).set_params(**candidate).fit(X, y).predict(new)
    scaler = StandardScaler().fit(X.astype(float))
    given = {key.removeprefix("model__"): value for key, value in candidate.items()}
    theirs = plain(xgboost.XGBRegressor, 3, **given).fit(np.clip(scaler.transform(X), -5, 5), y)
    assert ours == pytest.approx(theirs.predict(np.clip(scaler.transform(new), -5, 5)), abs=1e-5)


def test_wide_sets_are_screened_by_the_training_side_alone():
    X, level, _ = make_clips(60, 1500)
    fitted = Xgboost().build("level", seed=0).set_params(model__classifier__n_estimators=1).fit(X, level)
    kept = fitted.named_steps["screen"].kept_
    values = f_classif(StandardScaler().fit_transform(X.astype(float)).clip(-5, 5), level)[0]
    assert sorted(kept) == sorted(np.argsort(values)[-1000:])
    assert fitted.named_steps["model"].fitted_.n_features_in_ == 1000
    narrow = Xgboost().build("level", seed=0).set_params(model__classifier__n_estimators=1).fit(X[:, :1000], level)
    assert narrow.named_steps["screen"].kept_.tolist() == list(range(1000))


def test_the_seed_draws_columns_and_clips():
    X, level, new = make_clips()
    first, again, other = (Xgboost().build("score", seed=s).fit(X, level.astype(float)).predict(new) for s in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_thread_a_job():
    for form in ("score", "level"):
        parameters = Xgboost().build(form, seed=0).get_params()
        assert [value for name, value in parameters.items() if name.endswith("__n_jobs")] == [1]
