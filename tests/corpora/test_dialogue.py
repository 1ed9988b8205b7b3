"""Turns become clips, with the recordings that lie there."""

import numpy as np
import pytest

from bench.corpora.dialogue import Dialogues, Recordings
from tests.layouts.iemocap import (
    Made,
    dialogue_file,
    label_file,
    put,
    sentence_file,
    talk,
    write_labels,
    write_sentences,
    write_stereo,
)

BOTH = ("improvised", "scripted")
NAME = "Ses01F_impro01"


@pytest.fixture
def turns(tmp_path):
    turns = talk(NAME)
    write_labels(tmp_path, NAME, turns)
    return turns


def take(release, name=NAME, styles=BOTH, session="Session1"):
    found = Dialogues(styles, "iemocap[part=some]")
    recordings = Recordings(release / session)
    found.take(release / session / "dialog" / "EmoEvaluation" / f"{name}.txt", f"{name}.txt", recordings)
    found.take_unlabelled(recordings)
    return found


def test_sentence_files_come_first(tmp_path, turns):
    rng = np.random.default_rng(0)
    write_sentences(tmp_path, turns, rng)
    write_stereo(tmp_path, NAME, turns, rng)
    found = take(tmp_path)
    for clip in found.clips.values():
        assert clip.path == sentence_file(tmp_path, clip.id)
        assert (clip.start_s, clip.end_s, clip.turns) == (None, None, ())
    assert not found.excluded


def test_without_them_the_dialogue_is_cut(tmp_path, turns):
    write_stereo(tmp_path, NAME, turns, np.random.default_rng(0))
    found = take(tmp_path)
    clip = found.clips["Ses01F_impro01_M001"]
    assert clip.path == dialogue_file(tmp_path, NAME)
    assert (clip.start_s, clip.end_s) == (3.5, 4.0)
    assert clip.turns == ((1.5, 2.0), (3.5, 4.0), (5.5, 6.0), (7.5, 8.0))
    assert found.clips["Ses01F_impro01_F000"].turns == ((0.5, 1.0), (2.5, 3.0), (4.5, 5.0), (6.5, 7.0))


def test_it_is_decided_clip_by_clip(tmp_path, turns):
    rng = np.random.default_rng(0)
    write_stereo(tmp_path, NAME, turns, rng)
    write_sentences(tmp_path, turns[:3], rng)
    found = take(tmp_path)
    cut = [clip.id for clip in found.clips.values() if clip.turns]
    assert cut == [turn.name for turn in turns[3:]]
    assert "3 turns have a sentence file, 5 are cut from their dialogue by the time stamps, 0 have none" in found.notes[0]


def test_without_recordings_the_clips_are_there_yet(tmp_path, turns):
    found = take(tmp_path)
    assert [clip.path for clip in found.clips.values()] == [sentence_file(tmp_path, turn.name) for turn in turns]
    assert "8 have none" in found.notes[0]


def test_other_endings_and_junk(tmp_path, turns):
    first, second = (sentence_file(tmp_path, turn.name) for turn in turns[:2])
    for path in (
        first.with_suffix(".WAV"),
        first.with_suffix(".flac"),
        second.with_suffix(".flac"),
        second.with_suffix(".txt"),
    ):
        put(path, "")
    put(sentence_file(tmp_path, turns[2].name).with_name(f"._{turns[2].name}.wav"), "")
    found = take(tmp_path)
    assert found.clips[turns[0].name].path == first.with_suffix(".WAV")
    assert found.clips[turns[1].name].path == second.with_suffix(".flac")
    assert "2 turns have a sentence file, 0 are cut from their dialogue by the time stamps, 6 have none" in found.notes[0]
    assert not found.excluded


def test_the_talker_is_not_the_prefix(tmp_path, turns):
    found = take(tmp_path)
    for clip in found.clips.values():
        letter = clip.id[-4]
        assert clip.speaker == f"Ses01{letter}"
        assert clip.traits["sex"] == {"F": "female", "M": "male"}[letter]
    assert "another one in 4 of 8 turns (50.0%)" in found.notes[1]


