"""The card of a corpus, held against counts made by hand and recordings made for it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.extraction import extract
from bench.features.store import FeatureStore
from bench.runs.card import Division, Labels, Listed, Same, Speaker, make_card
from bench.runs.look import look
from bench.runs.portion import Numbers, Part
from bench.runs.progress import Quiet

RATE = 16_000
KSS = Target("kss", "measured", "How sleepy.", ("alert", "sleepy"), (1, 9), "KSS", (5.0,))
MOOD = Target("mood", "acted", "Which mood.", ("sad", "glad", "angry"), ordinal=False)
READ = Target("kss-other", "measured", "Read in another way.", scale=(1, 9), variant_of="kss")
GONE = "the file does not exist"


def clip(name, speaker="anna", labels=None, **given):
    path = given.pop("path", f"{name}.wav")
    return Clip(name, speaker, Path(path), {"kss": 3.0} if labels is None else labels, **given)


def card(*clips, problems=None, hashes=None, **given):
    facts = {
        one.id: ClipFacts(f"k{one.id}", problem)
        if (problem := (problems or {}).get(one.id))
        else ClipFacts(f"k{one.id}", None, (hashes or {}).get(one.id, one.id), 2.0, RATE, 1, -3.0, -20.0)
        for one in clips
    }
    corpus = Corpus("made", "1", given.pop("targets", (KSS, MOOD, READ)), clips, **given)
    return make_card(corpus, facts)


def test_labels_of_every_target_that_is_no_variant():
    found = card(
        clip("a", labels={"kss": 2.0, "mood": "sad", "kss-other": 1.0}),
        clip("b", "bert", labels={"kss": 5.0, "mood": "sad"}),
        clip("c", labels={"kss": 9.0}),
        clip("d", labels={}),
    )
    assert found.labels == (
        Labels(KSS, "", 3, (Part("alert", 1, 1), Part("sleepy", 2, 2)), Numbers((2.0, 5.0, 9.0)), ("kss-other",)),
        Labels(MOOD, "acted", 2, (Part("sad", 2, 2), Part("glad", 0, 0), Part("angry", 0, 0)), None, ()),
    )


def test_a_target_without_a_label():
    (kss, _) = card(clip("a", labels={})).labels
    assert (kss.n_clips, kss.scores) == (0, None)


def test_speakers_and_how_clips_divide():
    found = card(
        clip("a", "anna", traits={"sex": "female", "room": "1", "mood": "x"}, session="night", text="t1", split="train"),
        clip("b", "bert", traits={"sex": "male", "room": "1"}, session="night", text="t1"),
        clip("c", "anna", traits={"sex": "female", "room": "2"}, session="day", text="t2"),
    )
    assert found.speakers == (Speaker("anna", 2, 4.0), Speaker("bert", 1, 2.0))
    divisions = {one.what: one for one in found.divisions}
    assert list(divisions) == ["sex", "room", "session", "text", "split"]  # `mood` is a target
    assert divisions["sex"] == Division("sex", (Part("female", 2, 1), Part("male", 1, 1)), 0, True)
    assert divisions["room"] == Division("room", (Part("1", 2, 2), Part("2", 1, 1)), 0, False)
    assert divisions["split"] == Division("split", (Part("train", 1, 1),), 2, True)


def test_speakers_whom_nobody_knows():
    found = card(clip("a", "", traits={"sex": "male"}), clip("b", "", traits={"sex": "male"}), speakers="unknown")
    assert found.speakers == ()
    assert found.divisions == (Division("sex", (Part("male", 2, 0),), 0, False),)


def test_how_sure_the_labels_are():
    found = card(clip("a", confidence={"heard": 0.9, "natural": 0.5}), clip("b", confidence={"heard": 0.4}), clip("c"))
    assert {one.name: one.numbers.values for one in found.confidence} == {"heard": (0.4, 0.9), "natural": (0.5,)}


def test_missing_broken_doubled_and_left_out_are_told_apart():
    found = card(
        *(clip(name) for name in "abcdef"),
        clip("g", "bert"),
        problems={"a": GONE, "b": "it is truncated", "c": "it is empty", "d": "it is truncated"},
        hashes={"f": "e"},
        excluded=(Exclusion("x", "no label"), Exclusion("y", "no speaker"), Exclusion("z", "no label")),
    )
    assert found.missing == ("a",)
    assert found.broken == (Listed("it is truncated", ("b", "d")), Listed("it is empty", ("c",)))
    assert found.same == (Same(("e", "f"), True),)
    assert found.left_out == (Listed("no label", ("x", "z")), Listed("no speaker", ("y",)))
    assert (found.n_read, [one.id for one in found.corpus.clips]) == (7, ["e", "g"])
    assert found.sound.seconds == 4.0
    assert not found.labels_alone


def test_the_same_audio_with_other_labels():
    found = card(clip("a"), clip("b", "bert"), clip("c"), hashes={"b": "a"})
    assert found.same == (Same(("a", "b"), False),)
    assert [one.id for one in found.corpus.clips] == ["c"]


def test_label_files_alone():
    found = card(clip("a"), clip("b", "bert"), problems=dict.fromkeys("ab", GONE))
    assert found.labels_alone
    assert found.sound is None
    assert [one.id for one in found.corpus.clips] == ["a", "b"]
    assert found.labels[0].n_clips == 2
    assert found.speakers == (Speaker("anna", 1, None), Speaker("bert", 1, None))


def test_where_no_recording_can_be_used():
    found = card(clip("a"), clip("b"), problems={"a": GONE, "b": "it is truncated"})
    assert (found.sound, found.labels_alone, found.corpus.clips) == (None, False, ())


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """Recordings that are sound, clipped, half silent, stereo dialogues, and broken, with their card."""
    folder = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    sound = {
        "plain": 0.1 * rng.uniform(-1, 1, RATE),
        "clipped": np.clip(4 * np.sin(np.arange(2 * RATE) / 40), -1, 1),
        "pause": np.concatenate([0.1 * rng.uniform(-1, 1, RATE), np.zeros(3 * RATE)]),
        "broken": 0.1 * rng.uniform(-1, 1, RATE),
    }
    for name, samples in sound.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="PCM_16")
    whole = (folder / "broken.wav").read_bytes()
    (folder / "broken.wav").write_bytes(whole[: len(whole) // 2])
    near = 0.2 * rng.uniform(-1, 1, RATE)
    soundfile.write(folder / "talk.wav", np.stack([0.1 * near, near], axis=1), RATE, subtype="PCM_16")
    clips = tuple(clip(name, path=folder / f"{name}.wav") for name in sorted([*sound, "gone"]))
    clips += (clip("turn", path=folder / "talk.wav", start_s=0.2, end_s=0.7, turns=((0.2, 0.7),)),)
    cache = folder / "cache"
    facts = extract(clips, (), FeatureStore(cache), FactStore(cache)).facts
    return make_card(Corpus("made", "1", (KSS,), clips), facts), sound


def test_recordings_are_described_as_they_were_made(heard):
    found, sound = heard
    assert found.missing == ("gone",)
    (broken,) = found.broken
    assert broken.clip_ids == ("broken",)
    assert broken.reason.startswith("it is truncated")
    assert found.sound.durations_s.values == (0.5, 1.0, 2.0, 4.0)
    assert found.sound.seconds == 7.5
    levels = [20 * np.log10(np.sqrt(np.mean(sound[name] ** 2))) for name in ("plain", "clipped", "pause")]
    assert np.allclose(sorted(levels), [x for x in found.sound.levels_dbfs.values if not -19.5 < x < -18.5], atol=0.01)
    assert found.sound.silence.values == (0.0, 0.0, 0.0, 0.75)
    (clipped,) = found.sound.clipped
    assert clipped.clip_id == "clipped"
    assert clipped.share == pytest.approx(np.mean(np.abs(sound["clipped"]) == 1), abs=1e-3)
    assert [(one.recording, one.speaker, one.channel) for one in found.sound.heard] == [("talk.wav", "anna", 1)]


def test_the_pair_of_actor_07_is_found(ravdess, tmp_path):
    seen = look("ravdess", ravdess, tmp_path / "cache", 2, Quiet())
    found = make_card(seen.corpus, seen.facts)
    if found.n_read != 720:
        pytest.skip(f"FATIGUE_BENCH_RAVDESS holds {found.n_read} clips, not the 12 actors of 720")
    assert found.same == (Same(("03-01-03-01-02-01-07", "03-01-03-01-02-02-07"), True),)
    assert len(found.speakers) == 12
    assert found.sound.seconds == pytest.approx(sum(soundfile.info(str(one.path)).duration for one in found.corpus.clips))
