import subprocess
import sys

import numpy as np
import pytest

from bench.decoders.waveform import Waveform
from bench.features.baseline import FLOOR_DB, Duration, Loudness
from bench.features.feature_set import FEATURE_SETS


def sine(amplitude, seconds=2.0, rate=16_000, hz=400.0):
    samples = amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return Waveform(samples.astype(np.float32), rate)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_duration_is_the_length_of_the_clip_at_any_rate(rate):
    wave = sine(0.2, 1.25, rate)
    assert Duration().extract(wave) == pytest.approx([1.25], abs=1 / rate)
    assert Duration().extract(wave.resampled(16_000)) == pytest.approx([1.25], abs=1 / 8_000)


def test_silence_at_the_edges_counts_as_time():
    padded = np.pad(sine(0.2, 1.0).samples, 16_000)
    assert Duration().extract(Waveform(padded, 16_000)) == pytest.approx([3.0])


@pytest.mark.parametrize("amplitude", [1.0, 0.1, 0.001])
def test_the_level_of_a_sine_is_three_decibels_below_its_peak(amplitude):
    expected = 20 * np.log10(amplitude) + 10 * np.log10(0.5)
    assert Loudness().extract(sine(amplitude)) == pytest.approx([expected], abs=1e-3)


def test_a_gain_moves_the_level_by_as_much_and_the_rate_hardly():
    wave = sine(0.5, rate=44_100)
    quieter = Waveform(wave.samples * np.float32(10 ** (-14 / 20)), 44_100)
    assert Loudness().extract(wave) - Loudness().extract(quieter) == pytest.approx([14.0], abs=1e-3)
    assert Loudness().extract(wave.resampled(16_000)) == pytest.approx(Loudness().extract(wave), abs=0.01)


def test_half_of_silence_is_half_of_the_power():
    wave = sine(0.3)
    padded = Waveform(np.pad(wave.samples, (0, len(wave.samples))), 16_000)
    assert Loudness().extract(wave) - Loudness().extract(padded) == pytest.approx([10 * np.log10(2)], abs=1e-4)


@pytest.mark.parametrize("n_samples", [0, 1, 32_000])
def test_digital_silence_has_the_floor_and_keeps_its_length(n_samples):
    silence = Waveform(np.zeros(n_samples, np.float32), 16_000)
    assert Loudness().extract(silence).tolist() == [FLOOR_DB]
    assert Duration().extract(silence) == pytest.approx([n_samples / 16_000])


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="NaN or infinity"):
        Loudness().extract(Waveform(np.array([0.1, np.nan], np.float32), 16_000))


def test_they_are_registered_and_light():
    assert {"duration", "loudness"} <= set(FEATURE_SETS.names())
    code = (
        "import sys; import bench.features.baseline; "
        "print(sorted({'torch','scipy','pandas','opensmile','sklearn','soxr'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
