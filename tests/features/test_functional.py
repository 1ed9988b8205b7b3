import subprocess
import sys

import numpy as np
import pytest
import soundfile

from bench.base.error import RequestError, TooShort
from bench.base.spelling import parse
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FEATURE_SETS, Partial
from bench.features.functional import Compare, Egemaps


@pytest.fixture(scope="module")
def plain():
    import opensmile

    return opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02)


def wave(samples):
    return Waveform(np.asarray(samples, dtype=np.float32), 16_000)


def value(values, column):
    return dict(zip(Egemaps().columns, getattr(values, "values", values), strict=True))[column]


@pytest.mark.parametrize(("kind", "configuration"), [(Egemaps, "eGeMAPSv02"), (Compare, "ComParE_2016")])
def test_a_16_bit_file_gives_what_process_file_gives(tmp_path, speech_like, kind, configuration):
    import opensmile

    path = tmp_path / "speech.wav"
    soundfile.write(path, speech_like(1.7, 3).samples, 16_000, subtype="PCM_16")
    expected = opensmile.Smile(opensmile.FeatureSet[configuration]).process_file(path).to_numpy()[0]
    found = kind().extract(wave(soundfile.read(path, dtype="float32")[0]))
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float32


def test_real_recordings_give_what_process_file_gives(ravdess, plain):
    for path in sorted(ravdess.rglob("03-01-0[14]*-01-01-01-*"))[:6]:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if rate != 16_000:
            pytest.skip("process_file does not resample")
        np.testing.assert_array_equal(Egemaps().extract(wave(samples[:, 0])), plain.process_file(path).to_numpy()[0])


def test_importing_it_loads_no_heavy_library():
    lines = "import sys, bench.features.functional as f; f.Compare().columns; f.Egemaps(level=-26).identity; "
    lines += "print(sorted({'opensmile', 'pandas', 'scipy', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_full_scale_does_not_wrap():
    # Inside opensmile-python +1.0 becomes -32768, which turns a tone of full scale into noise.
    tone = np.clip(1.3 * np.sin(2 * np.pi * 150 * np.arange(16_000) / 16_000), -1, 1)
    at_full_scale, just_below = Egemaps().extract(wave(tone)), Egemaps().extract(wave(tone * 0.9999))
    for column in ("loudness_sma3_amean", "spectralFlux_sma3_amean", "equivalentSoundLevel_dBp"):
        assert value(at_full_scale, column) == pytest.approx(value(just_below, column), rel=0.01, abs=0.01)


def test_beyond_full_scale_is_clipped(speech_like):
    samples = speech_like(1.0).samples
    loud = samples * np.float32(6 / np.abs(samples).max())
    np.testing.assert_array_equal(Egemaps().extract(wave(loud)), Egemaps().extract(wave(np.clip(loud, -1, 32767 / 32768))))


def test_level_removes_a_gain_and_sets_the_level(speech_like):
    samples = speech_like(1.5, 1).samples
    levelled = Egemaps(level=-26)
    quiet, loud = (levelled.extract(wave(samples * gain)) for gain in (0.03, 1.0))
    np.testing.assert_allclose(quiet, loud, rtol=0.02, atol=0.02)
    # equivalentSoundLevel is openSMILE's own RMS in dB, up to its frames and its rounding to 16 bits.
    assert value(loud, "equivalentSoundLevel_dBp") == pytest.approx(-26, abs=0.3)
    unlevelled = (Egemaps().extract(wave(samples * gain)) for gain in (0.03, 1.0))
    assert abs(np.subtract(*(value(values, "loudness_sma3_amean") for values in unlevelled))) > 0.1


def test_trim_removes_silence_at_the_edges(speech_like):
    samples = speech_like(1.5, 1).samples - np.float32(0.01)
    near, far = (np.pad(samples, (before, after)) for before, after in ((3_200, 2_400), (16_000, 12_000)))
    trimmed = Egemaps(trim=True)
    np.testing.assert_allclose(trimmed.extract(wave(far)), trimmed.extract(wave(near)), rtol=1e-3, atol=1e-3)
    column = "loudnessPeaksPerSec"
    assert value(Egemaps().extract(wave(far)), column) < 0.6 * value(trimmed.extract(wave(far)), column)


