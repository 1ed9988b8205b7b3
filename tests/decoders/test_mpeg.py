"""MP3 frames, put together here and held against what an encoder wrote; and what the decoder makes of the count."""

import io
import random

import numpy as np
import pytest
import soundfile

from bench.decoders.decoder import Unreadable, decode
from bench.decoders.mpeg import KBITS, RATES, MpegLength, mpeg_length

RATE = 16_000
HEADERS = {44_100: b"\xff\xfb\x90\x00", 22_050: b"\xff\xf3\x80\x00", 11_025: b"\xff\xe3\x80\x00"}  # MPEG 1, 2 and 2.5, stereo
BYTES = {44_100: 417, 22_050: 208, 11_025: 417}
SAMPLES = {44_100: 1152, 22_050: 576, 11_025: 576}
SIDE = {44_100: 32, 22_050: 17, 11_025: 17}
ID3V2 = b"ID3\x03\x00\x00\x00\x00\x02\x00" + b"\xff\xfb\x90\x00" * 64  # 2 * 128 bytes that look like headers
ID3V1 = b"TAG" + bytes(125)
APE = b"APETAGEX" + random.Random(0).randbytes(70_000) + b"APETAGEX" + bytes(24)


def frame(rate=44_100, content=b"", padded=False):
    header = bytearray(HEADERS[rate])
    header[2] |= 2 * padded
    return (bytes(header) + content).ljust(BYTES[rate] + padded, b"\0")


def xing(n_frames, rate=44_100, name=b"Xing", added=None, flags=15, checksum=b""):
    fields = {1: n_frames.to_bytes(4, "big"), 2: bytes(4), 4: bytes(100), 8: bytes(4)}
    tag = name + flags.to_bytes(4, "big") + b"".join(data for bit, data in fields.items() if flags & bit)
    lame = b"" if added is None else b"LAME3.100".ljust(21, b"\0") + (added[0] << 12 | added[1]).to_bytes(3, "big")
    return frame(rate, checksum + bytes(SIDE[rate]) + tag + lame)


def vbri(n_frames):
    return frame(44_100, bytes(32) + b"VBRI" + bytes(10) + n_frames.to_bytes(4, "big"))


def length_of(tmp_path, data):
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    return mpeg_length(path)


def encoded(rate, mode):
    stream = io.BytesIO()
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, round(2.0 * rate))
    soundfile.write(stream, samples, rate, format="MP3", bitrate_mode=mode, compression_level=0.5)
    return stream.getvalue()


@pytest.mark.parametrize("rate", HEADERS)
def test_frames_of_every_version_are_counted(tmp_path, rate):
    data = frame(rate) * 5 + frame(rate, padded=True) * 2 + frame(rate)
    assert length_of(tmp_path, data) == MpegLength(8 * SAMPLES[rate], None, SAMPLES[rate])


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE", "AVERAGE"])
@pytest.mark.parametrize("rate", sorted(rate for rates in RATES.values() for rate in rates))
def test_agrees_with_an_encoder_on_whole_files(tmp_path, rate, mode):
    n_samples = round(2.0 * rate)
    found = length_of(tmp_path, encoded(rate, mode))
    assert (found.present, found.promised, found.missing) == (n_samples, n_samples, 0)


def test_a_cut_off_last_frame_does_not_count(tmp_path):
    assert length_of(tmp_path, frame() * 6 + frame()[:-1]).present == 6 * 1152


@pytest.mark.parametrize("before", [b"", ID3V2, ID3V2 * 2, bytes(3000)])
@pytest.mark.parametrize("behind", [b"", ID3V1, APE, APE + ID3V1, bytes(3000)])
def test_tags_and_zeros_are_no_audio(tmp_path, before, behind):
    assert length_of(tmp_path, before + frame() * 9 + behind).present == 9 * 1152


@pytest.mark.parametrize("between", [b"", ID3V2, ID3V1, ID3V1 + ID3V2, APE, bytes(100_000), frame()[:200]])
def test_what_lies_behind_something_else_is_counted(tmp_path, between):
    assert length_of(tmp_path, frame() * 5 + between + frame() * 7).present == 12 * 1152


def test_frames_at_another_rate_count_by_their_time(tmp_path):
    assert length_of(tmp_path, frame(44_100) * 5 + frame(22_050) * 8).present == 13 * 1152


@pytest.mark.parametrize("tag", [xing(9), xing(9, name=b"Info"), xing(9, flags=1), xing(9, checksum=b"\1\2"), vbri(9)])
def test_the_frame_of_a_tag_is_no_audio_and_promises_a_length(tmp_path, tag):
    assert length_of(tmp_path, ID3V2 + tag + frame() * 9) == MpegLength(9 * 1152, 9 * 1152, 1152)
    cut = length_of(tmp_path, tag + frame() * 5)
    assert (cut.present, cut.missing) == (5 * 1152, 4 * 1152)


@pytest.mark.parametrize("rate", HEADERS)
def test_the_tag_is_found_in_every_version(tmp_path, rate):
    assert length_of(tmp_path, xing(9, rate) + frame(rate) * 9).promised == 9 * SAMPLES[rate]


def test_what_the_encoder_added_is_no_audio(tmp_path):
    found = length_of(tmp_path, xing(9, added=(576, 1105)) + frame() * 9)
    assert (found.present, found.promised) == (9 * 1152 - 1681, 9 * 1152 - 1681)


