import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bench.models.pipeline import LIMIT, pipeline


def test_missing_values_become_the_training_mean():
    X = np.array([[1.0, 0.0], [3.0, 1.0], [np.nan, 2.0]], dtype=np.float32)
    before = pipeline(Ridge())[:-1].fit(X)
    assert before.transform(X)[2, 0] == pytest.approx(0)
    assert before.transform(np.array([[np.nan, 1.0]])).tolist() == [[0.0, 0.0]]
    assert before.transform(X).dtype == np.float64


def test_nothing_is_learnt_from_what_is_only_transformed():
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(30, 4)), rng.normal(size=(10, 4))
    before = pipeline(Ridge())[:-1].fit(train)
    alone = before.transform(test[:1])
    beside = before.transform(np.vstack([test[:1], 100 + 50 * test[1:]]))
    assert np.array_equal(alone, beside[:1])
    assert alone[0] == pytest.approx((test[0] - train.mean(axis=0)) / train.std(axis=0))


def test_no_value_counts_further_than_the_limit():
    rng = np.random.default_rng(1)
    train = rng.normal(size=(100, 3))
    before = pipeline(Ridge())[:-1].fit(train)
    far = before.transform(np.array([[1e6, -1e6, 0.0]]))[0]
    assert far[:2].tolist() == [LIMIT, -LIMIT]
    assert abs(far[2]) < 1


def test_a_column_that_varies_only_later_cannot_speak():
    rng = np.random.default_rng(2)
    train = np.column_stack([rng.normal(size=50), np.full(50, 3.0), np.full(50, np.nan)])
    later = np.array([[0.3, 900.0, -900.0], [0.3, 3.0, np.nan]])
    model = pipeline(Ridge()).fit(train, train[:, 0])
    assert model.predict(later)[0] == model.predict(later)[1]
    kept = pipeline(Ridge(), drop_constant=False).fit(train, train[:, 0])
    assert kept[:-1].transform(train).shape == (50, 3)
    assert (kept[:-1].transform(train)[:, 1:] == 0).all()
