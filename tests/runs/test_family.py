"""Which rows can be told apart: swaps made by hand, and the level that a task is held to."""

import itertools

import numpy as np
import pytest

from bench.metrics.tier import compare
from bench.runs.family import Families
from bench.runs.prediction import Predictions
from tests.runs.conftest import KSS

N_EACH = 12


def task(n_speakers=8, n_folds=8, known=True):
    return {
        "form": "score",
        "target": KSS.as_json(),
        "speakers_known": known,
        "n_folds": n_folds,
        "n_speakers": n_speakers if known else 0,
    }


def said(noises, n_speakers=8, seed=0):
    rng = np.random.default_rng(seed)
    speakers = tuple(np.repeat([f"s{n}" for n in range(n_speakers)], N_EACH).tolist())
    truth = rng.normal(size=len(speakers))
    ids = tuple(map(str, range(len(truth))))
    return {
        name: Predictions(ids, speakers, speakers, truth, truth + noise * rng.normal(size=len(truth)))
        for name, noise in noises.items()
    }


def test_a_family_of_pairs_is_judged_with_the_better_row_first():
    families = Families(task(), said({"good": 0.3, "bad": 6.0, "fair": 0.35}))
    assert families.judge([("bad", "good"), ("good", "fair")]) == {("good", "bad")}
    assert families.judge([]) is None


def test_tiers_and_pairs_of_the_same_rows_agree():
    predictions = said({"a": 0.3, "b": 0.5, "c": 6.0})
    family = Families(task(), predictions).tiered(list(predictions))
    assert family.beats == Families(task(), predictions).judge(list(itertools.combinations(predictions, 2)))
    assert family.tiers == {"a": 1, "b": 1, "c": 2}


def test_rows_trained_on_each_others_speakers_are_held_to_a_smaller_p():
    """Of 8 speakers there are 128 swaps: a p of 2/128 is told apart at .05, not at .01."""
    for seed in range(200):
        predictions = said({"a": 0.7, "b": 1.2}, seed=seed)
        if 0.01 < compare([one.answers(0) for one in predictions.values()]).p[0, 1] <= 0.05:
            break
    else:
        pytest.fail("no p between .01 and .05 was drawn")
    assert Families(task(n_folds=1), predictions).tiered(["a", "b"]).beats
    assert not Families(task(n_folds=8), predictions).tiered(["a", "b"]).beats
    assert not Families(task(n_folds=8), predictions).judge([("a", "b")])


@pytest.mark.parametrize(("n_speakers", "known", "why"), [(5, True, "fewer than 6"), (8, False, "nobody knows")])
def test_without_enough_speakers_nothing_is_told(n_speakers, known, why):
    predictions = said({"a": 0.3, "b": 6.0}, n_speakers)
    families = Families(task(n_speakers, known=known), predictions)
    family = families.tiered(["a", "b"])
    assert (dict(family.tiers), family.beats) == ({}, frozenset())
    assert why in family.untiered
    assert families.judge([("a", "b")]) is None
