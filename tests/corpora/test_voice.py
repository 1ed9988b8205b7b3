"""24 voices, each its own."""

import ctypes
from dataclasses import astuple
from itertools import combinations

import numpy as np
import pytest

from bench.corpora.voice import VOICES


def test_twelve_and_twelve_each_with_habits_of_its_own():
    assert [voice.id for voice in VOICES] == [f"v{number:02d}" for number in range(1, 25)]
    assert sorted(voice.sex for voice in VOICES) == ["female"] * 12 + ["male"] * 12
    assert len({voice.espeak.split("+")[1] for voice in VOICES}) == 24
    assert len({astuple(voice)[3:] for voice in VOICES}) == 24


def test_habits_do_not_follow_one_another_or_the_sex():
    names = ("words_per_minute", "level_dbfs", "breath_db", "jitter_percent", "pause_s")
    habits = np.array([[getattr(voice, name) for name in names] + [voice.sex == "male"] for voice in VOICES], dtype=float)
    between = np.corrcoef(habits.T)
    assert np.abs(between[np.triu_indices(len(between), 1)]).max() < 0.5


def test_voices_sound_different():
    pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")
    from bench.corpora.espeak import RATE, Manner, speak

    spectra = {}
    for voice in VOICES:
        samples = speak(["The music began when the last of the guests had found a seat."], Manner(voice.espeak, 165))[0]
        power = np.abs(np.fft.rfft(samples)) ** 2
        hz = np.fft.rfftfreq(len(samples), 1 / RATE)
        bands = [power[(hz >= low) & (hz < low + 250)].sum() for low in range(250, 4000, 250)]
        spectra[voice.id] = 10 * np.log10(np.array(bands) / power.sum())
    nearest = min(np.sqrt(np.mean((spectra[a] - spectra[b]) ** 2)) for a, b in combinations(spectra, 2))
    assert nearest > 1.0  # dB, averaged over 15 bands


def test_no_voice_draws_from_the_random_numbers_of_the_process():
    pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")
    from bench.corpora.espeak import Manner, speak

    def spoken(voice, seed):
        ctypes.CDLL(None).srand(seed)  # the Klatt variants of espeak-ng use the C library's rand, so none of them is a voice
        return speak(["She cut the cake in half."], Manner(voice.espeak))[0]

    changed = [voice.espeak for voice in VOICES if not np.array_equal(spoken(voice, 1), spoken(voice, 2))]
    assert changed == []
