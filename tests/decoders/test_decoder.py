"""Every way in which a recording can be wrong, and the numbers of those that are right."""

import os
import resource

import numpy as np
import pytest
import soundfile

from bench.decoders.decoder import Unreachable, Unreadable, decode

RATE = 16_000


def tone(seconds=0.5, rate=RATE, level=0.5):
    return level * np.sin(2 * np.pi * 200 * np.arange(round(seconds * rate)) / rate)


def written(path, samples, rate=RATE, **options):
    soundfile.write(path, samples, rate, **options)
    return path


def problem(path, start_s=None, end_s=None):
    with pytest.raises(Unreadable) as caught:
        decode(path, start_s, end_s)
    return str(caught.value)


def test_samples_rate_and_levels(tmp_path):
    samples = tone()
    decoded = decode(written(tmp_path / "a.wav", samples, subtype="FLOAT"))
    np.testing.assert_array_equal(decoded.wave.samples, samples.astype(np.float32))
    assert (decoded.wave.rate, decoded.channels, decoded.wave.duration_s) == (RATE, 1, 0.5)
    assert decoded.peak_dbfs == pytest.approx(20 * np.log10(0.5), abs=1e-3)
    assert decoded.rms_dbfs == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=1e-3)
    assert not decoded.wave.samples.flags.writeable


@pytest.mark.parametrize("channels", [2, 8])
def test_channels_are_averaged(tmp_path, channels):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (1000, channels))
    decoded = decode(written(tmp_path / "a.wav", samples, subtype="FLOAT"))
    assert decoded.channels == channels
    np.testing.assert_allclose(decoded.wave.samples, samples.mean(axis=1), atol=1e-7)


