"""Several corpora as one, and what must not be put together."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.corpora.pool import Mix, check_meaning, parse_mix, pool

KSS = Target("kss", "measured", "How sleepy.", ("alert", "sleepy"), (1, 9), "KSS", (7.5,))
MOOD = Target("mood", "acted", "The mood.", ("bad", "good"), ordinal=False)


def corpus(name, targets=(KSS, MOOD), **more):
    clips = tuple(
        Clip(f"c{n}", "ann", Path(name, f"{n}.wav"), {"kss": float(n), "mood": "bad"}, session="1", text="t", split="devel")
        for n in (1, 9)
    )
    clips = tuple(replace(clip, labels={t.name: clip.labels[t.name] for t in targets}) for clip in clips)
    return Corpus(name, "1", targets, clips, (Exclusion("x", "it is empty"),), caution=f"Mind {name}.", **more)


@pytest.mark.parametrize(
    ("name", "mix"),
    [
        ("a", Mix(("a",))),
        ("a:b", Mix(("a",), ("b",))),
        ("a+b:c", Mix(("a", "b"), ("c",))),
        ("a+b+c", Mix(("a", "b", "c"))),
        ("a[x=b:c+d]:e", Mix(("a[x=b:c+d]",), ("e",))),
    ],
)
def test_names(name, mix):
    assert parse_mix(name) == mix


@pytest.mark.parametrize(
    ("name", "why"), [("a:b:c", "names no corpora"), ("a:", "names no"), ("a+", "names no"), ("a:a", "twice")]
)
def test_wrong_names(name, why):
    with pytest.raises(RequestError, match=why):
        parse_mix(name)


def test_equal_names_in_two_corpora_are_different_things():
    both = pool("a:b", {"a": corpus("a"), "b": corpus("b"), "unused": corpus("unused")})
    assert [clip.id for clip in both.clips] == ["a:c1", "a:c9", "b:c1", "b:c9"]
    assert {clip.speaker for clip in both.clips} == {"a:ann", "b:ann"}
    assert {clip.text for clip in both.clips} == {"a:t", "b:t"}
    assert {clip.session for clip in both.clips} == {"a:1", "b:1"}
    assert [clip.split for clip in both.clips] == ["train", "train", "test", "test"]
    assert [clip.traits["corpus"] for clip in both.clips] == ["a", "a", "b", "b"]
    assert both.clips[2].path == Path("b/1.wav")
    assert [gone.clip_id for gone in both.excluded] == ["a:x", "b:x"]
    assert both.caution == "a: Mind a. b: Mind b."
    assert (both.splitter, pool("a+b", {"a": corpus("a"), "b": corpus("b")}).splitter) == ("fixed", "corpora")


def test_only_targets_of_the_same_meaning_stay():
    other = corpus("b", (KSS, replace(MOOD, kind="measured")))
    both = pool("a:b", {"a": corpus("a"), "b": other})
    assert [target.name for target in both.targets] == ["kss"]
    assert set(both.clips[0].labels) == {"kss"}


def test_a_text_about_the_label_may_differ():
    check_meaning({"a": corpus("a"), "b": corpus("b", (replace(KSS, about="Rated by others."),))}, "kss")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "proxy"}, "the kind of label: measured and proxy"),
        ({"scale": (1, 10)}, r"the scale: \[1, 9\] and \[1, 10\]"),
        ({"cuts": (5.0,)}, r"the cuts: \[7.5\] and \[5.0\]"),
        ({"levels": ("awake", "sleepy")}, "the levels"),
        ({"unit": "SSS"}, "the unit: KSS and SSS"),
    ],
)
def test_another_meaning_is_refused_with_the_difference(change, why):
    with pytest.raises(RequestError, match=f"'kss' does not mean the same in a and in b: .*{why}"):
        check_meaning({"a": corpus("a"), "b": corpus("b", (replace(KSS, **change),))}, "kss")


def test_a_label_that_one_corpus_lacks_is_refused_with_what_it_has():
    with pytest.raises(
        RequestError, match=r"'mood' is a label of the kind acted, 2 levels, and b has no .*: it has kss \(meas"
    ):
        check_meaning({"a": corpus("a"), "b": corpus("b", (KSS,))}, "mood")


def test_with_one_corpus_that_does_not_say_who_speaks_nobody_knows():
    silent = corpus("b")
    silent = replace(silent, clips=tuple(replace(clip, speaker="") for clip in silent.clips), speakers="unknown")
    both = pool("a:b", {"a": corpus("a"), "b": silent})
    assert both.speakers == "unknown"
    assert {clip.speaker for clip in both.clips} == {""}


def test_a_devel_part_that_its_corpus_is_tuned_on_stays_one():
    parts = {name: corpus(name) for name in ("a", "b")}
    clips = (replace(parts["a"].clips[0], split="Train"), parts["a"].clips[1])
    fixed = replace(parts["a"], clips=clips, splitter="fixed")
    unknown = replace(parts["a"], clips=tuple(replace(clip, speaker="") for clip in clips), speakers="unknown")
    for first in (fixed, unknown):
        both = pool("a:b", {**parts, "a": first})
        assert [clip.split for clip in both.clips] == ["train", "devel", "test", "test"]
    assert [clip.split for clip in pool("b:a", {**parts, "a": fixed}).clips] == ["train", "train", "test", "test"]


def test_a_corpus_without_a_usable_clip_is_named():
    gone = replace(corpus("b"), clips=(), excluded=(Exclusion("c1", "the recording cannot be used: the file does not exist"),))
    with pytest.raises(RequestError, match=r"b has no clip that can be used: 1 are excluded, the first because the recording"):
        pool("a:b", {"a": corpus("a"), "b": gone})
