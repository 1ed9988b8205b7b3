"""Pooling: statistics over frames, of one window and of several put together. Imports torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from bench.features.feature_set import Values

STATISTICS = ("mean", "std", "max", "voiced")


@dataclass(frozen=True)
class Pooled:
    """Sums over the frames of a piece of a recording; pieces can be added.

    Attributes
    ----------
    count, voiced : int
        Frames, and voiced frames.
    mean, spread, peak, voice : float64 array, shape (n_layers, n_dims)
        Mean, summed squared deviation from the mean, maximum, and the sum over the voiced frames.
    """

    count: int
    voiced: int
    mean: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    peak: npt.NDArray[np.float64]
    voice: npt.NDArray[np.float64]

    @classmethod
    def of(cls, frames: torch.Tensor, voiced: npt.NDArray[np.bool_]) -> Pooled:
        """Pool the frames of one piece.

        Parameters
        ----------
        frames : float32 tensor, shape (n_layers, n_frames, n_dims)
        voiced : bool array, shape (n_frames,)
        """
        mean, variance = _moments(frames)
        voice = torch.from_numpy(voiced.astype(np.float32)) @ frames
        count = frames.shape[1]
        sums = [part.numpy().astype(np.float64) for part in (mean, variance, frames.amax(dim=1), voice)]
        return cls(count, int(voiced.sum()), sums[0], sums[1] * count, sums[2], sums[3])

    def __add__(self, other: Pooled) -> Pooled:
        """Put two pieces together (Chan, Golub and LeVeque 1979, which loses no digits to a large mean)."""
        count = self.count + other.count
        step = other.mean - self.mean
        return Pooled(
            count,
            self.voiced + other.voiced,
            self.mean + step * (other.count / count),
            self.spread + other.spread + step**2 * (self.count * other.count / count),
            np.maximum(self.peak, other.peak),
            self.voice + other.voice,
        )

    def values(self) -> Values:
        """The statistics in the order of ``STATISTICS``.

        Returns
        -------
        float32 array, shape (n_layers, 4 * n_dims)
            The standard deviation is that of the frames themselves (divided by n); the mean over voiced frames is 0 where
            there are none.
        """
        parts = (self.mean, np.sqrt(self.spread / self.count), self.peak, self.voice / max(self.voiced, 1))
        return np.concatenate(parts, axis=1).astype(np.float32)


def _moments(frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and variance over the frames, in two passes that correct the mean (Chan, Golub and LeVeque 1983).

    As exact as ``torch.var_mean``, which takes ten times as long over a dimension that is not the last.
    """
    mean = frames.mean(dim=1)
    apart = frames - mean[:, None]
    error = apart.mean(dim=1)
    return mean + error, (apart.square_().mean(dim=1) - error.square()).clamp_(min=0)
