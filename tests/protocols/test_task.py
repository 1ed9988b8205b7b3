"""Tasks: spelled, made, and refused where there is nothing to learn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.protocols.fold import folds_as_json
from bench.protocols.task import Question, check_tested_labels, make_tasks, parse_task

KSS = Target("kss", "measured", "", ("alert", "between", "sleepy"), (1, 9), "KSS", (4.0, 7.0))
MOOD = Target("mood", "acted", "", ("bad", "good"), ordinal=False)


def corpus(**changes):
    clips = tuple(
        Clip(f"{s}{n}", s, Path("x.wav"), {"kss": float(1 + 4 * n), "mood": "good" if n else "bad"})
        for s in "abc"
        for n in range(3)
    )
    return replace(Corpus("night[x=1]", "1", (KSS, MOOD), clips), **changes)


def relabelled(labels):
    return corpus(clips=tuple(replace(clip, labels=labels(clip)) for clip in corpus().clips))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("a/b", Question("a", "b", None)),
        (" a / b / score ", Question("a", "b", "score")),
        ("synthetic[path=x/y]/kss/level", Question("synthetic[path=x/y]", "kss", "level")),
    ],
)
def test_spellings(text, question):
    assert parse_task(text) == question


@pytest.mark.parametrize("text", ["a", "", "a/", "/b", "a/b/level/x", "a//level"])
def test_texts_that_are_no_task(text):
    with pytest.raises(RequestError, match=r"is no task\. Expected is CORPUS/TARGET"):
        parse_task(text)


def test_an_unknown_form():
    with pytest.raises(RequestError, match="Did you mean 'level'"):
        parse_task("a/b/levels")


def test_both_forms_share_their_folds():
    score, level = make_tasks(corpus(), parse_task("night/kss"))
    assert (score.name, level.name) == ("night[x=1]/kss/score", "night[x=1]/kss/level")
    assert score.folds == level.folds
    assert score.fold_hash == level.fold_hash
    assert (score.primary, score.chance, level.primary, level.chance) == ("spearman", 0.0, "uar", 1 / 3)
    assert score.splitter == level.splitter == "loso"


def test_labels_and_speakers_stand_in_the_order_of_the_clips():
    score, level = make_tasks(corpus(), parse_task("night/kss"))
    assert score.y().tolist() == [1.0, 5.0, 9.0] * 3
    assert level.y().tolist() == [0, 1, 2] * 3
    assert level.y().dtype == np.int64
    assert level.speakers().tolist() == list("aaabbbccc")
    assert level.clip_ids == tuple(clip.id for clip in corpus().clips)


def test_level_names_become_codes():
    (task,) = make_tasks(corpus(), parse_task("night/mood"))
    assert task.form == "level"
    assert task.y().tolist() == [0, 1, 1] * 3


def test_clips_without_the_label_are_excluded_from_this_task_alone():
    some = corpus(excluded=(Exclusion("broken", "it cannot be read"),))
    some = replace(some, clips=(replace(some.clips[0], labels={"mood": "bad"}), *some.clips[1:]))
    task, _ = make_tasks(some, parse_task("night/kss"))
    assert task.excluded == (Exclusion("broken", "it cannot be read"), Exclusion("a0", "it has no label of kss"))
    assert "a0" not in task.clip_ids
    (other,) = make_tasks(some, parse_task("night/mood"))
    assert len(other.clips) == 9


def test_clips_in_no_fold_are_excluded():
    parts = {"a": "train", "b": "test", "c": None}
    some = corpus(clips=tuple(replace(clip, split=parts[clip.speaker]) for clip in corpus().clips))
    task, _ = make_tasks(some, parse_task("night/kss"), "fixed")
    assert task.clip_ids == ("a0", "a1", "a2", "b0", "b1", "b2")
    assert task.excluded == tuple(Exclusion(name, "it stands in no fold of fixed") for name in ("c0", "c1", "c2"))


def test_a_file_of_folds_may_name_excluded_clips(tmp_path):
    whole, _ = make_tasks(corpus(), parse_task("night/kss"))
    path = tmp_path / "folds.json"
    path.write_text(json.dumps(folds_as_json(whole.folds)))
    some = corpus(clips=corpus().clips[1:], excluded=(Exclusion("a0", "it cannot be read"),))
    task, _ = make_tasks(some, parse_task("night/kss"), str(path))
    assert task.folds[0].test == ("a1", "a2")
    assert task.splitter == str(path)


def test_without_speakers_only_fixed_parts_serve():
    parts = {"a": "train", "b": "devel", "c": "test"}
    clips = tuple(replace(clip, speaker="", split=parts[clip.speaker]) for clip in corpus().clips)
    unknown = corpus(speakers="unknown", clips=clips)
    (fold,) = make_tasks(unknown, parse_task("night/kss"))[0].folds
    assert (fold.train, fold.test) == (("a0", "a1", "a2", "b0", "b1", "b2"), ("c0", "c1", "c2"))
    assert fold.devel == ("b0", "b1", "b2")
    assert make_tasks(unknown, parse_task("night/kss"))[0].splitter == "fixed"
    with pytest.raises(RequestError, match="does not say who speaks, so 'loso'"):
        make_tasks(unknown, parse_task("night/kss"), "loso")


def test_requests_that_cannot_be_met():
    with pytest.raises(RequestError, match="Did you mean 'kss'"):
        make_tasks(corpus(), parse_task("night/kks"))
    with pytest.raises(RequestError, match=r"has no score form.*Ask for night\[x=1\]/mood/level"):
        make_tasks(corpus(), parse_task("night/mood/score"))
    with pytest.raises(RequestError, match="None of the 9 clips"):
        make_tasks(relabelled(lambda clip: {}), parse_task("night/kss"))
    with pytest.raises(RequestError, match="None of the 0 clips"):
        make_tasks(corpus(clips=()), parse_task("night/kss"))
    with pytest.raises(RequestError, match=r"All 9 clips of .*kss/score have the label '3'"):
        make_tasks(relabelled(lambda clip: {"kss": 3.0}), parse_task("night/kss"))
    with pytest.raises(RequestError, match=r"All 9 clips of .*mood/level have the label 'bad'"):
        make_tasks(relabelled(lambda clip: {"mood": "bad"}), parse_task("night/mood"))
    fixed = corpus(clips=tuple(replace(clip, split="test" if clip.speaker == "c" else "train") for clip in corpus().clips))
    fixed = replace(fixed, clips=tuple(replace(c, labels={"kss": 7.0}) if c.split == "test" else c for c in fixed.clips))
    with pytest.raises(RequestError, match=r"All 3 tested clips of .*kss/score have the label '7'.*another splitter"):
        check_tested_labels(make_tasks(fixed, parse_task("night/kss"), "fixed")[0])
    check_tested_labels(make_tasks(corpus(), parse_task("night/kss"))[0])
    with pytest.raises(RequestError, match="of 1 speaker"):
        make_tasks(corpus(clips=corpus().clips[:3]), parse_task("night/kss"))


def test_chance_counts_the_levels_that_are_tested():
    (_, task) = make_tasks(relabelled(lambda clip: {"kss": 1.0 if clip.id.endswith("0") else 5.0}), parse_task("night/kss"))
    assert task.chance == 1 / 2