def test_the_waveform_is_left_alone(speech_like):
    clip = speech_like(0.5)
    before = clip.samples.copy()
    Egemaps(level=-20, trim=True).extract(clip)
    np.testing.assert_array_equal(clip.samples, before)


@pytest.mark.parametrize("kind", [Egemaps, Compare])
def test_the_shortest_clip(kind):
    noise = np.random.default_rng(0).standard_normal(960) * 0.1
    assert np.isfinite(kind().extract(wave(noise)).values).all()
    with pytest.raises(TooShort, match=r"has 30 ms\. \w+ needs at least 60 ms"):
        kind().extract(wave(noise[:480]))
    with pytest.raises(TooShort):
        kind().extract(wave(noise[:959]))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(bad):
    with pytest.raises(ValueError, match="NaN or infinity"):
        Egemaps().extract(wave([0.1, bad] * 1000))


def test_another_rate_is_refused():
    with pytest.raises(ValueError, match="8000 Hz"):
        Egemaps().extract(Waveform(np.zeros(8000, np.float32), 8000))


@pytest.mark.parametrize("kind", [Egemaps, Compare])
def test_digital_silence_gives_no_value(kind):
    found = kind().extract(wave(np.zeros(16_000)))
    assert (found.missing, found.reason) == (kind().columns, "digital silence")
    assert not found.values.any()


@pytest.mark.parametrize(
    ("kind", "n_missing", "kept"), [(Egemaps, 58, "VoicedSegmentsPerSec"), (Compare, 394, "F0final_sma_ff0_nnz")]
)
def test_noise_gives_no_value_for_what_needs_a_voice(kind, n_missing, kept):
    found = kind().extract(wave(np.random.default_rng(0).standard_normal(16_000) * 0.1))
    assert isinstance(found, Partial)
    assert "no voiced frame" in found.reason
    assert len(found.missing) == n_missing
    assert kept not in found.missing
    assert not any("loudness" in name or "RMSenergy" in name or "UV" in name for name in found.missing)
    if kind is Egemaps:  # whatever else is 0 is truly so: no segment with a voice, one without
        zeros = {name for name, number in zip(kind().columns, found.values, strict=True) if number == 0}
        assert zeros - set(found.missing) == {"VoicedSegmentsPerSec", "StddevUnvoicedSegmentLength"}


def test_a_steady_voice_gives_no_value_for_what_needs_unvoiced_frames():
    pulses = np.zeros(16_000)
    pulses[::100] = 0.5
    found = Egemaps().extract(wave(pulses))
    assert found.reason == "no unvoiced frame"
    assert len(found.missing) == 5
    assert all("UV" in name for name in found.missing)
    # 160 Hz is 30.49 semitones above 27.5 Hz.
    assert value(found, "F0semitoneFrom27.5Hz_sma3nz_percentile50.0") == pytest.approx(12 * np.log2(160 / 27.5), abs=0.1)


def test_a_value_that_is_no_number_becomes_missing(speech_like):
    values = Egemaps().extract(speech_like(1.0)).copy()
    values[12] = np.nan
    found = Egemaps()._judged(values)
    assert found.missing == (Egemaps().columns[12],)
    assert np.isfinite(found.values).all()


def test_only_is_a_view_and_level_is_not():
    assert Egemaps(only="F0*").identity == Egemaps().identity
    assert Egemaps(only="F0*").kept == "F0*"
    assert len({Egemaps().identity, Egemaps(level=-26).identity, Egemaps(trim=True).identity, Compare().identity}) == 4


@pytest.mark.parametrize("text", ["egemaps[level=-26,trim=true,only=F0*]", "compare", "egemaps"])
def test_spellings_go_there_and_back(text):
    assert str(FEATURE_SETS.make(parse(text))) == text


@pytest.mark.parametrize("level", [0.0, 3.0, -200.0])
def test_an_impossible_level_is_refused(level):
    with pytest.raises(RequestError, match=r"from -100 to below 0\. Give one such as -26"):
        Egemaps(level=level)
