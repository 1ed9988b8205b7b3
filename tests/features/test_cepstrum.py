import itertools

import numpy as np
import pytest

from bench.features.cepstrum import cepstral_prominence

RATE = 16_000


def buzz(noise, pitch_hz=130, duration_s=1.0, seed=0):
    time_s = np.arange(round(duration_s * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in range(1, int(7500 / pitch_hz)))
    return 0.1 * (voice + noise * np.random.default_rng(seed).standard_normal(len(time_s)))


def by_the_book(samples):
    """The definition, one frame and one bin at a time, with numpy's own Fourier transform and polynomial fit."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, 641) / 641)
    cepstra = []
    for start in range(0, len(samples) - 639, 160):
        spectrum = np.abs(np.fft.fft(samples[start : start + 640] * window, 1024)) ** 2
        log_spectrum = 10 * np.log10(np.maximum(spectrum, spectrum.max() * 1e-10))
        cepstra.append(np.abs(np.fft.ifft(log_spectrum)) ** 2)
    found = []
    for frame in range(len(cepstra)):
        near = [cepstra[min(max(i, 0), len(cepstra) - 1)] for i in range(frame - 2, frame + 3)]
        mean = np.mean(near, axis=0)
        smooth = [10 * np.log10(np.mean(mean[bin_ - 4 : bin_ + 5])) if bin_ >= 4 else np.nan for bin_ in range(270)]
        quefrency = np.arange(16, 267)
        slope, offset = np.polyfit(quefrency, np.array(smooth)[16:267], 1)
        peak = max(range(49, 267), key=lambda bin_: smooth[bin_])
        found.append(smooth[peak] - (offset + slope * peak))
    return np.array(found)


@pytest.mark.parametrize("noise", [0.01, 0.3, 3.0])
def test_it_is_the_definition(noise):
    samples = buzz(noise, duration_s=0.4)
    np.testing.assert_allclose(cepstral_prominence(samples, RATE), by_the_book(samples), rtol=1e-6, atol=1e-6)


def test_more_noise_means_a_lower_value():
    means = [cepstral_prominence(buzz(noise), RATE).mean() for noise in (0.01, 0.1, 0.3, 1.0, 10.0)]
    assert all(clear > hoarse + 0.5 for clear, hoarse in itertools.pairwise(means))


def test_jitter_means_a_lower_value():
    rng = np.random.default_rng(0)
    means = []
    for jitter in (0.0, 0.02, 0.06):
        pulses = np.zeros(2 * RATE)
        periods = 123 * (1 + jitter * rng.standard_normal(200))
        at = np.cumsum(periods).astype(int)
        pulses[at[at < len(pulses)]] = 0.5
        means.append(cepstral_prominence(pulses + 1e-3 * rng.standard_normal(len(pulses)), RATE).mean())
    assert means[0] > means[1] + 1 > means[2] + 2


def test_a_gain_changes_nothing():
    samples = buzz(0.3)
    np.testing.assert_allclose(cepstral_prominence(samples, RATE), cepstral_prominence(0.001 * samples, RATE), atol=1e-6)


def test_blocks_are_seamless():
    long = buzz(0.3, duration_s=12.0)
    whole = cepstral_prominence(long, RATE)
    piece = cepstral_prominence(long[160 * 1000 : 160 * 1060], RATE)  # the first block ends at frame 1024
    np.testing.assert_allclose(whole[1002 : 1002 + len(piece) - 4], piece[2:-2], rtol=1e-9)


def test_silence_and_short_clips_are_finite():
    assert np.isfinite(cepstral_prominence(np.zeros(RATE), RATE)).all()
    assert len(cepstral_prominence(np.zeros(500), RATE)) == 0