@pytest.mark.parametrize("rate", [8_000, 192_000])
def test_low_and_high_rates(tmp_path, rate):
    decoded = decode(written(tmp_path / "a.wav", tone(rate=rate), rate))
    assert (decoded.wave.rate, len(decoded.wave.samples)) == (rate, rate // 2)
    resampled = decoded.wave.resampled(RATE)
    assert len(resampled.samples) == RATE // 2
    np.testing.assert_allclose(resampled.samples[800:-800], tone()[800:-800], atol=2e-3)


@pytest.mark.parametrize("name", ["überall müde 疲れ.wav", "two  spaces and 'quotes'.wav", "a,b;c.wav"])
def test_names_with_anything_in_them(tmp_path, name):
    assert decode(written(tmp_path / name, tone())).wave.duration_s == 0.5


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", {}),
        ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
        ("a.mp3", {"format": "MP3"}),
    ],
)
def test_other_formats(tmp_path, name, options):
    wave = decode(written(tmp_path / name, tone(1.0), **options)).wave
    assert wave.duration_s == pytest.approx(1.0, abs=0.1)
    middle = wave.samples[len(wave.samples) // 4 : len(wave.samples) // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), abs=0.02)


def test_30_ms_are_decoded(tmp_path):
    assert len(decode(written(tmp_path / "a.wav", tone(0.03))).wave.samples) == 480


def test_samples_beyond_full_scale_stay(tmp_path):
    decoded = decode(written(tmp_path / "a.wav", tone(level=1.5), subtype="FLOAT"))
    assert decoded.wave.samples.max() == pytest.approx(1.5)
    assert decoded.peak_dbfs > 0


def test_the_same_audio_has_the_same_hash_in_wav_and_flac(tmp_path):
    samples = np.random.default_rng(0).integers(-20_000, 20_000, (5000, 2)).astype(np.int16)
    wav = decode(written(tmp_path / "a.wav", samples))
    flac = decode(written(tmp_path / "a.flac", samples))
    assert wav.sample_hash == flac.sample_hash
    assert decode(written(tmp_path / "b.wav", samples, 8000)).sample_hash != wav.sample_hash
    changed = samples.copy()
    changed[4999, 1] += 1
    assert decode(written(tmp_path / "c.wav", changed)).sample_hash != wav.sample_hash
    swapped = samples[:, ::-1]  # the same once it is mixed down
    assert decode(written(tmp_path / "d.wav", swapped)).sample_hash != wav.sample_hash


def test_bounds_cut_out_a_stretch(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, RATE).astype(np.float32)
    path = written(tmp_path / "a.flac", samples, subtype="PCM_24")
    cut = decode(path, 0.25, 0.5)
    np.testing.assert_allclose(cut.wave.samples, samples[4000:8000], atol=1e-6)
    np.testing.assert_array_equal(decode(path, 0.25).wave.samples, decode(path).wave.samples[4000:])
    assert cut.sample_hash == decode(written(tmp_path / "b.flac", cut.wave.samples, subtype="PCM_24")).sample_hash


def test_more_samples_than_one_block(tmp_path):
    samples = np.random.default_rng(0).integers(-9000, 9000, 600_000).astype(np.int16)
    wave = decode(written(tmp_path / "a.flac", samples, 48_000)).wave
    np.testing.assert_array_equal(wave.samples, samples.astype(np.float32) / 32768)


def test_missing_file(tmp_path):
    assert problem(tmp_path / "a.wav") == "the file does not exist"


@pytest.fixture
def no_more_files():
    """A system that opens no file: a real error that passes."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_may_pass_is_told_apart(tmp_path, no_more_files):
    path = written(tmp_path / "a.wav", tone())
    (tmp_path / "b.wav").write_bytes(b"no audio")
    with pytest.raises(Unreadable) as broken:
        decode(tmp_path / "b.wav")
    no_more_files()
    with pytest.raises(Unreachable, match="the file cannot be read: Too many open files"):
        decode(path)
    assert not isinstance(broken.value, Unreachable)


def test_a_read_that_failed_is_no_broken_file(tmp_path, monkeypatch):
    path, real, asked = written(tmp_path / "a.wav", tone()), soundfile.SoundFile, []

    def flaky(name):  # what libsndfile says where the drive gives no bytes
        asked.append(name)
        if len(asked) == 1:
            raise soundfile.LibsndfileError(1)
        return real(name)

    monkeypatch.setattr(soundfile, "SoundFile", flaky)
    assert decode(path).wave.duration_s == 0.5


def test_folder_instead_of_file(tmp_path):
    assert problem(tmp_path) == "it is not a regular file"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.wav")
    assert problem(tmp_path / "a.wav") == "it is not a regular file"


def test_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    assert problem(tmp_path / "a.wav") == "the file is empty (0 bytes)"


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg"])
def test_text_with_the_name_of_a_recording(tmp_path, name):
    (tmp_path / name).write_text("Dear diary, I am tired today.\n" * 100)
    assert problem(tmp_path / name).startswith("it cannot be decoded as audio: ")
    assert problem(tmp_path / name).endswith("(read are wav, flac, ogg, opus and mp3)")


def test_a_codec_that_is_not_read(tmp_path):
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0" + bytes(range(256)) * 8)
    assert "read are wav, flac, ogg, opus and mp3" in problem(tmp_path / "a.m4a")


def test_a_container_whose_truncation_could_not_be_seen_is_not_read(tmp_path):
    assert problem(written(tmp_path / "a.aiff", tone())).startswith("the format AIFF is not read")


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64"])
@pytest.mark.parametrize("channels", [1, 2])
def test_truncated_wav(tmp_path, form, channels):
    path = written(tmp_path / "a.wav", np.tile(tone(1.0)[:, None], channels), format=form, subtype="PCM_16")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 8000 * 2 * channels])
    assert problem(path) == "it is truncated: its header promises 1.000 s and 0.500 s are there"
    assert decode(path, 0.1, 0.4).wave.duration_s == pytest.approx(0.3)
    assert problem(path, 0.1, 0.8) == "it is truncated: its header promises 1.000 s and 0.500 s are there"


def test_a_wav_without_its_last_sample_is_truncated(tmp_path):
    path = written(tmp_path / "a.wav", tone())
    path.write_bytes(path.read_bytes()[:-1])
    assert problem(path).startswith("it is truncated")


def test_a_wav_cut_off_in_its_header(tmp_path):
    path = written(tmp_path / "a.wav", tone())
    whole = path.read_bytes()
    for length in (4, 20, 40, 44):
        path.write_bytes(whole[:length])
        assert problem(path)


def test_a_wav_that_was_written_to_a_pipe_is_read_whole(tmp_path):
    path = written(tmp_path / "a.wav", tone())
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + b"\xff" * 4 + whole[8:40] + b"\xff" * 4 + whole[44:])
    assert decode(path).wave.duration_s == 0.5


@pytest.mark.parametrize("size", [0, 36])
def test_a_wav_that_was_not_closed(tmp_path, size):
    path = written(tmp_path / "a.wav", tone(), subtype="PCM_16")
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + size.to_bytes(4, "little") + whole[8:40] + bytes(4) + whole[44:])
    found = problem(path)
    assert found.startswith("its header says that it is empty, and 16000 bytes follow, ")
    assert found.endswith("write its header again")
    assert problem(path, 0.1, 0.2) == found
    path.write_bytes(whole[:40] + bytes(4) + b"LIST\x04\0\0\0INFO")
    assert problem(path) == "it holds 0 samples"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_flac(tmp_path, share):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * RATE)
    path = written(tmp_path / "a.flac", samples)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    found = problem(path)
    assert found.startswith(("it is truncated: its header promises 3.000 s", "it cannot be decoded as audio"))


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
def test_truncated_ogg(tmp_path, subtype, share):
    path = written(tmp_path / "a.ogg", np.random.default_rng(0).uniform(-0.5, 0.5, 3 * RATE), format="OGG", subtype=subtype)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert problem(path) == "it is truncated: its last page is cut off"


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_ogg_streams_one_after_the_other(tmp_path, subtype):
    paths = [written(tmp_path / f"{level}.ogg", tone(1.0, level=level), format="OGG", subtype=subtype) for level in (0.1, 0.2)]
    (tmp_path / "a.ogg").write_bytes(b"".join(path.read_bytes() for path in paths))
    assert problem(tmp_path / "a.ogg").startswith(
        "it is several Ogg streams one after the other, and only the first would be read"
    )


def test_flac_that_does_not_say_how_long_it_is(tmp_path):
    samples = (np.random.default_rng(0).uniform(-0.5, 0.5, 3 * RATE) * 32768).astype(np.int16)
    path = written(tmp_path / "a.flac", samples)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # the 36 bits of the number of samples in STREAMINFO
    data[22:26] = bytes(4)
    path.write_bytes(data)
    assert problem(path).startswith("its header does not say how long it is")


def test_no_samples(tmp_path):
    assert problem(written(tmp_path / "a.wav", np.zeros(0))) == "it holds 0 samples"
    assert problem(written(tmp_path / "a.flac", np.zeros(0)))


def test_digital_silence(tmp_path):
    assert problem(written(tmp_path / "a.wav", np.zeros(800))) == "all 800 samples are zero (digital silence)"


def test_channels_that_cancel_out(tmp_path):
    samples = np.stack([tone(), -tone()], axis=1)
    found = problem(written(tmp_path / "a.wav", samples, subtype="FLOAT"))
    assert found == "all 8000 samples are zero, once its 2 channels are mixed down"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers(tmp_path, value):
    samples = np.stack([tone(), tone()], axis=1)
    samples[[10, 20, 20], [0, 1, 0]] = value
    path = written(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert problem(path) == "2 of 8000 samples are NaN or infinite"
    assert decode(path, 0.1, 0.2).wave.duration_s == pytest.approx(0.1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("signs", [(1, 1), (1, 1, -1, -1), (1, 1, 1, 1, -1, -1, -1, -1)])
def test_channels_too_loud_to_be_mixed_down(tmp_path, signs):
    samples = (tone(level=3e38)[:, None] * signs).astype(np.float32)
    path = written(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert problem(path).startswith(
        f"its samples reach 3e+38 times full scale, and the mean of its {len(signs)} channels is beyond"
    )
    alone = decode(path, turns=((0.0, 0.5),))
    assert np.isfinite([alone.peak_dbfs, alone.rms_dbfs]).all()


@pytest.mark.parametrize(
    ("start_s", "end_s", "said"),
    [
        (0.0, 0.6, "the bounds 0 to 0.6 s lie outside the recording, which is 0.500 s long"),
        (0.6, None, "it starts at 0.6 s, and the recording is 0.500 s long"),
        (0.6, 0.7, "the bounds 0.6 to 0.7 s lie outside the recording, which is 0.500 s long"),
        (0.3, 0.3, "the bounds 0.3 to 0.3 s are not a stretch of time"),
        (0.3, 0.2, "the bounds 0.3 to 0.2 s are not a stretch of time"),
        (-0.1, 0.2, "the bounds -0.1 to 0.2 s are not a stretch of time"),
        (float("nan"), 0.2, "the bounds nan to 0.2 s are not a stretch of time"),
        (None, float("inf"), "the bounds 0 to inf s lie outside the recording, which is 0.500 s long"),
    ],
)
def test_bounds_outside_the_recording(tmp_path, start_s, end_s, said):
    assert problem(written(tmp_path / "a.wav", tone()), start_s, end_s) == said


def test_bounds_may_miss_by_one_sample(tmp_path):
    path = written(tmp_path / "a.wav", tone())
    assert len(decode(path, 0, 8001 / RATE).wave.samples) == 8000
    assert "outside" in problem(path, 0, 8003 / RATE)


def two_voices(path, n=RATE):
    """One voice on the left in the first half, another on the right in the second; each hears a little of the other."""
    rng = np.random.default_rng(3)
    samples = np.zeros((n, 2))
    samples[: n // 2] = rng.uniform(-0.5, 0.5, (n // 2, 1)) * (1, 0.3)
    samples[n // 2 :] = rng.uniform(-0.5, 0.5, (n // 2, 1)) * (0.3, 1)
    return written(path, samples, subtype="FLOAT"), samples.astype(np.float32)


@pytest.mark.parametrize(("turns", "channel"), [(((0.0, 0.5),), 0), (((0.5, 1.0),), 1)])
def test_a_speaker_is_heard_in_the_channel_of_their_turns(tmp_path, turns, channel):
    path, samples = two_voices(tmp_path / "a.wav")
    decoded = decode(path, 0.25, 0.75, turns)
    np.testing.assert_array_equal(decoded.wave.samples, samples[4000:12_000, channel])
    assert (decoded.channel, decoded.channels) == (channel, 2)
    assert decoded.rms_dbfs == pytest.approx(10 * np.log10(np.mean(samples[4000:12_000, channel].astype(float) ** 2)))
    alone = decode(written(tmp_path / "b.wav", samples[4000:12_000, channel], subtype="FLOAT"))
    assert decoded.sample_hash == alone.sample_hash  # it is the same audio
    assert alone.channel is None


def test_the_same_stretch_in_another_channel_is_other_audio(tmp_path):
    path, _ = two_voices(tmp_path / "a.wav")
    found = [decode(path, 0.25, 0.75, turns).sample_hash for turns in ((), ((0.0, 0.5),), ((0.5, 1.0),))]
    assert len(set(found)) == 3


def test_turns_change_nothing_in_a_recording_of_one_channel(tmp_path):
    path = written(tmp_path / "a.wav", tone())
    with_turns = decode(path, 0.1, 0.2, ((0.0, 0.5),))
    assert with_turns.channel is None
    assert with_turns.sample_hash == decode(path, 0.1, 0.2).sample_hash


def test_turns_outside_the_recording_leave_it_mixed_down(tmp_path):
    path, samples = two_voices(tmp_path / "a.wav")
    decoded = decode(path, turns=((5.0, 6.0),))
    assert decoded.channel is None
    np.testing.assert_allclose(decoded.wave.samples, samples.mean(axis=1), atol=1e-7)


def test_only_the_channel_heard_can_be_unusable(tmp_path):
    samples = np.zeros((RATE, 2), dtype=np.float32)
    samples[:, 0] = 0.5 * tone(1.0)
    samples[9000, 1] = np.nan
    path = written(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert decode(path, turns=((0.0, 0.5),)).channel == 0
    with pytest.raises(Unreadable, match="1 of 16000 samples are NaN"):
        decode(path)
    silent = np.stack([tone(1.0), np.r_[np.zeros(8000), tone(0.5, level=0.9)]], axis=1)
    path = written(tmp_path / "b.wav", silent, subtype="FLOAT")
    with pytest.raises(Unreadable, match=r"all 8000 samples are zero in channel 2 of 2, the speaker's \(digital silence\)"):
        decode(path, 0.0, 0.5, ((0.5, 1.0),))
