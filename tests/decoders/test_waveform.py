import subprocess
import sys

import numpy as np
import pytest

from bench.decoders.waveform import Waveform


def tone(frequency, rate, duration_s=1.0):
    time_s = np.arange(round(duration_s * rate)) / rate
    return Waveform((0.5 * np.sin(2 * np.pi * frequency * time_s)).astype(np.float32), rate)


@pytest.mark.parametrize(
    "samples",
    [np.zeros((2, 100), np.float32), np.zeros(100), np.zeros(100, np.int16), np.zeros((), np.float32)],
    ids=["stereo", "float64", "int16", "scalar"],
)
def test_only_mono_float32_is_taken(samples):
    with pytest.raises(ValueError, match="expected mono float32 samples, got"):
        Waveform(samples, 16_000)


def test_samples_are_read_only_and_the_callers_array_stays_as_it_is():
    samples = np.zeros(100, np.float32)
    wave = Waveform(samples, 16_000)
    with pytest.raises(ValueError, match="read-only"):
        wave.samples[0] = 1.0
    samples[0] = 0.25
    assert np.shares_memory(wave.samples, samples)


def test_read_only_samples_are_taken_as_they_are():
    samples = np.zeros(100, np.float32)
    samples.flags.writeable = False
    assert Waveform(samples, 16_000).samples is samples


def test_the_duration_is_in_seconds():
    assert tone(100, 44_100, 0.75).duration_s == pytest.approx(0.75)


def test_at_its_own_rate_it_is_itself():
    wave = tone(100, 16_000)
    assert wave.resampled(16_000) is wave


@pytest.mark.parametrize(("rate", "wanted"), [(48_000, 16_000), (44_100, 16_000), (8_000, 16_000)])
def test_a_tone_is_the_same_tone_at_another_rate(rate, wanted):
    wave = tone(1000, rate).resampled(wanted)
    assert (wave.rate, wave.samples.dtype, len(wave.samples)) == (wanted, np.float32, wanted)
    middle = slice(wanted // 10, -wanted // 10)
    np.testing.assert_allclose(wave.samples[middle], tone(1000, wanted).samples[middle], atol=1e-3)


def test_what_the_lower_rate_cannot_hold_is_gone_and_not_folded_down():
    middle = tone(10_000, 48_000).resampled(16_000).samples[1600:-1600]  # the ends ring
    assert np.abs(middle).max() < 1e-4


def test_resampling_leaves_the_original_alone():
    wave = tone(440, 48_000)
    before = wave.samples.copy()
    wave.resampled(16_000)
    assert np.array_equal(wave.samples, before)


def test_the_resampler_is_loaded_only_when_it_is_needed():
    code = (
        "import sys, numpy as np\nfrom bench.decoders.waveform import Waveform\n"
        "wave = Waveform(np.zeros(160, np.float32), 16_000)\nwave.resampled(16_000)\nprint('soxr' in sys.modules)\n"
        "wave.resampled(8_000)\nprint('soxr' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
