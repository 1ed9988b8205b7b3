"""The probe tells numbers that moved from numbers that merely tremble."""

import numpy as np
import pytest

from bench.features.probe import moved, probe_wave


def test_the_wave_is_the_same_at_every_call_and_has_a_pause():
    one, two = probe_wave(16_000), probe_wave(16_000)
    np.testing.assert_array_equal(one.samples, two.samples)
    loudness = np.abs(one.samples.reshape(20, -1)).max(axis=1)
    assert loudness[9:12].max() < 0.05 < 0.3 < loudness.max() < 1


@pytest.mark.parametrize("rate", [400, 8_000, 44_100])
def test_the_wave_exists_at_any_rate(rate):
    wave = probe_wave(rate)
    assert wave.duration_s == 2
    assert 0.1 < np.abs(wave.samples).max() < 1


@pytest.mark.parametrize(("by", "expected"), [(0.0, 0.0), (5e-5, 0.0), (3e-4, 3e-4), (0.5, 1 / 3)])
def test_by_how_much_values_moved(by, expected):
    stored = np.linspace(1, 2, 100).astype(np.float32)
    now = stored.copy()
    now[17] *= 1 + by
    assert moved(stored, now) == pytest.approx(expected, rel=0.01)


def test_small_values_beside_big_ones_are_watched():
    stored = np.array([1000, 500, 1, 0.5, 0.05, 0.2, 3], np.float32)
    now = stored.copy()
    now[4] *= 1.01
    assert moved(stored, now) == pytest.approx(0.01, rel=0.02)


def test_rounding_near_zero_is_no_movement():
    rng = np.random.default_rng(0)
    stored = rng.normal(size=10_000).astype(np.float32)
    assert moved(stored, stored + np.float32(1e-6) * rng.normal(size=10_000).astype(np.float32)) == 0


def test_missing_values_must_be_the_same():
    nan = np.array([1, np.nan], np.float32)
    assert moved(nan, nan) == 0
    assert moved(nan, np.ones(2, np.float32)) == np.inf
    assert moved(np.full(2, np.nan, np.float32), np.full(2, np.nan, np.float32)) == 0
    assert moved(nan, np.ones(3, np.float32)) == np.inf
