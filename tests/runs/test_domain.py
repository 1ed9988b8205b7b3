"""Who is called outside: nobody of the training side's kind but one or two in a hundred, and whatever is another kind."""

import dataclasses

import numpy as np
import pytest

from bench.decoders.facts import ClipFacts
from bench.runs.domain import Domain

FACT = ClipFacts("k", duration_s=2.0, rate=16_000, silence_share=0.2)


def draw(rng, n_speakers, n_each=20, n_columns=15):
    """Correlated features with an offset a speaker."""
    mixing = np.random.default_rng(99).normal(size=(n_columns, n_columns))
    speakers = np.repeat([f"s{k}" for k in range(n_speakers)], n_each)
    own = rng.normal(0, 0.6, (n_speakers, n_columns))
    values = (rng.normal(size=(len(speakers), n_columns)) + np.repeat(own, n_each, axis=0)) @ mixing
    return values.astype(np.float32), speakers


def make_domain(values, speakers):
    facts = [dataclasses.replace(FACT, duration_s=1.0 + 0.01 * n) for n in range(len(values))]
    return Domain.of(values, speakers, facts, np.linspace(0.4, 0.9, len(values)))


def test_of_unseen_speakers_one_or_two_clips_in_a_hundred_are_outside():
    rng = np.random.default_rng(0)
    values, speakers = draw(rng, 60)
    shares = []
    for turn in range(6):
        trained = np.isin(speakers, [f"s{k}" for k in range(60) if k % 6 != turn])
        domain = make_domain(values[trained], speakers[trained])
        shares += [domain.further(one) <= 0.01 for one in values[~trained]]
    assert 0.004 < np.mean(shares) < 0.025


def test_another_kind_of_recording_is_outside():
    rng = np.random.default_rng(1)
    values, speakers = draw(rng, 12)
    domain = make_domain(values, speakers)
    strange = rng.normal(0, 6, values.shape[1]).astype(np.float32) * values.std(axis=0)
    judged = domain.judge(strange, FACT, 0.6)
    assert judged.further == pytest.approx(1 / 241)
    assert judged.reasons == ("its features lie further from the training clips than those of all 240 held-out ones",)
    assert domain.judge(values[3], FACT, 0.6).reasons == ()


@pytest.mark.parametrize(
    ("change", "voiced", "said"),
    [
        ({"duration_s": 0.4}, 0.6, "it lasts 0.40 s, and the shortest training clip 1.00 s"),
        ({"duration_s": 60.0}, 0.6, "it lasts 60.0 s, and the longest training clip 3.4 s; it is rated as a whole"),
        ({"rate": 8000}, 0.6, "it is sampled at 8,000 Hz"),
        ({"silence_share": 0.7}, 0.6, "70% of it is silent, and at most 20% of a training clip"),
        ({"clipped_share": 0.05}, 0.6, "5.0% of its samples are clipped"),
        ({}, 0.1, "only 10% of it is voiced, and at least 40%"),
        ({}, np.nan, "no voice was found in it"),
        ({}, 0.0, "only 0% of it is voiced"),
    ],
)
def test_what_differs_is_said(change, voiced, said):
    values, speakers = draw(np.random.default_rng(2), 12)
    (reason,) = make_domain(values, speakers).judge(values[0], dataclasses.replace(FACT, **change), voiced).reasons
    assert said in reason


def test_missing_values_and_few_clips():
    values, speakers = draw(np.random.default_rng(3), 12)
    values[5, 2] = np.nan
    domain = make_domain(values, speakers)
    assert domain.further(values[5]) > 0.01
    nothing = domain.judge(np.full(values.shape[1], np.nan, np.float32), FACT, 0.6)
    assert nothing.reasons == ("none of its features could be measured",)
    few = make_domain(values[:80], speakers[:80])
    assert few.judge(values[0] + 100, FACT, 0.6) == ((), None)


def test_of_a_recording_whose_voice_could_not_be_looked_for_nothing_is_said():
    values, speakers = draw(np.random.default_rng(2), 12)
    assert make_domain(values, speakers).judge(values[0], FACT, None).reasons == ()


def test_a_recording_of_which_more_is_missing_than_of_training_clips_is_outside():
    values, speakers = draw(np.random.default_rng(2), 12, n_columns=40)
    few, many = values[0].copy(), values[0].copy()
    few[:2], many[:3] = np.nan, np.nan  # 5 and 7.5 %
    domain = make_domain(values, speakers)
    assert domain.judge(few, FACT, 0.6).reasons == ()
    assert domain.judge(many, FACT, 0.6).reasons == ("8% of its features could not be measured",)
    values[:30, :3] = np.nan
    assert make_domain(values, speakers).judge(many, FACT, 0.6).reasons == ()  # training clips lack them, too


def test_fewer_clips_than_columns():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(120, 500)).astype(np.float32)
    domain = make_domain(values, np.repeat([f"s{k}" for k in range(6)], 20))
    assert domain.clips.shape == (120, 12)
    assert domain.clips.std(axis=0) == pytest.approx(np.ones(12), abs=0.05)
