"""The sound of a corpus, held against numbers found one by one."""

from pathlib import Path

from bench.corpora.corpus import Clip
from bench.decoders.facts import ClipFacts
from bench.runs.portion import Part
from bench.runs.sound import Clipped, Heard, sound_of


def fact(**given):
    known = {"sample_hash": "h", "duration_s": 1.0, "rate": 16_000, "channels": 1, "peak_dbfs": -3.0, "rms_dbfs": -20.0}
    return ClipFacts("k", None, **(known | given))


def clip(name, speaker="anna", path="a.wav"):
    return Clip(name, speaker, Path(path), {})


def test_numbers_are_those_of_the_clips():
    clips = [clip("a"), clip("b", "bert"), clip("c")]
    facts = {
        "a": fact(duration_s=2.0, peak_dbfs=-1.0, rms_dbfs=-30.0, silence_share=0.5, rate=8000),
        "b": fact(duration_s=1.0, peak_dbfs=-9.0, rms_dbfs=-10.0, silence_share=0.25, channels=2),
        "c": fact(duration_s=4.5, peak_dbfs=0.0, rms_dbfs=-20.0),
        "other": fact(duration_s=99.0),
    }
    found = sound_of(clips, facts)
    assert found.seconds == 7.5
    assert found.durations_s.values == (1.0, 2.0, 4.5)
    assert found.peaks_dbfs.values == (-9.0, -1.0, 0.0)
    assert found.levels_dbfs.values == (-30.0, -20.0, -10.0)
    assert found.silence.values == (0.0, 0.25, 0.5)
    assert found.rates == (Part("8,000", 1, 1), Part("16,000", 2, 2))
    assert found.channels == (Part("1", 2, 1), Part("2", 1, 1))
    assert (found.clipped, found.heard) == ((), ())


def test_clipped_clips_stand_worst_first():
    facts = {"a": fact(clipped_share=0.1), "b": fact(), "c": fact(clipped_share=0.4), "d": fact(clipped_share=0.1)}
    found = sound_of([clip(name) for name in "dcba"], facts)
    assert found.clipped == (Clipped("c", 0.4), Clipped("a", 0.1), Clipped("d", 0.1))


def test_channels_of_dialogues_by_recording_and_speaker():
    clips = [
        clip("a", "anna", "x/1.wav"),
        clip("b", "anna", "x/1.wav"),
        clip("c", "bert", "x/1.wav"),
        clip("d", "bert", "y/1.wav"),
    ]
    facts = {"a": fact(channel=1), "b": fact(channel=1), "c": fact(channel=0), "d": fact()}
    found = sound_of(clips, facts)
    assert found.heard == (Heard("1.wav", "anna", 1, 2), Heard("1.wav", "bert", 0, 1))
