"""Clipping and silence, held against slow computations over the whole clip at once."""

from itertools import groupby

import numpy as np
import pytest
import soundfile

from bench.decoders import decoder
from bench.decoders.decoder import decode

RATE = 16_000


def written(path, samples, subtype="PCM_16", rate=RATE):
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def clipped(whole, low, high):
    """The share of samples in runs of two or more at one end, counted sample by sample."""
    count = 0
    for column in whole.T:
        for is_end in (lambda x: x >= high, lambda x: x <= low):
            count += sum(n for hot, run in groupby(column, key=is_end) if hot and (n := len(list(run))) > 1)
    return count / whole.size


def loud(n=5000, channels=1):
    """Whole numbers of 16 bits of which many stand at the ends, alone and in runs."""
    rng = np.random.default_rng(0)
    wave = 60_000 * np.sin(np.arange(n) / 7)[:, None] * rng.uniform(0.2, 1.0, (n, channels))
    return np.clip(wave, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("block_frames", [1 << 18, 1, 2, 7, 1000])
def test_runs_at_full_scale_whatever_the_blocks(tmp_path, monkeypatch, channels, block_frames):
    samples = loud(1500, channels)
    monkeypatch.setattr(decoder, "BLOCK_FRAMES", block_frames)
    found = decode(written(tmp_path / "a.wav", samples)).clipped_share
    assert found == pytest.approx(clipped(samples, -32767, 32766), abs=1e-12)
    assert 0.1 < found < 0.9


def test_lone_peaks_are_no_clipping(tmp_path):
    samples = np.full(1000, 100, dtype=np.int16)
    samples[[10, 500, 501]] = [32767, 32767, -32768]
    assert decode(written(tmp_path / "a.wav", samples)).clipped_share == 0
    samples[502] = -32768
    assert decode(written(tmp_path / "b.wav", samples)).clipped_share == 2 / 1000


def test_within_one_step_of_full_scale_is_clipped_and_below_is_not(tmp_path):
    samples = np.zeros(100, dtype=np.int16)
    samples[:6] = [32766, 32766, 0, -32767, -32767, 0]
    assert decode(written(tmp_path / "a.wav", samples)).clipped_share == 4 / 100
    samples[:6] = [32765, 32765, 0, -32766, -32766, 0]
    assert decode(written(tmp_path / "b.wav", samples)).clipped_share == 0


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_every_coding_clips_at_its_own_ends(tmp_path, subtype):
    wave = 3.0 * np.sin(2 * np.pi * 50 * np.arange(RATE) / RATE)
    path = written(tmp_path / "a.wav", np.clip(wave, -1.0, 1.0), subtype)
    coded = soundfile.read(path, dtype="float32")[0][:, None]
    assert decode(path).clipped_share == pytest.approx(clipped(coded, coded.min() + 1e-5, coded.max() - 1e-5), abs=1e-12)
    assert decode(path).clipped_share == pytest.approx(1 - 2 * np.arcsin(1 / 3) / np.pi, abs=0.05)
    quiet = written(tmp_path / "b.wav", 0.9 * wave / 3, subtype)
    assert decode(quiet).clipped_share == 0


def test_floats_beyond_full_scale_are_not_clipped(tmp_path):
    wave = 3.0 * np.sin(2 * np.pi * 50 * np.arange(RATE) / RATE)
    assert decode(written(tmp_path / "a.wav", wave, "FLOAT")).clipped_share == 0


@pytest.mark.parametrize("rate", [8000, 16_000, 24_414, 44_100])
@pytest.mark.parametrize("block_frames", [1 << 18, 777])
def test_silent_frames(tmp_path, monkeypatch, rate, block_frames):
    rng = np.random.default_rng(1)
    envelope = np.repeat(10 ** rng.uniform(-4, 0, 40), rate // 20)
    wave = (0.5 * envelope * rng.uniform(-1, 1, len(envelope))).astype(np.float32)
    monkeypatch.setattr(decoder, "BLOCK_FRAMES", block_frames)
    length = round(rate * 0.025)
    levels = [
        10 * np.log10(np.mean(wave[at : at + length].astype(float) ** 2)) for at in range(0, len(wave) - length + 1, length)
    ]
    expected = np.mean(np.array(levels) < max(levels) - 40)
    assert 0.1 < expected < 0.9
    assert decode(written(tmp_path / "a.wav", wave, "FLOAT", rate)).silence_share == pytest.approx(expected, abs=1e-12)
    soft = written(tmp_path / "b.wav", wave / 16, "FLOAT", rate)
    assert decode(soft).silence_share == pytest.approx(expected, abs=1e-12)


def test_zeros_at_both_ends_and_between_count_as_silence(tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    wave = np.concatenate([np.zeros(RATE), tone, np.zeros(RATE), tone])
    assert decode(written(tmp_path / "a.wav", wave)).silence_share == 0.5


def test_a_clip_shorter_than_a_frame_has_no_silent_one(tmp_path):
    assert decode(written(tmp_path / "a.wav", np.full(100, 0.1))).silence_share == 0
