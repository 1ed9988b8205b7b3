"""Confounders: found where they are planted, and not where they are not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.corpora.corpus import Clip, Corpus, Target
from bench.protocols.confounder import caution, label_columns, speakers_differ, text_predicts
from bench.protocols.task import make_tasks, parse_task

KSS = Target("kss", "measured", "", ("alert", "neither", "sleepy"), (1, 9), "KSS", (3.5, 6.5))
MOOD = Target("mood", "acted", "", ("bad", "good"), ordinal=False)


def task(label, form="score", splitter="loso", **more):
    """Eight speakers with twelve clips each, of six texts; ``label`` gives the KSS of a speaker, a text and a noise."""
    rng = np.random.default_rng(1)
    clips = []
    for s in range(8):
        for n in range(12):
            kss = float(np.clip(np.round(label(s, n % 6, rng.normal())), 1, 9))
            clips.append(Clip(f"s{s}-{n}", f"s{s}", Path("x.wav"), {"kss": kss}, text=f"t{n % 6}"))
    corpus = Corpus("night", "1", (KSS,), tuple(clips), **more)
    (made,) = make_tasks(corpus, parse_task(f"night/kss/{form}"), splitter)
    return made


@pytest.mark.parametrize("form", ["score", "level"])
def test_labels_that_hang_on_the_speaker_are_found(form):
    found = speakers_differ(task(lambda s, t, noise: s + 1 + noise, form))
    assert found.code == "FB005"
    assert "eta squared is 0." in found.message
    assert not found.stops
    assert speakers_differ(task(lambda s, t, noise: 5 + 2 * noise, form)) is None


@pytest.mark.parametrize("form", ["score", "level"])
def test_labels_that_hang_on_the_text_are_found(form):
    found = text_predicts(task(lambda s, t, noise: 1.5 * t + 1 + noise, form))
    assert found.code == "FB017"
    assert "chance is 0." in found.message
    assert text_predicts(task(lambda s, t, noise: 5 + 2 * noise, form)) is None


def test_the_text_alone_is_worth_what_its_table_says():
    # All speakers have the same label with a text, so others' labels tell it without an error.
    found = text_predicts(task(lambda s, t, noise: 1.5 * t + 1))
    assert "Spearman is 1.000 from the labels" in found.message


@pytest.mark.parametrize("form", ["score", "level"])
def test_a_handful_of_texts_raises_no_more_false_alarms_than_it_may(form):
    # Ten texts, labels by chance: an interval over speakers found something in one of eight such level tasks.
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(40):
        chance = rng.uniform(1, 9, size=(8, 12))
        alarms += text_predicts(task(lambda s, t, noise, of=chance: of[s][int(abs(noise) * 1e6) % 12], form)) is not None
    assert alarms <= 5  # 2 expected; 6 or more in 1.4 % of such trials


def test_levels_that_no_known_text_has_do_not_count_as_chance():
    # "neither" is said with texts of one speaker alone: what is guessed at all has two levels, so chance is a half.
    clips = [
        Clip(f"s{s}-{n}", f"s{s}", Path("x.wav"), {"kss": (1.0, 9.0)[n % 2]}, text=f"t{n // 2}")
        for s in range(6)
        for n in range(8)
    ]
    clips += [Clip(f"own-{s}", f"s{s}", Path("x.wav"), {"kss": 5.0}, text=f"own {s}") for s in range(6)]
    (made,) = make_tasks(Corpus("night", "1", (KSS,), tuple(clips)), parse_task("night/kss/level"), "loso")
    assert made.chance == pytest.approx(1 / 3)
    assert text_predicts(made) is None


def test_texts_that_are_not_trained_on_predict_nothing():
    assert text_predicts(task(lambda s, t, noise: 1.5 * t + 1 + noise, splitter="speaker-text")) is None


def test_what_cannot_be_asked_is_not():
    known = task(lambda s, t, noise: s + t / 2 + 1)
    alone = replace(known, clips=tuple(replace(clip, text=None) for clip in known.clips))
    assert text_predicts(alone) is None
    clips = tuple(replace(clip, speaker="") for clip in known.clips)
    unknown = replace(known, clips=clips, corpus=replace(known.corpus, clips=clips, speakers="unknown"))
    assert speakers_differ(unknown) is None
    assert text_predicts(unknown) is None


def test_caution_is_the_corpus_own():
    assert caution(task(lambda s, t, noise: s + 1)) is None
    assert caution(task(lambda s, t, noise: s + 1, caution="Mind the dyads.")).message == "Mind the dyads."


def test_labels_as_numbers():
    assert label_columns(task(lambda s, t, noise: t + 1)).tolist() == [float(n % 6 + 1) for n in range(12)] * 8
    assert set(label_columns(task(lambda s, t, noise: 4 * (t % 3) + 1, "level"))) == {0, 1, 2}
    clips = tuple(Clip(f"{n}", f"s{n % 3}", Path("x.wav"), {"mood": ("bad", "good")[n % 2]}) for n in range(6))
    (mood,) = make_tasks(Corpus("c", "1", (MOOD,), clips), parse_task("c/mood"))
    assert label_columns(mood).tolist() == [[1, 0], [0, 1]] * 3
