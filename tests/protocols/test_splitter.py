"""Each splitter by its spelling, and the sentence where it cannot serve."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Target
from bench.protocols.fold import folds_as_json, folds_hash
from bench.protocols.splitter import inner_folds, make_folds, resolve_splitter

KSS = Target("kss", "measured", "", ("alert", "sleepy"), (1, 9), "KSS", (5.0,))
SCORE = Target("kss", "measured", "", (), (1, 9), "KSS")


def clip(name, speaker, label=1.0, **known):
    return Clip(name, speaker, Path(f"{name}.wav"), {"kss": label}, **known)


def corpus(n_speakers, each=4):
    return [clip(f"{s}-{n}", f"s{s:02d}", float(1 + 8 * (n % 2))) for s in range(n_speakers) for n in range(each)]


def speakers_apart(clips, folds):
    speaker = {c.id: c.speaker for c in clips}
    return all(not {speaker[c] for c in fold.train} & {speaker[c] for c in fold.test} for fold in folds)


def test_auto_is_loso_up_to_thirty_speakers():
    assert resolve_splitter("auto", corpus(30)) == "loso"
    assert resolve_splitter("auto", corpus(31)) == "grouped-10"
    assert len(make_folds(corpus(3), KSS)) == 3
    assert len(make_folds(corpus(31), KSS)) == 10


def test_loso_holds_out_one_speaker_at_a_time():
    clips = corpus(3, each=2)
    folds = make_folds(clips, KSS, "loso")
    assert [(fold.name, fold.test) for fold in folds] == [
        ("s00", ("0-0", "0-1")),
        ("s01", ("1-0", "1-1")),
        ("s02", ("2-0", "2-1")),
    ]
    assert folds[1].train == ("0-0", "0-1", "2-0", "2-1")


@given(st.integers(2, 12), st.integers(2, 12), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_grouped_folds_test_every_clip_once_and_keep_speakers_apart(n_folds, n_speakers, seed):
    clips = corpus(max(n_folds, n_speakers))
    folds = make_folds(clips, KSS, f"grouped-{n_folds}", seed)
    assert [fold.name for fold in folds] == [str(k + 1) for k in range(n_folds)]
    assert sorted(c for fold in folds for c in fold.test) == sorted(c.id for c in clips)
    assert all({*fold.train, *fold.test} == {c.id for c in clips} for fold in folds)
    assert speakers_apart(clips, folds)


def test_grouped_folds_share_out_levels_and_sexes():
    clips = [
        clip(f"{s}-{n}", f"s{s:02d}", 9.0 if s < 4 else 1.0, traits={"sex": "female" if s % 2 else "male"})
        for s in range(8)
        for n in range(3)
    ]
    by_id = {c.id: c for c in clips}
    for fold in make_folds(clips, KSS, "grouped-2"):
        tested = [by_id[c] for c in fold.test]
        assert sum(c.labels["kss"] == 9.0 for c in tested) == 6
        assert sum(c.traits["sex"] == "female" for c in tested) == 6


def test_scores_without_levels_are_shared_out_by_bins():
    clips = [clip(f"{s}-{n}", f"s{s:02d}", 9.0 if s < 4 else 1.0) for s in range(8) for n in range(3)]
    by_id = {c.id: c for c in clips}
    for fold in make_folds(clips, SCORE, "grouped-4"):
        assert sorted(by_id[c].labels["kss"] for c in fold.test) == [1.0] * 3 + [9.0] * 3


def test_the_seed_changes_grouped_folds_and_no_others():
    clips = corpus(12)
    grouped = {folds_hash(make_folds(clips, KSS, "grouped-4", seed)) for seed in (0, 0, 1, 2)}
    assert len(grouped) == 3
    assert len({folds_hash(make_folds(clips, KSS, "loso", seed)) for seed in (0, 1, 2)}) == 1


def test_sessions():
    clips = [clip("1", "a", session="x"), clip("2", "b", session="x"), clip("3", "c", session="y")]
    folds = make_folds(clips, KSS, "sessions")
    assert [(fold.name, fold.train, fold.test) for fold in folds] == [("x", ("3",), ("1", "2")), ("y", ("1", "2"), ("3",))]


@pytest.mark.parametrize(
    ("parts", "name", "train", "test"),
    [
        (("train", "devel", "test"), "test", ("1", "2"), ("3",)),
        (("train", "test", None), "test", ("1",), ("2",)),
        (("Train", "dev", "train"), "devel", ("1", "3"), ("2",)),
    ],
)
def test_fixed_parts(parts, name, train, test):
    clips = [clip(str(n), f"s{n}", split=part) for n, part in enumerate(parts, start=1)]
    (fold,) = make_folds(clips, KSS, "fixed")
    assert (fold.name, fold.train, fold.test) == (name, train, test)


def test_a_file_of_folds_gives_the_same_folds(tmp_path):
    clips = corpus(6)
    folds = make_folds(clips, KSS, "grouped-3", seed=5)
    path = tmp_path / "folds.json"
    path.write_text(json.dumps(folds_as_json(folds)))
    assert make_folds(clips, KSS, str(path)) == folds


def test_a_file_of_folds_may_name_clips_that_are_left_out_but_no_strangers(tmp_path):
    clips = corpus(3)
    path = tmp_path / "folds.json"
    path.write_text(json.dumps(folds_as_json(make_folds(clips, KSS, "loso"))))
    with pytest.raises(RequestError, match=r"names 1 clips that the corpus does not have, the first is '0-0'"):
        make_folds(clips[1:], KSS, str(path))
    folds = make_folds(clips[1:], KSS, str(path), absent={"0-0"})
    assert folds[0].test == ("0-1", "0-2", "0-3")
    assert all("0-0" not in fold.train for fold in folds)


@pytest.mark.parametrize(
    ("splitter", "clips", "message"),
    [
        ("losso", corpus(3), "Did you mean 'loso'"),
        ("grouped-0", corpus(3), "No splitter is called 'grouped-0'"),
        ("grouped-4", corpus(3), "grouped-4 does not fit 3 speakers"),
        ("grouped-1", corpus(3), "grouped-1 does not fit"),
        ("loso", corpus(1), r"of 1 speaker \(s00\)"),
        ("auto", corpus(1), r"of 1 speaker"),
        ("grouped-2", corpus(1), r"of 1 speaker"),
        ("sessions", corpus(2), "8 of 8 clips have no session"),
        ("sessions", [clip("1", "a", session="x"), clip("2", "b", session="x")], "All clips are of the session 'x'"),
        (
            "sessions",
            [clip("1", "a", session="x"), clip("2", "a", session="y"), clip("3", "b", session="y")],
            r"'a' \(x, y\).*Use loso",
        ),
        ("fixed", corpus(2), "are empty. The splitter 'fixed' needs"),
        ("fixed", [clip("1", "a", split="train"), clip("2", "b", split="part2")], "Rename 'part2'"),
        ("fixed", [clip("1", "a", split="train"), clip("2", "b", split="train")], "needs a train part"),
        ("nothing.json", corpus(2), "cannot be read"),
    ],
)
def test_splitters_that_cannot_serve(splitter, clips, message):
    with pytest.raises(RequestError, match=message):
        make_folds(clips, KSS, splitter)


@given(st.integers(3, 10), st.integers(0, 20), st.booleans())
@settings(max_examples=60, deadline=None)
def test_inner_folds_validate_every_clip_once_and_keep_speakers_apart(n_speakers, seed, scores):
    speakers = np.array([f"s{s}" for s in range(n_speakers) for _ in range(s + 1)])
    y = np.arange(len(speakers)) % 3
    folds = inner_folds(speakers, y / 2 if scores else y, seed)
    assert len(folds) == min(4, n_speakers)
    assert sorted(np.concatenate([valid for _, valid in folds]).tolist()) == list(range(len(speakers)))
    for train, valid in folds:
        assert len(train) + len(valid) == len(speakers)
        assert not set(speakers[train]) & set(speakers[valid])


def test_no_inner_folds_with_fewer_than_three_speakers():
    assert inner_folds(np.array(["a", "b", "a"]), np.array([0, 1, 0]), 0) == []


def crossing(n_speakers=6, n_texts=4, per=2):
    return [
        Clip(f"s{s}t{t}n{n}", f"s{s}", Path("x.wav"), {"kss": float(1 + (s + t + n) % 9)}, text=f"t{t}")
        for s in range(n_speakers)
        for t in range(n_texts)
        for n in range(per)
    ]


@pytest.mark.parametrize(("n_speakers", "n_texts"), [(6, 4), (3, 2), (12, 10)])
def test_speaker_text_tests_neither_a_voice_nor_a_text_that_was_heard(n_speakers, n_texts):
    clips = crossing(n_speakers, n_texts)
    folds = make_folds(clips, KSS, "speaker-text")
    assert len(folds) == min(5, n_speakers) * min(5, n_texts)
    by_id = {clip.id: clip for clip in clips}
    for fold in folds:
        train, test = ([by_id[clip_id] for clip_id in side] for side in (fold.train, fold.test))
        assert not {clip.speaker for clip in train} & {clip.speaker for clip in test}
        assert not {clip.text for clip in train} & {clip.text for clip in test}
    assert sorted(clip_id for fold in folds for clip_id in fold.test) == sorted(by_id)


def test_speaker_text_needs_texts():
    clips = crossing()
    with pytest.raises(RequestError, match="all clips say the same"):
        make_folds([replace(clip, text="t") for clip in clips], KSS, "speaker-text")
    with pytest.raises(RequestError, match="1 clips have no text, the first is 's0t0n0'"):
        make_folds([replace(clip, text=None) if n == 0 else clip for n, clip in enumerate(clips)], KSS, "speaker-text")


def test_corpora_leaves_one_out():
    clips = [replace(clip, traits={"corpus": "ab"[int(clip.speaker[1]) % 2]}) for clip in crossing()]
    first, second = make_folds(clips, KSS, "corpora")
    assert (first.name, second.name) == ("a", "b")
    assert first.test == second.train
    with pytest.raises(RequestError, match="there is one only"):
        make_folds(crossing(), KSS, "corpora")


def test_fixed_parts_are_tuned_on_devel_beside_a_test_part_only():
    parts = {"s0": "train", "s1": "train", "s2": "dev", "s3": "test", "s4": "test", "s5": "train"}
    clips = [replace(clip, split=parts[clip.speaker]) for clip in crossing()]
    (fold,) = make_folds(clips, KSS, "fixed")
    assert {clip_id[:2] for clip_id in fold.devel} == {"s2"}
    assert set(fold.devel) < set(fold.train)
    without_test = [clip for clip in clips if clip.split != "test"]
    (fold,) = make_folds(without_test, KSS, "fixed")
    assert (fold.name, fold.devel, {clip_id[:2] for clip_id in fold.test}) == ("devel", (), {"s2"})


@pytest.mark.parametrize(("speaker", "offered"), [("anna", True), ("", False)])
@pytest.mark.parametrize("part", ["train", "morning", ""])
def test_loso_is_offered_only_where_it_is_known_who_speaks(part, speaker, offered):
    clips = [clip(name, speaker, split=part) for name in "abc"]
    with pytest.raises(RequestError) as caught:
        make_folds(clips, KSS, "fixed")
    assert ("use loso" in str(caught.value)) is offered
