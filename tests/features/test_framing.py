from __future__ import annotations

import pytest
import torch

from bench.features.framing import Framing

WAV2VEC2 = Framing((10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2))
RATE = 16_000


@pytest.mark.parametrize("framing", [WAV2VEC2, Framing((8, 4, 3), (4, 3, 2))])
def test_frames_are_those_of_torch_convolutions(framing):
    layers = [torch.nn.Conv1d(1, 1, k, s) for k, s in zip(framing.kernels, framing.strides, strict=True)]
    stack = torch.nn.Sequential(*layers)
    for n_samples in (framing.length, framing.length + framing.hop - 1, framing.length + framing.hop, 5000, 5001):
        assert framing.count(n_samples) == stack(torch.zeros(1, 1, n_samples)).shape[-1]
    assert framing.count(framing.length - 1) == 0


@pytest.mark.parametrize("n_samples", [400, 16_000, 30 * RATE, 30 * RATE + 1, 31 * RATE, 59 * RATE + 7, 3600 * RATE + 319])
def test_windows_answer_for_every_frame_once(n_samples):
    windows = WAV2VEC2.windows(n_samples, RATE)
    frames = [frame for window in windows for frame in range(window.first, window.first + window.count)]
    assert frames == list(range(WAV2VEC2.count(n_samples)))
    for window in windows:
        assert window.start == (window.first - window.lead) * WAV2VEC2.hop
        assert window.n_samples <= 30 * RATE
        assert window.stop <= n_samples
        assert WAV2VEC2.count(window.n_samples) >= window.lead + window.count


def test_windows_are_even_and_have_a_second_of_context():
    windows = WAV2VEC2.windows(100 * RATE, RATE)
    counts = [window.count for window in windows]
    assert max(counts) - min(counts) <= 1
    assert [window.lead for window in windows] == [0, 50, 50, 50]
    for window in windows[:-1]:
        assert WAV2VEC2.count(window.n_samples) == window.lead + window.count + 50


def test_a_recording_of_30_s_is_one_window():
    (window,) = WAV2VEC2.windows(30 * RATE, RATE)
    assert (window.start, window.stop, window.lead) == (0, 30 * RATE, 0)
