"""Acted emotions: their target and the labels of a clip."""

from bench.corpora.emotion import emotion_labels, emotion_target
from bench.corpora.proxy import VARIANTS, proxy_labels


def test_labels_have_the_proxy_where_there_are_norms():
    assert emotion_labels("sadness") == {**proxy_labels("sadness"), "emotion": "sadness"}
    assert set(emotion_labels("sleepiness")) == {*VARIANTS, "emotion"}
    assert emotion_labels("amusement") == {"emotion": "amusement"}


def test_the_target_has_no_order():
    target = emotion_target(["anger", "neutral"])
    assert (target.name, target.kind, target.levels, target.ordinal) == ("emotion", "acted", ("anger", "neutral"), False)
