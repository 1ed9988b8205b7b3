import numpy as np
import pytest

from bench.features.pause import centred, find_speech
from bench.features.pitch import frames, track_pitch

RATE = 16_000


def tracked(samples):
    samples = np.asarray(samples, dtype=np.float32)
    return track_pitch(centred(samples, RATE), RATE, find_speech(samples, RATE).threshold_db)


def harmonics(pitch_hz, seed=0):
    """A voice of falling harmonics whose pitch is given for each sample."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE
    return 0.05 * sum(np.sin(k * phase) / k for k in range(1, int(7000 / np.max(pitch_hz)) + 1))


@pytest.mark.parametrize("period", [36, 48, 71, 100, 146, 213, 246])
def test_pulse_trains(period):
    pulses = np.zeros(2 * RATE)
    pulses[::period] = 0.5
    track = tracked(pulses)
    assert track.voiced.all()
    np.testing.assert_allclose(track.pitch_hz, RATE / period, rtol=0.005)


@pytest.mark.parametrize("pitch_hz", [65.0, 123.4, 210.7, 333.3, 450.0])
def test_periods_between_samples(pitch_hz):
    track = tracked(harmonics(np.full(RATE, pitch_hz)))
    np.testing.assert_allclose(track.pitch_hz, pitch_hz, rtol=0.002)


def test_a_glide_is_followed_without_octave_errors():
    true_hz = np.geomspace(90, 300, 2 * RATE)
    track = tracked(harmonics(true_hz))
    at = np.round(track.times_s * RATE).astype(int)
    np.testing.assert_allclose(track.pitch_hz, true_hz[at], rtol=0.01)


def test_a_missing_fundamental_is_heard():
    time_s = np.arange(RATE) / RATE
    buzz = 0.1 * sum(np.sin(2 * np.pi * 140 * k * time_s) for k in range(3, 12))
    np.testing.assert_allclose(tracked(buzz).pitch_hz, 140, rtol=0.005)


@pytest.mark.parametrize("snr_db", [30, 20, 10])
def test_noise_hardly_moves_it(snr_db):
    voice = harmonics(np.full(2 * RATE, 150.0))
    noise = np.random.default_rng(0).standard_normal(len(voice)) * voice.std() * 10 ** (-snr_db / 20)
    track = tracked(voice + noise)
    assert track.voiced.mean() > 0.98
    assert np.median(track.pitch_hz) == pytest.approx(150, rel=0.003)
    assert np.mean(np.abs(track.pitch_hz[track.voiced] / 150 - 1) > 0.03) < 0.01


@pytest.mark.parametrize("colour", [0.0, 1.0])
def test_noise_is_not_voiced(colour):
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(20 * RATE))
    hz = np.maximum(np.fft.rfftfreq(20 * RATE, 1 / RATE), 1)
    noise = np.fft.irfft(spectrum / hz ** (colour / 2))
    assert tracked(0.1 * noise / noise.std()).voiced.mean() < 0.005


def test_voiced_runs_have_the_lengths_of_the_bursts():
    voice = harmonics(np.full(2 * RATE, 120.0))
    voice[: RATE // 2] = 0
    voice[RATE : RATE + RATE // 4] = 0
    np.testing.assert_allclose(tracked(voice).runs_s(), [0.5, 0.75], atol=0.05)


def test_within_stretches_only_whole_frames_stay_voiced():
    track = tracked(harmonics(np.full(RATE, 130.0)))
    kept = track.within(np.array([[0.1, 0.2], [0.3, 0.405], [0.9, 5.0]]))
    inside = [(0.104, 0.196), (0.304, 0.401), (0.904, 5.0)]
    expected = np.any([(track.times_s > start) & (track.times_s < end) for start, end in inside], axis=0)
    np.testing.assert_array_equal(kept.voiced, expected)
    np.testing.assert_array_equal(kept.pitch_hz[expected], track.pitch_hz[expected])
    np.testing.assert_array_equal(kept.level_db, track.level_db)
    assert kept.runs_s() == pytest.approx([0.09, 0.10, 0.08])
    assert not track.within(np.zeros((0, 2))).voiced.any()


def test_frames_beyond_a_block_are_the_same():
    voice = harmonics(np.full(25 * RATE, 130.0))
    np.testing.assert_allclose(tracked(voice).pitch_hz, 130, rtol=0.002)


def test_frames_lie_every_10_ms():
    times_s, pieces = frames(np.arange(1600.0), RATE)
    assert pieces.shape == (7, 640)
    np.testing.assert_allclose(times_s, 0.02 + 0.01 * np.arange(7))
    np.testing.assert_array_equal(pieces[2], np.arange(320.0, 960.0))
    assert frames(np.zeros(639), RATE)[1].shape == (0, 640)


def test_it_agrees_with_pyin_on_real_speech(ravdess):
    librosa = pytest.importorskip("librosa")
    import soundfile

    samples, rate = soundfile.read(sorted(ravdess.rglob("03-01-01-01-01-01-*"))[0], dtype="float32", always_2d=True)
    samples = librosa.resample(samples[:, 0], orig_sr=rate, target_sr=RATE)
    track = tracked(samples)
    other_hz, _, _ = librosa.pyin(samples, fmin=60, fmax=500, sr=RATE, frame_length=1024, hop_length=160)
    other_hz = np.nan_to_num(other_hz[np.round(track.times_s / 0.01).astype(int)])
    both = track.voiced & (other_hz > 0)
    assert both.sum() > 50
    assert np.mean(np.abs(track.pitch_hz[both] / other_hz[both] - 1) > 0.2) < 0.02
    speech = find_speech(samples, RATE)  # pYIN calls the hum of the room voiced as well
    inside = (track.times_s > speech.start_s) & (track.times_s < speech.end_s)
    assert np.mean((track.voiced == (other_hz > 0))[inside]) > 0.85
