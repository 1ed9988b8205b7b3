"""The cut of the challenges: above 7.5."""

from bench.corpora.sleepiness import sleepy_label, sleepy_target


def test_the_cut():
    assert [sleepy_label(kss) for kss in (1, 7, 7.4, 7.5, 8, 10)] == ["not sleepy"] * 4 + ["sleepy"] * 2
    assert {sleepy_label(kss) for kss in (1, 10)} == set(sleepy_target().levels)