def test_a_tag_without_a_number_promises_nothing(tmp_path):
    assert length_of(tmp_path, xing(9, flags=14) + frame() * 9).promised is None


def test_a_tag_may_count_its_own_frame(tmp_path):
    assert length_of(tmp_path, xing(10) + frame() * 9).missing == 0
    assert length_of(tmp_path, xing(11) + frame() * 9).missing == 2 * 1152


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"ID3",
        ID3V2,
        b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + frame() * 9,
        bytes(5000),
        b"RIFF" + bytes(100),
        b"\xff" * 5000,
    ],
)
def test_other_files_have_no_length(tmp_path, data):
    assert length_of(tmp_path, data) is None


def test_no_bytes_make_it_fail_or_go_on_for_ever(tmp_path):
    rng = random.Random(0)
    whole = xing(9, added=(576, 1105)) + frame() * 9 + ID3V1
    pieces = [b"\xff", b"\xff\xfb", b"\xff\xfb\x90\x00", b"ID3", b"Xing", b"VBRI", b"\0", frame(), frame(22_050)]
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(40):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        mixed = b"".join(rng.choices(pieces, k=60))
        for data in (
            rng.randbytes(2000),
            bytes(damaged),
            mixed,
            ID3V2[: rng.randrange(12)] + mixed,
            whole[: rng.randrange(4000)],
        ):
            found = length_of(tmp_path, data)
            assert found is None or 0 <= found.present <= 1152 * (1 + len(data) // 24)


def test_a_file_is_walked_again_when_it_changed(tmp_path):
    assert length_of(tmp_path, frame() * 5).present == 5 * 1152
    assert length_of(tmp_path, frame() * 8).present == 8 * 1152


def test_the_tables_hold_a_row_for_each_version():
    assert set(KBITS) == set(RATES) == {0, 2, 3}
    assert {len(row) for row in KBITS.values()} == {15}


def mp3(seconds, mode="VARIABLE", tag=True, channels=1):
    """Quiet noise, then loud, so that the bit rate of the first frames says nothing of the others."""
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (round(seconds * RATE), channels))
    samples[: round(seconds * RATE / 2)] *= 0.001
    stream = io.BytesIO()
    soundfile.write(stream, samples, RATE, format="MP3", bitrate_mode=mode, compression_level=0.5)
    data = stream.getvalue()
    return data if tag else data[data.index(data[:2], 2) :]


def refused(path, start_s=None, end_s=None):
    with pytest.raises(Unreadable) as caught:
        decode(path, start_s, end_s)
    return str(caught.value)


def kept(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE", "AVERAGE"])
def test_a_whole_mp3_gives_every_sample(tmp_path, mode):
    path = kept(tmp_path / "a.mp3", mp3(3.0, mode))
    assert len(decode(path).wave.samples) == 3 * RATE
    assert len(decode(path, 1.0, 3.0).wave.samples) == 2 * RATE


def test_an_mp3_that_would_be_read_in_part_is_refused(tmp_path):
    found = refused(kept(tmp_path / "a.mp3", mp3(3.0, tag=False)))
    assert found.startswith("only 1.2")
    assert found.endswith(
        " of its 3.096 s would be read, as where an MP3's header does not say how long it is or files were joined; "
        "convert it to WAV or FLAC"
    )


@pytest.mark.parametrize("other", [{}, {"tag": False}, {"channels": 2}])
def test_joined_mp3s_are_refused(tmp_path, other):
    found = refused(kept(tmp_path / "a.mp3", mp3(2.0) + mp3(1.0, **other)))
    assert found.startswith("only 2.000 of its 3.")


def test_joined_mp3s_whose_length_is_guessed_are_whole_or_refused(tmp_path):
    first, second = (mp3(2.0, "CONSTANT", tag=False, channels=channels) for channels in (1, 2))
    n_frames = len(decode(kept(tmp_path / "a.mp3", first)).wave.samples)
    assert len(decode(kept(tmp_path / "b.mp3", first * 2)).wave.samples) == 2 * n_frames
    found = refused(kept(tmp_path / "c.mp3", first + second))
    assert found == "it is damaged or changes its form on the way: 2.088 of 4.176 s could be decoded"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_truncated_mp3(tmp_path, mode, share):
    whole = mp3(3.0, mode)
    path = kept(tmp_path / "a.mp3", whole[: int(len(whole) * share)])
    said = refused(path)
    assert said.startswith("it is truncated: its header promises 3.000 s and ")
    there_s = float(said.split()[-4])
    assert len(decode(path, 0.1, there_s).wave.samples) == pytest.approx((there_s - 0.1) * RATE, abs=1)
    assert refused(path, 0.1, there_s + 0.1) == said
    assert refused(path, 0.1, 3.0) == said


def test_a_picture_before_an_mp3_does_not_lengthen_it(tmp_path):
    data = mp3(2.0, "CONSTANT", tag=False)
    n_frames = len(decode(kept(tmp_path / "a.mp3", data)).wave.samples)
    path = kept(tmp_path / "b.mp3", b"ID3\x03\0\0\0\1\0\0" + bytes(1 << 14) + data)
    assert len(decode(path).wave.samples) == n_frames
    assert "lie outside the recording, which is 2.088 s long" in refused(path, 1.0, 2.2)
