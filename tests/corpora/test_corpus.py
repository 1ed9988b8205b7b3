import dataclasses
import json
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Target

KSS = Target("kss", "measured", "Sleepiness.", ("alert", "neither", "sleepy"), (1.0, 9.0), "KSS", (3.5, 6.5))
EMOTION = Target("emotion", "acted", "The emotion that was asked for.", ("calm", "sad"), ordinal=False)
SCORE = Target("effort", "measured", "How hard it was.", scale=(0.0, 10.0))


def clip(name="c1", speaker="anna", **given):
    return Clip(**{"id": name, "speaker": speaker, "path": Path(f"{name}.wav"), "labels": {"kss": 3.0}, **given})


def corpus(*clips, **given):
    return Corpus(**{"name": "mine", "version": "1", "targets": (KSS, EMOTION), "clips": clips, **given})


@pytest.mark.parametrize("target", [KSS, EMOTION, SCORE], ids=lambda target: target.name)
def test_a_target_comes_back_from_json(target):
    assert Target.from_json(json.loads(json.dumps(target.as_json()))) == target


def test_the_forms_are_those_that_the_labels_allow():
    assert KSS.forms == ("score", "level")
    assert EMOTION.forms == ("level",)
    assert SCORE.forms == ("score",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "has neither a scale nor levels"),
        ({"levels": ("only",)}, "Give two or more, each once"),
        ({"levels": ("a", "b", "a")}, "Give two or more, each once"),
        ({"scale": (9.0, 1.0)}, r"has the scale \[9.0, 1.0\]"),
        ({"scale": (1.0, 1.0)}, r"has the scale \[1.0, 1.0\]"),
        ({"scale": (0.0, float("inf"))}, r"has the scale \[0.0, inf\]\. Expected are two finite numbers"),
        ({"scale": (float("nan"), 1.0)}, r"has the scale \[nan, 1.0\]"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b"), "cuts": (1.0,)}, r"the cuts \[1.0\], so a level never occurs"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b"), "cuts": (9.5,)}, r"Expected are cuts above 1 and at most 9, as the scale"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b"), "cuts": (float("nan"),)}, "so a level never occurs"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b"), "cuts": (float("-inf"),)}, "so a level never occurs"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b")}, r"has 2 levels and the cuts \[\].*Expected are 1 rising cuts"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b", "c"), "cuts": (5.0, 3.0)}, "Expected are 2 rising cuts"),
        ({"scale": (1.0, 9.0), "levels": ("a", "b", "c"), "cuts": (5.0, 5.0)}, "Expected are 2 rising cuts"),
    ],
)
def test_targets_that_make_no_sense_are_refused(given, said):
    with pytest.raises(RequestError, match=rf"Target 'x' .*{said}"):
        Target("x", "measured", "", **given)


@pytest.mark.parametrize(("score", "level"), [(1, 0), (3.49, 0), (3.5, 1), (6.49, 1), (6.5, 2), (9, 2)])
def test_a_score_on_a_cut_belongs_to_the_level_above(score, level):
    assert KSS.level(score) == level


def test_a_cut_at_the_highest_score_leaves_it_a_level_of_its_own():
    target = Target("kss", "measured", "", ("other", "fighting sleep"), (1.0, 9.0), "KSS", (9.0,))
    assert [target.level(score) for score in (1, 8.9, 9)] == [0, 0, 1]


def test_the_name_of_a_level_is_its_place():
    assert [EMOTION.level(name) for name in ("calm", "sad")] == [0, 1]


