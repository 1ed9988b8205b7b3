from __future__ import annotations

import numpy as np
import pytest

from bench.features.voicing import voiced_frames

RATE = 16_000
HOP, LENGTH = 320, 400


def buzz(pitch_hz, duration_s, rate=RATE):
    time_s = np.arange(round(duration_s * rate)) / rate
    return (0.1 * sum(np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in range(1, 8))).astype(np.float32)


def noise(duration_s, seed=0):
    return (0.05 * np.random.default_rng(seed).standard_normal(round(duration_s * RATE))).astype(np.float32)


@pytest.mark.parametrize("pitch_hz", [65, 90, 150, 240, 380])
def test_a_buzz_is_voiced(pitch_hz):
    assert voiced_frames(buzz(pitch_hz, 2), RATE, HOP, LENGTH).all()


def test_noise_hum_and_silence_are_not():
    assert voiced_frames(noise(5), RATE, HOP, LENGTH).mean() < 0.01
    hum = np.sin(2 * np.pi * 50 * np.arange(2 * RATE) / RATE).astype(np.float32)
    assert not voiced_frames(hum, RATE, HOP, LENGTH).any()
    assert not voiced_frames(np.zeros(RATE, np.float32), RATE, HOP, LENGTH).any()
    assert not voiced_frames(np.full(RATE, 0.5, np.float32), RATE, HOP, LENGTH).any()


def test_bursts_are_found_where_they_are():
    bursts = [(0.5, 0.9), (1.4, 2.0), (2.6, 2.9)]
    samples = 0.01 * noise(3.5)
    for begin_s, end_s in bursts:
        samples[round(begin_s * RATE) : round(end_s * RATE)] += buzz(130, end_s - begin_s)[: round((end_s - begin_s) * RATE)]
    voiced = voiced_frames(samples, RATE, HOP, LENGTH)
    middle_s = (np.arange(len(voiced)) * HOP + LENGTH / 2) / RATE
    truth = np.any([(middle_s >= begin) & (middle_s < end) for begin, end in bursts], axis=0)
    near = np.min([abs(middle_s - edge) for burst in bursts for edge in burst], axis=0) < 0.025
    assert np.array_equal(voiced[~near], truth[~near])


def test_a_gain_changes_nothing():
    samples = np.concatenate([noise(1), buzz(120, 1), 0.02 * buzz(200, 1), 0.2 * noise(1, 1)])
    expected = voiced_frames(samples, RATE, HOP, LENGTH)
    assert 0 < expected.sum() < len(expected)
    for gain in (0.01, 7.0):
        assert np.array_equal(voiced_frames((gain * samples).astype(np.float32), RATE, HOP, LENGTH), expected)


@pytest.mark.parametrize(("n_samples", "n_frames"), [(0, 0), (399, 0), (400, 1), (719, 1), (720, 2)])
def test_there_are_as_many_as_frames(n_samples, n_frames):
    assert len(voiced_frames(buzz(100, 1)[:n_samples], RATE, HOP, LENGTH)) == n_frames


def test_another_rate():
    assert voiced_frames(buzz(100, 1, 8000), 8000, 160, 200).all()
