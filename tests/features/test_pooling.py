from __future__ import annotations

import numpy as np
import pytest
import torch

from bench.features.pooling import Pooled


def frames_of(n_frames, seed=0, offset=0.0):
    rng = np.random.default_rng(seed)
    frames = (rng.standard_normal((3, n_frames, 5)) + offset).astype(np.float32)
    return frames, rng.random(n_frames) < 0.4


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_pieces_put_together_are_the_whole(offset):
    frames, voiced = frames_of(211, offset=offset)
    total = None
    for begin, end in ((0, 7), (7, 100), (100, 101), (101, 211)):
        part = Pooled.of(torch.from_numpy(frames[:, begin:end].copy()), voiced[begin:end])
        total = part if total is None else total + part
    exact = frames.astype(np.float64)
    expected = np.concatenate([exact.mean(1), exact.std(1), exact.max(1), exact[:, voiced].mean(1)], axis=1)
    assert (total.count, total.voiced) == (211, voiced.sum())
    assert total.values().dtype == np.float32
    np.testing.assert_allclose(total.values(), expected, rtol=2e-5, atol=2e-6)


def test_no_voiced_frame_gives_finite_zeros():
    frames, voiced = frames_of(9)
    values = Pooled.of(torch.from_numpy(frames), np.zeros_like(voiced)).values()
    assert values.shape == (3, 20)
    assert not values[:, 15:].any()


@pytest.mark.parametrize("value", [0.1, 1000.1, -3e6])
def test_frames_that_are_all_alike_have_no_spread(value):
    frames = torch.full((2, 1499, 3), value, dtype=torch.float32)
    values = Pooled.of(frames, np.ones(1499, dtype=bool)).values()
    np.testing.assert_allclose(values[:, :3], np.float32(value), rtol=1e-6)
    np.testing.assert_allclose(values[:, 3:6], 0, atol=1e-6 * abs(value))