def test_labels(tmp_path):
    write_labels(
        tmp_path, NAME, [Made(f"{NAME}_F000", 1, 2, "exc", (4.0, 1.5, 2.0)), Made(f"{NAME}_F001", 2, 3, "FRU", (2, 3, 4))]
    )
    excited, frustrated = take(tmp_path).clips.values()
    proxies = {name: value for name, value in excited.labels.items() if name.startswith("fatigue")}
    expected = {"": 0.59, "-circumplex": 0.59, "-activation": 0.59, "-pad": 0.59, "-energetic": (5 - 0.5 * 4 - 0.5 * 1.5) / 4}
    assert proxies == {f"fatigue-proxy{name}": value for name, value in expected.items()}  # the guard: it is pleasant
    assert {name: excited.labels[name] for name in ("valence", "activation", "dominance")} == {
        "valence": 4.0,
        "activation": 1.5,
        "dominance": 2.0,
    }
    assert excited.labels["emotion"] == "happy"
    assert excited.traits["category"] == "excited"
    assert "emotion" not in frustrated.labels
    assert frustrated.traits["category"] == "frustrated"
    assert frustrated.labels["fatigue-proxy"] == pytest.approx((5 - 0.19 * 2 - 0.81 * 3) / 4)
    assert frustrated.labels["fatigue-proxy-pad"] == pytest.approx((5 - 0.059 * 2 - 0.586 * 3 - 0.355 * 4) / 4)


def test_values_outside_the_scale_are_clipped_and_counted(tmp_path):
    turns = [Made(f"{NAME}_F{n:03d}", n, n + 1, "xxx", rated) for n, rated in enumerate([(5.5, 3, 0.5), (1, 5, 3), (3, 3, 0)])]
    write_labels(tmp_path, NAME, turns)
    found = take(tmp_path)
    labels = [tuple(clip.labels[name] for name in ("valence", "activation", "dominance")) for clip in found.clips.values()]
    assert labels == [(5, 3, 1), (1, 5, 3), (3, 3, 1)]
    assert any(note.startswith("2 turns have a rating outside 1 to 5") for note in found.notes)
    assert any(note.startswith("3 turns have no majority emotion (xxx). They are kept") for note in found.notes)


def test_an_unknown_category_is_kept_as_it_stands(tmp_path):
    write_labels(tmp_path, NAME, [Made(f"{NAME}_F000", 1, 2, "bor")])
    (clip,) = take(tmp_path).clips.values()
    assert clip.traits["category"] == "bor"
    assert "emotion" not in clip.labels


def test_a_turn_that_stands_twice(tmp_path, turns):
    write_labels(tmp_path, NAME, [*turns, Made(turns[0].name, 50, 51)])
    write_stereo(tmp_path, NAME, turns, np.random.default_rng(0))
    found = take(tmp_path)
    assert len(found.clips) == 8
    assert found.clips[turns[0].name].start_s == turns[0].start_s
    assert (50, 51) not in found.clips[turns[0].name].turns
    ((place, reason),) = [(gone.clip_id, gone.reason) for gone in found.excluded]
    assert place == f"{NAME}.txt:75"
    assert reason == f"the turn stands at {NAME}.txt:3 already"


def test_turns_of_another_dialogue_and_session(tmp_path, turns):
    write_labels(tmp_path, NAME, [*turns, Made("Ses01F_impro02_F000", 50, 51)])
    found = take(tmp_path)
    assert "is not of the dialogue in whose" in found.excluded[0].reason
    assert len(found.clips) == 8
    put(tmp_path / "Session2" / "dialog" / "EmoEvaluation" / f"{NAME}.txt", label_file(tmp_path, NAME).read_text())
    strayed = take(tmp_path, session="Session2")
    assert not strayed.clips
    assert len(strayed.excluded) == 9
    assert "is of Session1, and its label file lies in Session2" in strayed.excluded[0].reason


def test_label_files_that_are_none(tmp_path, turns):
    put(label_file(tmp_path, NAME), "% nothing\n")
    assert [gone.reason for gone in take(tmp_path).excluded] == ["the label file holds no turn"]
    put(label_file(tmp_path, "Ses01F_impro01 copy"), "")
    assert "is not that of a dialogue" in take(tmp_path, "Ses01F_impro01 copy").excluded[0].reason
    assert "cannot be read (No such file" in take(tmp_path, "Ses01F_impro02").excluded[0].reason


def test_recordings_without_a_label_are_declared(tmp_path, turns):
    write_sentences(tmp_path, [*turns, Made(f"{NAME}_F900", 0, 0.1)], np.random.default_rng(0))
    (gone,) = take(tmp_path).excluded
    assert gone.clip_id == f"Session1/sentences/wav/{NAME}/{NAME}_F900.wav"
    assert "no line of the label files" in gone.reason


def test_the_other_style_is_excluded_and_its_recordings_with_it(tmp_path, turns):
    write_sentences(tmp_path, turns, np.random.default_rng(0))
    found = take(tmp_path, styles=("scripted",))
    assert not found.clips
    assert [gone.clip_id for gone in found.excluded] == [turn.name for turn in turns]
    assert {gone.reason for gone in found.excluded} == {"it is improvised, and iemocap[part=some] was asked for"}
