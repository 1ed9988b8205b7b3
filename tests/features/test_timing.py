import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from bench.base.error import TooShort
from bench.decoders.waveform import Waveform
from bench.features.feature_set import Partial
from bench.features.pause import find_speech
from bench.features.pitch import track_pitch
from bench.features.timing import Timing

RATE = 16_000
# 0.25 s after each start: swells of 0.15 s; the phrases are parted by gaps that are known.
PHRASES = ((0.4, 5), (1.9, 4), (3.4, 6))
STEP_S = 0.2


def voice(duration_s, pitch_hz=120.0, slope_st_per_s=0.0):
    time_s = np.arange(round(duration_s * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(pitch_hz * 2 ** (slope_st_per_s * time_s / 12)) / RATE
    return 0.1 * sum(np.sin(k * phase) for k in range(1, 30)) / 10


def phrases(slope_st_per_s=0.0, fall_db_per_s=0.0):
    """Three phrases of syllables, 5 a second; sounding from exactly the phrase's start to its end."""
    samples = voice(5.2, slope_st_per_s=slope_st_per_s)
    time_s = np.arange(len(samples)) / RATE
    envelope = np.zeros(len(samples))
    for start_s, n in PHRASES:
        inside = (time_s >= start_s) & (time_s < start_s + n * STEP_S)
        envelope[inside] = 10 ** ((-6 + 6 * np.cos(2 * np.pi * ((time_s[inside] - start_s) / STEP_S - 0.5))) / 20)
    return samples * envelope * 10 ** (-fall_db_per_s * time_s / 20)


def measured(samples):
    found = Timing().extract(Waveform(np.asarray(samples, dtype=np.float32), RATE))
    return dict(zip(Timing().columns, getattr(found, "values", found).tolist(), strict=True))


def test_phrases_whose_answer_is_known():
    found = measured(phrases())
    # Phrases: 0.4 to 1.4, 1.9 to 2.7, 3.4 to 4.6; pauses: 0.5 and 0.7; utterance: 4.2; 15 swells.
    assert found["pause_count_per_min"] == pytest.approx(60 * 2 / 4.2, rel=0.01)
    assert found["pause_mean_s"] == pytest.approx(0.6, abs=0.02)
    assert found["pause_longest_s"] == pytest.approx(0.7, abs=0.02)
    assert found["pause_sd_s"] == pytest.approx(0.1, abs=0.02)
    assert found["pause_share"] == pytest.approx(1.2 / 4.2, abs=0.01)
    assert found["speech_rate_hz"] == pytest.approx(15 / 4.2, rel=0.01)
    assert found["articulation_rate_hz"] == pytest.approx(15 / 3.0, rel=0.02)
    assert found["phonation_ratio"] == pytest.approx(3.0 / 4.2, abs=0.05)
    assert found["voiced_run_median_s"] == pytest.approx(1.0, abs=0.06)
    assert found["voiced_run_mean_s"] == pytest.approx(1.0, abs=0.06)
    assert found["voiced_run_p90_s"] == pytest.approx(1.16, abs=0.06)


@pytest.mark.parametrize("slope", [-3.0, 0.0, 2.0])
def test_declination_of_pitch_and_loudness(slope):
    found = measured(phrases(slope_st_per_s=slope, fall_db_per_s=slope))
    assert found["pitch_slope_st_per_s"] == pytest.approx(slope, abs=0.1)
    assert found["loudness_slope_db_per_s"] == pytest.approx(-slope, abs=0.3)


@pytest.mark.parametrize("gain", [0.01, 5.0])
def test_a_gain_changes_nothing(gain):
    samples = phrases(-2.0) + 1e-4 * np.random.default_rng(0).standard_normal(round(5.2 * RATE))
    one, other = measured(samples), measured(gain * samples)
    assert list(one.values()) == pytest.approx(list(other.values()), rel=1e-3, abs=1e-3)


def test_16_bits_change_little():
    samples = phrases(-2.0) + 1e-3 * np.random.default_rng(0).standard_normal(round(5.2 * RATE))
    rounded = np.round(samples * 32768) / 32768
    assert list(measured(rounded).values()) == pytest.approx(list(measured(samples).values()), rel=0.02, abs=0.02)


def test_silence_at_the_edges_changes_nothing():
    samples = phrases(-2.0)
    edged = np.pad(samples, (3 * RATE, 4 * RATE))
    assert list(measured(edged).values()) == pytest.approx(list(measured(samples).values()), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("below_db", [21, 25])
@pytest.mark.parametrize("start_s", [1.55, 8.0])  # in a pause, and 3 s after the utterance
def test_a_faint_tone_on_its_own_changes_nothing(below_db, start_s):
    samples = np.pad(phrases(-2.0), (0, 5 * RATE))
    samples += 1e-5 * np.random.default_rng(0).standard_normal(len(samples))  # or the tone would be the noise floor
    active_db = find_speech(samples.astype(np.float32), RATE).active_db
    amplitude = np.sqrt(2) * 10 ** ((active_db - below_db) / 20)
    at, n = round(start_s * RATE), round((0.2 if start_s < 5 else 0.8) * RATE)
    toned = samples.copy()
    toned[at : at + n] += amplitude * np.sin(2 * np.pi * 400 * np.arange(n) / RATE)
    assert track_pitch(toned, RATE, active_db - 30).within(np.array([[start_s, start_s + n / RATE]])).voiced.any()
    assert list(measured(toned).values()) == pytest.approx(list(measured(samples).values()), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("duration_s", [0.25, 0.333, 1.0])
def test_no_more_than_the_utterance_is_voiced(duration_s):
    assert 0.8 < measured(np.pad(voice(duration_s), RATE // 2))["phonation_ratio"] <= 1


def test_noise_30_db_below_changes_little():
    samples = phrases(-2.0)
    noise = np.random.default_rng(0).standard_normal(len(samples)) * np.sqrt(np.mean(samples**2)) * 10 ** (-30 / 20)
    clean, noisy = measured(samples), measured(samples + noise)
    for column, number in clean.items():
        if not column.startswith("cpps"):  # noise is what the prominence measures
            assert noisy[column] == pytest.approx(number, rel=0.05, abs=0.05), column


def test_without_a_pause_the_pause_columns_are_0():
    found = Timing().extract(Waveform(voice(2.0).astype(np.float32), RATE))
    assert not isinstance(found, Partial)
    np.testing.assert_array_equal(found[:5], 0)


def test_silence_and_noise_say_what_is_missing():
    silent = Timing().extract(Waveform(np.zeros(RATE, np.float32), RATE))
    assert (silent.missing, silent.reason) == (Timing().columns, "nothing sounds")
    noise = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    unvoiced = Timing().extract(Waveform(0.1 * noise, RATE))
    assert unvoiced.reason == "no voiced frame"
    assert set(unvoiced.missing) == {
        name for name in Timing().columns if name.startswith(("voiced", "cpps")) or "slope" in name or "rate" in name
    }
    assert np.isfinite(unvoiced.values).all()
    assert unvoiced.values[Timing().columns.index("phonation_ratio")] == 0


def test_too_little_voice_gives_no_slope():
    samples = np.pad(voice(0.15), RATE // 4)
    found = Timing().extract(Waveform(samples.astype(np.float32), RATE))
    assert found.reason == "too little voice for a slope"
    assert found.missing == ("pitch_slope_st_per_s", "loudness_slope_db_per_s")


@pytest.mark.parametrize("shape", ["voice", "noise", "click"])
def test_the_shortest_clip_is_finite(shape):
    n = RATE // 4
    samples = {
        "voice": voice(0.25),
        "noise": 0.1 * np.random.default_rng(0).standard_normal(n),
        "click": np.eye(1, n, n // 2)[0],
    }
    found = Timing().extract(Waveform(samples[shape].astype(np.float32), RATE))
    assert np.isfinite(getattr(found, "values", found)).all()
    with pytest.raises(TooShort, match=r"has 30 ms\. timing needs at least 250 ms"):
        Timing().extract(Waveform(samples[shape][:480].astype(np.float32), RATE))


def test_values_that_are_no_numbers_and_other_rates_are_refused():
    with pytest.raises(ValueError, match="NaN or infinity"):
        Timing().extract(Waveform(np.full(RATE, np.nan, np.float32), RATE))
    with pytest.raises(ValueError, match="8000 Hz"):
        Timing().extract(Waveform(np.zeros(8000, np.float32), 8000))


def test_only_is_a_view():
    assert Timing(only="pause*").identity == Timing().identity
    assert Timing(only="pause*").kept == "pause*"


def test_importing_it_loads_no_heavy_library():
    lines = (
        "import sys, bench.features.timing as t; t.Timing().columns; print(sorted({'scipy', 'opensmile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_runs_60_times_faster_than_the_speech(spoken):
    waves = [Waveform(clip.samples, clip.rate) for clip in spoken[:12]]
    Timing().extract(waves[0])
    before = time.process_time()  # the time of this process, so that others on the machine do not count
    for wave in waves:
        Timing().extract(wave)
    assert sum(wave.duration_s for wave in waves) / (time.process_time() - before) > 60


def test_real_sentences_are_plausible(ravdess):
    rows = []
    for path in sorted(ravdess.rglob("03-01-*-01-01-01-*"))[::6]:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        rows.append(measured(Waveform(np.ascontiguousarray(samples[:, 0]), rate).resampled(RATE).samples))
    column = {name: np.array([row[name] for row in rows]) for name in Timing().columns}
    assert ((column["speech_rate_hz"] > 2) & (column["speech_rate_hz"] < 7)).all()
    assert column["pause_share"].max() < 0.3
    assert np.median(column["pause_share"]) == 0
    assert ((column["phonation_ratio"] > 0.4) & (column["phonation_ratio"] < 0.98)).all()
    assert np.median(column["pitch_slope_st_per_s"]) < 0  # statements fall
    assert (column["cpps_mean_db"] > 1).all()
