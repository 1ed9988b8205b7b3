import numpy as np
import pytest

from bench.decoders.waveform import Waveform
from bench.features.stretch import Stretch, Voicing, counted, stretches


@pytest.mark.parametrize("n_samples", [1, 999, 1000, 1001, 1600, 5003])
def test_every_sample_is_answered_for_once_and_no_piece_is_too_long(n_samples):
    found = stretches(n_samples, 100, 10.0)
    assert [one.first for one in found] == [0, *(one.last for one in found)][: len(found)]
    assert found[-1].last == n_samples
    assert all(one.stop - one.start <= 1000 for one in found)
    for one in found:
        assert one.first - one.start in (0, 100)
        assert one.stop - one.last in (0, 100)


def test_frames_of_all_pieces_are_counted_once():
    found = stretches(5003, 100, 10.0)
    n_frames = [round((one.stop - one.start) / 2) for one in found]  # a frame every 2 samples
    kept = [counted(one, n, one.stop - one.start) for one, n in zip(found, n_frames, strict=True)]
    middles = [
        one.start + (2 * place + 1) for one, piece in zip(found, kept, strict=True) for place in range(piece.start, piece.stop)
    ]
    assert middles == sorted(set(middles))
    assert max(np.diff(middles)) <= 3


def test_at_least_one_frame_is_counted():
    assert counted(Stretch(0, 1, 0, 1), 5, 1000) == slice(0, 1)
    assert counted(Stretch(0, 1000, 999, 1000), 5, 1000) == slice(4, 5)


def test_half_of_a_frame_must_be_voiced():
    time_s = np.arange(8000) / 16_000
    buzz = 0.1 * sum(np.sin(2 * np.pi * 120 * n * time_s) / n for n in range(1, 9))
    wave = Waveform(np.concatenate([buzz, np.zeros(8000)]).astype(np.float32), 16_000)
    voicing = Voicing.of(wave.samples, wave.rate)
    assert voicing.within(np.array([0.0, 4000, 7000, 8800, 9000, 16_000])).tolist() == [True, True, True, False, False]
    assert voicing.within(np.array([4000.0, 11_000, 16_000])).tolist() == [True, False]
    assert not Voicing.of(np.zeros(10, np.float32), 16_000).within(np.array([0.0, 5, 10])).any()
