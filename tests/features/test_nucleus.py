from dataclasses import replace

import numpy as np
import pytest
import soundfile

from bench.decoders.waveform import Waveform
from bench.features.nucleus import find_nuclei, intensity_db
from bench.features.pause import centred, find_speech
from bench.features.pitch import track_pitch

RATE = 16_000


def nuclei(samples):
    samples = np.asarray(samples, dtype=np.float32)
    clean, threshold_db = centred(samples, RATE), find_speech(samples, RATE).threshold_db
    return find_nuclei(clean, RATE, track_pitch(clean, RATE, threshold_db), threshold_db)


def syllables(times_s, duration_s, depth_db, voiced=True):
    """A buzz (or noise) that swells at the given times and sinks by ``depth_db`` between them."""
    time_s = np.arange(round(duration_s * RATE)) / RATE
    distance = np.abs(time_s[:, None] - np.asarray(times_s)).min(axis=1)
    envelope = 10 ** (-np.minimum(depth_db * (distance / 0.1) ** 2, 60) / 20)
    buzz = sum(np.sin(2 * np.pi * 120 * k * time_s) for k in range(1, 40)) / 40
    return envelope * (buzz if voiced else 0.2 * np.random.default_rng(0).standard_normal(len(time_s)))


@pytest.mark.parametrize("rate_hz", [2.0, 4.0, 6.0])
def test_swells_at_a_known_rate_are_found_where_they_are(rate_hz):
    times_s = np.arange(0.5, 3.5, 1 / rate_hz)
    np.testing.assert_allclose(nuclei(syllables(times_s, 4.0, 12)), times_s, atol=0.02)


def test_a_dip_under_2_db_does_not_part_two_syllables():
    times_s = np.arange(0.5, 3.5, 0.2)
    assert len(nuclei(syllables(times_s, 4.0, 8.0))) == len(times_s)
    assert len(nuclei(syllables(times_s, 4.0, 1.0))) <= 2


@pytest.mark.parametrize("period", [73, 75, 110, 150])
def test_a_vowel_that_repeats_itself_exactly_is_one_syllable(period):
    vowel, gap = np.zeros(2 * RATE), np.zeros(RATE // 2)
    vowel[::period] = 0.5 * np.minimum(np.arange(0, 2 * RATE, period) / 3200, 1)  # faded in, so that no onset is the highest
    assert len(nuclei(np.concatenate([gap, vowel, gap]))) == 1
    assert len(nuclei(np.concatenate([gap, vowel, gap, vowel, gap]))) == 2


def test_a_syllable_counts_where_the_frame_nearest_to_its_peak_is_voiced():
    samples = syllables(np.arange(0.5, 3.5, 0.3025), 4.0, 12)  # so that peaks lie before as well as after the middle of a frame
    whole = track_pitch(samples, RATE, -60.0)
    for time_s in find_nuclei(samples, RATE, whole, -60.0):
        nearest = np.abs(whole.times_s - time_s).argmin()
        for place in (nearest - 1, nearest, nearest + 1):
            alone = replace(whole, pitch_hz=np.where(np.arange(len(whole.times_s)) == place, 120.0, 0.0))
            assert find_nuclei(samples, RATE, alone, -60.0).tolist() == ([time_s] if place == nearest else [])


def test_noise_bursts_are_no_syllables():
    times_s = np.arange(0.5, 3.5, 0.25)
    mixed = syllables(times_s[::2], 4.0, 12) + syllables(times_s[1::2], 4.0, 12, voiced=False)
    np.testing.assert_allclose(nuclei(mixed), times_s[::2], atol=0.02)
    assert len(nuclei(syllables(times_s, 4.0, 12, voiced=False))) == 0


def test_the_intensity_lies_where_the_sound_is():
    click = np.zeros(RATE)
    click[8000] = 1
    assert intensity_db(click, RATE).argmax() * 0.005 == pytest.approx(0.5, abs=0.006)


def counted(clips, noise_db=None):
    rng = np.random.default_rng(0)
    errors = []
    for samples, n_syllables in clips:
        if noise_db is not None:
            noise = rng.standard_normal(len(samples)) * np.sqrt(np.mean(samples**2)) * 10 ** (noise_db / 20)
            samples = samples + noise
        errors.append(len(nuclei(samples)) / n_syllables - 1)
    return np.array(errors)


@pytest.mark.parametrize(("step", "noise_db"), [(1, None), (4, -30), (4, -20)])
def test_syllables_of_50_synthetic_clips_are_counted_within_15_percent(spoken, step, noise_db):
    errors = counted([(clip.samples, clip.syllables) for clip in spoken[::step]], noise_db)
    assert np.abs(errors).mean() < 0.06
    assert np.abs(errors.mean()) < 0.04
    assert np.mean(np.abs(errors) <= 0.15) >= 0.9


def test_the_seven_syllables_of_the_ravdess_sentences(ravdess):
    # "Kids are talking by the door", "Dogs are sitting by the door": seven syllables each.
    clips = []
    for path in sorted(ravdess.rglob("03-01-*-01-*-01-*"))[::5]:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        clips.append((Waveform(np.ascontiguousarray(samples[:, 0]), rate).resampled(RATE).samples, 7))
    errors = counted(clips)
    assert np.abs(errors).mean() < 0.12
    assert np.mean(np.abs(errors) <= 0.15) >= 0.85