@pytest.mark.parametrize(
    ("target", "label", "said"),
    [
        (KSS, 9.5, "the label 9.5 lies outside the scale 1 to 9"),
        (KSS, 0.99, "the label 0.99 lies outside the scale 1 to 9"),
        (KSS, float("nan"), "the label nan lies outside the scale 1 to 9"),
        (KSS, "sleepy", "the label 'sleepy' is not a number"),
        (EMOTION, "angry", "the label 'angry' is none of calm, sad"),
        (EMOTION, 1.0, "the label 1.0 is none of calm, sad"),
        (KSS, 1.0, None),
        (KSS, 9, None),
        (EMOTION, "sad", None),
    ],
)
def test_labels_that_do_not_fit(target, label, said):
    assert target.problem(label) == said


def test_all_mistakes_are_listed_at_once():
    with pytest.raises(RequestError) as caught:
        corpus(clip(), clip(), clip("c2", ""), clip("c3", labels={"kss": 11.0, "emotion": "angry"}))
    assert str(caught.value) == (
        "The corpus 'mine' cannot be used: the id 'c1' stands 2 times; clip 'c2' has no speaker; "
        "clip 'c3', target 'kss': the label 11 lies outside the scale 1 to 9; "
        "clip 'c3', target 'emotion': the label 'angry' is none of calm, sad. Correct its label files."
    )


def test_one_person_under_two_spellings_is_not_two_speakers():
    names = ("Anna", "anna ", "Ben", "Zo\u00e9", "Zoe\u0301")
    with pytest.raises(RequestError) as caught:
        corpus(*(clip(f"c{n}", name) for n, name in enumerate(names)))
    assert "the speakers 'Anna' and 'anna ' differ in how they are written alone; give one person one" in str(caught.value)
    assert r"the speakers 'Zoe\u0301' and 'Zo\xe9' differ" in str(caught.value)
    assert len(corpus(clip("c1", "Anna"), clip("c2", "Anne")).clips) == 2


def test_a_long_list_of_mistakes_is_counted():
    with pytest.raises(RequestError, match=r"clip 'c4' has no speaker; and 20 more\. Correct"):
        corpus(*(clip(f"c{n}", "") for n in range(25)))


def test_a_label_of_an_unknown_target_is_told_with_the_closest():
    with pytest.raises(RequestError, match=r"No target of mine is called 'ksss'\. Did you mean 'kss'\?"):
        corpus(clip(labels={"ksss": 3.0}))


def test_a_target_is_found_by_name():
    assert corpus().target("emotion") is EMOTION
    with pytest.raises(RequestError, match="Known are: emotion, kss"):
        corpus().target("age")


def test_a_clip_without_a_label_is_no_mistake():
    assert corpus(clip(labels={})).clips[0].labels == {}


def test_the_identity_says_where_nothing_lies():
    here, there = (corpus(clip(path=Path(place) / "c1.wav")) for place in ("/a", "/b"))
    assert here.identity == there.identity


@pytest.mark.parametrize(
    "change",
    [
        {"id": "c9"},
        {"speaker": "bert"},
        {"labels": {"kss": 4.0}},
        {"labels": {"kss": 3.0, "emotion": "sad"}},
        {"start_s": 0.5},
        {"end_s": 2.0},
        {"session": "evening"},
        {"text": "dogs"},
        {"split": "test"},
    ],
    ids=str,
)
def test_the_identity_changes_with_everything_that_folds_and_labels_hang_on(change):
    base = corpus(clip(), clip("c2"))
    assert corpus(dataclasses.replace(base.clips[0], **change), base.clips[1]).identity != base.identity


def test_the_identity_changes_with_name_version_targets_and_order():
    base = corpus(clip(), clip("c2"))
    others = [
        dataclasses.replace(base, name="other"),
        dataclasses.replace(base, version="2"),
        dataclasses.replace(base, targets=(dataclasses.replace(KSS, cuts=(3.0, 6.5)), EMOTION)),
        dataclasses.replace(base, clips=base.clips[::-1]),
    ]
    assert len({one.identity for one in (base, *others)}) == 5


def test_nouns_cannot_be_changed():
    for noun, field in ((KSS, "scale"), (clip(), "speaker"), (corpus(), "clips")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(noun, field, None)
