"""The fatigue proxy, against a table worked out by hand from the same norms."""

import pytest

from bench.base.error import RequestError
from bench.corpora.proxy import FATIGUE_PROXY, RUSSELL_MEHRABIAN, fatigue_proxy

BY_HAND = {
    "boredom": (0.78, "fatigued"),
    "sadness": (0.68, "fatigued"),
    "calm": (0.59, "neutral"),
    "neutral": (0.55, "neutral"),
    "disgust": (0.48, "neutral"),
    "frustration": (0.45, "neutral"),
    "fear": (0.43, "alert"),
    "anger": (0.38, "alert"),
    "surprise": (0.33, "alert"),
    "happiness": (0.31, "alert"),
    "excitement": (0.25, "alert"),
}


def test_every_emotion_stands_in_the_table():
    assert set(BY_HAND) == set(RUSSELL_MEHRABIAN)


@pytest.mark.parametrize("emotion", BY_HAND)
def test_value_and_level(emotion):
    value, level = BY_HAND[emotion]
    assert fatigue_proxy(emotion) == pytest.approx(value, abs=0.021)
    assert FATIGUE_PROXY.levels[FATIGUE_PROXY.level(fatigue_proxy(emotion))] == level


def test_order_is_that_of_the_table():
    assert sorted(BY_HAND, key=fatigue_proxy) == sorted(BY_HAND, key=lambda emotion: BY_HAND[emotion][0])


def test_one_value_by_hand():
    # Fear: valence and arousal of the three sources on -1 to 1, then the mean of 0.5 - 0.095 v - 0.405 a.
    points = [(-0.64, 0.60), ((2.795 - 5) / 4, (5.795 - 5) / 4), (-0.25, 0.12)]
    assert fatigue_proxy("fear") == round(sum(0.5 - 0.095 * v - 0.405 * a for v, a in points) / 3, 2)


def test_pleasant_low_activation_is_no_fatigue():
    unguarded = sum(0.5 - 0.095 * v - 0.405 * a for v, a in [(0.68, -0.46), (0.4725, -0.8325)]) / 2
    assert unguarded > FATIGUE_PROXY.cuts[1] > fatigue_proxy("calm")


def test_unknown_emotion():
    with pytest.raises(RequestError, match="Did you mean 'sadness'"):
        fatigue_proxy("sad")
