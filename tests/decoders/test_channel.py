"""The channel of a speaker, held against energies computed from the whole recording."""

import numpy as np
import pytest
import soundfile

from bench.decoders import channel
from bench.decoders.channel import loudest_channel

RATE = 8000
TURNS = {"left": ((0.5, 1.0), (2.0, 2.5)), "right": ((1.0, 2.0),)}


def dialogue(path, gains=(0.2, 0.1), offset=0.0, n_blocks=1):
    """Three seconds in which one speaker is nearer to the left microphone, the other to the right, each heard in both."""
    rng = np.random.default_rng(0)
    seconds = np.arange(3 * RATE * n_blocks) / (RATE * n_blocks)
    samples = 0.001 * rng.standard_normal((len(seconds), 2))
    for name, (near, far) in {"left": (0, 1), "right": (1, 0)}.items():
        talking = sum((seconds >= start) & (seconds < end) for start, end in TURNS[name]).astype(float)
        voice = talking * rng.uniform(-1, 1, len(seconds))
        samples[:, near] += gains[0] * voice
        samples[:, far] += gains[1] * voice
    samples[:, 1] += offset
    soundfile.write(path, samples, RATE * n_blocks, subtype="PCM_24")
    return path


@pytest.mark.parametrize("name", TURNS)
def test_the_channel_with_the_larger_energy_over_the_turns(tmp_path, name):
    path = dialogue(tmp_path / "a.wav")
    samples, _ = soundfile.read(path)
    heard = np.concatenate([samples[round(a * RATE) : round(b * RATE)] for a, b in TURNS[name]])
    expected = int(np.argmax((heard**2).sum(axis=0)))
    assert expected == ["left", "right"].index(name)
    assert loudest_channel(path, TURNS[name]) == expected


def test_turns_longer_than_one_block(tmp_path):
    assert loudest_channel(dialogue(tmp_path / "a.wav", n_blocks=48), TURNS["right"]) == 1


def test_an_offset_of_the_recorder_is_no_sound(tmp_path):
    assert loudest_channel(dialogue(tmp_path / "a.wav", offset=0.5), TURNS["left"]) == 0


def test_of_equal_channels_the_first(tmp_path):
    samples = np.tile(np.random.default_rng(0).uniform(-0.5, 0.5, RATE)[:, None], 3)
    soundfile.write(tmp_path / "a.wav", samples, RATE)
    assert loudest_channel(tmp_path / "a.wav", ((0.1, 0.9),)) == 0


def test_turns_are_cut_to_the_file_and_those_outside_passed_over(tmp_path):
    path = dialogue(tmp_path / "a.wav")
    whole = loudest_channel(path, ((1.0, 2.0),))
    nothing = ((9.0, 10.0), (float("nan"), 1.0), (1.5, 1.2), (-2.0, -1.0))
    assert loudest_channel(path, (*nothing, (1.0, 2.0))) == whole == 1
    assert loudest_channel(path, ((2.0, float("inf")),)) == 0
    assert loudest_channel(path, ((-3.0, 1.0),)) == 0
    assert loudest_channel(path, nothing) is None


def test_what_is_no_number_does_not_decide(tmp_path):
    samples = np.zeros((RATE, 2), dtype="float32")
    samples[:, 1] = 0.1 * np.random.default_rng(0).standard_normal(RATE)
    samples[100:110, 0] = (np.nan, np.inf) * 5
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    assert loudest_channel(tmp_path / "a.wav", ((0.0, 1.0),)) == 1


def test_a_damaged_stretch_does_not_cost_the_others(tmp_path):
    path = dialogue(tmp_path / "a.flac")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 7 // 10])
    with pytest.raises(soundfile.LibsndfileError):
        soundfile.read(path)
    assert loudest_channel(path, TURNS["left"]) == 0
    assert loudest_channel(path, ((1.0, 1.2), (1.2, 3.0))) == 1
    assert loudest_channel(path, ((2.5, 3.0),)) is None


def test_a_dialogue_is_read_once_for_all_its_clips_and_again_when_it_changed(tmp_path):
    path = dialogue(tmp_path / "a.wav")
    channel._loudest.cache_clear()
    for _ in range(5):
        assert loudest_channel(path, TURNS["left"]) == 0
    assert channel._loudest.cache_info().misses == 1
    samples, _ = soundfile.read(path)
    soundfile.write(path, np.concatenate([samples[:, ::-1], samples[:100]]), RATE, subtype="PCM_24")
    assert loudest_channel(path, TURNS["left"]) == 1
