import audmetric
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, confusion_matrix, f1_score, recall_score

from bench.metrics.agreement import confusion
from bench.metrics.answer import Answers
from bench.metrics.metric import METRICS, recall


@st.composite
def level_answers(draw):
    n_levels = draw(st.integers(2, 6))
    n_clips = draw(st.integers(1, 40))
    codes = st.lists(st.integers(0, n_levels - 1), min_size=n_clips, max_size=n_clips)
    speakers = draw(st.lists(st.sampled_from("abcd"), min_size=n_clips, max_size=n_clips))
    return Answers.of(draw(codes), draw(codes), speakers, n_levels)


@settings(max_examples=60, deadline=None)
@given(level_answers())
def test_values_are_those_of_scikit_learn(answers):
    truth, guess, k = answers.truth, answers.guess, answers.n_levels
    present = np.unique(truth)
    assert confusion(answers).tolist() == confusion_matrix(truth, guess, labels=range(k)).tolist()
    uar = recall_score(truth, guess, labels=present, average="macro", zero_division=0)
    assert METRICS["uar"].value(answers) == pytest.approx(uar)
    f1 = f1_score(truth, guess, labels=present, average="macro", zero_division=0)
    assert METRICS["macro_f1"].value(answers) == pytest.approx(f1)
    if len(set(truth) | set(guess)) > 1:
        kappa = cohen_kappa_score(truth, guess, weights="quadratic", labels=range(k))
        assert METRICS["kappa"].value(answers) == pytest.approx(kappa)
    else:
        assert np.isnan(METRICS["kappa"].value(answers))
    each = recall_score(truth, guess, labels=range(k), average=None, zero_division=np.nan)
    assert [recall(code, "x").value(answers) for code in range(k)] == pytest.approx(each, nan_ok=True)


def test_uar_is_that_of_audmetric_where_every_level_occurs():
    rng = np.random.default_rng(1)
    truth, guess = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    answers = Answers.of(truth, guess, rng.choice(list("abc"), 200), 3)
    expected = audmetric.unweighted_average_recall(truth, guess, labels=[0, 1, 2])
    assert METRICS["uar"].value(answers) == pytest.approx(expected)


def test_a_level_that_never_occurs_has_no_recall():
    answers = Answers.of([0, 0, 0], [0, 1, 0], list("aab"), 2)
    assert METRICS["uar"].value(answers) == pytest.approx(2 / 3)
    with pytest.warns(UserWarning, match="not in y_true"):
        assert METRICS["uar"].value(answers) == pytest.approx(balanced_accuracy_score([0, 0, 0], [0, 1, 0]))
    assert np.isnan(recall(1, "tired").value(answers))


def test_a_constant_guess_gets_chance():
    answers = Answers.of([0, 1, 1, 2, 2, 2], [2] * 6, list("aabbcc"), 3)
    assert METRICS["uar"].value(answers) == pytest.approx(1 / 3)
    assert METRICS["kappa"].value(answers) == 0
