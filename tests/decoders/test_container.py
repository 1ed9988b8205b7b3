"""WAV headers, written here byte by byte."""

import struct

import numpy as np
import pytest

from bench.decoders.container import DataChunk, data_chunk, joins_streams, unclosed_bytes

FORMAT = struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)


def riff(chunks, form=b"RIFF", order="<"):
    body = b"".join(name + struct.pack(order + "I", size) + data for name, size, data in chunks)
    return form + struct.pack(order + "I", 4 + len(body)) + b"WAVE" + body


def chunk_of(tmp_path, data):
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    return data_chunk(path)


def test_a_whole_file_lacks_nothing(tmp_path):
    found = chunk_of(tmp_path, riff([(b"fmt ", 16, FORMAT), (b"data", 200, bytes(200))]))
    assert found == DataChunk(200, 200, 2)
    assert found.missing_frames == 0


@pytest.mark.parametrize(("there", "missing"), [(199, 1), (198, 1), (100, 50), (0, 100)])
def test_missing_frames_are_counted(tmp_path, there, missing):
    found = chunk_of(tmp_path, riff([(b"fmt ", 16, FORMAT), (b"data", 200, bytes(there))]))
    assert found.missing_frames == missing


def test_chunks_before_the_data_are_stepped_over_with_their_padding(tmp_path):
    listed = (b"LIST", 5, b"abcde\0")
    assert chunk_of(tmp_path, riff([listed, (b"fmt ", 16, FORMAT), listed, (b"data", 10, bytes(8))])).missing_frames == 1


def test_chunks_after_the_data_are_no_audio_that_is_missing(tmp_path):
    assert chunk_of(tmp_path, riff([(b"fmt ", 16, FORMAT), (b"data", 4, bytes(4)), (b"LIST", 4, b"abcd")])).missing_frames == 0


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_what_a_pipe_leaves_in_the_header_is_no_promise(tmp_path, size):
    assert chunk_of(tmp_path, riff([(b"fmt ", 16, FORMAT), (b"data", size, bytes(100))])) is None


NOISE = np.random.default_rng(0).integers(-9000, 9000, 500).astype("<i2").tobytes()
LISTED = (b"LIST", 5, b"abcde\0")


@pytest.mark.parametrize("form", [b"RIFF", b"RIFX"])
@pytest.mark.parametrize(
    ("behind", "n_bytes"),
    [
        ([(b"data", 0, NOISE)], 1000),
        ([(b"data", 0, bytes(1000))], 1000),
        ([LISTED, (b"data", 0, NOISE)], 1000),
        ([(b"data", 0, b"LIST" + NOISE)], 1004),  # what begins like a chunk and does not end like one
        ([(b"data", 0, b"")], 0),
        ([(b"data", 0, b"\0")], 0),
        ([(b"data", 0, b""), LISTED], 0),
        ([(b"data", 0, b""), LISTED, (b"id3 ", 5, b"abcde")], 0),
        ([(b"data", 1000, NOISE)], 0),
        ([(b"data", 0xFFFFFFFF, NOISE)], 0),
        ([], 0),
    ],
)
def test_audio_behind_a_header_that_says_it_is_empty(tmp_path, form, behind, n_bytes):
    order = ">" if form == b"RIFX" else "<"
    header = struct.pack(order + "HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
    path = tmp_path / "a.wav"
    path.write_bytes(riff([(b"fmt ", 16, header), *behind], form, order))
    assert unclosed_bytes(path) == n_bytes


def test_rf64_keeps_its_size_elsewhere(tmp_path):
    long_sizes = struct.pack("<QQQI", 0, 200, 100, 0)
    chunks = [(b"ds64", 28, long_sizes), (b"fmt ", 16, FORMAT), (b"data", 0xFFFFFFFF, bytes(150))]
    assert chunk_of(tmp_path, riff(chunks, b"RF64")) == DataChunk(200, 150, 2)


def test_big_endian_headers_are_read(tmp_path):
    header = struct.pack(">HHIIHH", 1, 2, 16_000, 64_000, 4, 16)
    data = riff([(b"fmt ", 16, header), (b"data", 40, bytes(20))], b"RIFX", ">")
    assert chunk_of(tmp_path, data) == DataChunk(40, 20, 4)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"fLaC" + bytes(100), riff([(b"fmt ", 16, FORMAT)])])
def test_other_files_promise_nothing(tmp_path, data):
    assert chunk_of(tmp_path, data) is None


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "IMA_ADPCM"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64"])
def test_agrees_with_libsndfile_on_whole_files(tmp_path, form, subtype):
    import soundfile

    if subtype == "IMA_ADPCM" and form != "WAV":
        pytest.skip("libsndfile writes ADPCM in plain WAV only")
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((4321, 2)), 8000, subtype=subtype, format=form)
    found = data_chunk(path)
    assert found is not None
    assert found.missing_frames == 0
    if subtype != "IMA_ADPCM":
        assert found.promised == 4321 * found.frame_bytes


def page(stream, begins=False, n_bytes=300):
    """A page of an Ogg file; its checksum is not looked at."""
    lacing = bytes([255] * (n_bytes // 255) + [n_bytes % 255])
    head = b"OggS\0" + bytes([2 * begins]) + bytes(8) + bytes([stream]) + bytes(11) + bytes([len(lacing)])
    return head + lacing + bytes(n_bytes)


@pytest.mark.parametrize(
    ("pages", "joined"),
    [
        ([page(1, True), page(1), page(1, n_bytes=65_024)], False),
        ([page(1, True), page(1), page(2, True), page(2)], True),
        ([page(1, True), page(1), page(1, True), page(1)], True),  # two files of a program that counts its streams from 0
        ([page(1, True), page(1), page(2, True), page(2), page(1, True), page(1)], True),
        ([page(1, True), page(2, True), page(1), page(2), page(1)], False),  # side by side, as in a film
        ([page(1, True), page(1), b"something else", page(2, True)], False),
        ([page(1, True)[:28]], False),
        ([b""], False),
        ([b"RIFF" + bytes(100)], False),
    ],
)
def test_streams_one_after_the_other(tmp_path, pages, joined):
    path = tmp_path / "a.ogg"
    path.write_bytes(b"".join(pages))
    assert joins_streams(path) is joined
