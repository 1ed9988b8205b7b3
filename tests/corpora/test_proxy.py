"""The fatigue proxy, against a table worked out by hand from the same norms."""

import math

import pytest

from bench.base.error import RequestError
from bench.corpora.norm import emotions, norms
from bench.corpora.proxy import DEFAULT, VARIANTS, proxy_labels, proxy_targets, rated_labels

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
DEFAULT_TARGET = proxy_targets()[0]


def test_every_emotion_stands_in_the_table():
    assert {*BY_HAND, "sleepiness"} == set(emotions())


@pytest.mark.parametrize("emotion", BY_HAND)
def test_value_and_level(emotion):
    value, level = BY_HAND[emotion]
    label = proxy_labels(emotion)[DEFAULT]
    assert label == pytest.approx(value, abs=0.021)
    assert DEFAULT_TARGET.levels[DEFAULT_TARGET.level(label)] == level


def test_order_is_that_of_the_table():
    assert sorted(BY_HAND, key=lambda e: proxy_labels(e)[DEFAULT]) == sorted(BY_HAND, key=lambda e: BY_HAND[e][0])


def test_values_by_hand():
    # Fear: valence and arousal of the three sources on -1 to 1, then the mean of 0.5 - 0.095 v - 0.405 a.
    points = [(-0.64, 0.60), ((2.795 - 5) / 4, (5.795 - 5) / 4), (-0.25, 0.12)]
    assert proxy_labels("fear")[DEFAULT] == round(sum(0.5 - 0.095 * v - 0.405 * a for v, a in points) / 3, 4)
    # Anger in the variants: the mean of two word norms, dominance with it.
    v, a, d = ((-0.51 + (2.515 - 5) / 4) / 2, (0.59 + (6.065 - 5) / 4) / 2, (0.25 + (4.625 - 5) / 4) / 2)
    labels = proxy_labels("anger")
    assert labels["fatigue-proxy-activation"] == round((1 - a) / 2, 4)
    assert labels["fatigue-proxy-energetic"] == round((1 - 0.5 * v - 0.5 * a) / 2, 4)
    assert labels["fatigue-proxy-pad"] == round((1 - 0.059 * v - 0.586 * a - 0.355 * d) / 2, 4)


def test_no_rounding_lifts_an_emotion_over_a_cut():
    # Neutral under activation alone: arousal is the mean of 0 and (3.45 - 5) / 4, so F is 0.5969, which is below 0.60.
    activation, energetic = (next(t for t in proxy_targets() if t.name.endswith(name)) for name in ("activation", "energetic"))
    assert proxy_labels("neutral")[activation.name] == round(0.5 - 0.5 * (0 + (3.45 - 5) / 4) / 2, 4) == 0.5969
    assert activation.levels[activation.level(proxy_labels("neutral")[activation.name])] == "neutral"
    v, a = (-0.60 + (3.0 - 5) / 4) / 2, (0.35 + (4.945 - 5) / 4) / 2
    assert proxy_labels("disgust")[energetic.name] == pytest.approx(0.5 - 0.25 * (v + a), abs=1e-4)
    assert energetic.levels[energetic.level(proxy_labels("disgust")[energetic.name])] == "neutral"


def test_pleasant_low_activation_is_no_fatigue():
    unguarded = sum(0.5 - 0.095 * v - 0.405 * a for v, a in [(0.68, -0.46), (0.4725, -0.8325)]) / 2
    assert unguarded > DEFAULT_TARGET.cuts[1]
    assert set(proxy_labels("calm").values()) <= {0.59, proxy_labels("calm")["fatigue-proxy-energetic"]}
    assert max(proxy_labels("calm").values()) == 0.59
    assert rated_labels(3.6, 1.5, 3)[DEFAULT] == 0.59
    assert rated_labels(3.5, 1.5, 3)[DEFAULT] == pytest.approx((5 - 0.19 * 3.5 - 0.81 * 1.5) / 4)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("fatigue-proxy", lambda v, a, d: (5 - 0.19 * v - 0.81 * a) / 4),
        ("fatigue-proxy-circumplex", lambda v, a, d: (5 - 0.074 * v - 0.926 * a) / 4),
        ("fatigue-proxy-activation", lambda v, a, d: (5 - a) / 4),
        ("fatigue-proxy-pad", lambda v, a, d: (5 - 0.059 * v - 0.586 * a - 0.355 * d) / 4),
        ("fatigue-proxy-energetic", lambda v, a, d: (5 - 0.5 * v - 0.5 * a) / 4),
    ],
)
def test_ratings_by_formula(name, formula):
    for rated in ((1, 1, 1), (2.5, 2.0, 3.3333), (3.5, 5, 5), (1, 4.5, 2)):
        assert rated_labels(*rated)[name] == pytest.approx(formula(*rated), abs=6e-5)


def test_weights_are_the_directions_of_the_fatigue_words():
    data = norms()

    def mean(source):
        table = data["sources"][source]
        low, high = table["scale"]
        rows = [[2 * (x - low) / (high - low) - 1 for x in table["words"][word]] for word in data["fatigue"][source]]
        return [sum(column) / len(rows) for column in zip(*rows, strict=True)]

    def angle(point):
        return math.degrees(math.atan2(point[1], point[0])) % 360

    def weights(degrees):
        v, a = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return [abs(v) / (abs(v) + abs(a)), abs(a) / (abs(v) + abs(a))]

    russell = [data["sources"]["russell"]["degrees"][word] for word in data["fatigue"]["russell"]]
    angles = [sum(russell) / len(russell), angle(mean("russell-mehrabian")), angle(mean("warriner"))]
    assert angles == pytest.approx([265.4, 264.3, 241.0], abs=0.05)
    across = [sum(f(math.radians(a)) for a in angles) for f in (math.cos, math.sin)]
    assert weights(angle(across)) == pytest.approx(VARIANTS[DEFAULT][:2], abs=0.005)
    assert weights(angles[0]) == pytest.approx(VARIANTS["fatigue-proxy-circumplex"][:2], abs=0.0005)
    assert weights(225) == pytest.approx(VARIANTS["fatigue-proxy-energetic"][:2])
    pad = mean("russell-mehrabian")
    assert [abs(x) / sum(map(abs, pad)) for x in pad] == pytest.approx(VARIANTS["fatigue-proxy-pad"], abs=0.0005)
    assert all(sum(own) == pytest.approx(1) for own in VARIANTS.values())


def test_unknown_emotion():
    with pytest.raises(RequestError, match="Did you mean 'sadness'"):
        proxy_labels("sad")
