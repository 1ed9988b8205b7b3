import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench.models.balance import Balanced


def test_weights_are_those_that_scikit_learn_calls_balanced():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [60, 10, 5])
    X = rng.normal(size=(75, 4)) + y[:, None] * 0.5
    ours = Balanced(LogisticRegression(tol=1e-9)).fit(X, y)
    theirs = LogisticRegression(tol=1e-9, class_weight="balanced").fit(X, y)
    assert ours.fitted_.coef_ == pytest.approx(theirs.coef_, abs=1e-4)
    assert np.array_equal(ours.predict(X), theirs.predict(X))


def test_codes_with_gaps_come_back_as_they_were():
    X = np.array([[0.0], [0.1], [5.0], [5.1]])
    assert Balanced(LogisticRegression()).fit(X, np.array([2, 2, 7, 7])).predict(X).tolist() == [2, 2, 7, 7]


def test_a_single_level_is_always_guessed():
    X = np.zeros((3, 1))
    assert Balanced(LogisticRegression()).fit(X, np.array([4, 4, 4])).predict(X).tolist() == [4, 4, 4]


def test_outputs_are_those_of_the_classifier_within_one_a_level_in_the_order_of_the_codes():
    rng = np.random.default_rng(1)
    y = np.array([2, 7, 9])[np.repeat([0, 1, 2], [30, 12, 8])]
    X = rng.normal(size=(50, 3)) + y[:, None] * 0.2
    strict = {"tol": 1e-9, "max_iter": 1000}
    ours = Balanced(LogisticRegression(**strict)).fit(X, y)
    theirs = LogisticRegression(class_weight="balanced", **strict).fit(X, y)
    assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(X), abs=1e-5)
    assert ours.decision_function(X) == pytest.approx(theirs.decision_function(X), abs=1e-4)
    two = y < 9
    ours, theirs = ours.fit(X[two], y[two]), theirs.fit(X[two], y[two])
    margin = theirs.decision_function(X)
    assert ours.decision_function(X) == pytest.approx(np.column_stack([-margin, margin]), abs=1e-4)


def test_it_offers_only_what_its_classifier_can_give():
    from sklearn.svm import SVC

    assert hasattr(Balanced(LogisticRegression()), "predict_proba")
    assert hasattr(Balanced(SVC()), "decision_function")
    assert not hasattr(Balanced(SVC()), "predict_proba")
